"""Test the messages that invite to an event, as files, against what Outlook, Google and Apple calendars ask of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMessage
from icalendar import Calendar

from projects.notices.invitations import Event, Mailbox, attach_invitation, write_invitation

FILES = Path(__file__).parent / "invitations"
PARIS = ZoneInfo("Europe/Paris")
INVITED = Event(
    uid="session-41.vp@ouvrage",
    sequence=0,
    told_at=datetime(2026, 10, 1, 8, 15, tzinfo=UTC),
    starts_at=datetime(2026, 10, 20, 9, 30, tzinfo=PARIS),
    ends_at=datetime(2026, 10, 20, 11, 0, tzinfo=PARIS),
    summary="COPIL-7 : quai, grues ; digue de l’est, et ce qui n’a pas été tranché en septembre",
    place="Salle 3, étage 2",
    link="https://ouvrage.example.org/sessions/41/",
    organiser=Mailbox("Ouvrage; port", "ouvrage@example.org"),
    attendees=(Mailbox("Ida Öst", "ida@example.org"), Mailbox("B. “Bo” Kerr, PMO", "kerr@example.org")),
    language="fr",
)
LATER = {"sequence": 1, "told_at": datetime(2026, 10, 2, 8, 0, tzinfo=UTC)}
MOVED = {
    "starts_at": datetime(2026, 10, 21, 14, 0, tzinfo=PARIS),
    "ends_at": datetime(2026, 10, 21, 15, 30, tzinfo=PARIS),
}
EVENTS = {
    "request": INVITED,
    "moved": replace(INVITED, **LATER, **MOVED),
    "cancelled": replace(INVITED, **LATER | {"sequence": 2}, **MOVED, is_cancelled=True),
    # The second of a series is moved: it is an event of its own.
    "one_of_a_series_moved": replace(INVITED, **LATER, **MOVED, uid="session-42.vp@ouvrage"),
    # Half past two is not there, then comes twice.
    "night_of_march": replace(
        INVITED,
        starts_at=datetime(2026, 3, 29, 1, 30, tzinfo=PARIS),
        ends_at=datetime(2026, 3, 29, 3, 30, tzinfo=PARIS),
    ),
    "night_of_october": replace(
        INVITED,
        starts_at=datetime(2026, 10, 25, 2, 30, tzinfo=PARIS),
        ends_at=datetime(2026, 10, 25, 2, 30, tzinfo=PARIS, fold=1),
    ),
}


def _reads_in_outlook(message: Any, event: Any) -> bool:
    """Times are unambiguous, and no series stands beside the change of one of its events."""
    is_alone = len(message.walk("VEVENT")) == 1 and not {"RRULE", "RECURRENCE-ID"} & set(event)
    return is_alone and str(event["dtstart"].dt.tzinfo) == "UTC" and {"UID", "DTSTAMP", "ORGANIZER"} <= set(event)


def _reads_in_google(message: Any, event: Any) -> bool:
    """What invites is a REQUEST, what takes away a CANCEL of the same UID that says whom, both with a SEQUENCE."""
    is_valid = (str(message["method"]), str(event["status"])) in {("REQUEST", "CONFIRMED"), ("CANCEL", "CANCELLED")}
    return is_valid and "SEQUENCE" in event and len(event["attendee"]) == 2


def _reads_in_apple(_message: Any, event: Any) -> bool:
    """Each address is a mailto with a name, and who is asked to answer is named as one who may."""
    people = [event["organizer"], *event["attendee"]]
    asked = all(person.params["RSVP"] == "TRUE" for person in event["attendee"])
    return asked and all(person.startswith("mailto:") and person.params["CN"] for person in people)


CLIENTS: tuple[Callable[[Any, Any], bool], ...] = (_reads_in_outlook, _reads_in_google, _reads_in_apple)


@pytest.mark.parametrize("name", EVENTS)
def test_a_message_is_the_one_of_its_file(name: str) -> None:
    assert write_invitation(EVENTS[name]) == (FILES / f"{name}.ics").read_bytes().decode()


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("client", CLIENTS)
def test_a_calendar_reads_it(client: Callable[[Any, Any], bool], name: str) -> None:
    message: Any = Calendar.from_ical((FILES / f"{name}.ics").read_bytes())
    [event] = message.walk("VEVENT")
    assert client(message, event)


@pytest.mark.parametrize("name", EVENTS)
def test_lines_are_folded_at_75_bytes(name: str) -> None:
    lines = (FILES / f"{name}.ics").read_bytes().split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)


def test_the_hours_of_two_clock_changes_are_told_apart() -> None:
    lasted = {}
    for name in ("night_of_march", "night_of_october"):
        [event] = Calendar.from_ical((FILES / f"{name}.ics").read_bytes()).walk("VEVENT")
        lasted[name] = (event["dtend"].dt - event["dtstart"].dt).total_seconds() / 3_600
    assert lasted == {"night_of_march": 1, "night_of_october": 1}


def test_a_mail_carries_it_beside_its_text_as_it_is() -> None:
    plain = EmailMessage(
        "Session", "Come.", "ouvrage@example.org", ["ida@example.org"], headers={"Message-ID": "<n@x>"}
    )
    mail = attach_invitation(plain, EVENTS["cancelled"]).message(policy=policy.SMTP)
    sent = message_from_bytes(mail.as_bytes(), policy=policy.SMTP)  # as the backend sends it
    words, part = list(sent.walk())[1:]
    assert (sent["Message-ID"], sent.get_content_type()) == ("<n@x>", "multipart/alternative")
    assert words.get_payload(decode=True).strip() == b"Come."
    assert (part.get_content_type(), part.get_param("method"), part.get_content_charset()) == (
        "text/calendar",
        "CANCEL",
        "utf-8",
    )
    assert part.get_payload(decode=True) == (FILES / "cancelled.ics").read_bytes()
