"""Bodies and sessions of the tests, in any state."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.history import version_of
from governance.sessions.agenda.sources import AgendaSource
from governance.sessions.bodies.models import Body
from governance.sessions.bodies.services import write_body
from governance.sessions.lists.models import DecisionList
from governance.sessions.lists.services import settle_list
from governance.sessions.sittings.models import Session, SessionItem
from governance.sessions.sittings.services import (
    arrange_agenda,
    close_session,
    convene_session,
    note_item,
    open_session,
    write_session,
)

FREE = ":Read the calendar of the works"


def found_body(pmo: Any, project: Any, **fields: Any) -> Body:
    """Found a steering committee of owner, project office and business side."""
    given = {"name": "COPIL", "kind": "copil", "members": ["MOA", "PMO"], "guests": ["AMOA"], **fields}
    return write_body(actor=pmo, project=project, fields=given)


def prepare(pmo: Any, body: Body, **fields: Any) -> Session:
    """Prepare a session in a month."""
    day = timezone.localdate() + timedelta(days=30)
    given = {"body": body, "day": day, "begins": time(9, 30), "minutes": 90, "place": "Room 2", **fields}
    return write_session(actor=pmo, project=body.project, fields=given)


def arrange(pmo: Any, session: Session, *keys: str) -> Session:
    """Put these items on the agenda of a session, in this order."""
    placed = [{"key": key, "minutes": 10, "out": False} for key in keys]
    return arrange_agenda(actor=pmo, session=session, arranged=placed, seen=version_of(session))


def convene(pmo: Any, body: Body, *keys: str) -> Session:
    """Convene a session with these items beside what the project holds."""
    return convene_session(actor=pmo, session=arrange(pmo, prepare(pmo, body), *(keys or (FREE,))))


def hold(pmo: Any, body: Body, *keys: str) -> Session:
    """Open a session with these items beside what the project holds."""
    return open_session(actor=pmo, session=convene(pmo, body, *keys))


def note(pmo: Any, item: SessionItem, words: str = "Heard by all.", **fields: Any) -> SessionItem:
    """Note an item."""
    given = {"note": words, "presence": {str(pmo.pk): "present"}, **fields}
    return note_item(actor=pmo, item=item, seen=version_of(item), **given)


def note_all(pmo: Any, session: Session, *, but: str = "proposal") -> None:
    """Note each item of a session but those of one source."""
    for item in session.items.exclude(source=but or "none").order_by("place"):
        note(pmo, item)


def hide_from(monkeypatch: pytest.MonkeyPatch, person: Any, source: str, key: int) -> None:
    """Let a row of a source be none that this person may see."""
    read = AgendaSource.read

    def read_but(self: AgendaSource, keys: Any, reader: Any) -> dict[int, Any]:
        seen = read(self, keys, reader)
        return {
            key_seen: row for key_seen, row in seen.items() if (self.code, key_seen, reader) != (source, key, person)
        }

    monkeypatch.setattr(AgendaSource, "read", read_but)


def settle(owner: Any, pmo: Any, project: Any) -> DecisionList:
    """Hold a session that defers what waits, and settle its list."""
    session = hold(pmo, found_body(pmo, project))
    note_all(pmo, session)
    for item in session.items.filter(source="proposal"):
        note(pmo, item, outcome="deferred", deferred_to=session.day + timedelta(days=30))
    return settle_list(actor=owner, session=close_session(actor=pmo, session=session))
