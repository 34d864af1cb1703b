"""Attack the triggers on reservations that name a defect."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from amoa.models import Defect
from governance.enums import Outcome
from governance.models import Proposal
from tests.amoa.acceptance import factories as acceptance
from tests.attacks import Attacks, Declared
from tests.governance.world import Attempt, World, decide_acceptance, subject_columns

pytestmark = pytest.mark.django_db

RESERVED = Outcome.ACCEPTED_WITH_RESERVATIONS
NOT_SETTLED = "A reservation names a defect of its project that is not settled"


def _settled_defect(world: World) -> Defect:
    defect = acceptance.create_defect(world.cast["amoa"], world.proposal("draft").project)
    Defect.objects.filter(pk=defect.pk).update(state="closed", closed_at=timezone.now())
    return defect


def _reserved_twice(world: World) -> None:
    defect = acceptance.create_defect(world.cast["amoa"], world.proposal("draft").project)
    decision = world.decide(outcome=Outcome.APPROVED_WITH_CONDITIONS)
    for number in (1, 2):
        world.condition(decision=decision, number=number, **subject_columns(defect))


#: "model.trigger" → (name, attack, refusal): the refusals of each hand-written guard.
TRIGGERS: list[Declared] = [
    (
        "condition.reserves_a_defect_of_its_project",
        "a condition that names a defect",
        lambda w: w.condition(**subject_columns(acceptance.create_defect(w.cast["amoa"], w.proposal("draft").project))),
        NOT_SETTLED,
    ),
    (
        "condition.reserves_a_defect_of_its_project",
        "the defect of another project",
        lambda w: w.condition(
            decision=decide_acceptance(w, outcome=RESERVED),
            **subject_columns(acceptance.create_defect(w.cast["other_amoa"], w.proposal("ready_two").project)),
        ),
        NOT_SETTLED,
    ),
    (
        "condition.reserves_a_defect_of_its_project",
        "a defect that is settled",
        lambda w: w.condition(decision=decide_acceptance(w, outcome=RESERVED), **subject_columns(_settled_defect(w))),
        NOT_SETTLED,
    ),
    (
        "condition.closes_its_defect_when_lifted",
        "lifted, its defect open",
        lambda w: w.lift_reservation(),
        "The defect that a reservation names is closed when the reservation is lifted",
    ),
]

#: constraint → attack
CONSTRAINTS: dict[str, Attempt] = {
    "one_condition_per_decision_and_subject": lambda w: _reserved_twice(w),
}
#: Constraints behind a trigger that refuses the same row first; it is disabled to reach them.
BEHIND = {
    "one_condition_per_decision_and_subject": "condition.reserves_a_defect_of_its_project",
}


@pytest.fixture
def world(cast: dict[str, Any], proposal: Callable[[str], Proposal]) -> World:
    """Build the world of these attacks."""
    return World(cast, proposal)


ATTACKS = Attacks(TRIGGERS, CONSTRAINTS, BEHIND)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
