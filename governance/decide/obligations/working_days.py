"""Days of the organisation: its time zone, and its working days, Monday to Friday without its public holidays."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings

from projects.organisation_settings.enums import Holidays
from projects.organisation_settings.queries import organisation

DAY = timedelta(days=1)
#: Until the organisation chooses one.
ZONE = ZoneInfo(settings.TIME_ZONE)
SATURDAY = 5
#: Month and day of the holidays of France that do not move (code du travail, art. L3133-1).
FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
#: Days after Easter: Monday, Ascension, Whit Monday.
AFTER_EASTER = (1, 39, 50)


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - shift + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the public holidays of a year in France."""
    sunday = easter(year)
    return frozenset([date(year, month, day) for month, day in FIXED] + [sunday + days * DAY for days in AFTER_EASTER])


@dataclass(frozen=True)
class Calendar:
    """Time zone and public holidays of the organisation."""

    zone: ZoneInfo = ZONE
    holidays: str = Holidays.FRANCE
    own: frozenset[date] = frozenset()

    @classmethod
    def read(cls, row: dict[str, Any] | None) -> Self:
        """Build the calendar from the settings as JSON; without settings, the default one."""
        if row is None:
            return cls()
        own = frozenset(date.fromisoformat(day) for day in row["own_holidays"])
        return cls(ZoneInfo(row["time_zone"]), row["holidays"], own)

    def day_of(self, moment: datetime) -> date:
        """Return the day of an instant, the same for every reader."""
        return moment.astimezone(self.zone).date()

    def is_working_day(self, day: date) -> bool:
        """Return whether people work on that day."""
        off = holidays(day.year) if self.holidays == Holidays.FRANCE else self.own
        return day.weekday() < SATURDAY and day not in off

    def working_day_until(self, day: date) -> date:
        """Return that day, or the last working day before it."""
        while not self.is_working_day(day):
            day -= DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """Return the day that is `count` working days after `day`, or before it when `count` is negative."""
        step = 1 if count > 0 else -1
        while count:
            day += step * DAY
            count -= step * self.is_working_day(day)
        return day

    def last_working_day(self, year: int, month: int) -> date:
        """Return the last working day of a month."""
        return self.working_day_until(date(year, month, monthrange(year, month)[1]))


def read_calendar() -> Calendar:
    """Return the working days of the organisation."""
    chosen = organisation()
    return Calendar(chosen.zone, chosen.holidays, frozenset(chosen.own_holidays))


def months(first: date, last: date) -> Iterator[tuple[int, int]]:
    """Yield year and month of each month from that of `first` to that of `last`."""
    for place in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield place // 12, place % 12 + 1
