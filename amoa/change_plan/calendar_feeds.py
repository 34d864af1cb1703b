"""Feed of the calendar of a project (iCalendar). Loaded with the first one: the library takes 10 MiB."""

from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event

from amoa.change_plan.calendar import Entry, list_entries
from projects.models import Project
from roles.models import User

#: Time span of a feed before and after today.
BEFORE, AHEAD = timedelta(days=90), timedelta(days=730)


def render_feed(project: Project, user: User) -> bytes:
    """Return what a person sees in the calendar of a project."""
    today = timezone.localdate()
    feed = Calendar()
    feed.add("prodid", "-//Ouvrage//Calendar//EN")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", f"{project.code} · {project.title}")
    for entry in list_entries(project, user, today - BEFORE, today + AHEAD):
        feed.add_component(_build_event(entry, project, today))
    content: bytes = feed.to_ical()
    return content


def _build_event(entry: Entry, project: Project, today: date) -> Event:
    event = Event()
    event.add("uid", f"{entry.key}.{project.code.lower()}@ouvrage")
    event.add("dtstamp", datetime(today.year, today.month, today.day, tzinfo=UTC))
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", f"{entry.kind.label.capitalize()}: {entry.words}")
    event.add("description", entry.about)
    event.add("url", f"{settings.BASE_URL}{entry.link}")
    event.add("transp", "TRANSPARENT")
    return event
