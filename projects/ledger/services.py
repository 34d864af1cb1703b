"""Append events to the ledger, inside the transaction of an act and under the project's lock."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.db import connection, models
from django.utils import timezone

from core.acts import act_time, current_actor, database_time, is_back_entry, name_act, take_database_time
from core.record.sealing import SealedModel, canonical
from projects.enums import Level
from projects.ledger.enums import Act, LedgerAct
from projects.ledger.models import LedgerEvent
from projects.project.models import Project
from roles.models import User

VERSION = "2"
DOMAIN = b"ouvrage.ledger.v2\x00"
START = bytes(32)
BATCH = 500
ORGANISATION = "ORGANISATION"
#: Fact `hands` of the event from which on an owner is replaced by two hands: verifiers judge namings after it.
TWO_HANDS = "two"
HEAD_SQL = """
SELECT e.seq, e.hash, public.ouvrage_rows_sealed(%s), public.ouvrage_rows_sealed(0)
FROM (SELECT) one LEFT JOIN LATERAL (
  SELECT seq, hash FROM projects_ledgerevent WHERE project_id = %s ORDER BY seq DESC LIMIT 1) e ON true
"""


def instant(moment: datetime) -> str:
    """Format a moment for the ledger: UTC, microseconds, `+00:00`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def acting_user() -> User:
    """Return the user of the running act. Raises LookupError outside any act."""
    actor = current_actor()
    if not isinstance(actor, User):
        raise LookupError("An event without an act names its actor.")
    return actor


def project_of(subject: Any) -> Project:
    """Return the project on whose chain an event about `subject` is: itself, or its own."""
    project: Project = subject if isinstance(subject, Project) else subject.project
    return project


def record(
    act: LedgerAct,
    subject: models.Model,
    *,
    actor: User | None = None,
    project: Project | None = None,
    role: str = "",
    proposal_id: int | None = None,
    detail: str = "",
    about: tuple[str, str] | None = None,
    **facts: Any,
) -> LedgerEvent:
    """Append the event of one act about `subject`. The caller must hold the lock of the project.

    Actor and project are by default those of the running act and of the subject. `detail` and `facts` are codes, ids
    and hashes, never prose. A sealed subject adds its seal as the fact `content`. The event also tells which rows were
    sealed until now: those of the act are written before.
    `about` is model label and id of another row that the subject is about: the facts `subject` and `id`.
    """
    if isinstance(subject, SealedModel):
        facts["content"] = subject.seal()
    if about:
        facts["subject"], facts["id"] = about
    project = project or project_of(subject)
    told = {"act": act, "project": project, "role": role, "proposal_id": proposal_id, "detail": detail}
    event = _build_event(read_head(project), actor or acting_user(), subject, facts, **told)
    event.save(force_insert=True)
    name_act(event.hash.hex())
    return event


def record_each(
    act: LedgerAct, subjects: Iterable[tuple[models.Model, dict[str, Any]]], *, project: Project, role: str = ""
) -> list[LedgerEvent]:
    """Append one event per subject, with its facts, for acts on many rows at once. Otherwise as `record`."""
    head, events, actor = read_head(project), [], acting_user()
    for subject, facts in subjects:
        events.append(_build_event(head, actor, subject, facts, act=act, project=project, role=role))
        head = head._replace(seq=events[-1].seq, hash=bytes(events[-1].hash))
    LedgerEvent.objects.bulk_create(events, batch_size=BATCH)
    name_act(head.hash.hex())
    return events


def _build_event(head: "Head", actor: User, subject: models.Model, facts: dict[str, Any], **fields: Any) -> LedgerEvent:
    """Build the event that follows `head`."""
    event = LedgerEvent(
        seq=head.seq + 1,
        prev=head.hash,
        actor=actor,
        subject=subject._meta.label_lower,
        subject_id=subject.pk,
        acted_at=act_time(),
        **fields,
    )
    entered = database_time() if is_back_entry() else None
    set_body(event, key=str(actor.key), facts=facts | head.sealed, entered=entered)
    return event


class Head(NamedTuple):
    """End of a project's chain: place and hash of the last event, 0 and START before the first.

    `sealed` are the facts on the seals of rows so far, of the project and shared by all (projects/ledger/row_seals.py).
    """

    seq: int
    hash: bytes
    sealed: dict[str, str]


def read_head(project: Project) -> Head:
    """Return the end of the chain of a project. One query."""
    with connection.cursor() as cursor:
        cursor.execute(HEAD_SQL, [project.pk, project.pk])
        seq, digest, rows, shared = cursor.fetchone()
    return Head(seq or 0, bytes(digest or START), {"rows": rows, "shared": shared})


def set_body(event: LedgerEvent, *, key: str, facts: dict[str, Any], entered: datetime | None) -> None:
    """Set canonical bytes and hash of `event`.

    `key` identifies the actor; `entered` is the time of entry of a back-dated act, else None.
    """
    event.body = canonical(
        {
            "version": VERSION,
            "project": str(event.project_id),
            "seq": str(event.seq),
            "act": str(event.act),
            "actor": key,
            "role": event.role,
            "at": instant(event.acted_at),
            "entered": instant(entered) if entered else "",
            "proposal": str(event.proposal_id or ""),
            "detail": str(event.detail),
            "subject": event.subject,
            "subject_id": str(event.subject_id),
            "facts": {name: str(value) for name, value in facts.items()},
            "prev": event.prev.hex(),
        }
    )
    event.hash = hashlib.sha256(DOMAIN + event.body).digest()


def lock_organisation() -> Project:
    """Return the locked project row whose chain records acts outside any project; create it on first use."""
    project = Project.objects.lock().filter(level=Level.ORGANISATION).first()
    take_database_time()
    if project:
        return project
    actor = User.objects.installation()
    row = Project.objects.create(
        code=ORGANISATION,
        prefix="ORG",
        level=Level.ORGANISATION,
        starts_on=timezone.localdate(act_time()),
        ends_on=date.max,
        title_fr="Actes de l’organisation",
        title_en="Acts of the organisation",
    )
    record(Act.FOUND, row, actor=actor)
    return row
