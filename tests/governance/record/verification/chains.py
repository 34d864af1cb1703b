"""Build chains, checkpoints and bundles by hand, for the verifier that needs no database."""

import base64
import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tools.verify_ledger import CHECKPOINT_DOMAIN, DOMAINS, START, canonical, salted_head, seal

OWNER, DELEGATE, ADVISER = "0a1b", "0c2d", "0e3f"
REVISION = {"salt": "5a17", "kind": "minor_change", "amount": "900.00", "title": "Élan", "attachments": []}
OPINION = {"salt": "5a18", "revision": seal(REVISION), "role": "PMO", "position": "favourable", "reasons": "Oui"}


def instant_at(minute: int) -> str:
    """Return an instant on the day of these chains."""
    return f"2026-03-02T{9 + minute // 60:02}:{minute % 60:02}:00.000000+00:00"


class Book:
    """The chain of project 3, VIGIE, to which events are added."""

    def __init__(self, version: str = "2") -> None:
        self.version = version
        self.bodies: list[dict[str, Any]] = []

    def add(
        self, act: str, subject: str = "", number: str = "1", by: str = OWNER, detail: str = "", **facts: str
    ) -> None:
        """Add an event, a minute after the one before."""
        seq = len(self.bodies) + 1
        body = {
            "version": self.version,
            "project": "3",
            "seq": str(seq),
            "act": act,
            "actor": by,
            "role": "",
            "at": instant_at(seq),
            "proposal": "",
            "detail": detail,
            "subject": subject,
            "subject_id": number,
            "facts": facts,
            "prev": "",
        }
        self.bodies.append(body if self.version == "1" else body | {"entered": ""})

    def kept(self) -> list[dict[str, str]]:
        """Return the events as a bundle stores them, chained and hashed."""
        prev, events = START, []
        for body in self.bodies:
            said = canonical(body | {"prev": prev})
            prev = hashlib.sha256(DOMAINS.get(body["version"], b"") + said).hexdigest()
            events.append({"body": base64.b64encode(said).decode(), "hash": prev})
        return events

    def bundle(self, **more: Any) -> dict[str, Any]:
        """Return a whole bundle of this chain."""
        return {
            "format": "ouvrage.ledger",
            "version": "1",
            "whole": "yes",
            "contents_of": "none",
            "contents": [],
            "checkpoints": [],
            "projects": [{"project": "3", "code": "VIGIE", "events": self.kept()}],
        } | more


def decided(delegated: bool = False, **changes: dict[str, str]) -> Book:
    """Name an owner, delegate a signature, give an opinion, decide; `changes` by act."""
    book = Book()
    facts: dict[str, dict[str, str]] = {
        "name_owner": {"mandate": "1", "holder": OWNER, "authority": "decides", "start": instant_at(0), "end": ""},
        "delegate": {
            "delegation": "1",
            "mandate": "1",
            "delegate": DELEGATE,
            "kinds": "minor_change,other",
            "cap": "1000.00",
            "start": instant_at(0),
            "end": instant_at(60),
        },
        "decide": {
            "mandate": "1",
            "delegation": "1" if delegated else "",
            "revision": seal(REVISION),
            "effects": "",
            "content": seal(DECISION),
        },
    }
    told = {act: {**values, **changes.get(act, {})} for act, values in facts.items()}
    book.add("found", "projects.project", "3")
    book.add("name_owner", "projects.mandate", **told["name_owner"])
    book.add("delegate", "projects.delegation", **told["delegate"])
    book.add("submit", "governance.proposalrevision", content=seal(REVISION), detail="1")
    book.add("advise", "governance.opinion", by=ADVISER, content=seal(OPINION), revision=seal(REVISION))
    book.add("decide", "governance.decision", by=DELEGATE if delegated else OWNER, detail="approved", **told["decide"])
    return book


DECISION: dict[str, Any] = {
    "salt": "5a19",
    "outcome": "approved",
    "reasons": "Oui",
    "conditions": [],
    "file": [{"item": "opinion:PMO", "hash": seal(OPINION)}, {"item": "revision", "hash": seal(REVISION)}],
}
CONTENTS = [
    {"subject": "governance.proposalrevision", "id": "1", "content": REVISION},
    {"subject": "governance.opinion", "id": "1", "content": OPINION},
    {"subject": "governance.decision", "id": "1", "content": DECISION},
]


class Notary:
    """A notary that signs any content."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.prev, self.number = START, 0

    @property
    def public(self) -> str:
        """Return the public key in hexadecimal."""
        return self.key.public_key().public_bytes_raw().hex()

    def sign(self, seq: int, head: str, next_key: str = "", version: str = "2") -> dict[str, Any]:
        """Sign a checkpoint that saw this head of project 3."""
        self.number += 1
        opened = {"project": "3", "seq": str(seq), "head": head}
        opening = opened | {"salt": f"{self.number:032x}"}
        body = canonical(
            {
                "version": version,
                "number": str(self.number),
                "made_at": instant_at(0),
                "prev": self.prev,
                "next_key": next_key,
                "key": hashlib.sha256(bytes.fromhex(self.public)).hexdigest(),
                "heads": [salted_head(opening)] if version == "2" else [opened],
            }
        )
        message = CHECKPOINT_DOMAIN + body
        self.prev = hashlib.sha256(message).hexdigest()
        return {
            "body": base64.b64encode(body).decode(),
            "hash": self.prev,
            "signature": self.key.sign(message).hex(),
            "public_key": self.public,
            "openings": [opening] if version == "2" else [],
        }

    def sees(self, book: Book, **more: str) -> dict[str, Any]:
        """Sign a checkpoint of the current chain."""
        return self.sign(len(book.bodies), book.kept()[-1]["hash"], **more)
