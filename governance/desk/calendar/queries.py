"""Entries of calendars: what has a day on the projects that a person sees, and what is asked of them there."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, DateField, F, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from core.record.erasure import display_text
from core.sql.array_lookup import is_one_of
from governance.desk.calendar.registry import DATES, Dates, Kind
from governance.desk.inbox.obligations import OBLIGATIONS, OpenDuty, describe_duty, find_key
from governance.desk.inbox.queries import list_tasks
from governance.desk.inbox.reader import KEYS
from governance.workspace_registry import goes_on
from projects.models import Project
from projects.project.gates import with_gates
from roles.models import User

#: Most rows of one announcement, the first ones by day.
MOST = 1_000
OBLIGATION = Kind("obligation", _("obligation due"), "list-checks", "due", asks=True)
#: Colours of projects (`data-hue`).
HUES = 6
type Span = tuple[date, date]


@dataclass(frozen=True)
class Entry:
    """An event on one day, or until another one.

    `key` is stable and identifies it in feeds. `words` is text typed on the project, `about` a short context.
    """

    day: date
    kind: Kind
    key: str
    words: str
    about: str
    link: str
    project: Project | None = None
    until: date | None = None

    @property
    def last(self) -> date:
        """Return its last day."""
        return self.until or self.day

    @property
    def hue(self) -> int | None:
        """Return the number of the colour of its project."""
        return self.project.pk % HUES if self.project else None

    @property
    def language(self) -> str:
        """Return the language of its words; empty for that of the reader."""
        return self.project.language if self.project and self.kind is not OBLIGATION else ""


def list_projects(user: User) -> dict[int, Project]:
    """Map the projects of the calendar of `user` by key: those that go on, of which they see some. One query."""
    seen = with_gates(Project.objects.visible_to(user).filter(goes_on("pk")).order_by("code"))
    return {project.pk: project for project in seen}


def list_kinds() -> list[Kind]:
    """List the kinds of entries, in the order in which they are announced."""
    return list(dict.fromkeys([*(dates.kind for dates in DATES), OBLIGATION]))


def list_entries(user: User, days: Span, projects: dict[int, Project], kinds: Collection[str] = ()) -> list[Entry]:
    """List the entries of these days, both included, on these projects, which `user` sees; all kinds by default.

    One query, and the one of the tasks of `user`.
    """
    asked = [dates for dates in DATES if not kinds or dates.kind.name in kinds]
    entries = list(_list_rows(user, asked, days, projects))
    if not kinds or OBLIGATION.name in kinds:
        entries += _list_obligations(user, days, projects)
    return sorted(entries, key=lambda entry: (entry.day, entry.kind.name, entry.key))


def _list_rows(user: User, asked: list[Dates], days: Span, projects: dict[int, Project]) -> Iterator[Entry]:
    parts = [_narrow(place, dates, user, days, projects) for place, dates in enumerate(asked)]
    if not parts:
        return
    for place, row, project_id, day, until, title, about, target in parts[0].union(*parts[1:], all=True):
        dates, project = asked[place], projects.get(project_id)
        words, said = display_text(title), dates.say(project, about)
        link = dates.link(target, project)
        yield Entry(day, dates.kind, dates.key.format(row=row), words, said, link, project, until)


def _narrow(place: int, dates: Dates, user: User, days: Span, projects: dict[int, Project]) -> QuerySet[Any, Any]:
    """Return the columns of the rows of one announcement; `place` tells which."""
    first, last = (Value(day, DateField()) for day in days)
    rows = dates.rows(user).order_by().alias(calendar_day=_read(dates.day))
    if dates.until:
        rows = rows.alias(calendar_until=_read(dates.until)).filter(calendar_until__gte=first)
    else:
        rows = rows.filter(calendar_day__gte=first)
    if dates.project:
        keys = Value(dates.list_projects(projects), KEYS)
        rows = rows.filter(is_one_of(F(dates.project), keys, "bigint"))
    columns: QuerySet[Any, Any] = rows.filter(calendar_day__lte=last).values_list(
        Value(place, IntegerField()),
        Cast("pk", BigIntegerField()),
        _cast(dates.project, BigIntegerField()),
        Cast(F("calendar_day"), DateField()),
        _cast(dates.until, DateField()),
        _text(dates.title),
        _text(dates.about),
        _text(dates.target),
    )
    return columns.order_by("calendar_day", "pk")[:MOST]


def _read(value: Any) -> Any:
    return F(value) if isinstance(value, str) else value


def _cast(value: Any, output_field: Any) -> Cast:
    return Cast(_read(value) if value else Value(None), output_field)


def _text(value: Any) -> Coalesce:
    return Coalesce(_cast(value, TextField()), Value(""), output_field=TextField())


def _list_obligations(user: User, days: Span, projects: dict[int, Project]) -> Iterator[Entry]:
    """List what the roles of `user` owe, late or due within a month: an entry for each task and day."""
    for task in list_tasks(user):
        project = projects.get(task.project_id or 0)
        if task.kind is not OBLIGATIONS or task.obligation is None or project is None:
            continue
        by_day: dict[date, list[Any]] = {}
        for row in (task.obligation, *task.more):
            if row.due_on and days[0] <= row.due_on <= days[1]:
                by_day.setdefault(row.due_on, []).append(row)
        for day, (oldest, *others) in by_day.items():
            _code, title = describe_duty(OpenDuty(oldest, tuple(others)))
            yield Entry(day, OBLIGATION, f"obligation-{find_key(oldest)}", title, task.role, task.url, project)
