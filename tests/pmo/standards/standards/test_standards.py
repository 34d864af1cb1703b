"""Test the standards library: written by its role, adopted and retired by the owner alone, and never rewritten."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from core.access import Refused
from core.acts import acting_as
from core.history import Outdated, version_of
from core.pages.refusals.exceptions import MovedOn
from core.templatetags.ui import fingerprint
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.decisions.supersede import item_key
from governance.decide.proposals.services import Incomplete
from governance.enums import Fate
from governance.models import Decision, Effect
from governance.record.records.facts import build_record
from pmo.models import LibraryEntry, Standard, StandardVersion
from pmo.standards.standards import catalogue as catalogues
from pmo.standards.standards.catalogue import Unreadable, load_catalogue, parse_catalogue
from pmo.standards.standards.content import fingerprint_of, list_differences
from pmo.standards.standards.effects import term_of
from pmo.standards.standards.enums import Computed
from pmo.standards.standards.queries import count_standards, list_followers
from pmo.standards.standards.services import (
    install_standards,
    new_standard,
    next_version,
    write_entry,
    write_version,
)
from projects.models import LedgerEvent, Project
from projects.seats.mandates.services import appoint, role_on
from tests import acts
from tests.database import undone
from tests.pmo.standards.conformity.checked_standards import adopted as in_force
from tests.pmo.standards.conformity.checked_standards import nested
from tests.pmo.standards.standards.factories import CHECKPOINTS, FIELDS, adopt, reread, rewrite_draft, write_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with translation.override("en"):
        yield


def states(standard: Standard) -> list[tuple[int, str]]:
    """List number and state of each version."""
    return list(standard.versions.order_by("number").values_list("number", "state"))


# — writing —


def test_an_editor_of_standards_writes_a_draft_with_its_checkpoints(pmo: Any, project_one: Project) -> None:
    version = write_draft(pmo, project_one)
    assert (str(version), version.state, version.hash, version.effective_from) == ("STD-X v1", "draft", "", None)
    assert [
        (checkpoint.number, checkpoint.text_en, checkpoint.computed)
        for checkpoint in version.checkpoints.order_by("number")
    ] == [
        (1, "A register is kept.", ""),
        (2, "It is reviewed.", "risks_reviewed_monthly"),
    ]
    event = LedgerEvent.objects.filter(project=project_one).latest("seq")
    assert (event.act, event.role, event.detail) == ("keep_standards", "PMO", "STD-X.1")


@pytest.mark.parametrize("member", ["owner", "amoa", "moe", "recipient", "outsider", "other_pmo", "superuser"])
def test_nobody_else_writes_in_the_library(member: str, cast: dict[str, Any], project_one: Project) -> None:
    version = write_draft(cast["pmo"], project_one)
    who: dict[str, Any] = {"actor": cast[member]}
    for attempt in (
        lambda: write_draft(cast[member], project_one, "STD-Y"),
        lambda: next_version(**who, standard=version.standard),
        lambda: write_version(**who, version=version, fields=FIELDS, checkpoints=[], seen=version_of(version)),
        lambda: install_standards(**who, project=project_one),
        lambda: write_entry(**who, project=project_one, fields={}),
    ):
        with pytest.raises(Refused):
            attempt()


def test_a_code_is_taken_once_in_a_library(pmo: Any, cast: dict[str, Any], project_one: Any, project_two: Any) -> None:
    write_draft(pmo, project_one)
    with pytest.raises(ValidationError) as error:
        write_draft(pmo, project_one)
    assert set(error.value.message_dict) == {"code"}
    assert write_draft(cast["other_pmo"], project_two).number == 1


def test_a_code_that_is_mandatory_above_is_not_used_again_below(cast: dict[str, Any]) -> None:
    above, below = nested(cast["staff_admin"], cast["owner"])
    appoint(actor=cast["owner"], project=below, role=role_on(below, "PMO"), holder=cast["pmo"])
    in_force(above, "STD-M", levels=["project"])
    in_force(above, "STD-O", levels=["project"], mandatory=False)
    with pytest.raises(ValidationError, match="LIB has a mandatory standard of this code") as error:
        write_draft(cast["pmo"], below, "STD-M")
    assert set(error.value.message_dict) == {"code"}
    assert write_draft(cast["pmo"], below, "STD-O").number == 1


def test_the_catalogue_is_not_installed_twice_on_one_way_up(cast: dict[str, Any]) -> None:
    above, below = nested(cast["staff_admin"], cast["owner"])
    for project in (above, below):
        appoint(actor=cast["owner"], project=project, role=role_on(project, "PMO"), holder=cast["pmo"])
    assert install_standards(actor=cast["pmo"], project=above) == 12
    assert count_standards(below).installable == 0
    assert install_standards(actor=cast["pmo"], project=below) == 0
    assert not LibraryEntry.objects.filter(project=below).exists()


def test_a_draft_is_rewritten_its_checkpoints_too(pmo: Any, project_one: Project) -> None:
    version = write_draft(pmo, project_one)
    changed = rewrite_draft(pmo, version, title_en="Another title", checkpoints=CHECKPOINTS[1:])
    assert changed.title_en == "Another title"
    assert list(changed.checkpoints.values_list("number", "text_en")) == [(1, "It is reviewed.")]
    assert changed.checkpoints.get().history.count() == 2


def test_a_draft_that_changed_since_it_was_read_is_not_overwritten(pmo: Any, project_one: Project) -> None:
    version = write_draft(pmo, project_one)
    seen = version_of(version)
    rewrite_draft(pmo, version, checkpoints=CHECKPOINTS[:1])  # a change of its checkpoints only
    with pytest.raises(Outdated):
        write_version(actor=pmo, version=version, fields=FIELDS, checkpoints=CHECKPOINTS, seen=seen)


def test_a_template_is_a_document_of_the_library(pmo: Any, cast: dict[str, Any], project_one: Any) -> None:
    kept = acts.add_document(pmo, project_one, "Risk sheet")
    version = write_draft(pmo, project_one, template=kept)
    assert version.template == kept
    other = Project.objects.get(code="TWO")
    foreign = acts.add_document(cast["other_pmo"], other, "Theirs")
    with pytest.raises(ValidationError) as error:
        write_draft(pmo, project_one, "STD-Y", template=foreign)
    assert set(error.value.message_dict) == {"template"}


def test_a_file_that_is_sent_along_joins_the_documents_of_the_library(pmo: Any, project_one: Any) -> None:
    sent = acts.upload(text="Cause, event, effect.\n")
    version = new_standard(
        actor=pmo, project=project_one, code="STD-X", family="risk", fields=FIELDS, checkpoints=CHECKPOINTS, upload=sent
    )
    assert version.template is not None
    assert version.template.document.project == project_one
    assert version.template.sha256 == sent.sha256


def test_the_next_version_begins_with_the_words_of_the_newest(pmo: Any, owner: Any, project_one: Any) -> None:
    first = adopt(owner, write_draft(pmo, project_one))
    second = next_version(actor=pmo, standard=first.standard)
    assert (second.number, second.state, second.title_en) == (2, "draft", first.title_en)
    assert second.checkpoints.count() == first.checkpoints.count()
    assert next_version(actor=pmo, standard=first.standard) == second  # there is one draft at a time


# — adopting and retiring —


def test_the_owner_adopts_exactly_what_was_named(pmo: Any, owner: Any, project_one: Project) -> None:
    version = write_draft(pmo, project_one)
    named = fingerprint_of(version)
    file = acts.submit_to_owner(project_one, "standard_adoption", terms={"standards": term_of(version)})
    decision = acts.decide(owner, file)
    version = reread(version)
    assert (version.state, version.hash, version.effective_from) == ("adopted", named, timezone.localdate())
    effect = Effect.objects.get(decision=decision)
    assert (effect.subject, effect.subject_id, effect.field) == (
        "pmo.standardversion",
        version.pk,
        "standard:STD-X",
    )
    assert (effect.before, effect.after) == ("", "1")


def test_one_decision_adopts_several_and_retires_others(pmo: Any, owner: Any, project_one: Project) -> None:
    old = adopt(owner, write_draft(pmo, project_one, "STD-OLD"))
    both = [write_draft(pmo, project_one, code) for code in ("STD-A", "STD-B")]
    terms = {"standards": ",".join(map(term_of, both)), "retires": term_of(reread(old))}
    acts.decide(owner, acts.submit_to_owner(project_one, "standard_adoption", terms=terms))
    assert [reread(version).state for version in (*both, old)] == ["adopted", "adopted", "retired"]
    assert reread(old).effective_to == timezone.localdate()


def test_the_next_version_takes_the_place_of_the_one_before(pmo: Any, owner: Any, project_one: Project) -> None:
    first = adopt(owner, write_draft(pmo, project_one))
    second = rewrite_draft(pmo, next_version(actor=pmo, standard=first.standard), title_en="Reviewed each fortnight")
    adopt(owner, second)
    assert states(first.standard) == [(1, "retired"), (2, "adopted")]
    first, second = reread(first), reread(second)
    assert first.effective_to == second.effective_from
    assert StandardVersion.objects.in_force(timezone.localdate()).get(standard=first.standard) == second


@pytest.mark.parametrize("outcome", ["rejected", "deferred", "rework"])
def test_any_other_answer_adopts_nothing(outcome: Any, pmo: Any, owner: Any, project_one: Project) -> None:
    version = write_draft(pmo, project_one)
    acts.decide(
        owner, acts.submit_to_owner(project_one, "standard_adoption", terms={"standards": term_of(version)}), outcome
    )
    assert reread(version).state == "draft"


def test_a_draft_rewritten_since_it_was_named_is_not_adopted(pmo: Any, owner: Any, project_one: Project) -> None:
    version = write_draft(pmo, project_one)
    file = acts.submit_to_owner(project_one, "standard_adoption", terms={"standards": term_of(version)})
    rewrite_draft(pmo, version, title_en="Something else")
    with pytest.raises(CannotTakeEffect) as error:
        acts.decide(owner, file)
    assert "STD-X.1 was rewritten" in str(error.value)
    assert reread(version).state == "draft"


def test_a_submitted_standard_can_be_decided(pmo: Any, owner: Any, project_one: Any, project_two: Any) -> None:
    """R5: a proposal without a version, with something else, or without a checkpoint is not submitted."""
    empty = write_draft(pmo, project_one, "STD-E", checkpoints=())
    kept = adopt(owner, write_draft(pmo, project_one, "STD-K"))
    version = write_draft(pmo, project_one)
    other = term_of(version)[:-1] + ("0" if term_of(version)[-1] != "0" else "1")
    for terms, place, said in (
        ({}, "terms-standards", "Choose the versions"),
        ({"standards": term_of(empty)}, "terms-standards", "no checkpoint"),
        ({"standards": term_of(kept)}, "terms-standards", "no draft any more"),
        ({"standards": other}, "terms-standards", "was rewritten"),
        ({"retires": term_of(version)}, "terms-retires", "not in force"),
        ({"standards": "whatever"}, "terms-standards", "Choose the versions"),
    ):
        file = acts.draft(pmo, project_one, "standard_adoption", terms=terms)
        with pytest.raises(Incomplete) as error:
            acts.submit(pmo, file)
        assert said in error.value.gaps[place], terms


def test_an_adopted_version_is_not_rewritten(pmo: Any, owner: Any, project_one: Project) -> None:
    version = adopt(owner, write_draft(pmo, project_one))
    with pytest.raises(MovedOn):
        write_version(actor=pmo, version=version, fields=FIELDS, checkpoints=CHECKPOINTS, seen=version_of(version))


def test_a_decision_that_drops_an_adoption_retires_it(pmo: Any, owner: Any, project_one: Project) -> None:
    version = write_draft(pmo, project_one)
    terms = {"standards": term_of(version)}
    decision = acts.decide(owner, acts.submit_to_owner(project_one, "standard_adoption", terms=terms))
    another = write_draft(pmo, project_one, "STD-Y")
    terms = {"standards": term_of(another)}
    acts.decide(owner, acts.submit_to_owner(project_one, "standard_adoption", replaces=decision, terms=terms))
    assert (reread(version).state, reread(another).state) == ("retired", "adopted")


def test_a_standard_retired_by_a_dropped_decision_comes_back_as_a_new_version(
    pmo: Any, owner: Any, project_one: Any
) -> None:
    """The days without it stay: a past period is never reopened."""
    first = adopt(owner, write_draft(pmo, project_one))
    file = acts.submit_to_owner(project_one, "standard_adoption", terms={"retires": term_of(reread(first))})
    retiring = acts.decide(owner, file)
    another = write_draft(pmo, project_one, "STD-Y")
    terms = {"standards": term_of(another)}
    acts.decide(owner, acts.submit_to_owner(project_one, "standard_adoption", replaces=retiring, terms=terms))
    assert states(first.standard) == [(1, "retired"), (2, "adopted")]
    assert reread(first.standard.versions.get(number=2)).title_en == first.title_en


def test_a_decision_that_replaces_an_adoption_names_the_next_version(pmo: Any, owner: Any, project_one: Any) -> None:
    first = write_draft(pmo, project_one)
    decision = acts.decide(
        owner, acts.submit_to_owner(project_one, "standard_adoption", terms={"standards": term_of(first)})
    )
    second = rewrite_draft(pmo, next_version(actor=pmo, standard=first.standard), title_en="Another")
    file = acts.submit_to_owner(
        project_one, "standard_adoption", replaces=decision, terms={"standards": term_of(second)}
    )
    acts.decide(owner, file, fates={item_key(effect): Fate.CHANGED for effect in decision.effects.all()})
    assert states(first.standard) == [(1, "retired"), (2, "adopted")]


def test_the_record_of_an_adoption_names_exactly_what_was_adopted(pmo: Any, owner: Any, project_one: Any) -> None:
    version = write_draft(pmo, project_one)
    named = term_of(version)
    decision = acts.decide(owner, acts.submit_to_owner(project_one, "standard_adoption", terms={"standards": named}))
    told = str(build_record(Decision.objects.with_record().get(pk=decision.pk), "en"))
    assert f"STD-X.1 ({fingerprint(reread(version).hash)})" in told


# — who it holds for —


def test_a_library_holds_for_what_is_below_it_and_is_read_there(cast: dict[str, Any], project_one: Project) -> None:
    from projects.seats.mandates.services import found_project

    words = {"code": "PF", "prefix": "F", "title_fr": "P", "title_en": "P", "language": "en", "level": "portfolio"}
    days = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE}
    above = found_project(actor=cast["staff_admin"], owner=cast["owner"], fields=words | days)
    words = words | {"code": "PB", "prefix": "B", "level": "project", "parent": above}
    below = found_project(actor=cast["staff_admin"], owner=cast["other_owner"], fields=words | days)
    with undone(), acting_as(cast["owner"]):
        standard = Standard.objects.create(project=above, code="STD-P", family="risk")
        assert list(Standard.objects.that_hold_for(below)) == [standard]
        assert standard not in Standard.objects.that_hold_for(project_one)
        for member in ("owner", "other_owner"):
            assert standard in Standard.objects.visible_to(cast[member]), member
        for member in ("pmo", "outsider", "staff_admin", "anonymous"):
            assert standard not in Standard.objects.visible_to(cast[member]), member


def test_a_project_of_another_library_is_no_follower(cast: dict[str, Any]) -> None:
    above, below = nested(cast["staff_admin"], cast["owner"])
    both = ["project", "programme"]
    far = in_force(above, "STD-A", levels=both, mandatory=False)
    assert [follower.project for follower in list_followers(far.standard, far, cast["owner"])] == [above, below]
    near = in_force(below, "STD-A")
    assert [follower.project for follower in list_followers(far.standard, far, cast["owner"])] == [above]
    assert [follower.project for follower in list_followers(near.standard, near, cast["owner"])] == [below]


# — differences —


def test_the_difference_of_two_versions_says_what_changed_and_nothing_else(pmo: Any, project_one: Any) -> None:
    first = write_draft(pmo, project_one)
    again = write_draft(
        pmo, project_one, "STD-Y", title_en="Risks reviewed", checkpoints=CHECKPOINTS[:1], mandatory=False
    )
    found = {
        change.label: [line.note for line in change.lines] for change in list_differences(reread(first), reread(again))
    }
    assert set(found) == {"Title in English", "Mandatory", "Checkpoint"}
    assert found["Checkpoint"] == ["Removed"]


# — the catalogue —


def test_the_catalogue_holds_the_twelve_standards_with_measurable_checkpoints() -> None:
    standards = {standard.code: standard for standard in load_catalogue().standards}
    assert list(standards) == [
        "STD-ROLE",
        "STD-CHARTER",
        "STD-SUCCESS",
        "STD-REQ",
        "STD-GATE",
        "STD-RISK",
        "STD-DASH",
        "STD-DEC",
        "STD-ACCEPT",
        "STD-COM",
        "STD-A11Y",
        "STD-SEC",
    ]
    assert {code for code, one in standards.items() if not one.fields["mandatory"]} == {"STD-DASH"}
    assert all(2 <= len(standard.checkpoints) <= 5 for standard in standards.values())
    computed = [row["computed"] for standard in standards.values() for row in standard.checkpoints if row["computed"]]
    assert sorted(computed) == sorted(Computed.values)


def test_the_catalogue_takes_no_waiver_where_the_rules_take_none() -> None:
    """domain.md §6: neither STD-ROLE nor STD-DEC, nor the owner's decision of STD-GATE."""
    unwaivable = {
        standard.code: sum(not row["waivable"] for row in standard.checkpoints)
        for standard in load_catalogue().standards
        if any(not row["waivable"] for row in standard.checkpoints)
    }
    assert unwaivable == {"STD-ROLE": 3, "STD-DEC": 3, "STD-GATE": 1}


