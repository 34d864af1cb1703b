"""Append events to the ledger, inside the transaction of an act and under the project's lock."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, models

from core.acts import act_time, database_time, is_back_entry, take_database_time
from core.sealing import SealedModel, canonical
from projects.enums import Level
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.project.models import Project
from roles.models import User

VERSION = "2"
DOMAIN = b"ouvrage.ledger.v2\x00"
START = bytes(32)
ORGANISATION = "ORGANISATION"


def instant(moment: datetime) -> str:
    """Format a moment for the ledger: UTC, microseconds, `+00:00`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def record(
    *,
    act: Act,
    actor: User,
    project: Project,
    subject: models.Model,
    role: str = "",
    proposal_id: int | None = None,
    detail: str = "",
    about: tuple[str, str] | None = None,
    **facts: Any,
) -> LedgerEvent:
    """Append the event of one act. The caller must hold the lock of `project`.

    `detail` and `facts` are codes, ids and hashes, never prose. A sealed subject adds its seal as the fact `content`.
    It also tells which rows were sealed until now: those of the act are written before.
    `about` is model label and id of another row that the subject is about: the facts `subject` and `id`.
    """
    if isinstance(subject, SealedModel):
        facts["content"] = subject.seal()
    if about:
        facts["subject"], facts["id"] = about
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
        acted_at=act_time(),
        prev=prev,
    )
    entered = database_time() if is_back_entry() else None
    set_body(event, key=str(actor.key), facts=facts | rows_sealed(project), entered=entered)
    event.save(force_insert=True)
    return event


def rows_sealed(project: Project) -> dict[str, str]:
    """Return the facts on the seals of rows so far, of the project and shared by all (projects/ledger/row_seals.py)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.ouvrage_rows_sealed(%s), public.ouvrage_rows_sealed(0)", [project.pk])
        return dict(zip(("rows", "shared"), cursor.fetchone(), strict=True))


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
        starts_on=act_time().date(),
        ends_on=date.max,
        title_fr="Référentiel de l’organisation",
        title_en="Referential of the organisation",
    )
    record(act=Act.FOUND, actor=actor, project=row, subject=row)
    return row
