"""Attack the triggers that know the kinds of decision."""

import pytest

from governance.enums import Outcome
from tests.attacks import Attacks, Declared
from tests.governance.world import World, decide_acceptance

pytestmark = pytest.mark.django_db

KNOWN_KIND = "A proposal is of a kind that the product knows"
KNOWN_PART = "An effect is on a part that a kind of decision changes"
OF_ITS_KIND = "What is delivered is accepted; anything else is approved"

#: "model.trigger" → (name, attack, refusal): the refusals of each hand-written guard.
TRIGGERS: list[Declared] = [
    ("proposal.is_of_a_known_kind", "a kind that nobody registers", lambda w: w.draft(kind="whim"), KNOWN_KIND),
    (
        "effect.is_on_a_part_of_a_kind",
        "a part that no kind changes",
        lambda w: w.effect(w.decide(), field="colour"),
        KNOWN_PART,
    ),
    (
        "effect.is_on_a_part_of_a_kind",
        "a part of another table",
        lambda w: w.effect(w.decide(), subject="projects.mandate"),
        KNOWN_PART,
    ),
    (
        "decision.is_an_answer_of_its_kind",
        "a change that is accepted",
        lambda w: w.decide(outcome=Outcome.ACCEPTED),
        OF_ITS_KIND,
    ),
    (
        "decision.is_an_answer_of_its_kind",
        "an acceptance that is approved",
        lambda w: decide_acceptance(w, outcome=Outcome.APPROVED),
        OF_ITS_KIND,
    ),
]

ATTACKS = Attacks(TRIGGERS)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
