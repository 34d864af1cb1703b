"""Acts on sessions: prepare, convene, add, open, note, close. None of them decides anything."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, act_time
from core.history import create_many, ensure_unchanged
from core.pages.refusals.exceptions import MovedOn
from core.record.meaning import ensure_meaningful
from core.record.sealing import content_hash
from governance.enums import Act, Reason
from governance.sessions.bodies.models import Body
from governance.sessions.sittings.enums import FOLLOWING, ItemOutcome, SessionState
from governance.sessions.sittings.models import Session, SessionItem
from governance.sessions.sittings.queries import Entry, draft_agenda, is_settled, list_members, read_agenda, read_draft
from projects.ledger.models import LedgerEvent
from projects.models import Project
from projects.notices.services import notify
from projects.project.rows import get_row_to_write, save_fields
from projects.seats.mandates.events import record_in_role
from roles.models import User


@act("governance.write_session", on=lambda given: given.get("row") or given["project"], lock="project")
def write_session(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: Session | None = None, seen: str = ""
) -> Session:
    """Prepare a session of a body, or change one before it opens. Raise Outdated, MovedOn.

    Fields: `body`, `day`, `begins`, `minutes`, `place`. Whoever was convened is told of the change.
    """
    row = get_row_to_write(Session, project, row, seen)
    _ensure_state(row, SessionState.PREPARED, SessionState.CONVENED)
    if not row.pk:
        body: Body = fields["body"]
        row.number = body.sessions.count() + 1
    if save_fields(row, fields):
        event = record_in_role(Act.WRITE_SESSION, row)
        if row.state == SessionState.CONVENED:
            _tell(event, row, Reason.SESSION_MOVED)
    return row


@act("governance.write_session", on="session")
def arrange_agenda(*, actor: User, session: Session, arranged: Sequence[Mapping[str, Any]], seen: str) -> Session:
    """Give the draft agenda its order, its times and its free items. Raise Outdated, MovedOn.

    Each of `arranged` has a `key` (governance.sessions.sittings.queries.Entry), its `minutes`, and whether it is `out`.
    """
    _ensure_state(session, SessionState.PREPARED)
    ensure_unchanged(session, seen)
    if save_fields(session, {"arranged": [dict(placed) for placed in arranged]}):
        record_in_role(Act.WRITE_SESSION, session)
    return session


@act("governance.convene_session", on="session")
def convene_session(*, actor: User, session: Session) -> Session:
    """Freeze the agenda of a session with its fingerprint, and tell whoever is convened, once. Raise MovedOn."""
    _ensure_state(session, SessionState.PREPARED)
    entries = [entry for entry in draft_agenda(session) if not entry.is_out]
    if not entries:
        raise ValidationError(_("Put an item on the agenda first."))
    items = [build_item(session, entry, place) for place, entry in enumerate(entries, 1)]
    session.state, session.convened_at = SessionState.CONVENED, act_time()
    session.agenda_hash = fingerprint(items)
    session.save()
    create_many(items)
    _tell(record_in_role(Act.CONVENE_SESSION, session, agenda=session.agenda_hash), session, Reason.SESSION_CONVENED)
    return session


def build_item(session: Session, entry: Entry, place: int) -> SessionItem:
    """Return the row of an item; of what stands elsewhere it copies no text."""
    title = "" if entry.source else entry.text
    subject = {"source": entry.source, "subject_id": entry.subject_id, "title": title, "minutes": entry.minutes}
    return SessionItem(project=session.project, session=session, place=place, **subject)


def fingerprint(items: Sequence[SessionItem]) -> str:
    """Return the SHA-256 of an agenda: order, rows, titles and times."""
    told = [
        {
            "place": str(item.place),
            "source": item.source,
            "row": str(item.subject_id or ""),
            "title": item.title,
            "minutes": str(item.minutes),
        }
        for item in items
    ]
    return content_hash({"items": told})


@act("governance.add_session_item", on="session")
def add_item(*, actor: User, session: Session, key: str, title: str, minutes: int, because: str) -> SessionItem:
    """Add an item after the notice: what a source holds under `key`, or a free one. Raise MovedOn, ValidationError."""
    _ensure_state(session, SessionState.CONVENED, SessionState.OPEN)
    ensure_meaningful(because=because)
    items = list(session.items.order_by("place"))
    found = {entry.key: entry for entry in list_to_add(session, actor)}
    entry = found.get(key) if key else Entry("", None, title)
    if entry is None or not entry.text:
        raise ValidationError({"title": _("Choose an item, or enter a title.")})
    entry.minutes = minutes
    item = build_item(session, entry, len(items) + 1)
    item.added_by, item.because = actor, because
    item.save()
    record_in_role(Act.ADD_SESSION_ITEM, item)
    return item


def list_to_add(session: Session, reader: User) -> list[Entry]:
    """List what the sources hold and the agenda has not, of what `reader` may see."""
    known = {item.key for item in session.items.all()}
    return [entry for entry in read_draft(session, reader) if entry.source and entry.key not in known]


@act("governance.open_session", on="session")
def open_session(*, actor: User, session: Session) -> Session:
    """Open a session. Raise MovedOn."""
    _ensure_follows(session, SessionState.OPEN)
    session.state, session.opened_at = SessionState.OPEN, act_time()
    session.save()
    record_in_role(Act.OPEN_SESSION, session)
    return session


@act("governance.note_session_item", on="item")
def note_item(
    *,
    actor: User,
    item: SessionItem,
    note: str,
    presence: Mapping[str, str],
    outcome: str = "",
    deferred_to: date | None = None,
    seen: str,
) -> SessionItem:
    """Note what was told of an item, who was there, and that it is deferred or withdrawn. Raise Outdated, MovedOn."""
    _ensure_state(item.session, SessionState.OPEN)
    ensure_unchanged(item, seen)
    if outcome == ItemOutcome.DEFERRED and (deferred_to is None or deferred_to <= item.session.day):
        raise ValidationError({"deferred_to": _("Enter a day after the session.")})
    fields: dict[str, Any] = {"note": note, "presence": dict(presence), "outcome": outcome}
    fields["deferred_to"] = deferred_to if outcome == ItemOutcome.DEFERRED else None
    if save_fields(item, fields):
        record_in_role(Act.NOTE_SESSION_ITEM, item, detail=outcome)
    return item


@act("governance.close_session", on="session")
def close_session(*, actor: User, session: Session) -> Session:
    """Close a session whose items are decided, deferred to a day, withdrawn or told. Raise MovedOn, ValidationError."""
    _ensure_follows(session, SessionState.CLOSED)
    left = [entry.text for entry in read_agenda(session, actor, keeps_hidden=True) if not is_settled(entry)]
    if left:
        said = _("Neither decided, deferred to a day, withdrawn nor noted: %(items)s.")
        raise ValidationError(said % {"items": ", ".join(left)})
    session.state, session.closed_at = SessionState.CLOSED, act_time()
    session.save()
    record_in_role(Act.CLOSE_SESSION, session)
    return session


@act("governance.cancel_session", on="session")
def cancel_session(*, actor: User, session: Session) -> Session:
    """Cancel a session before it opens, and tell whoever was convened. Raise MovedOn."""
    _ensure_follows(session, SessionState.CANCELLED)
    was_convened = session.state == SessionState.CONVENED
    session.state = SessionState.CANCELLED
    session.save()
    event = record_in_role(Act.CANCEL_SESSION, session)
    if was_convened:
        _tell(event, session, Reason.SESSION_CANCELLED)
    return session


def _tell(event: LedgerEvent, session: Session, reason: Reason) -> None:
    """Notify whoever is convened."""
    notify(event=event, reason=reason, about=session, people=[seat.holder for seat in list_members(session)])


def _ensure_state(session: Session, *states: SessionState) -> None:
    """Raise MovedOn in another state than these."""
    if session.state not in states:
        raise MovedOn(session)


def _ensure_follows(session: Session, state: SessionState) -> None:
    """Raise MovedOn unless this state may follow the present one."""
    if state not in FOLLOWING[SessionState(session.state)]:
        raise MovedOn(session)
