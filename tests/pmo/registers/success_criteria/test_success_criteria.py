"""Test success criteria: proposed, frozen, approved by the owner's decision only, then measured."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from core.access import Refused
from core.acts import acting_as
from core.history import Outdated, version_of
from core.record.sealing import term_of
from governance.decide.kinds.registry import kind_of
from governance.decide.proposals.services import Incomplete
from governance.enums import Act as GovernanceAct
from governance.enums import Outcome
from governance.models import Decision, Effect
from governance.record.verification.verifier import verify
from pmo.enums import Act
from pmo.models import CriterionMeasure, SuccessCriteriaSet, SuccessCriterion
from pmo.registers.success_criteria import effects, queries, services
from pmo.registers.success_criteria.enums import CriterionState, Met
from projects.models import LedgerEvent
from tests import acts
from tests.conftest import CAST
from tests.database import fire_deferred_triggers, refusal, undone
from tests.days import today

pytestmark = pytest.mark.django_db
WORDS = {"text": "The quays are lit.", "measure": "Lamps that work.", "target": "98", "unit": "%", "due_gate": "G4"}
SCOPE = {"scope": "Quays 1 to 3."}


def propose(actor: Any, project: Any, **fields: Any) -> SuccessCriterion:
    return services.write_criterion(actor=actor, project=project, fields=WORDS | fields)


def benefit(actor: Any, project: Any, **fields: Any) -> SuccessCriterion:
    return services.write_benefit(actor=actor, project=project, fields=WORDS | fields)


def freeze(actor: Any, project: Any) -> SuccessCriteriaSet:
    return services.freeze_criteria(actor=actor, project=project)


def drop(actor: Any, project: Any) -> SuccessCriterion:
    return services.drop_criterion(actor=actor, criterion=project.success_criteria.get(state="proposed"))


def measured(actor: Any, project: Any, **fields: Any) -> CriterionMeasure:
    given = {"measured_on": today(), "value": "9", "met": Met.YES}
    return services.measure_criterion(actor=actor, criterion=project.success_criteria.get(number=1), **given | fields)


BOTH = {"pmo", "amoa"}
ACTS: dict[str, tuple[Callable[..., Any], set[str], Act]] = {
    "criterion": (propose, BOTH, Act.PROPOSE_CRITERION),
    "benefit": (benefit, {"amoa"}, Act.PROPOSE_BENEFIT),
    "freeze": (freeze, BOTH, Act.FREEZE_CRITERIA),
    "drop": (drop, BOTH, Act.PROPOSE_CRITERION),
    "measure": (measured, BOTH, Act.MEASURE_CRITERION),
}


@pytest.mark.parametrize("member", CAST)
@pytest.mark.parametrize("name", ACTS)
def test_each_act_is_for_its_roles_and_leaves_one_event(
    name: str, member: str, cast: dict[str, Any], project_one: Any
) -> None:
    perform, allowed, what = ACTS[name]
    recorded = LedgerEvent.objects.exclude(
        act=GovernanceAct.BREAK_SEAL
    )  # frozen again, the decision before needs review
    events = recorded.count()
    if member not in allowed:
        with pytest.raises(Refused):
            perform(cast[member], project_one)
        assert recorded.count() == events
        return
    row = perform(cast[member], project_one)
    fire_deferred_triggers()
    event = recorded.latest("pk")
    assert recorded.count() == events + 1
    assert (event.act, event.subject, event.subject_id) == (what, row._meta.label_lower, row.pk)


def test_a_criterion_says_who_proposed_it_and_is_reworded_at_the_version_that_was_read(
    pmo: Any, amoa: Any, project_one: Any
) -> None:
    row = propose(amoa, project_one)
    assert (row.number, row.proposed_by_role, row.state) == (4, "AMOA", CriterionState.PROPOSED)
    change = {"actor": pmo, "project": project_one, "row": row, "seen": version_of(row)}
    services.write_criterion(**change, fields={"target": "99"})
    with pytest.raises(Outdated):
        services.write_criterion(**change, fields={"target": "97"})
    assert SuccessCriterion.objects.get(pk=row.pk).target == "99"


def test_an_adviser_neither_rewords_nor_drops_an_approved_criterion(pmo: Any, project_one: Any) -> None:
    row = project_one.success_criteria.get(number=1)
    with pytest.raises(ValidationError) as refused:
        services.write_criterion(actor=pmo, project=project_one, row=row, seen=version_of(row), fields={"target": "11"})
    assert set(refused.value.message_dict) == {"text"}
    with pytest.raises(ValidationError):
        services.drop_criterion(actor=pmo, criterion=row)


def test_a_benefit_is_not_reworded_as_a_criterion(amoa: Any, pmo: Any, project_one: Any) -> None:
    row = benefit(amoa, project_one)
    with pytest.raises(ValidationError):
        services.write_criterion(actor=pmo, project=project_one, row=row, seen=version_of(row), fields={"target": "11"})


def test_a_set_is_frozen_when_it_says_something_new(pmo: Any, project_one: Any, project_three: Any) -> None:
    made = freeze(pmo, project_one)
    assert (made.number, made.numbers) == (2, [1, 2, 3])
    with pytest.raises(services.NothingToFreeze):
        freeze(pmo, project_one)
    assert verify(project_one).faults == []


def submit_to_owner(project: Any, kind: str, made: SuccessCriteriaSet, **terms: str) -> Any:
    named = {"criteria": term_of(made.number, made.hash)}
    return acts.submit_to_owner(project, kind, terms=named | terms, impact_recipients="None.")


@pytest.mark.parametrize(
    ("kind", "terms"),
    [("scope", SCOPE), ("gate", {"gate": "G4", "skips": "A trial."})],
)
def test_the_owners_decision_approves_exactly_the_frozen_set(
    kind: str, terms: dict[str, str], pmo: Any, owner: Any, project_one: Any
) -> None:
    made = freeze(pmo, project_one)
    file = submit_to_owner(project_one, kind, made, **terms)
    assert project_one.success_criteria.get(number=3).state == "proposed"
    decision = acts.decide(owner, file)
    fire_deferred_triggers()
    assert set(project_one.success_criteria.values_list("state", flat=True)) == {"approved"}
    effect = Effect.objects.get(decision=decision, field="criteria")
    assert (effect.subject, effect.subject_id, effect.after) == ("pmo.successcriteriaset", made.pk, "2")
    assert queries.list_sets(project_one)[0].approval == effect


def test_a_rejection_approves_nothing(pmo: Any, owner: Any, project_one: Any) -> None:
    acts.decide(owner, submit_to_owner(project_one, "scope", freeze(pmo, project_one), **SCOPE), Outcome.REJECTED)
    assert project_one.success_criteria.get(number=3).state == "proposed"


def test_a_criterion_outside_the_approved_set_is_dropped(pmo: Any, owner: Any, project_one: Any) -> None:
    """Write a set of one criterion, without the others, beside the decision on the newest set."""
    row = project_one.success_criteria.get(number=3)
    made = freeze(pmo, project_one)
    content = [row.plain()]
    made = SuccessCriteriaSet(project=project_one, number=made.number, content=content, hash=made.hash)
    acts.decide(owner, submit_to_owner(project_one, "scope", project_one.criteria_sets.latest("number"), **SCOPE))
    with undone(), acting_as(owner):
        effects.approve_set(made)
        states = dict(project_one.success_criteria.values_list("number", "state"))
    assert states == {1: "dropped", 2: "dropped", 3: "approved"}


def test_the_owner_drops_what_a_set_leaves_out_and_nobody_before(pmo: Any, owner: Any, project_one: Any) -> None:
    made = services.freeze_criteria(actor=pmo, project=project_one, leaving_out=[1, 3])
    assert made.numbers == [2, 3]  # only an approved criterion is dropped: 3 is proposed
    assert project_one.success_criteria.get(number=1).state == "approved"
    acts.decide(owner, submit_to_owner(project_one, "scope", made, **SCOPE))
    fire_deferred_triggers()
    states = dict(project_one.success_criteria.values_list("number", "state"))
    assert states == {1: "dropped", 2: "approved", 3: "approved"}


def test_replacing_the_decision_takes_its_approval_back(pmo: Any, owner: Any, project_one: Any) -> None:
    decision: Decision = acts.decide(owner, submit_to_owner(project_one, "scope", freeze(pmo, project_one), **SCOPE))
    again = acts.submit_to_owner(
        project_one, "scope", decision, terms={"scope": "All of it."}, impact_recipients="None."
    )
    acts.decide(owner, again)
    fire_deferred_triggers()
    states = dict(project_one.success_criteria.values_list("number", "state"))
    assert states == {1: "approved", 2: "approved", 3: "proposed"}  # the launch still approves the first two
    assert queries.list_sets(project_one)[0].approval is None


def test_only_the_newest_set_as_it_stands_is_put_to_the_owner(pmo: Any, project_one: Any) -> None:
    author, old = pmo, project_one.criteria_sets.get(number=1)
    made = freeze(pmo, project_one)
    for named in (term_of(old.number, old.hash), term_of(9, made.hash), term_of(made.number, "0" * 64), "nonsense"):
        file = acts.draft(author, project_one, "scope", terms=SCOPE | {"criteria": named}, impact_recipients="None.")
        with pytest.raises(Incomplete) as refused:
            acts.submit(author, file)
        assert set(refused.value.gaps) == {"terms-criteria"}
    row = project_one.success_criteria.get(number=3)
    services.write_criterion(actor=pmo, project=project_one, row=row, seen=version_of(row), fields={"target": "1"})
    terms = SCOPE | {"criteria": term_of(made.number, made.hash)}
    assert "terms-criteria" in kind_of("scope").gaps(acts.reread(file).draft.__class__(terms=terms), project_one)


def test_beside_a_decision_nothing_but_what_was_frozen_is_approved(pmo: Any, owner: Any, project_one: Any) -> None:
    acts.decide(owner, submit_to_owner(project_one, "scope", freeze(pmo, project_one), **SCOPE))
    fire_deferred_triggers()
    stranger = propose(pmo, project_one)
    fire_deferred_triggers()
    answer = refusal(lambda: SuccessCriterion.objects.filter(pk=stranger.pk).update(state="approved"))
    assert "What is approved is the exact criterion that was frozen" in answer


def test_a_criterion_is_measured_once_it_is_approved_on_a_day_that_has_come(pmo: Any, project_one: Any) -> None:
    waiting = project_one.success_criteria.get(number=3)
    with pytest.raises(ValidationError) as refused:
        services.measure_criterion(actor=pmo, criterion=waiting, measured_on=today(), value="1", met=Met.NO)
    assert set(refused.value.message_dict) == {"value"}
    with pytest.raises(ValidationError) as refused:
        measured(pmo, project_one, measured_on=today() + timezone.timedelta(days=2))
    assert set(refused.value.message_dict) == {"measured_on"}
    measured(pmo, project_one)
    line = queries.list_lines(project_one)[0]
    assert (line.is_met, [measure.value for measure in line.measures]) == (True, ["9", "14"])


def test_freezing_shows_first_the_criteria_of_the_set(pmo: Any, project_one: Any, english: Any) -> None:
    kept, dropped = propose(pmo, project_one), propose(pmo, project_one, text="The quays are washed.")
    services.drop_criterion(actor=pmo, criterion=dropped)
    page = english(pmo).get(reverse("pmo:success_criteria:criteria_freeze", args=["ONE"]))
    shown = [line.criterion.pk for line in page.context["preview"]]
    assert kept.pk in shown
    assert dropped.pk not in shown
    assert [row["number"] for row in freeze(pmo, project_one).content] == [
        str(line.criterion.number) for line in page.context["preview"]
    ]
