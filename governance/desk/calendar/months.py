"""Months and years of a calendar: the one of the query string, its neighbours, its days and its roadmap."""

import calendar as months
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from governance.desk.calendar.queries import Entry, Span
from projects.models import Project

FIRST_YEAR, LAST_YEAR = 1990, 2100
YEAR = 12


@dataclass(frozen=True)
class Day:
    """A day of the month view; days of adjacent months complete its weeks."""

    day: date
    in_month: bool
    entries: list[Entry]


@dataclass(frozen=True)
class Road:
    """A project on the roadmap of a year: its depth below the projects shown, and its entries of each month."""

    project: Project
    depth: int
    months: list[list[Entry]]


def read_month(text: str) -> date:
    """Return the first day of the month asked for, or of the current month."""
    match = re.fullmatch("([0-9]{4})-(0[1-9]|1[0-2])", text)
    if match and FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        return date(int(match[1]), int(match[2]), 1)
    return timezone.localdate().replace(day=1)


def shift_month(month: date, by: int) -> date | None:
    """Return the month shifted by `by`; None outside the years of the calendar."""
    place = month.year * YEAR + month.month - 1 + by
    year, number = divmod(place, YEAR)
    return date(year, number + 1, 1) if FIRST_YEAR <= year <= LAST_YEAR else None


def list_weeks(month: date) -> list[list[date]]:
    """List the weeks of a month, which days of the adjacent months complete."""
    return months.Calendar().monthdatescalendar(month.year, month.month)


def span_month(month: date) -> Span:
    """Return the first and the last day of a month."""
    return month, month.replace(day=months.monthrange(month.year, month.month)[1])


def lay_out(month: date, entries: Iterable[Entry]) -> list[Day]:
    """Lay the entries out on the days of the weeks of a month: each on all of its days."""
    weeks, by_day = list_weeks(month), defaultdict[date, list[Entry]](list)
    first, last = weeks[0][0], weeks[-1][-1]
    for entry in entries:
        begins, ends = max(entry.day, first), min(entry.last, last)
        for number in range((ends - begins).days + 1):
            by_day[begins + timedelta(number)].append(entry)
    return [Day(day, day.month == month.month, by_day[day]) for week in weeks for day in week]


def list_days(span: Span, entries: Iterable[Entry]) -> list[tuple[date, list[Entry]]]:
    """List the days that have entries with them, one that has begun before on the first day."""
    by_day = defaultdict[date, list[Entry]](list)
    for entry in entries:
        by_day[max(entry.day, span[0])].append(entry)
    return sorted(by_day.items())


def draw_roadmap(projects: dict[int, Project], entries: Iterable[Entry]) -> list[Road]:
    """Lay the entries of a year out by project, each project below the one that it is part of."""
    planned: dict[int, list[list[Entry]]] = {}
    for entry in entries:
        if entry.project:
            row = planned.setdefault(entry.project.pk, [[] for _month in range(YEAR)])
            row[entry.day.month - 1].append(entry)
    paths = {pk: _find_path(pk, projects) for pk in projects}
    above = {code for pk in planned for code in paths[pk]}
    shown = [pk for pk, project in projects.items() if project.code in above]
    return [
        Road(projects[pk], len(paths[pk]) - 1, planned.get(pk, [[] for _month in range(YEAR)]))
        for pk in sorted(shown, key=lambda pk: paths[pk])
    ]


def _find_path(pk: int, projects: dict[int, Project]) -> list[str]:
    """List the codes of the projects shown from the highest one down to this one."""
    path: list[str] = []
    at = projects.get(pk)
    while at is not None:
        path.insert(0, at.code)
        at = projects.get(at.parent_id or 0)
    return path
