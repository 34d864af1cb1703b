"""Attack the triggers and constraints on the matrix."""

from dataclasses import replace
from typing import Any

import pytest

from projects.models import Matrix
from tests.attacks import Attacks, Declared, leaves
from tests.projects.world import Attempt, World

pytestmark = pytest.mark.django_db

HASHED = "A matrix carries the hash of its content"
NEXT = "The versions of a matrix follow each other"
ALLOWED = "What a matrix allows is what its letters say"


def _less_a_role(world: World) -> dict[str, Any]:
    content = world.project.matrices.latest("number").read()
    return replace(content, roles=content.roles[1:]).plain()


#: "model.trigger" → (name, attack, refusal): the refusals of each hand-written guard.
TRIGGERS: list[Declared] = [
    ("matrix.carries_its_hash", "another content", lambda w: w.matrix(content=_less_a_role(w)), HASHED),
    ("matrix.carries_its_hash", "another hash", lambda w: w.matrix(hash="0" * 64), HASHED),
    ("matrix.carries_its_hash", "other powers", lambda w: w.matrix(powers={}), HASHED),
    ("matrix.carries_its_hash", "recipients who propose", lambda w: w.allowing(DEST={"propose": ["scope"]}), ALLOWED),
    ("matrix.carries_its_hash", "advisers without a say", lambda w: w.allowing(PMO={}), ALLOWED),
    ("matrix.carries_its_hash", "a role left out", lambda w: w.allowing(MOE=None), ALLOWED),
    ("matrix.carries_its_hash", "a role of nowhere", lambda w: w.allowing(KING={"decide": ["scope"]}), ALLOWED),
    ("matrix.carries_its_hash", "a number left out", lambda w: w.matrix(number=9), NEXT),
    ("matrix.carries_its_hash", "a number taken", lambda w: w.matrix(number=1), NEXT),
    ("matrix.carries_its_hash", "the number of another project", lambda w: w.matrix(project=w.other, number=1), NEXT),
    ("matrix.leaves_an_event", "a version without its event", lambda w: w.matrix(), leaves(Matrix)),
    (
        "matrix.carries_its_hash",
        "another hash",
        lambda w: w.rewritten(hash="0" * 64),
        "A matrix carries the hash of its content",
    ),
    (
        "matrix.carries_its_hash",
        "more powers",
        lambda w: w.rewritten(powers={"PMO": {"decide": ["budget"]}}),
        "A matrix carries the hash of its content",
    ),
    (
        "matrix.carries_its_hash",
        "a number left out",
        lambda w: w.rewritten(number=9),
        "The versions of a matrix follow each other",
    ),
    ("matrix.leaves_an_event", "a version of roles without its event", lambda w: w.rewritten(), leaves(Matrix)),
]

#: constraint → attack
CONSTRAINTS: dict[str, Attempt] = {
    "one_matrix_per_number": lambda w: w.rewritten(number=1),
}
#: Constraints behind a trigger that refuses the same row first; it is disabled to reach them.
BEHIND = {
    "one_matrix_per_number": "matrix.carries_its_hash",
}

ATTACKS = Attacks(TRIGGERS, CONSTRAINTS, BEHIND)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
