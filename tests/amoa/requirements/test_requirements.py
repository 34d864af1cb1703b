"""Test requirements: written, versioned, frozen, and approved in exact versions by the owner's decision only."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from amoa.models import Requirement, RequirementVersion
from amoa.requirements import workflow
from amoa.requirements.approvals import get_approval, get_version_approval
from amoa.requirements.enums import RequirementState
from amoa.requirements.links import list_unknown, resolve_links
from amoa.requirements.models import get_baseline_in_force
from amoa.requirements.services import (
    NothingToFreeze,
    Outdated,
    change_many,
    edit_requirement,
    freeze_baseline,
    implement,
    undo_requirements,
    write_requirement,
)
from amoa.requirements.versions import next_code, number_criteria
from core.access import Refused
from core.acts import acting_as
from core.record.sealing import term_of
from governance.enums import Act
from projects.models import LedgerEvent, Project
from tests import acts
from tests.conftest import CAST
from tests.database import fire_deferred_triggers, undone

pytestmark = pytest.mark.django_db


def write(actor: Any, project: Any, **fields: Any) -> Requirement:
    content = {"kind": "functional", "title": "Crews see the berth plan", "state": "proposed"} | fields
    return write_requirement(actor=actor, project=project, fields=content)


def edit(actor: Any, requirement: Requirement, **fields: Any) -> Requirement:
    return edit_requirement(
        actor=actor, requirement=requirement, seen=requirement.changed_at.isoformat(), fields=fields
    )


def approve(actor: Any, owner: Any, project: Any) -> Any:
    """Freeze the current requirements of `project`, and approve the set as the owner."""
    baseline = freeze_baseline(actor=actor, project=project)
    terms = {"baseline": term_of(baseline.number, baseline.hash)}
    acts.decide(owner, acts.submit_to_owner(project, "requirement_baseline", terms=terms))
    return baseline


def of_the_cast(code: str = "ONE-001") -> Requirement:
    return Requirement.objects.select_related("in_force", "project").get(project__code="ONE", code=code)


def test_the_approval_of_a_baseline_approves_those_exact_versions(cast: dict[str, Any], project_one: Any) -> None:
    amoa, owner = cast["amoa"], cast["owner"]
    first = write(amoa, project_one)
    second = write(amoa, project_one, title="Crews hear the tide")
    fire_deferred_triggers()
    baseline = freeze_baseline(actor=amoa, project=project_one)
    second = edit(amoa, second, title="Crews read the tide")
    fire_deferred_triggers()
    terms = {"baseline": term_of(baseline.number, baseline.hash)}
    file = acts.submit_to_owner(project_one, "requirement_baseline", terms=terms)
    acts.decide(owner, file)
    fire_deferred_triggers()
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.in_force
    assert second.in_force
    assert (first.state, first.in_force.number, first.version) == ("approved", 1, 1)
    assert (second.state, second.in_force.number, second.version) == ("proposed", 1, 2)
    assert second.in_force.content["title"] == "Crews hear the tide"
    assert get_baseline_in_force(Project.objects.get(pk=project_one.pk)) == baseline
    done = implement(actor=cast["moe"], project=project_one, numbers=[first.pk, second.pk])
    fire_deferred_triggers()
    assert ([r.code for r in done.changed], [r.code for r, _ in done.skipped]) == ([first.code], [second.code])
    done = change_many(actor=amoa, project=project_one, numbers=[first.pk], fields={"priority": "must"})
    fire_deferred_triggers()
    first.refresh_from_db()
    assert first.in_force
    assert (first.state, first.version, first.in_force.number) == ("proposed", 2, 1)
    assert Requirement.objects.saying("TIDES").get() == second


# — who may —

ACTS: dict[str, tuple[Callable[[Any, Project], Any], set[str]]] = {
    "write": (lambda by, project: write(by, project), {"amoa"}),
    "edit": (lambda by, _project: edit(by, of_the_cast(), title="Another"), {"amoa"}),
    "change many": (
        lambda by, project: change_many(
            actor=by, project=project, numbers=[of_the_cast().pk], fields={"priority": "could"}
        ),
        {"amoa"},
    ),
    "freeze": (lambda by, project: freeze_baseline(actor=by, project=project), {"amoa"}),
    "implement": (
        lambda by, project: implement(actor=by, project=project, numbers=[of_the_cast().pk]),
        {"moe"},
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_only_whose_role_it_is_acts_on_requirements(name: str, cast: dict[str, Any], project_one: Any) -> None:
    perform, may = ACTS[name]
    passed = set()
    recorded = LedgerEvent.objects.exclude(
        act=Act.BREAK_SEAL
    )  # another text, the decision on the baseline needs review
    for member in CAST:
        with undone():
            before = recorded.count()
            try:
                perform(cast[member], project_one)
                fire_deferred_triggers()
                passed.add(member)
                assert recorded.count() == before + 1
            except Refused:
                assert recorded.count() == before
    assert passed == may


# — writing —


def test_a_new_one_is_version_1_by_its_author_under_the_next_code(amoa: Any, project_one: Any) -> None:
    need, one = write(amoa, project_one, kind="need"), write(amoa, project_one)
    assert (need.code, one.code) == ("ONE-N02", "ONE-004")
    assert (one.version, one.state, one.author, one.in_force) == (1, "proposed", amoa, None)
    [version] = one.history.all()
    assert (version.history_user, version.title) == (amoa, one.title)
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.actor, event.subject_id, event.detail) == ("write_requirements", amoa, one.pk, "1")
    fire_deferred_triggers()


@pytest.mark.parametrize("state", sorted(set(RequirementState.values) - {s.value for s in workflow.INITIAL}))
def test_nothing_is_born_in_a_later_state(state: str, amoa: Any, project_one: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        write(amoa, project_one, state=state)
    assert set(refused.value.message_dict) == {"state"}


def test_a_code_is_given_once(amoa: Any, project_one: Any, project_two: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        write(amoa, project_one, code="ONE-001")
    assert set(refused.value.message_dict) == {"code"}
    assert next_code(project_two, "need") == "TWO-N01"
    assert next_code(project_one, "functional", ["ONE-009", "ONE-N12", "X-099"]) == "ONE-010"


def test_a_requirement_takes_only_a_suitable_parent(
    amoa: Any, cast: dict[str, Any], project_one: Any, project_two: Any
) -> None:
    foreign = write(cast["other_amoa"], project_two)
    need, one, two = of_the_cast("ONE-N01"), of_the_cast("ONE-001"), of_the_cast("ONE-002")
    for perform in (
        lambda: write(amoa, project_one, parent=foreign),
        lambda: write(amoa, project_one, kind="need", parent=one),
        lambda: edit(amoa, need, parent=need),
        lambda: [edit(amoa, one, parent=two), edit(amoa, two, parent=of_the_cast("ONE-001"))],
    ):
        with undone(), pytest.raises(ValidationError) as refused:
            perform()
        assert set(refused.value.message_dict) == {"parent"}
    assert write(amoa, project_one, parent=one).parent == one


# — editing —


def test_the_approved_version_stays_in_force_while_another_text_is_proposed(amoa: Any) -> None:
    one = edit(amoa, of_the_cast(), title="Crews read the number from the breakwater")
    fire_deferred_triggers()
    one.refresh_from_db()
    assert one.in_force
    assert (one.version, one.state, one.in_force.number, one.is_ahead) == (2, "proposed", 1, True)
    assert one.in_force.content["title"] == "Crews read the berth number from the fairway"
    again = edit(amoa, one, statement="From 40 metres.")
    assert (again.version, again.state) == (2, "proposed")


def test_links_and_what_it_refines_are_no_version(amoa: Any, project_one: Any) -> None:
    one = edit(amoa, of_the_cast(), links=["OP-02"], parent=None)
    fire_deferred_triggers()
    assert (one.version, one.state) == (1, "approved")
    newest, before = one.history.order_by("-history_id")[:2]
    assert (newest.links, before.links, newest.history_user) == (["OP-02"], ["OP-01", "OD-01"], amoa)


def test_a_concurrent_change_is_not_overwritten(amoa: Any) -> None:
    one = of_the_cast("ONE-003")
    edit(amoa, one, title="Mine")
    with pytest.raises(Outdated):
        edit(amoa, one, title="Yours")
    for seen in ("", "yesterday", timezone.now().isoformat()):
        with pytest.raises(Outdated):
            edit_requirement(actor=amoa, requirement=one, seen=seen, fields={"title": "Yours"})
    assert of_the_cast("ONE-003").title == "Mine"


def test_saving_the_same_twice_leaves_one_event(amoa: Any) -> None:
    before = LedgerEvent.objects.count()
    one = edit(amoa, of_the_cast("ONE-003"), title="The plan is read at a glance")
    edit(amoa, one, title="The plan is read at a glance")
    assert LedgerEvent.objects.count() == before + 1


@pytest.mark.parametrize("state", RequirementState.values)
def test_a_writer_leads_a_draft_only_where_the_workflow_does(state: str, amoa: Any) -> None:
    one = of_the_cast("ONE-003")
    may = state == one.state or (state in workflow.WRITTEN and workflow.is_allowed(one.state, state))
    if may:
        assert edit(amoa, one, state=state).state == state
        fire_deferred_triggers()
    else:
        with pytest.raises(ValidationError) as refused:
            edit(amoa, one, state=state)
        assert set(refused.value.message_dict) == {"state"}


def test_criteria_keep_their_numbers_and_none_is_used_again() -> None:
    first = number_criteria(["Read from 30 m", "Lit for 4 hours"])
    assert [c["number"] for c in first] == ["1", "2"]
    second = number_criteria(["Lit for 4 hours", "Read by nine"], first)
    assert second == [{"number": "2", "text": "Lit for 4 hours"}, {"number": "3", "text": "Read by nine"}]
    assert number_criteria([], first) == []


# — many at once —


def test_a_change_of_many_is_one_event_and_one_version_each(cast: dict[str, Any], project_one: Any) -> None:
    amoa = cast["amoa"]
    rows = [write(amoa, project_one, title=f"No. {n}", state="draft") for n in range(3)]
    before = LedgerEvent.objects.count()
    done = change_many(
        actor=amoa,
        project=project_one,
        numbers=[row.pk for row in rows],
        fields={"state": "proposed", "priority": "must", "lot": "Lot 2", "title": "Hacked"},
    )
    fire_deferred_triggers()
    assert LedgerEvent.objects.count() == before + 1
    assert LedgerEvent.objects.latest("pk").detail == "3"
    assert [row.code for row in done.changed] == [row.code for row in rows]
    for row in rows:
        row.refresh_from_db()
        assert (row.state, row.priority, row.lot, row.version) == ("proposed", "must", "Lot 2", 1)
        assert row.title.startswith("No. ")
        assert [v.history_user for v in row.history.all()] == [amoa, amoa]


def test_a_bulk_change_skips_invalid_transitions_with_a_reason(
    cast: dict[str, Any], project_one: Any, project_two: Any
) -> None:
    foreign = write(cast["other_amoa"], project_two)
    names = ("ONE-001", "ONE-002", "ONE-003")
    numbers = [of_the_cast(code).pk for code in names]
    done = change_many(
        actor=cast["amoa"], project=project_one, numbers=[*numbers, foreign.pk, 999_999], fields={"state": "draft"}
    )
    fire_deferred_triggers()
    assert [row.code for row in done.changed] == ["ONE-002"]
    assert {row.code: why for row, why in done.skipped}.keys() == {"ONE-001", "ONE-003"}
    assert all(row.code in why for row, why in done.skipped)
    foreign.refresh_from_db()
    assert foreign.state == "proposed"


def test_a_change_of_nothing_leaves_no_event(cast: dict[str, Any], project_one: Any) -> None:
    before = LedgerEvent.objects.count()
    for numbers, fields in (([], {"priority": "must"}), ([of_the_cast().pk], {"priority": "must"})):
        done = change_many(actor=cast["amoa"], project=project_one, numbers=numbers, fields=fields)
        assert done.changed == []
    done = implement(actor=cast["moe"], project=project_one, numbers=[of_the_cast("ONE-003").pk])
    assert (done.changed, len(done.skipped), LedgerEvent.objects.count()) == ([], 1, before)


def test_many_take_every_field_that_they_can_share(cast: dict[str, Any], project_one: Any) -> None:
    amoa, need = cast["amoa"], of_the_cast("ONE-N01")
    rows = [write(amoa, project_one, title=f"No. {n}", state="draft", lot="Lot 1") for n in range(2)]
    group = project_one.recipient_groups.first().pk
    fields = {"kind": "constraint", "category": "Quays", "criticality": "high", "verification": "test", "lot": ""}
    fields |= {"source": "Workshop", "recipients": [group], "parent": need}
    done = change_many(actor=amoa, project=project_one, numbers=[row.pk for row in rows], fields=fields)
    fire_deferred_triggers()
    assert len(done.changed) == 2
    for row in rows:
        row.refresh_from_db()
        assert {name: getattr(row, name) for name in fields} == fields
    done = change_many(actor=amoa, project=project_one, numbers=[need.pk], fields={"parent": rows[0]})
    assert [row.code for row, _why in done.skipped] == ["ONE-N01"]


def test_a_change_of_many_is_undone_by_its_author_within_ten_minutes(
    cast: dict[str, Any], project_one: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    amoa = cast["amoa"]
    rows = [write(amoa, project_one, title=f"No. {n}", state="draft", lot=f"Lot {n}") for n in range(3)]
    numbers = [row.pk for row in rows]
    done = change_many(actor=amoa, project=project_one, numbers=numbers, fields={"lot": "Lot 9", "state": "proposed"})
    fire_deferred_triggers()
    edit(amoa, Requirement.objects.select_related("project").get(pk=numbers[2]), title="Edited since")
    with monkeypatch.context() as patch:
        patch.setattr("projects.undo.UNDONE_WITHIN", timedelta(0))
        with pytest.raises(Outdated):
            undo_requirements(actor=amoa, project=project_one, seq=done.seq)
    with pytest.raises(Refused):
        undo_requirements(actor=cast["pmo"], project=project_one, seq=done.seq)
    before = LedgerEvent.objects.count()
    undone_rows = undo_requirements(actor=amoa, project=project_one, seq=done.seq)
    fire_deferred_triggers()
    assert [row.pk for row in undone_rows.changed] == numbers[:2]
    assert [row.pk for row, _why in undone_rows.skipped] == numbers[2:]
    assert LedgerEvent.objects.count() == before + 1
    for number, row in enumerate(rows):
        row.refresh_from_db()
        assert (row.lot, row.state) == ((f"Lot {number}", "draft") if number < 2 else ("Lot 9", "proposed"))
        assert row.history.count() == 3
    again = undo_requirements(actor=amoa, project=project_one, seq=done.seq)
    assert (again.changed, len(again.skipped)) == ([], 3)


def test_a_version_that_the_owner_approved_does_not_come_back_by_undoing(
    cast: dict[str, Any], project_one: Any
) -> None:
    one = of_the_cast("ONE-001")
    assert one.state == "approved"
    done = change_many(actor=cast["amoa"], project=project_one, numbers=[one.pk], fields={"lot": "Lot 9"})
    fire_deferred_triggers()
    result = undo_requirements(actor=cast["amoa"], project=project_one, seq=done.seq)
    assert result.changed == []
    assert of_the_cast("ONE-001").state == "proposed"


def test_building_twice_is_noted_once(cast: dict[str, Any], project_one: Any) -> None:
    numbers = [of_the_cast().pk]
    assert implement(actor=cast["moe"], project=project_one, numbers=numbers).changed
    assert not implement(actor=cast["moe"], project=project_one, numbers=numbers).changed
    fire_deferred_triggers()
    version = of_the_cast().history.latest("history_id")
    assert (version.state, version.history_user) == ("implemented", cast["moe"])


# — baselines and what is in force —


def test_a_baseline_reuses_what_is_frozen_and_freezes_the_rest(cast: dict[str, Any], project_one: Any) -> None:
    frozen = set(RequirementVersion.objects.values_list("pk", flat=True))
    baseline = freeze_baseline(actor=cast["amoa"], project=project_one, reason="Second set")
    fire_deferred_triggers()
    held = {version.requirement.code: version for version in baseline.versions.select_related("requirement")}
    assert {code: version.number for code, version in held.items()} == {"ONE-N01": 1, "ONE-001": 1, "ONE-002": 2}
    assert {code for code, version in held.items() if version.pk not in frozen} == {"ONE-002"}
    assert baseline.number == 2


def test_there_is_nothing_to_freeze_without_a_candidate(cast: dict[str, Any], project_two: Any) -> None:
    write(cast["other_amoa"], project_two, state="draft")
    with pytest.raises(NothingToFreeze):
        freeze_baseline(actor=cast["other_amoa"], project=project_two)


def test_the_decision_since_which_a_version_is_in_force_is_known(cast: dict[str, Any], project_one: Any) -> None:
    first = get_approval(Project.objects.get(pk=project_one.pk))
    assert first
    assert first.reference == "OD-12"
    assert get_version_approval(of_the_cast("ONE-002")) == first
    assert get_version_approval(of_the_cast("ONE-003")) is None
    approve(cast["amoa"], cast["owner"], project_one)
    fire_deferred_triggers()
    second = get_approval(Project.objects.get(pk=project_one.pk))
    assert second
    assert second != first
    assert get_version_approval(of_the_cast("ONE-001")) == first, "the same version stayed in force"
    assert get_version_approval(of_the_cast("ONE-002")) == second


def test_a_project_without_a_set_has_no_approving_decision(project_two: Any) -> None:
    assert get_approval(Project.objects.get(pk=project_two.pk)) is None


# — links —


def test_links_lead_where_they_name(amoa: Any, project_one: Any) -> None:
    texts = ["OP-01", "OD-01", "Berth plan", "OR-4"]
    links = resolve_links(project_one, texts, amoa)
    assert [link.text for link in links] == texts
    assert [link.is_known for link in links] == [True] * 4
    assert [bool(link.address) for link in links] == [True, True, True, False]
    assert links[0].address.startswith("/proposals/")
    assert links[1].address.startswith("/decisions/")


@pytest.mark.parametrize("text", ["OP-9999", "OD-0", "XP-01", "TP-01", "No such plan", "VR", "or-4", "O", "O" * 150])
def test_a_link_to_nothing_is_unknown(text: str, amoa: Any, project_one: Any) -> None:
    assert list_unknown(project_one, [text], amoa) == [text]


def test_a_draft_of_another_role_is_unknown(amoa: Any, pmo: Any, project_one: Any, proposal: Any) -> None:
    reference = proposal("draft").reference
    assert list_unknown(project_one, [reference], amoa) == []
    assert list_unknown(project_one, [reference], pmo) == [reference]


# — what says the same —


def test_near_duplicates_are_listed_nearest_first(amoa: Any, project_one: Any) -> None:
    near = project_one.requirements.like("Crews read the berth number from the fairway at night")
    assert [requirement.code for requirement in near][:1] == ["ONE-001"]
    assert list(project_one.requirements.like("Archive of the maritime survey maps")) == []
    plan = Requirement.objects.like("Crews see the berth plan").explain()
    assert plan
    with acting_as(amoa):
        assert not project_one.requirements.like("x" * 5_000).exists()
