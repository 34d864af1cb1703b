"""Writing the ledger: called by every act, inside its transaction, under the lock of the project."""

import hashlib
from datetime import UTC
from typing import Any

import rfc8785
from django.db import models

from governance.enums import Act
from governance.ledger.models import LedgerEvent
from projects.models import Project
from roles import acting
from roles.models import User

VERSION = 1
DOMAIN = b"ouvrage.ledger.v1\x00"
START = bytes(32)


def canonical(content: dict[str, Any]) -> bytes:
    """RFC 8785 bytes of `content`: strings, booleans, lists, maps and None; numbers as strings."""
    return rfc8785.dumps(content)


def content_hash(content: dict[str, Any]) -> str:
    """Hexadecimal SHA-256 of the canonical bytes of `content`."""
    return hashlib.sha256(canonical(content)).hexdigest()


def record(
    *,
    act: Act,
    actor: User,
    project: Project,
    subject: models.Model,
    role: str = "",
    proposal_id: int | None = None,
    detail: str = "",
    **facts: Any,
) -> LedgerEvent:
    """Append the event of one act; the caller holds the lock of `project`.

    `detail` and `facts` are codes, ids and hashes, never prose.
    """
    last = project.events.order_by("-seq").values_list("seq", "hash").first()
    seq, prev = (last[0] + 1, bytes(last[1])) if last else (1, START)
    event = LedgerEvent(
        project=project,
        seq=seq,
        act=act,
        actor=actor,
        role=role,
        proposal_id=proposal_id,
        detail=detail,
        subject=subject._meta.label_lower,
        subject_id=subject.pk,
        acted_at=acting.at(),
        prev=prev,
    )
    event.body = canonical(
        {
            "version": str(VERSION),
            "project": str(project.pk),
            "seq": str(seq),
            "act": str(act),
            "actor": str(actor.pk),
            "role": role,
            "at": event.acted_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "proposal": str(proposal_id or ""),
            "detail": detail,
            "subject": event.subject,
            "subject_id": str(subject.pk),
            "facts": {name: str(value) for name, value in facts.items()},
            "prev": prev.hex(),
        }
    )
    event.hash = hashlib.sha256(DOMAIN + event.body).digest()
    event.save(force_insert=True)
    return event
