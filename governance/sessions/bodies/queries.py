"""Bodies that a level usually has, and the days on which they meet."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils import translation
from django.utils.text import capfirst

from governance.decide.obligations.working_days import read_calendar
from governance.sessions.bodies.enums import BodyKind, Rhythm
from governance.sessions.bodies.models import Body
from projects.enums import Level
from projects.models import Project

#: Level → the bodies that it usually has, with their rhythm.
USUAL: dict[str, dict[BodyKind, Rhythm]] = {
    Level.PROJECT: {
        BodyKind.COPIL: Rhythm.MONTH,
        BodyKind.COPROJ: Rhythm.FORTNIGHT,
        BodyKind.COTECH: Rhythm.MONTH,
    },
    Level.PROGRAMME: {BodyKind.COPIL: Rhythm.MONTH, BodyKind.COPROJ: Rhythm.MONTH},
    Level.PORTFOLIO: {BodyKind.COSTRAT: Rhythm.QUARTER},
}
MONTHS = {Rhythm.MONTH: 1, Rhythm.QUARTER: 3}
WEEKS = {Rhythm.WEEK: 1, Rhythm.FORTNIGHT: 2}


def list_usual(project: Project, bodies: Iterable[Body]) -> list[BodyKind]:
    """List the kinds of body that the level usually has and the project has not."""
    known = {body.kind for body in bodies}
    return [kind for kind in USUAL.get(project.level, {}) if kind not in known]


def describe_usual(project: Project, kind: str) -> dict[str, Any]:
    """Return the fields of a usual body, in the working language of the project; none of another kind."""
    rhythms = USUAL.get(project.level, {})
    if kind not in rhythms:
        return {}
    with translation.override(project.language):
        name = capfirst(str(BodyKind(kind).label))
    members = [role.code for role in project.roles() if role.mandatory]
    return {"kind": kind, "name": name, "rhythm": rhythms[BodyKind(kind)], "members": members}


def propose_day(body: Body, last: date | None, today: date) -> date:
    """Return the next day by the rhythm of a body, after the last session or today: a working day with its notice."""
    calendar = read_calendar()
    earliest = calendar.add_working_days(today, max(body.notice_days, 1))
    day = earliest if last is None else last
    while day < earliest or day == last:
        if body.rhythm in MONTHS:
            day = _add_months(day, MONTHS[Rhythm(body.rhythm)], last or day)
        elif body.rhythm in WEEKS:
            day += timedelta(weeks=WEEKS[Rhythm(body.rhythm)])
        else:
            day = earliest if day < earliest else calendar.add_working_days(day, 1)
    return day if calendar.is_working_day(day) else calendar.add_working_days(day, 1)


def _add_months(day: date, count: int, first: date) -> date:
    """Return the day so many months later, on the day of the month of `first` where there is one."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))
