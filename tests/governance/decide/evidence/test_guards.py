"""Attack the trigger on the evidence that a revision attaches."""

import pytest

from tests.attacks import Attacks, Declared
from tests.governance.world import World

pytestmark = pytest.mark.django_db

ATTACHES = "A revision attaches versions of documents of its project, by their hash (R5)"

#: "model.trigger" → (name, attack, refusal): the refusals of each hand-written guard.
TRIGGERS: list[Declared] = [
    (
        "proposalrevision.attaches_what_exists",
        "no such document",
        lambda w: w.revise(attachments=[w.attach(document="99999")]),
        ATTACHES,
    ),
    (
        "proposalrevision.attaches_what_exists",
        "no such version",
        lambda w: w.revise(attachments=[w.attach(version="2")]),
        ATTACHES,
    ),
    (
        "proposalrevision.attaches_what_exists",
        "other bytes",
        lambda w: w.revise(attachments=[w.attach(sha256="0" * 64)]),
        ATTACHES,
    ),
    (
        "proposalrevision.attaches_what_exists",
        "a document of another project",
        lambda w: w.revise(attachments=[w.attach("two")]),
        ATTACHES,
    ),
    ("proposalrevision.attaches_what_exists", "no list", lambda w: w.revise(attachments={}), ATTACHES),
    (
        "proposalrevision.attaches_what_exists",
        "one document twice",
        lambda w: w.revise(attachments=[w.attach(), w.attach()]),
        "A revision attaches one version of a document",
    ),
]

ATTACKS = Attacks(TRIGGERS)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
