"""Test what the mails on a session carry to calendars, through the outbox."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from icalendar import Calendar

from core.history import version_of
from governance.sessions.sittings.services import cancel_session, write_session
from projects.models import Notification
from projects.notices.tasks import build_mails
from tests.governance.sessions.factories import convene, found_body

pytestmark = pytest.mark.django_db


def read_last(reason: str, person: Any) -> tuple[str, Any]:
    """Return the method and the event of the mail on the newest notice of a reason to a person."""
    notice = Notification.objects.filter(reason=reason, recipient=person).latest("pk")
    [built] = build_mails(notice)
    built.send()
    [part] = [part for part in mail.outbox[-1].message().walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    [event] = calendar.walk("VEVENT")
    assert str(part.get_param("method")) == str(calendar["METHOD"])
    return str(calendar["METHOD"]), event


def test_a_session_is_carried_to_calendars_moved_and_cancelled_there(pmo: Any, amoa: Any, project_one: Any) -> None:
    session = convene(pmo, found_body(pmo, project_one))
    told = [read_last("session_convened", amoa)]
    fields = {"body": session.body, "begins": session.begins, "minutes": 60, "place": "Room 3"}
    fields["day"] = session.day + timedelta(days=1)
    session = write_session(actor=pmo, project=project_one, row=session, seen=version_of(session), fields=fields)
    told.append(read_last("session_moved", amoa))
    cancel_session(actor=pmo, session=session)
    told.append(read_last("session_cancelled", amoa))
    assert [method for method, _event in told] == ["REQUEST", "REQUEST", "CANCEL"]
    events = [event for _method, event in told]
    assert {str(event["UID"]) for event in events} == {f"session-{session.pk}.one@ouvrage"}
    first, second, third = (int(event["SEQUENCE"]) for event in events)
    assert first < second < third
    assert str(events[2]["STATUS"]) == "CANCELLED"
    assert events[1]["DTSTART"].dt - events[0]["DTSTART"].dt == timedelta(days=1)
    assert events[1]["DTEND"].dt - events[1]["DTSTART"].dt == timedelta(hours=1)
    assert (str(events[1]["LOCATION"]), str(events[1]["ATTENDEE"])) == ("Room 3", f"mailto:{amoa.email}")