def test_the_french_of_the_catalogue_is_set_as_french() -> None:
    """A narrow no-break space before ; : ! ? and a no-break one before %; no straight apostrophe."""
    for text in _french():
        assert not re.search(r"[  ][;:!?%]|'|\w[;!?]", text), text


def _french() -> list[str]:
    rows = [{**standard.fields, "source": ""} for standard in load_catalogue().standards]
    rows += [row for standard in load_catalogue().standards for row in standard.checkpoints] + load_catalogue().entries
    return [text for row in rows for name, text in row.items() if name.endswith("_fr")]


def test_installing_the_catalogue_writes_it_as_drafts_and_once(pmo: Any, project_one: Any) -> None:
    mine = write_draft(pmo, project_one, "STD-RISK", title_en="Ours")
    before = LibraryEntry.objects.filter(project=project_one).count()
    assert install_standards(actor=pmo, project=project_one) == 11
    assert reread(mine).title_en == "Ours"
    rows = Standard.objects.filter(
        project=project_one, code__in=[standard.code for standard in load_catalogue().standards]
    )
    assert rows.count() == 12
    assert set(StandardVersion.objects.filter(standard__in=rows).values_list("state", flat=True)) == {"draft"}
    assert LibraryEntry.objects.filter(project=project_one).count() == before + 8
    events = LedgerEvent.objects.filter(project=project_one).count()
    assert install_standards(actor=pmo, project=project_one) == 0
    assert LedgerEvent.objects.filter(project=project_one).count() == events


