"""Test the author's acts: draft, edit, submit, withdraw; and the frozen revision (R5)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from core.access import Refused
from core.history import bypassing_history, version_of
from governance.decide.proposals.content import ContentModel
from governance.decide.proposals.services import Incomplete, Outdated, draft, edit, submit
from governance.models import Proposal, ProposalRevision
from governance.workflow import WrongState
from projects.models import Mandate, OrganisationSettings, Project
from projects.organisation_settings.services import edit_settings
from projects.project.models import ProjectQuerySet
from projects.seats.mandates.services import end_mandate
from tests import acts
from tests.conftest import CAST
from tests.governance.decide.obligations.made_up import facts_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("member", CAST)
def test_advisers_and_the_provider_write_files_nobody_else(member: str, cast: dict[str, Any], project_one: Any) -> None:
    before = Proposal.objects.count()
    if member in {"pmo", "amoa", "moe"}:
        file = acts.draft(cast[member], project_one)
        assert (file.state, file.author, file.author_role) == ("draft", cast[member], member.upper())
        assert (file.current, file.title, file.amount) == (None, acts.CONTENT["title"], None)
    else:
        with pytest.raises(Refused):
            acts.draft(cast[member], project_one)
        assert Proposal.objects.count() == before


def test_files_are_numbered_in_order_per_project(amoa: Any, project_one: Any, project_two: Any, cast: Any) -> None:
    last = project_one.proposals.count()
    assert acts.draft(amoa, project_one).number == last + 1
    assert acts.draft(amoa, project_one).reference == f"OP-{last + 2:02d}"
    assert acts.draft(cast["other_amoa"], project_two).number == project_two.proposals.count()


def test_nobody_writes_on_a_project_of_others(amoa: Any, project_two: Any) -> None:
    with pytest.raises(Refused):
        acts.draft(amoa, project_two)


def test_a_text_saved_by_someone_else_meanwhile_is_not_overwritten(amoa: Any, proposal: Any) -> None:
    file = proposal("draft")
    read = file.draft.version
    edit(actor=amoa, proposal=file, version=read, content={"title": "First"})
    with pytest.raises(Outdated):
        edit(actor=amoa, proposal=file, version=read, content={"title": "Second"})
    with pytest.raises(Outdated):
        submit(actor=amoa, proposal=file, version=read)
    assert (acts.reread(file).draft.title, acts.reread(file).state) == ("First", "draft")


def test_the_kind_changes_until_the_file_is_submitted(amoa: Any, proposal: Any) -> None:
    file = proposal("draft")
    edit(actor=amoa, proposal=file, version=file.draft.version, content={}, kind="minor_change")
    assert acts.reread(file).kind == "minor_change"
    acts.submit(amoa, file)
    edit(actor=amoa, proposal=file, version=acts.reread(file).draft.version, content={}, kind="budget")
    assert acts.reread(file).kind == "minor_change"


def test_a_submitted_revision_stays_when_the_working_text_changes(amoa: Any, proposal: Any) -> None:
    file = proposal("submitted")
    old = file.current
    acts.edit(amoa, file, question="Another question?")
    old.refresh_from_db()
    assert old.question != "Another question?"
    assert acts.reread(file).current == old
    acts.submit(amoa, file)
    assert acts.reread(file).current.question == "Another question?"
    assert acts.reread(file).current.number == old.number + 1


def test_a_submitted_revision_is_the_working_text_with_its_hash(amoa: Any, project_one: Any) -> None:
    file = acts.draft(amoa, project_one)
    revision = acts.submit(amoa, file)
    revision.refresh_from_db()
    assert revision.content() == acts.reread(file).draft.content()
    assert revision.hash == revision.seal()
    assert (revision.number, revision.submitted_by, revision.asked_roles) == (1, amoa, ["PMO"])


def test_every_revision_of_the_cast_still_has_its_hash() -> None:
    for revision in ProposalRevision.objects.select_related("proposal").order_by("pk"):
        assert revision.hash == revision.seal()


OTHER = {
    "options": [{"title": "A", "description": ""}, {"title": "B", "description": ""}],
    "recommended": "B",
    "amount": Decimal("18000.01"),
    "decide_by": date(2030, 1, 1),
    "opinions_by": date(2030, 1, 1),
    "terms": {"scope": "Quay 4 only."},
    "attachments": [{"document": "4", "version": "1", "name": "Quotation.pdf", "sha256": "0" * 64}],
}


def unsaved(**changes: Any) -> ProposalRevision:
    """Build a revision with a fixed salt, to compare fingerprints."""
    about = {"kind": "change", "replaces_id": None} | {
        k: changes.pop(k) for k in ("kind", "replaces_id") & changes.keys()
    }
    return ProposalRevision(**{"proposal": Proposal(**about), "salt": "0" * 32, **acts.CONTENT} | changes)


@pytest.mark.parametrize("name", ContentModel.content_fields())
def test_the_hash_depends_on_every_field(name: str) -> None:
    assert unsaved(**{name: OTHER.get(name, "something else")}).seal() != unsaved().seal() == unsaved().seal()


@pytest.mark.parametrize("change", [{"kind": "budget"}, {"replaces_id": 7}, {"salt": "1" * 32}], ids=str)
def test_the_hash_depends_on_the_kind_on_what_it_would_replace_and_on_the_salt(change: dict[str, Any]) -> None:
    assert unsaved(**change).seal() != unsaved().seal()


def test_a_revision_of_the_first_format_keeps_its_fingerprint() -> None:
    """Build the first format: no salt, and none of the later fields."""
    first = unsaved(salt="")
    assert first.seal() == unsaved(salt="", terms={"scope": "Quay 4 only."}, replaces_id=7).seal()
    assert first.seal() != unsaved(salt="", kind="budget").seal()
    assert first.seal() != unsaved().seal()


REQUIRED = [
    "title",
    "question",
    "context",
    "options",
    "recommended",
    "recommendation",
    "risks",
    "evidence",
    "decide_by",
]


@pytest.mark.parametrize("name", REQUIRED)
def test_a_file_with_a_gap_is_not_submitted_and_the_gap_is_named(name: str, amoa: Any, project_one: Any) -> None:
    empty: Any = {"options": [], "decide_by": None}.get(name, "")
    file = acts.draft(amoa, project_one, **{name: empty})
    kept = acts.count_evidence()
    with pytest.raises(Incomplete) as error:
        acts.submit(amoa, file)
    assert name in error.value.gaps
    assert all(message.endswith(".") for message in error.value.gaps.values())
    assert (acts.count_evidence(), acts.reread(file).state) == (kept, "draft")


@pytest.mark.parametrize(
    ("content", "gap"),
    [
        ({"options": acts.CONTENT["options"][:1]}, "options"),
        ({"options": [{"title": "", "description": ""}] * 2}, "options"),
        ({"recommended": "C"}, "recommended"),
        ({"recommended": "B"}, ""),
        ({"impact_scope": ""}, "impact_scope"),
    ],
)
def test_options_recommendation_and_impacts_must_hold_together(
    content: Any, gap: str, amoa: Any, project_one: Any
) -> None:
    file = acts.draft(amoa, project_one, **content)
    if not gap:
        assert acts.submit(amoa, file).recommended == "B"
        return
    with pytest.raises(Incomplete) as error:
        acts.submit(amoa, file)
    assert set(error.value.gaps) >= {gap}


@pytest.mark.parametrize("name", [name for name in ContentModel.content_fields() if name.startswith("impact_")])
def test_one_impact_is_enough_whichever_it_is(name: str, amoa: Any, project_one: Any) -> None:
    none = {"impact_scope": "", "impact_cost": ""}
    file = acts.draft(amoa, project_one, "minor_change", **(none | {name: "None."}))
    assert acts.submit(amoa, file).number == 1


def test_opinions_are_asked_for_before_the_day_of_the_decision(amoa: Any, project_one: Any) -> None:
    file = acts.draft(amoa, project_one, opinions_by=acts.FUTURE + timedelta(days=1))
    with pytest.raises(Incomplete) as error:
        acts.submit(amoa, file)
    assert set(error.value.gaps) == {"opinions_by"}
    acts.edit(amoa, file, opinions_by=acts.FUTURE)
    assert acts.submit(amoa, file).opinions_by == acts.FUTURE


def test_opinions_are_due_when_the_author_says_else_in_ten_days_and_never_after_the_decision(
    amoa: Any, project_one: Any
) -> None:
    today = timezone.localdate()
    for content, due in (
        ({}, today + timedelta(days=10)),
        ({"opinions_by": today + timedelta(days=4)}, today + timedelta(days=4)),
        ({"decide_by": today + timedelta(days=6)}, today + timedelta(days=6)),
    ):
        assert acts.submit(amoa, acts.draft(amoa, project_one, **content)).opinions_due_on == due


def test_the_days_for_opinions_are_those_of_the_settings_on_the_day_of_submission(
    amoa: Any, project_one: Any, staff_admin: Any
) -> None:
    today = timezone.localdate()
    before = acts.submit(amoa, acts.draft(amoa, project_one))
    row = OrganisationSettings.objects.get()
    edit_settings(actor=staff_admin, fields={"opinion_days": 3}, seen=version_of(row))
    after = acts.submit(amoa, acts.draft(amoa, project_one))
    early = acts.submit(amoa, acts.draft(amoa, project_one, decide_by=today + timedelta(days=2)))
    rows = ProposalRevision.objects.in_bulk([before.pk, after.pk, early.pk])
    assert [(rows[pk].opinions_due_on - today).days for pk in sorted(rows)] == [10, 3, 2]
    at = timezone.now()
    due = {file.number: file.opinions_due_on for file in facts_of(project_one, at).life.files}
    assert [(due[revision.proposal.number] - today).days for revision in (before, after, early)] == [10, 3, 2]


def test_a_revision_of_an_earlier_release_keeps_ten_days(amoa: Any, project_one: Any) -> None:
    revision = acts.submit(amoa, acts.draft(amoa, project_one))
    revision.advise_by = None
    assert (revision.opinions_due_on - timezone.localdate()).days == 10


def test_a_day_of_the_settings_is_no_change_of_the_text(amoa: Any, project_one: Any) -> None:
    file = acts.draft(amoa, project_one)
    assert acts.submit(amoa, file).content() == acts.reread(file).draft.content()


def test_opinions_are_late_from_the_day_after_they_were_due_while_somebody_is_awaited(
    pmo: Any, amoa: Any, proposal: Any
) -> None:
    assert (proposal("late").opinions_late_by, proposal("submitted").opinions_late_by) == (2, 0)
    assert proposal("ready_for_decision").opinions_late_by == 0
    acts.advise(pmo, proposal("late"))
    assert proposal("late").opinions_late_by == 0


def test_a_vacant_adviser_is_asked_all_the_same(other_owner: Any, project_two: Any, cast: dict[str, Any]) -> None:
    end_mandate(actor=other_owner, mandate=cast["other_pmo"].mandates.get(project=project_two))
    file = acts.draft(cast["other_amoa"], project_two, "arbitration")
    revision = acts.submit(cast["other_amoa"], file)
    assert (acts.reread(file).state, revision.asked_roles) == ("submitted", ["PMO"])


def test_a_withdrawn_file_says_why_and_waits_for_nobody(amoa: Any, pmo: Any, proposal: Any) -> None:
    file = proposal("submitted")
    acts.withdraw(amoa, file)
    file = acts.reread(file)
    assert (file.state, file.withdrawn_because, file.awaited_roles) == ("withdrawn", "No longer needed.", [])
    for perform, actor in [(acts.submit, amoa), (acts.edit, amoa), (acts.withdraw, amoa), (acts.advise, pmo)]:
        with pytest.raises(WrongState):
            perform(actor, file)


def test_the_time_in_a_state_counts_from_the_change_of_state(amoa: Any, proposal: Any) -> None:
    file = proposal("submitted")
    assert file.days_in_state in {2, 3}
    acts.edit(amoa, file)
    assert acts.reread(file).state_since == file.state_since
    acts.submit(amoa, file)
    acts.withdraw(amoa, file)
    assert acts.reread(file).days_in_state == 0


# — taking turns —


@pytest.mark.parametrize(
    ("perform", "member", "key"),
    [
        (acts.submit, "amoa", "draft"),
        (acts.edit, "amoa", "draft"),
        (acts.withdraw, "amoa", "submitted"),
        (acts.take_up, "pmo", "submitted"),
        (acts.advise, "pmo", "submitted"),
        (acts.decide, "owner", "ready_for_decision"),
        (acts.lift, "owner", "conditions_open"),
        (acts.waive, "owner", "conditions_open"),
        (acts.prove, "amoa", "conditions_open"),
        (acts.note_binding, "pmo", "ready_binding"),
        (lambda actor, file: acts.draft(actor, file.project), "amoa", "draft"),
    ],
    ids=[
        "submit",
        "edit",
        "withdraw",
        "take_up",
        "advise",
        "decide",
        "lift",
        "waive",
        "prove",
        "note_binding",
        "draft",
    ],
)
def test_an_act_that_waits_for_its_turn_sees_that_the_mandate_has_ended_meanwhile(
    perform: Any, member: str, key: str, cast: dict[str, Any], proposal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The previous holder of the project's lock may have ended the actor's mandate (architecture §4)."""
    wait = ProjectQuerySet.lock
    file = proposal(key)

    def ended_while_waiting(self: Any) -> Any:
        held = Mandate.objects.active().get(project=file.project, holder=cast[member])
        owner = Mandate.objects.active().deciding().get(project=file.project).holder
        with bypassing_history():
            Mandate.objects.filter(pk=held.pk).update(period=(held.period.lower, timezone.now()), ended_by=owner)
        return wait(self)

    kept = acts.count_evidence()
    monkeypatch.setattr(ProjectQuerySet, "lock", ended_while_waiting)
    with pytest.raises(Refused):
        perform(cast[member], file)
    assert acts.count_evidence() == kept


