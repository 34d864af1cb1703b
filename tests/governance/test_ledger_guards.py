"""Attack the triggers and constraints on the ledger: events, checkpoints, time stamps and verifications."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from core.record.sealing import canonical
from governance.models import Checkpoint, Timestamp, Verification
from governance.record.notary import keys
from projects.ledger.enums import ACTS
from projects.ledger.services import DOMAIN, START, instant, read_head, record
from projects.models import LedgerEvent, Project, RowLayout, RowSeal
from tests.attacks import Attack, Attacks, Declared
from tests.database import OWNER, RUNTIME, copy_of
from tests.projects.ledger.tampering import as_notary
from tools.verify_ledger import CHECKPOINT_DOMAIN, salted_head

pytestmark = pytest.mark.django_db

Attempt = Callable[[Any], Any]
OLD, NEW = Ed25519PrivateKey.from_private_bytes(bytes(range(32))), Ed25519PrivateKey.from_private_bytes(bytes(32))


# — an event —


def event(world: Any, *, says: dict[str, Any] | None = None, body: bytes | None = None, **columns: Any) -> LedgerEvent:
    """Write the next event of project one past the services: valid except for the changes in `says` and the columns."""
    project = world.proposal("draft").project
    last = project.events.latest("seq")
    now = columns.pop("acted_at", None) or timezone.now()
    actor = world.cast["amoa"]
    told = {
        "version": "2",
        "project": str(project.pk),
        "seq": str(last.seq + 1),
        "act": "take_up",
        "actor": str(actor.key),
        "role": "",
        "at": instant(now),
        "entered": "",
        "proposal": "",
        "detail": "",
        "subject": "projects.project",
        "subject_id": str(project.pk),
        "prev": bytes(last.hash).hex(),
        "facts": read_head(project).sealed,
    }
    written = body or canonical(told | (says or {}))
    fields = {
        "project": project,
        "seq": last.seq + 1,
        "act": "take_up",
        "actor": actor,
        "subject": "projects.project",
        "subject_id": project.pk,
        "acted_at": now,
        "prev": last.hash,
        "body": written,
        "hash": hashlib.sha256(DOMAIN + written).digest(),
    }
    return LedgerEvent.objects.bulk_create([LedgerEvent(**fields | columns)])[0]


def facts_of(world: Any, **other: str) -> dict[str, str]:
    """Return the facts of the next event of project one on seals, with other values."""
    return read_head(world.proposal("draft").project).sealed | other


def spaced(world: Any) -> None:
    """Write an event with equivalent bytes that are not canonical."""
    project = world.proposal("draft").project
    last = project.events.latest("seq")
    event(world, body=b'{"version": "2", "prev": "' + bytes(last.hash).hex().encode() + b'"}')


def first_format(world: Any) -> None:
    """Write an event hashed in the first format."""
    body = canonical({"version": "1"})
    event(world, body=body, hash=hashlib.sha256(b"ouvrage.ledger.v1\0" + body).digest())


def twice_at_once(world: Any) -> None:
    """Write the same act on the same subject at the same instant."""
    now = timezone.now()
    event(world, acted_at=now)
    event(world, acted_at=now)


CHAIN = "An event continues the chain of its project"
BYTES = "An event carries the hash of its canonical bytes"
SAME = "An event says the same in its bytes and in its columns"
FACTS = "The facts of an event are texts by name"
NAMED = "An event names the rows sealed before it"
LINK = "ledgerevent.is_the_next_link"
#: Each column that repeats the bytes, and another value for it.
COLUMNS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "act": lambda w: {"act": "edit"},
    "actor": lambda w: {"actor": w.cast["pmo"]},
    "role": lambda w: {"role": "MOA"},
    "proposal": lambda w: {"proposal": w.proposal("draft")},
    "detail": lambda w: {"detail": "x"},
    "subject": lambda w: {"subject": "governance.decision"},
    "subject_id": lambda w: {"subject_id": 10**9},
}
SAYS = {
    "version": "1",
    "project": "0",
    "seq": "1",
    "at": "2026-01-01T00:00:00.000000+00:00",
    "actor": "5",
    "entered": "2026-01-01T00:00:00.000000+00:00",
    "extra": "",
}


def one_s_own(world: Any, act: str) -> None:
    """Record an act on an account by its own person."""
    person = world.cast["staff_admin"]
    record(
        act=ACTS[act],
        actor=person,
        project=Project.objects.get(level="organisation"),
        subject=person,
        person=person.key,
    )


# — a seal —


def seal(world: Any, **columns: Any) -> None:
    """Write the next seal of project one by hand."""
    chain = world.proposal("draft").project_id
    last = RowSeal.objects.filter(chain=chain).latest("seq")
    fields = {"chain": chain, "seq": last.seq + 1, "first": last.seq + 1, "xact": last.xact, "layout": last.layout}
    fields |= {"table": last.table, "row": last.row, "salt": last.salt, "hash": last.hash, "link": last.link}
    RowSeal.objects.bulk_create([RowSeal(**fields | columns)])


def layout(world: Any) -> None:
    """Write a layout by hand, which stands already."""
    last = RowLayout.objects.latest("pk")
    RowLayout.objects.bulk_create([RowLayout(table=last.table, columns=last.columns)])


def history_of_no_act(_world: Any) -> None:
    """Write another version of a project whose last event is of an earlier transaction."""
    copy_of(Project.history.model)  # type: ignore[attr-defined]


# — a checkpoint —


def checkpoint(
    key: Ed25519PrivateKey = OLD, *, says: dict[str, Any] | None = None, body: bytes | None = None, **columns: Any
) -> None:
    """Write the next checkpoint, as the notary."""
    last = Checkpoint.objects.order_by("number").last()
    number, prev = (last.number + 1, bytes(last.hash)) if last else (1, START)
    now = columns.pop("made_at", None) or timezone.now()
    openings = columns.get("openings", [])
    told = {
        "version": "2",
        "number": str(number),
        "made_at": instant(now),
        "heads": sorted(salted_head(opening) for opening in openings),
        "next_key": "",
        "key": hashlib.sha256(keys.public_bytes(key)).hexdigest(),
        "prev": prev.hex(),
    }
    message = CHECKPOINT_DOMAIN + (body or canonical(told | (says or {})))
    fields = {
        "number": number,
        "made_at": now,
        "body": message.removeprefix(CHECKPOINT_DOMAIN),
        "hash": hashlib.sha256(message).digest(),
        "signature": key.sign(message),
        "public_key": keys.public_bytes(key),
    }
    with as_notary():
        Checkpoint.objects.bulk_create([Checkpoint(**fields | columns)])


def then(key: Ed25519PrivateKey, next_key: bytes = b"", **more: Any) -> None:
    """Write a checkpoint that may announce a key, then another by `key`."""
    checkpoint(says={"next_key": next_key.hex()})
    checkpoint(key, **more)


def time_stamp(token: bytes) -> None:
    """Write a time stamp of a new checkpoint, as the notary; HASH in `token` stands for its hash."""
    checkpoint()
    last = Checkpoint.objects.latest("number")
    with as_notary():
        Timestamp.objects.create(checkpoint=last, token=token.replace(b"HASH", bytes(last.hash)))


def verification(**columns: Any) -> None:
    """Record a verification."""
    Verification.objects.create(**{"events": 1, "result": 0, "seconds": 0.1, "ran_at": timezone.now()} | columns)


ANOTHER = "An account is closed by somebody else than its person"
FOLLOWS = "A checkpoint follows the one before it"
HASHED = "A checkpoint carries the hash of its canonical bytes"
TELLS = "A checkpoint says when it is made, and by which key"
ANNOUNCED = "A checkpoint is signed by the key that was announced"
OPENS = "A checkpoint holds the salted hash of each head it opens"
OPENING = {"project": "1", "seq": "1", "head": "0" * 64, "salt": "5a17"}
SIGNED = "checkpoint.follows_the_last_checkpoint"
STAMPED = "timestamp.stamps_its_checkpoint"
RUN = "verification.is_dated_when_it_runs"

TRIGGERS: list[Declared] = [
    (LINK, "a place left out", lambda w: event(w, seq=10**6), CHAIN),
    (LINK, "another hash before it", lambda w: event(w, prev=START), CHAIN),
    (LINK, "another hash", lambda w: event(w, hash=START), BYTES),
    (LINK, "bytes that are not canonical", spaced, BYTES),
    (LINK, "a hash of the first format", first_format, BYTES),
    *((LINK, f"another {name}", lambda w, of=of: event(w, **of(w)), SAME) for name, of in COLUMNS.items()),
    *((LINK, f"bytes with another {name}", lambda w, d={name: v}: event(w, says=d), SAME) for name, v in SAYS.items()),
    (LINK, "facts that are a list", lambda w: event(w, says={"facts": []}), FACTS),
    (LINK, "a fact that is a figure", lambda w: event(w, says={"facts": {"cap": 1}}), FACTS),
    (LINK, "no word on the seals of rows", lambda w: event(w, says={"facts": {}}), NAMED),
    (LINK, "other seals of rows", lambda w: event(w, says={"facts": facts_of(w, rows="1-1:" + "0" * 64)}), NAMED),
    (LINK, "other seals shared", lambda w: event(w, says={"facts": facts_of(w, shared="1-1:" + "0" * 64)}), NAMED),
    *(
        ("ledgerevent.is_closed_by_another", act, lambda w, act=act: one_s_own(w, act), ANOTHER)
        for act in ("close_account", "plan_departure")
    ),
    ("rowseal.is_written_by_a_trigger", "by hand", seal, "Only the database seals a row, when it is written"),
    ("rowlayout.is_written_by_a_trigger", "by hand", layout, "Only the database seals a row, when it is written"),
    ("rowseal.is_covered_by_an_event", "a row of no act", history_of_no_act, "An event of its act names each row"),
    (SIGNED, "a number left out", lambda w: checkpoint(number=2, says={"number": "2"}), FOLLOWS),
    (SIGNED, "another hash before it", lambda w: checkpoint(says={"prev": "1" * 64}), FOLLOWS),
    (SIGNED, "the first one again", lambda w: then(OLD, number=1, says={"number": "1", "prev": "0" * 64}), FOLLOWS),
    (SIGNED, "another hash", lambda w: checkpoint(hash=START), HASHED),
    (SIGNED, "bytes that are not canonical", lambda w: checkpoint(body=b'{"prev": "' + b"0" * 64 + b'"}'), HASHED),
    (SIGNED, "made yesterday", lambda w: checkpoint(made_at=timezone.now() - timedelta(1)), TELLS),
    (SIGNED, "made tomorrow", lambda w: checkpoint(made_at=timezone.now() + timedelta(1)), TELLS),
    (SIGNED, "another date in its bytes", lambda w: checkpoint(says={"made_at": "2026-01-01"}), TELLS),
    (SIGNED, "another key in its bytes", lambda w: checkpoint(says={"key": "0" * 64}), TELLS),
    (SIGNED, "another public key", lambda w: checkpoint(public_key=keys.public_bytes(NEW)), TELLS),
    (SIGNED, "another number in its bytes", lambda w: checkpoint(says={"number": "2"}), TELLS),
    (SIGNED, "a head that it does not hold", lambda w: checkpoint(openings=[OPENING], says={"heads": []}), OPENS),
    (SIGNED, "a head that it does not open", lambda w: checkpoint(says={"heads": [salted_head(OPENING)]}), OPENS),
    (SIGNED, "a head that says more", lambda w: checkpoint(openings=[OPENING | {"code": "ONE"}]), OPENS),
    (SIGNED, "a key nobody announced", lambda w: then(NEW), ANNOUNCED),
    (SIGNED, "the old key after a new one", lambda w: then(OLD, keys.public_bytes(NEW)), ANNOUNCED),
    (STAMPED, "of something else", lambda w: time_stamp(b"token"), "A time stamp holds the hash of its checkpoint"),
    (STAMPED, "too large", lambda w: time_stamp(b"HASH" + bytes(65_536)), "A time stamp has 64 KiB at most"),
    (RUN, "yesterday", lambda w: verification(ran_at=timezone.now() - timedelta(1)), "is dated when it runs"),
    (RUN, "tomorrow", lambda w: verification(ran_at=timezone.now() + timedelta(1)), "is dated when it runs"),
]

CONSTRAINTS: dict[str, Attempt] = {
    "one_event_per_act": twice_at_once,
    "one_seal_per_place_in_its_chain": lambda w: seal(w, seq=1),
    "one_layout_per_set_of_columns": layout,
    "one_event_per_place_in_the_chain": lambda w: event(w, seq=1),
    "a_verification_has_a_known_result": lambda w: verification(result=4, fault_count=1),
    "a_verification_is_intact_only_without_a_fault": lambda w: verification(fault_count=1),
}
BEHIND = {
    "one_event_per_place_in_the_chain": LINK,
    "one_seal_per_place_in_its_chain": "rowseal.is_written_by_a_trigger",
    "one_layout_per_set_of_columns": "rowlayout.is_written_by_a_trigger",
}


@pytest.fixture
def world(cast: dict[str, Any], proposal: Any) -> SimpleNamespace:
    """Build the cast and its files."""
    return SimpleNamespace(cast=cast, proposal=proposal)


ATTACKS = Attacks(TRIGGERS, CONSTRAINTS, BEHIND)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: Any) -> None:
    ATTACKS.prove(guard, world)


def test_a_copy_of_the_last_event_finds_its_place_taken(world: Any) -> None:
    def copy_last() -> None:
        last = LedgerEvent.objects.latest("pk")
        last.pk, last.acted_at = None, timezone.now()
        last.save(force_insert=True)

    name = "one_event_per_place_in_the_chain"
    Attack(name, "", lambda _: copy_last(), name, (LINK,), False, (RUNTIME, OWNER)).prove(world)
