"""The state of a portfolio, which has no weather: skies counted, forecast on its budget, part of it under storm."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pmo.registers.budget.queries import percent
from pmo.registers.weather.enums import Sky
from pmo.registers.weather.queries import read_weather
from pmo.steering.levels.aspects import Roll, describe_roll, roll_up, write_percent
from pmo.steering.levels.figures import Group
from projects.enums import Workspace

NOTHING = Decimal(0)


@dataclass(frozen=True)
class State:
    """The state of a portfolio.

    `skies` counts the projects that go on by their last weather, `unknown` those without any. `under_storm` is the part
    of the budget of stormy projects in per cent, None without weather or budgets; from `watch` per cent it is watched,
    from `alert` on it alarms.
    """

    skies: Counter[Sky]
    unknown: int
    roll: Roll | None
    under_storm: Decimal | None
    watch: int
    alert: int

    @property
    def counted(self) -> list[tuple[Sky, int]]:
        """List the skies with their number of projects, the best first."""
        return [(sky, self.skies[sky]) for sky in Sky]

    @property
    def is_watched(self) -> bool:
        """Return whether the part under storm is to be watched."""
        return self.under_storm is not None and self.under_storm >= self.watch

    @property
    def is_alarming(self) -> bool:
        """Return whether the part under storm alarms."""
        return self.under_storm is not None and self.under_storm >= self.alert

    @property
    def forecast(self) -> str:
        """Return the forecast on the budget in words."""
        return describe_roll(self.roll) if self.roll else _("Not computed: no budget line has an amount.")

    @property
    def storm(self) -> str:
        """Return the part of the budget under storm in words."""
        if self.under_storm is None:
            return _("Not computed: no project has a weather and a budget.")
        words = _("%(share)s%% of the budget is under storm.") % {"share": write_percent(self.under_storm)}
        if self.is_alarming:
            return f"{words} {pgettext('state of a portfolio', 'Alert.')}"
        return f"{words} {pgettext('state of a portfolio', 'To watch.')}" if self.is_watched else words


def build_state(group: Group) -> State:
    """Build the state of a portfolio from its parts, loaded with weather and forecast. No query."""
    followed = [row for row in group.projects if row.has(Workspace.STEERING) and not row.is_over]
    skies = {row.pk: weather.sky for row in followed if (weather := read_weather(row))}
    stormy = sum((_weigh(row) for row in followed if skies.get(row.pk) == Sky.STORMY), NOTHING)
    whole = group.root.budget or sum((_weigh(row) for row in followed), NOTHING)
    limits = group.limits
    return State(
        Counter(skies.values()),
        len(followed) - len(skies),
        roll_up(group),
        percent(stormy, whole) if skies else None,
        limits.storm_watch,
        limits.storm_alert,
    )


def _weigh(row: Any) -> Decimal:
    """Return the budget of a project, or the sum of its lines."""
    return row.budget or row.lines_envelope or NOTHING
