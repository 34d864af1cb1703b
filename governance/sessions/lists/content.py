"""What a decision list says: facts that the ledger and the notes of a session give, the same in every language."""

from typing import Any

from django.db.models import QuerySet

from core.record.erasure import display_name
from governance.decide.decisions.models import Decision
from governance.life.actions.models import Action
from governance.sessions.sittings.attendance import list_presence
from governance.sessions.sittings.models import Session, SessionItem
from governance.sessions.sittings.queries import Entry, list_members, read_agenda
from roles.models import User


def build_content(session: Session, reader: User) -> dict[str, Any]:
    """Return the content of the list of a session, as the ledger says it now, and the lines `reader` may not see."""
    agenda = read_agenda(session, reader, keeps_hidden=True)
    entries = [entry for entry in agenda if not entry.is_hidden]
    return {
        "session": session.reference,
        "day": session.day.isoformat(),
        "begins": f"{session.begins:%H:%M}",
        "place": session.place,
        "agenda": session.agenda_hash,
        "attendance": _list_attendance(session, entries),
        "items": [_describe(session, entry, entry.item) for entry in entries if entry.item],
        "left_out": [str(entry.item.place) for entry in agenda if entry.is_hidden and entry.item],
        "actions": [_assign(action) for action in _list_actions(session)],
        "rectified": [],
    }


def _list_attendance(session: Session, entries: list[Entry]) -> list[dict[str, Any]]:
    items = [entry.item for entry in entries if entry.item and entry.item.presence]
    noted = dict.fromkeys(number for item in items for number in item.presence)
    names = {str(person.pk): display_name(person.name) for person in User.objects.filter(pk__in=noted)}
    for seat in list_members(session):
        names[str(seat.holder_id)] = f"{seat.role.code} · {display_name(seat.holder.name)}"
    return [
        {
            "name": names.get(number, ""),
            "at": list_presence(items, number),
        }
        for number in noted
    ]


def _list_actions(session: Session) -> QuerySet[Action]:
    """Filter the actions given from a session."""
    rows = Action.objects.filter(source="governance.session", source_id=session.pk)
    return rows.select_related("holder").order_by("number")


def _assign(action: Action) -> dict[str, str]:
    return {
        "reference": action.reference,
        "text": action.what,
        "who": f"{action.role} · {display_name(action.holder.name)}",
        "due_on": action.due_on.isoformat(),
    }


def _describe(session: Session, entry: Entry, item: SessionItem) -> dict[str, Any]:
    return {
        "line": str(item.place),
        "text": entry.text,
        "note": item.note,
        "outcome": item.outcome,
        "deferred_to": item.deferred_to.isoformat() if item.deferred_to else "",
        "added_because": item.because,
        "decisions": [_cite(session, decision) for decision in entry.decisions],
    }


def _cite(session: Session, decision: Decision) -> dict[str, str]:
    """Cite a decision of the ledger; whether it was taken in session is told from the instants."""
    opened, closed = session.opened_at, session.closed_at
    is_before = bool(opened and decision.acted_at < opened)
    is_after = bool(closed and decision.acted_at > closed)
    return {
        "reference": decision.reference,
        "outcome": decision.outcome,
        "by": display_name(decision.decided_by.name),
        "at": decision.acted_at.isoformat(),
        "taken": "before" if is_before else "after" if is_after else "in_session",
    }