def test_the_whole_catalogue_is_adopted_by_one_decision(pmo: Any, owner: Any, project_one: Any) -> None:
    install_standards(actor=pmo, project=project_one)
    codes = [standard.code for standard in load_catalogue().standards]
    versions = [
        reread(version)
        for version in StandardVersion.objects.filter(
            standard__project=project_one, standard__code__in=codes, state="draft"
        )
    ]
    acts.decide(
        owner,
        acts.submit_to_owner(project_one, "standard_adoption", terms={"standards": ",".join(map(term_of, versions))}),
    )
    assert {reread(version).state for version in versions} == {"adopted"}


@pytest.mark.parametrize(
    ("what", "instead", "where"),
    [
        ("family: organisation", "family: whim", "family"),
        ("from_gate: G0", "from_gate: G9", "from_gate"),
        ("computed: roles_defined", "computed: magic", "computed"),
        ("mandatory: true", "mandatory: perhaps", "mandatory"),
        ("levels: [project, programme, portfolio]", "levels: []", "levels"),
        ("code: STD-CHARTER", "code: STD-ROLE", "once"),
        ("kind: guide", "kind: spell", "kind"),
        ("waivable: false", "wavable: false", "wavable"),
        ("standards:", "standard:", "standards and entries"),
    ],
)
def test_a_catalogue_with_a_fault_is_refused_where_it_is(what: str, instead: str, where: str) -> None:
    text = catalogues.FILE.read_text(encoding="utf-8")
    assert what in text
    with pytest.raises(Unreadable, match=where):
        parse_catalogue(text.replace(what, instead, 1))


