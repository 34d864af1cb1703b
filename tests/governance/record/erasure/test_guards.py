"""Attack each trigger and constraint on erasures."""

from typing import Any

import pytest
from django.utils import timezone

from core.acts import erasing
from governance.models import Erasure
from tests.attacks import Attacks, Declared
from tests.database import owning
from tests.governance.world import Attempt, World

pytestmark = pytest.mark.django_db


def _erase(world: World, *, door: bool = True, **changes: Any) -> None:
    """Write an erasure past its command, without an event."""
    fields = {
        "project": world.proposal("draft").project,
        "subject": "governance.opinion",
        "subject_id": "1",
        "fields": ["reasons"],
        "because": "A request.",
        "erased_by": world.cast["staff_admin"],
        "acted_at": timezone.now(),
    }
    if not door:
        Erasure.objects.bulk_create([Erasure(**fields | changes)])
        return
    with owning(), erasing("[erased 2026-11-24]"):
        Erasure.objects.bulk_create([Erasure(**fields | changes)])


#: "model.trigger" → (name, attack, refusal): the refusals of each hand-written guard.
TRIGGERS: list[Declared] = [
    (
        "erasure.is_written_while_erasing",
        "outside the command",
        lambda w: _erase(w, door=False),
        "An erasure is written by the command that erases",
    ),
    (
        "erasure.leaves_an_event",
        "an erasure without its event",
        lambda w: _erase(w),
        "An erasure on a project leaves an event in its ledger",
    ),
]

#: constraint → attack
CONSTRAINTS: dict[str, Attempt] = {
    "an_erasure_says_why": lambda w: _erase(w, because=""),
    "an_erasure_says_what": lambda w: _erase(w, fields=[]),
}

ATTACKS = Attacks(TRIGGERS, CONSTRAINTS)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
