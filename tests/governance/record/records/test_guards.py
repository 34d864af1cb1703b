"""Attack each trigger and constraint on stored records."""

import hashlib
from typing import Any

import pytest
from django.utils import timezone

from governance.models import RecordFile
from tests import acts
from tests.attacks import Attacks, Declared, leaves
from tests.governance.world import Attempt, World

pytestmark = pytest.mark.django_db

BYTES = b"%PDF-1.7 a record"


def _write(world: World, times: int = 1, **changes: Any) -> None:
    """Store the record of a new decision past its task, without an event."""
    fields = {
        "decision": acts.decide(world.cast["owner"], world.proposal("ready_for_decision")),
        "language": "fr",
        "content": BYTES,
        "size": len(BYTES),
        "sha256": hashlib.sha256(BYTES).hexdigest(),
        "letters": "arecord",
        "acted_at": timezone.now(),
    }
    RecordFile.objects.bulk_create([RecordFile(**fields | changes) for _ in range(times)])


CARRIES = "A stored record carries the size and the hash of its bytes"

#: "model.trigger" → (name, attack, refusal): the refusals of each hand-written guard.
TRIGGERS: list[Declared] = [
    ("recordfile.carries_its_bytes", "another hash", lambda w: _write(w, sha256="0" * 64), CARRIES),
    ("recordfile.carries_its_bytes", "another size", lambda w: _write(w, size=1), CARRIES),
    ("recordfile.leaves_an_event", "a record that no event tells", lambda w: _write(w), leaves(RecordFile)),
]

#: constraint → attack
CONSTRAINTS: dict[str, Attempt] = {
    "one_stored_record_per_language": lambda w: _write(w, times=2),
    "a_stored_record_has_a_known_language": lambda w: _write(w, language="de"),
}

ATTACKS = Attacks(TRIGGERS, CONSTRAINTS)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