# — methods and tools —


ENTRY = {
    "kind": "guide",
    "family": "risk",
    "title_fr": "Guide",
    "title_en": "Guide",
    "text_fr": "Lire.",
    "text_en": "Read.",
    "link": "",
    "document": None,
}


def test_an_entry_is_added_changed_and_retired(pmo: Any, project_one: Any) -> None:
    entry = write_entry(actor=pmo, project=project_one, fields=ENTRY)
    changed = ENTRY | {"retired": True}
    write_entry(actor=pmo, project=project_one, fields=changed, row=entry, seen=version_of(entry))
    assert list(LibraryEntry.objects.filter(project=project_one).in_use().filter(title_en="Guide")) == []
    with pytest.raises(Outdated):
        write_entry(actor=pmo, project=project_one, fields=ENTRY, row=entry, seen="0")


def test_an_entry_holds_something_under_a_title_of_its_own(pmo: Any, project_one: Any) -> None:
    write_entry(actor=pmo, project=project_one, fields=ENTRY)
    for fields, place in (
        (ENTRY, "title_en"),
        (ENTRY | {"title_en": "Empty", "text_fr": ""}, "text_fr"),
    ):
        with pytest.raises(ValidationError) as error:
            write_entry(actor=pmo, project=project_one, fields=fields)
        assert set(error.value.message_dict) == {place}
