"""Attack the triggers and constraints on documents and their versions."""

import pytest

from governance.enums import Act
from projects.ledger.services import record
from projects.models import DocumentVersion
from tests.attacks import Attacks, Declared, leaves
from tests.database import close_account
from tests.projects.world import Attempt, World

pytestmark = pytest.mark.django_db

BYTES = "A version carries the size and the hash of its bytes"
IN_ORDER = "The versions of a document follow each other"
ADDED_BY = "A document is added by the owner or by who may propose, in office (R5)"


def _closed_account_adds(world: World) -> None:
    close_account(world.cast["owner"], world.cast["owner"])
    world.version()


def _sealed_and_nobody_told(world: World) -> None:
    version = world.version("Requirements of the harbour office")
    record(act=Act.REPLACE_DOCUMENT, actor=world.cast["owner"], project=world.project, subject=version)


#: "model.trigger" → (name, attack, refusal): the refusals of each hand-written guard.
TRIGGERS: list[Declared] = [
    (
        "document.has_a_first_version",
        "a document without bytes",
        lambda w: w.document("Empty"),
        "A document is added with its bytes",
    ),
    ("documentversion.carries_its_bytes", "another hash", lambda w: w.version(sha256="0" * 64), BYTES),
    ("documentversion.carries_its_bytes", "another size", lambda w: w.version(size=5), BYTES),
    ("documentversion.follows_the_version_before", "a number left out", lambda w: w.version(number=9), IN_ORDER),
    ("documentversion.follows_the_version_before", "a number taken", lambda w: w.version(number=1, why=""), IN_ORDER),
    (
        "documentversion.follows_the_version_before",
        "the same bytes",
        lambda w: [w.version(), w.version()],
        "Another version has other bytes",
    ),
    *(
        (
            "documentversion.is_added_by_who_proposes_or_decides",
            f"by the {member}",
            lambda w, member=member: w.version(by=member),
            ADDED_BY,
        )
        for member in ("recipient", "former_owner", "future_owner", "delegate", "other_owner", "outsider", "superuser")
    ),
    ("documentversion.is_added_by_who_proposes_or_decides", "by a closed account", _closed_account_adds, ADDED_BY),
    ("documentversion.leaves_an_event", "a version without its event", lambda w: w.version(), leaves(DocumentVersion)),
    (
        "documentversion.tells_whose_seal_it_breaks",
        "a sealed document, and no decision told",
        _sealed_and_nobody_told,
        "A new version of a document tells each decision that sealed another one (R6)",
    ),
]

#: constraint → attack
CONSTRAINTS: dict[str, Attempt] = {
    "one_document_per_name_and_project": lambda w: w.document("Berth plan"),
    "one_version_per_number": lambda w: w.version(number=1, why=""),
    "a_version_is_not_empty": lambda w: w.version(content=b""),
    "a_replacement_says_why": lambda w: w.version(why=""),
}
#: Constraints behind a trigger that refuses the same row first; it is disabled to reach them.
BEHIND = {
    "one_version_per_number": "documentversion.follows_the_version_before",
}

ATTACKS = Attacks(TRIGGERS, CONSTRAINTS, BEHIND)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
