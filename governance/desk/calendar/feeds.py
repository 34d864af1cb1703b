"""Feeds of calendars (iCalendar). Loaded with the first one: the library takes 10 MiB."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vText

from governance.desk.calendar.queries import Entry, Span
from projects.models import Project

#: From the midnight at which the day of an event begins.
MORNING_BEFORE = timedelta(hours=-15)
#: Time span of a feed before and after today.
BEFORE, AHEAD = timedelta(days=90), timedelta(days=730)


def find_span() -> Span:
    """Return the days that a feed has."""
    today = timezone.localdate()
    return today - BEFORE, today + AHEAD


def render_feed(name: str, entries: Iterable[Entry], held: Collection[int] | None = None) -> bytes:
    """Return these entries as a calendar of this name.

    `held` are the projects of a reader who has a role there, in a calendar of several: each event names its project,
    and what asks for something on one of these rings the morning before.
    """
    today = timezone.localdate()
    feed = Calendar()
    feed.add("prodid", "-//Ouvrage//Calendar//EN")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", name)
    for entry in entries:
        event = _build_event(entry, today)
        if held is not None and entry.project:
            event["description"] = vText("\n".join(filter(None, (entry.about, _name(entry.project)))))
            if entry.kind.asks and entry.day >= today and entry.project.pk in held:
                event.add_component(_build_alarm(str(event["summary"])))
        feed.add_component(event)
    content: bytes = feed.to_ical()
    return content


def _name(project: Project) -> str:
    return f"{project.code} · {project.title}"


def _build_alarm(words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", MORNING_BEFORE)
    return alarm


def _build_event(entry: Entry, today: date) -> Event:
    event = Event()
    event.add("uid", f"{entry.key}.{entry.project.code.lower()}@ouvrage" if entry.project else f"{entry.key}@ouvrage")
    event.add("dtstamp", datetime(today.year, today.month, today.day, tzinfo=UTC))
    event.add("dtstart", entry.day)
    event.add("dtend", entry.last + timedelta(days=1))
    said = {"act": str(entry.kind.label).capitalize(), "what": entry.words}
    event.add("summary", _("%(act)s: %(what)s") % said)
    event.add("description", entry.about)
    event.add("url", f"{settings.BASE_URL}{entry.link}")
    event.add("transp", "TRANSPARENT")
    return event
