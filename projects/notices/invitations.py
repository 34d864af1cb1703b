"""Invitations to events, as iTIP (RFC 5546) in mails: to one, to one that was moved, and that one does not take place.

One message is read by Outlook, Google and Apple calendars, whose rules are strictest where they differ:

- The method is REQUEST, also for what was moved: Google later takes an event away only if it came by a request.
- SEQUENCE rises with each message of an event, the cancellation included: a client leaves out what it thinks old.
- Each event of a series is one of its own, with its own UID, so that the change of one is never in a message with its
  series, which Outlook would leave out.
- Instants stand in UTC: no client needs our time zones, and the hour that comes twice in October is one of the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.mail import EmailMessage, EmailMultiAlternatives

REQUEST, CANCEL = "REQUEST", "CANCEL"


@dataclass(frozen=True)
class Mailbox:
    """Somebody who invites or is invited."""

    name: str
    email: str


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event as it stands: `uid` never changes, `sequence` rises with each message, `told_at` is when it is told.

    `language` is that of `summary` and `place`, `link` the page of the event.
    """

    uid: str
    sequence: int
    told_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: str
    link: str
    organiser: Mailbox
    attendees: Sequence[Mailbox]
    language: str
    is_cancelled: bool = False

    @property
    def method(self) -> str:
        """Return what the message asks of a calendar."""
        return CANCEL if self.is_cancelled else REQUEST


def attach_invitation(mail: EmailMessage, event: Event) -> EmailMessage:
    """Return the mail with the event as another form of its text, which calendars show with their buttons."""
    headers = dict(mail.extra_headers)
    invited = EmailMultiAlternatives(mail.subject, mail.body, mail.from_email, mail.to, headers=headers)
    invited.attach_alternative(write_invitation(event), f"text/calendar; charset=UTF-8; method={event.method}")
    return invited


def write_invitation(event: Event) -> str:
    """Return the message that tells calendars of an event."""
    from icalendar import Calendar  # 10 MiB, which few processes need

    message = Calendar()
    message.add("prodid", "-//Ouvrage//Calendar//EN")
    message.add("version", "2.0")
    message.add("calscale", "GREGORIAN")
    message.add("method", event.method)
    message.add_component(_build(event))
    content: bytes = message.to_ical()
    return content.decode()


def _build(event: Event) -> Any:
    from icalendar import Event as Component
    from icalendar import vCalAddress, vText

    def text(words: str) -> Any:
        return vText(words, params={"LANGUAGE": event.language})

    def address(box: Mailbox, **params: str) -> Any:
        return vCalAddress(f"mailto:{box.email}", params={"CN": box.name, **params})

    row = Component()
    row.add("uid", event.uid)
    row.add("sequence", event.sequence)
    row.add("dtstamp", event.told_at.astimezone(UTC))
    row.add("dtstart", event.starts_at.astimezone(UTC))
    row.add("dtend", event.ends_at.astimezone(UTC))
    row.add("summary", text(event.summary))
    row.add("location", text(event.place))
    row.add("url", event.link)
    row.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    row.add("transp", "TRANSPARENT" if event.is_cancelled else "OPAQUE")
    row.add("organizer", address(event.organiser))
    for person in event.attendees:
        row.add("attendee", address(person, ROLE="REQ-PARTICIPANT", PARTSTAT="NEEDS-ACTION", RSVP="TRUE"))
    return row
