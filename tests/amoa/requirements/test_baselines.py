"""Test the effect of a decision on its requirements: at once, later, never, and undone (R1, R6)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import override

from amoa.models import Requirement, RequirementBaseline
from amoa.requirements import baseline_diff as asking
from amoa.requirements import baselines, versions
from amoa.requirements.services import NothingToFreeze, Outdated, change_many, freeze_baseline, implement
from core.access import Refused
from core.record.sealing import term_of
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.decisions.services import NewCondition
from governance.decide.decisions.supersede import NotCarried, item_key, list_dependents
from governance.decide.proposals.services import Incomplete
from governance.enums import EffectiveFrom, Fate, Outcome
from governance.models import Effect
from governance.record.verification.verifier import verify
from projects.models import LedgerEvent, Project
from tests import acts
from tests.amoa.requirements.factories import (
    approve,
    author,
    edit,
    freeze,
    get_number_in_force,
    read_state,
    reject,
    submit_to_owner,
    terms,
    write,
)
from tests.attacks import switch
from tests.conftest import CAST
from tests.database import OWNER, fire_deferred_triggers, refusal, run

pytestmark = pytest.mark.django_db
WITH = Outcome.APPROVED_WITH_CONDITIONS
CONDITION = [NewCondition("The crews are told.", "AMOA", acts.FUTURE)]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def one(amoa: Any, project_one: Any) -> Requirement:
    """Write a proposed requirement of project one."""
    return write(amoa, project_one)


@pytest.fixture
def two(amoa: Any, project_one: Any) -> Requirement:
    """Write another one."""
    return write(amoa, project_one, title="Crews hear the tide")


def moved(actor: Any, project: Any, requirement: Requirement, state: str) -> None:
    """Set a state by hand."""
    assert change_many(actor=actor, project=project, numbers=[requirement.pk], fields={"state": state}).changed


# — freezing —


@pytest.mark.parametrize("member", CAST)
def test_only_the_proposers_of_a_baseline_may_freeze_it(
    member: str, cast: dict[str, Any], project_one: Any, one: Requirement
) -> None:
    if member == "amoa":
        assert freeze(cast[member], project_one).number == 2
        return
    with pytest.raises(Refused):
        freeze(cast[member], project_one)
    assert RequirementBaseline.objects.count() == 1


def test_a_freeze_takes_the_working_versions_that_are_proposed_in_review_or_approved(
    amoa: Any, project_one: Any, one: Requirement, two: Requirement
) -> None:
    out = [write(amoa, project_one, title=f"Left out {state}", state=state) for state in ("draft", "deferred")]
    moved(amoa, project_one, two, "in_review")
    baseline = freeze(amoa, project_one, reason="Workshop 3")
    fire_deferred_triggers()
    held = {v.requirement.code: v.number for v in baseline.versions.select_related("requirement")}
    assert held == {"ONE-N01": 1, "ONE-001": 1, "ONE-002": 2, one.code: 1, two.code: 1}
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.role, event.detail, baseline.reason) == ("freeze_baseline", "AMOA", "2", "Workshop 3")
    assert not {v.requirement_id for v in baseline.versions.all()} & {row.pk for row in out}


def test_nothing_is_frozen_while_nothing_is_proposed(amoa: Any, project_one: Any) -> None:
    write(amoa, project_one, state="draft")
    everything = list(project_one.requirements.values_list("pk", flat=True).order_by("pk"))
    change_many(actor=amoa, project=project_one, numbers=everything, fields={"state": "withdrawn"})
    with pytest.raises(NothingToFreeze):
        freeze(amoa, project_one)


def test_a_freeze_of_what_was_read_is_refused_once_it_changed_and_the_second_time(
    amoa: Any, project_one: Any, one: Requirement
) -> None:
    seen = versions.fingerprint_candidates(project_one)
    edit(amoa, one, title="Crews read the berth plan")
    with pytest.raises(Outdated):
        freeze_baseline(actor=amoa, project=project_one, seen=seen)
    seen = versions.fingerprint_candidates(project_one)
    freeze_baseline(actor=amoa, project=project_one, seen=seen)
    with pytest.raises(Outdated):
        freeze_baseline(actor=amoa, project=project_one, seen=seen)
    assert RequirementBaseline.objects.count() == 2


def test_the_review_says_what_is_new_changed_as_before_left_out_and_about_to_leave(
    owner: Any, amoa: Any, project_one: Any, one: Requirement, two: Requirement
) -> None:
    three = write(amoa, project_one, title="Third")
    approve(owner, project_one, freeze(amoa, project_one))
    edit(amoa, one, title="Crews read the berth plan")
    moved(amoa, project_one, three, "withdrawn")
    new = write(amoa, project_one, title="Fourth")
    draft = write(amoa, project_one, title="Fifth", state="draft")
    found = baselines.build_preview(Project.objects.get(pk=project_one.pk))
    assert [row.pk for row in found.new] == [new.pk]
    assert [row.pk for row in found.changed] == [one.pk]
    assert (found.before, found.size) == (4, 6)
    assert [row.pk for row in found.leaving] == [three.pk]
    assert [(state, [row.pk for row in rows]) for state, rows in found.left_out] == [
        ("Draft", [Requirement.objects.get(code="ONE-003").pk, draft.pk]),
        ("Withdrawn", [three.pk]),
    ]
    assert found.same_as is None
    baseline = freeze(amoa, project_one)
    assert baselines.build_preview(Project.objects.get(pk=project_one.pk)).same_as == baseline


# — what an approval does —


def test_an_edit_after_the_freeze_stays_proposed_while_the_frozen_version_is_in_force(
    owner: Any, amoa: Any, project_one: Any, one: Requirement, two: Requirement
) -> None:
    baseline = freeze(amoa, project_one)
    edit(amoa, two, title="Crews read the tide")
    decision = approve(owner, project_one, baseline)
    fire_deferred_triggers()
    assert (read_state(one), read_state(two)) == (("approved", 1, 1), ("proposed", 2, 1))
    assert get_number_in_force(project_one) == 2
    assert [(e.field, e.before, e.after) for e in decision.effects.all()] == [("baseline", "1", "2")]
    assert one.history.latest("history_id").history_user == owner


@pytest.mark.parametrize("kind", ["requirement_baseline", "change"])
def test_a_later_baseline_replaces_the_one_in_force(
    kind: str, owner: Any, amoa: Any, project_one: Any, one: Requirement, two: Requirement
) -> None:
    approve(owner, project_one, freeze(amoa, project_one))
    edit(amoa, one, title="Crews read the berth plan")
    moved(amoa, project_one, two, "deferred")
    decision = approve(owner, project_one, freeze(amoa, project_one), kind=kind)
    fire_deferred_triggers()
    assert (read_state(one), read_state(two)) == (("approved", 2, 2), ("deferred", 1, None))
    assert [(e.field, e.before, e.after) for e in decision.effects.all()] == [("baseline", "2", "3")]
    assert get_number_in_force(project_one) == 3


def test_a_built_requirement_stays_built_when_a_later_baseline_holds_its_version(
    owner: Any, amoa: Any, moe: Any, project_one: Any, one: Requirement, two: Requirement
) -> None:
    approve(owner, project_one, freeze(amoa, project_one))
    implement(actor=moe, project=project_one, numbers=[one.pk])
    edit(amoa, two, title="Crews read the tide")
    approve(owner, project_one, freeze(amoa, project_one))
    fire_deferred_triggers()
    assert (read_state(one), read_state(two)) == (("implemented", 1, 1), ("approved", 2, 2))


@pytest.mark.parametrize("state", ["proposed", "deferred", "withdrawn"])
def test_a_second_approval_approves_a_requirement_from_any_state(
    state: str, owner: Any, amoa: Any, project_one: Any, one: Requirement, two: Requirement
) -> None:
    """Its version did not change, so it was in force all along."""
    approve(owner, project_one, freeze(amoa, project_one))
    edit(amoa, two, title="Crews read the tide")
    baseline = freeze(amoa, project_one)
    moved(amoa, project_one, one, state)
    approve(owner, project_one, baseline)
    fire_deferred_triggers()
    assert read_state(one) == ("approved", 1, 1)


def test_with_conditions_to_be_met_nothing_is_in_force_until_the_last_one_is_lifted(
    owner: Any, amoa: Any, project_one: Any, one: Requirement
) -> None:
    file = submit_to_owner(project_one, freeze(amoa, project_one))
    later = {"conditions": CONDITION, "effective": EffectiveFrom.WHEN_MET}
    acts.decide(owner, file, WITH, **later)
    fire_deferred_triggers()
    assert (read_state(one), get_number_in_force(project_one)) == (("proposed", 1, None), 1)
    edit(amoa, one, title="Crews read the berth plan")
    acts.lift(owner, file)
    fire_deferred_triggers()
    assert (read_state(one), get_number_in_force(project_one)) == (("proposed", 2, 1), 2)


def test_with_conditions_and_at_once_it_is_in_force_at_once(
    owner: Any, amoa: Any, project_one: Any, one: Requirement
) -> None:
    acts.decide(owner, submit_to_owner(project_one, freeze(amoa, project_one)), WITH, conditions=CONDITION)
    fire_deferred_triggers()
    assert read_state(one) == ("approved", 1, 1)


def test_an_approval_that_waited_is_refused_once_a_later_baseline_is_in_force(
    owner: Any, amoa: Any, project_one: Any, one: Requirement
) -> None:
    waiting = submit_to_owner(project_one, freeze(amoa, project_one))
    acts.decide(owner, waiting, WITH, conditions=CONDITION, effective=EffectiveFrom.WHEN_MET)
    edit(amoa, one, title="Crews read the berth plan")
    approve(owner, project_one, freeze(amoa, project_one))
    with pytest.raises(CannotTakeEffect):
        acts.lift(owner, waiting)
    fire_deferred_triggers()
    assert (read_state(one), get_number_in_force(project_one)) == (("approved", 2, 2), 3)


# — what a refusal, a deferral and asking for rework do —


@pytest.mark.parametrize("kind", ["requirement_baseline", "change"])
def test_a_rejection_rejects_what_was_never_in_force_and_leaves_the_rest(
    kind: str, owner: Any, amoa: Any, project_one: Any, one: Requirement
) -> None:
    approve(owner, project_one, freeze(amoa, project_one))
    edit(amoa, one, title="Crews read the berth plan")
    new = write(amoa, project_one, title="New")
    seen = write(amoa, project_one, title="Reworded after it was frozen")
    baseline = freeze(amoa, project_one)
    edit(amoa, seen, title="Reworded since, which the owner has not read")
    unseen = write(amoa, project_one, title="Written since")
    decision = reject(owner, project_one, baseline, kind)
    fire_deferred_triggers()
    assert [read_state(row)[0] for row in (one, new, seen, unseen)] == ["proposed", "rejected", "proposed", "proposed"]
    assert read_state(one) == ("proposed", 2, 1)
    assert (get_number_in_force(project_one), decision.effects.count()) == (2, 0)
    assert new.history.latest("history_id").history_user == owner


@pytest.mark.parametrize("outcome", [Outcome.DEFERRED, Outcome.REWORK])
def test_putting_off_changes_no_requirement(
    outcome: Outcome, owner: Any, amoa: Any, project_one: Any, one: Requirement
) -> None:
    before = read_state(one)
    acts.decide(owner, submit_to_owner(project_one, freeze(amoa, project_one)), outcome)
    fire_deferred_triggers()
    assert (read_state(one), get_number_in_force(project_one)) == (before, 1)


# — which baseline may be put to the owner —


def test_an_older_baseline_is_not_put_to_the_owner(amoa: Any, project_one: Any, one: Requirement) -> None:
    older = freeze(amoa, project_one)
    freeze(amoa, project_one)
    file = acts.draft(amoa, project_one, "requirement_baseline", terms=terms(older))
    with pytest.raises(Incomplete) as error:
        acts.submit(amoa, file)
    assert set(error.value.gaps) == {"terms-baseline"}


@pytest.mark.parametrize("kind", ["requirement_baseline", "change"])
@pytest.mark.parametrize("hash_", ["0" * 64, "", "x:y"])
def test_a_wrong_fingerprint_is_refused(hash_: str, kind: str, amoa: Any, project_one: Any, one: Requirement) -> None:
    newest = freeze(amoa, project_one)
    file = acts.draft(amoa, project_one, kind, terms={"baseline": term_of(newest.number, hash_)})
    with pytest.raises(Incomplete) as error:
        acts.submit(amoa, file)
    assert "terms-baseline" in error.value.gaps


def test_the_baseline_of_another_project_is_refused(
    amoa: Any, project_one: Any, project_two: Any, one: Requirement
) -> None:
    baseline = freeze(amoa, project_one)
    file = acts.draft(project_two.mandates.get(role__code="PMO").holder, project_two, "change", terms=terms(baseline))
    assert asking.get_requested_baseline(file) is None


def test_once_requirements_are_kept_here_a_baseline_is_approved_by_name_only(
    amoa: Any, project_one: Any, one: Requirement
) -> None:
    file = acts.draft(amoa, project_one, "requirement_baseline", terms={})
    with pytest.raises(Incomplete) as error:
        acts.submit(amoa, file)
    assert set(error.value.gaps) == {"terms-baseline"}


def test_an_older_baseline_that_was_put_in_time_is_refused_once_a_newer_one_is_in_force(
    owner: Any, amoa: Any, project_one: Any, one: Requirement
) -> None:
    first = submit_to_owner(project_one, freeze(amoa, project_one))
    edit(amoa, one, title="Crews read the berth plan")
    approve(owner, project_one, freeze(amoa, project_one))
    kept = acts.count_evidence()
    with pytest.raises(CannotTakeEffect):
        acts.decide(owner, first)
    assert (acts.count_evidence(), get_number_in_force(project_one)) == (kept, 3)


def test_the_same_baseline_twice_is_in_force_and_noted_once(
    owner: Any, amoa: Any, project_one: Any, one: Requirement
) -> None:
    baseline = freeze(amoa, project_one)
    twice = submit_to_owner(project_one, baseline)
    approve(owner, project_one, baseline)
    again = acts.decide(owner, twice)
    fire_deferred_triggers()
    assert (again.effects.count(), get_number_in_force(project_one)) == (0, 2)


# — replacing a decision —


def test_a_decision_that_drops_a_baseline_leads_back_to_the_one_before(
    owner: Any, amoa: Any, moe: Any, project_one: Any, one: Requirement, two: Requirement
) -> None:
    approve(owner, project_one, freeze(amoa, project_one))
    edit(amoa, one, title="Crews read the berth plan")
    moved(amoa, project_one, two, "withdrawn")
    new = write(amoa, project_one, title="New")
    second = approve(owner, project_one, freeze(amoa, project_one))
    implement(actor=moe, project=project_one, numbers=[new.pk])
    fire_deferred_triggers()
    assert [read_state(row) for row in (one, two, new)] == [
        ("approved", 2, 2),
        ("withdrawn", 1, None),
        ("implemented", 1, 1),
    ]
    items = {item_key(item): Fate.DROPPED for item in list_dependents(second)}
    file = acts.submit_to_owner(project_one, "arbitration", replaces=second)
    third = acts.decide(owner, file, fates=items)
    fire_deferred_triggers()
    assert get_number_in_force(project_one) == 2
    assert ("baseline", "3", "2") in [(e.field, e.before, e.after) for e in third.effects.all()]
    assert [read_state(row) for row in (one, two, new)] == [
        ("proposed", 2, 1),
        ("approved", 1, 1),
        ("proposed", 1, None),
    ]
    listed = baselines.list_with_status(
        Project.objects.get(pk=project_one.pk), list(project_one.baselines.order_by("pk")), owner
    )
    assert [(found.state, found.by) for found in listed[1:]] == [("in_force", third), ("replaced", second)]


def test_the_first_baseline_undone_leaves_nothing_in_force(owner: Any, project_one: Any) -> None:
    one, first = Requirement.objects.get(code="ONE-001"), project_one.decisions.get(number=12)
    assert (read_state(one), get_number_in_force(project_one)) == (("approved", 1, 1), 1)
    acts.decide(owner, acts.submit_to_owner(project_one, "arbitration", replaces=first))
    fire_deferred_triggers()
    assert (read_state(one), get_number_in_force(project_one)) == (("proposed", 1, None), None)


def test_a_baseline_replaced_meanwhile_is_not_undone(owner: Any, amoa: Any, project_one: Any, one: Requirement) -> None:
    first = approve(owner, project_one, freeze(amoa, project_one))
    edit(amoa, one, title="Crews read the berth plan")
    approve(owner, project_one, freeze(amoa, project_one))
    file = acts.submit_to_owner(project_one, "arbitration", replaces=first)
    [effect] = [item for item in list_dependents(first, file) if isinstance(item, Effect)]
    with pytest.raises(NotCarried) as error:
        acts.decide(owner, file, fates=acts.fates_of(file) | {item_key(effect): Fate.DROPPED})
    assert set(error.value.gaps) == {item_key(effect)}
    acts.decide(owner, file)
    fire_deferred_triggers()
    assert get_number_in_force(project_one) == 3


def test_a_decision_may_replace_another_by_naming_the_next_baseline(
    owner: Any, amoa: Any, project_one: Any, one: Requirement
) -> None:
    first = approve(owner, project_one, freeze(amoa, project_one))
    edit(amoa, one, title="Crews read the berth plan")
    approve(owner, project_one, freeze(amoa, project_one), kind="change", replaces=first)
    fire_deferred_triggers()
    assert (read_state(one), get_number_in_force(project_one)) == (("approved", 2, 2), 3)


# — what the decision record reads —


def test_a_decision_compares_its_baseline_with_the_one_in_force_at_that_time(
    owner: Any, amoa: Any, project_one: Any, one: Requirement, two: Requirement
) -> None:
    first = approve(owner, project_one, freeze(amoa, project_one))
    edit(amoa, one, title="Crews read the berth plan")
    second = approve(owner, project_one, freeze(amoa, project_one))
    write(amoa, project_one, title="New")
    approve(owner, project_one, freeze(amoa, project_one))
    found = [asking.get_requested_baseline(decision) for decision in (first, second)]
    assert [asked and asked.before and asked.before.number for asked in found] == [1, 2]
    counts = [(len(a.compared.added), len(a.compared.changed), a.compared.unchanged) for a in found if a]
    assert counts == [(2, 1, 2), (0, 1, 4)]


def test_the_ledger_verifies_after_an_approval_a_rejection_and_an_undoing(
    owner: Any, amoa: Any, moe: Any, project_one: Any, one: Requirement, two: Requirement
) -> None:
    second = approve(owner, project_one, freeze(amoa, project_one))
    implement(actor=moe, project=project_one, numbers=[one.pk])
    edit(amoa, two, title="Crews read the tide")
    write(amoa, project_one, title="New")
    reject(owner, project_one, freeze(amoa, project_one))
    acts.decide(owner, acts.submit_to_owner(project_one, "arbitration", replaces=second))
    fire_deferred_triggers()
    assert get_number_in_force(project_one) == 1
    assert verify(project_one).faults == []


# — past every service —


def baseline_is(project: Any, baseline: Any) -> Any:
    """Set the baseline in force by raw SQL."""
    return lambda: run(
        "INSERT INTO amoa_baselineinforce (project_id, baseline_id) VALUES (%s, %s) "
        "ON CONFLICT (project_id) DO UPDATE SET baseline_id = excluded.baseline_id",
        [project.pk, baseline],
    )


REFUSED = "change by a decision of its owner (R1)"


@pytest.mark.parametrize("role", ["runtime", OWNER])
def test_no_baseline_comes_into_force_or_leaves_it_without_a_decision(
    role: str, owner: Any, amoa: Any, project_one: Any, one: Requirement
) -> None:
    first = freeze(amoa, project_one)
    fire_deferred_triggers()
    assert REFUSED in refusal(baseline_is(project_one, first.pk), role=role)
    off = switch("baselineinforce.changes_by_decision")
    assert REFUSED not in refusal(baseline_is(project_one, first.pk), without=off)
    approve(owner, project_one, first)
    second = freeze(amoa, project_one)
    fire_deferred_triggers()
    for target in (None, second.pk):
        assert REFUSED in refusal(baseline_is(project_one, target), role=role), target


def test_the_effect_of_an_earlier_decision_lets_nothing_through(
    owner: Any, amoa: Any, project_one: Any, one: Requirement
) -> None:
    """An effect allows exactly its own change, in its own transaction."""
    first, effects = freeze(amoa, project_one), Effect.objects.filter(field="baseline").count()
    second = freeze(amoa, project_one)
    file = submit_to_owner(project_one, second)
    fire_deferred_triggers()

    def decide_and_set_another() -> None:
        acts.decide(owner, file)
        baseline_is(project_one, first.pk)()

    assert REFUSED in refusal(decide_and_set_another)
    assert Effect.objects.filter(field="baseline").count() == effects


def test_the_author_of_a_baseline_may_not_approve_it(project_one: Any) -> None:
    assert author(project_one).email == "amoa@example.org"
