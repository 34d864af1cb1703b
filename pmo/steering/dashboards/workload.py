"""Workload of a dashboard: what each person has to do, by the week in which it is due."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from core.record.erasure import display_name
from pmo.steering.dashboards.obligation_listing import Owed, list_owed
from pmo.steering.dashboards.scope import Scope

#: Weeks of the table, this one first.
WEEKS = 6


@dataclass
class Load:
    """What a person has to do: late with the days of the oldest, by week, and later or without a day."""

    name: str
    key: str
    late: int = 0
    days: int = 0
    weeks: list[int] = field(default_factory=lambda: [0] * WEEKS)
    later: int = 0

    @property
    def total(self) -> int:
        """Return the number of all of them."""
        return self.late + sum(self.weeks) + self.later

    def add(self, due_on: date | None, today: date) -> None:
        """Count one that is due on this day."""
        if due_on is None:
            self.later += 1
        elif due_on < today:
            self.late, self.days = self.late + 1, max(self.days, (today - due_on).days)
        else:
            week = (due_on - find_monday(today)).days // 7
            if week < WEEKS:
                self.weeks[week] += 1
            else:
                self.later += 1


def find_monday(day: date) -> date:
    """Return the Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def list_weeks(today: date) -> list[date]:
    """List the Mondays of the weeks of the table."""
    return [find_monday(today) + timedelta(weeks=week) for week in range(WEEKS)]


def list_loads(scope: Scope) -> list[Load]:
    """List the people with conditions and actions to do on the projects that go on, by name. Four queries.

    What a role owes counts for each of its holders. Routine does not count.
    """
    return build_loads(list_owed(scope), scope.today)


def build_loads(owed: Sequence[Owed], today: date) -> list[Load]:
    """Count what is owed by person."""
    loads: dict[str, Load] = {}
    for row in owed:
        if row.obligation.is_routine or row.obligation.at_rest:
            continue
        for name, key in row.people:
            loads.setdefault(key, Load(str(display_name(name)), key)).add(row.obligation.due_on, today)
    return sorted(loads.values(), key=lambda load: (load.name.casefold(), load.key))