# — who sees what —


def test_a_draft_is_seen_by_the_role_that_writes_it_only(cast: dict[str, Any], proposal: Any) -> None:
    file = proposal("draft")
    seen = {member for member in CAST if Proposal.objects.visible_to(cast[member]).filter(pk=file.pk).exists()}
    assert seen == {"amoa"}


def test_a_submitted_file_is_seen_by_the_holders_of_its_project(cast: dict[str, Any], proposal: Any) -> None:
    file = proposal("submitted")
    seen = {member for member in CAST if Proposal.objects.visible_to(cast[member]).filter(pk=file.pk).exists()}
    assert seen == {"owner", "future_owner", "delegate", "pmo", "amoa", "moe", "recipient"}


def test_draft_needs_a_kind_that_the_matrix_gives_to_the_role(amoa: Any, project_one: Any) -> None:
    with pytest.raises(Refused):
        draft(actor=amoa, project=project_one, kind="whim", content=acts.CONTENT)


def test_a_list_of_a_project_keeps_what_its_reader_may_read(cast: Any) -> None:
    kept = set()
    for member in CAST:
        for project in Project.objects.visible_to(cast[member]):
            found = set(Proposal.objects.visible_on(project, cast[member]).values_list("pk", flat=True))
            of_all = Proposal.objects.visible_to(cast[member]).filter(project=project)
            assert found == set(of_all.values_list("pk", flat=True)), (member, project.code)
            kept.add(len(found))
    assert len(kept) > 2, "everybody reads the same: the test compares nothing"
