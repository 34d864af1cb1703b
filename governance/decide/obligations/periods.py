"""Weeks, months, quarters and years in which a responsibility is due: their keys and their days. Pure functions."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from governance.decide.obligations.working_days import DAY, months
from roles.enums import PERIODS, Recurrence


def iterate_periods(rhythm: str, launched: date, since: date, until: date) -> Iterator[tuple[str, date, date]]:
    """Yield key, first and last day of the periods from that of `since` to that of `until`."""
    if rhythm == Recurrence.WEEKLY:
        first = since - timedelta(days=since.weekday())
        while first <= until:
            year, week, _day = first.isocalendar()
            yield f"{year}-W{week:02}", first, first + timedelta(days=6)
            first += timedelta(days=7)
    elif rhythm == Recurrence.YEARLY:
        for year in range(since.year - 1, until.year + 1):
            first, last = anniversary(launched, year), anniversary(launched, year + 1) - DAY
            if first <= until and last >= since and first >= launched:
                yield f"{last.year}-Y", first, last
    else:
        length = PERIODS[Recurrence(rhythm)]
        for year, month in months(since, _last_day(until, length)):
            if month % length == 0:
                key = f"{year}-{month:02}" if length == 1 else f"{year}-Q{month // length}"
                yield key, date(year, month - length + 1, 1), _last_day(date(year, month, 1), 1)


def anniversary(day: date, year: int) -> date:
    """Return that day in another year; the 28th of February for the 29th."""
    return add_months(day, 12 * (year - day.year))


def add_months(day: date, count: int) -> date:
    """Return that day so many months later; the last day of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _last_day(day: date, length: int) -> date:
    """Return the last day of the month (1) or quarter (3) of `day`."""
    month = day.month + -day.month % length
    return date(day.year, month, monthrange(day.year, month)[1])
