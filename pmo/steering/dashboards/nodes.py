"""One row for each project of a group: where it stands, what alarms, sorted and filtered by any column."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Self

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.desk.inbox.versions import with_version
from pmo.registers.budget.queries import forecast_percent
from pmo.registers.schedule.queries import largest_slip, list_dates, with_dates
from pmo.registers.weather.enums import Sky
from pmo.registers.weather.queries import Published, read_weather, with_weather
from pmo.standards.conformity.enums import FAILED, Standing
from pmo.standards.conformity.queries import list_standings_of_night, with_night
from pmo.steering.dashboards.figure_rows import UNMET
from pmo.steering.dashboards.figures import Line, goal_days
from pmo.steering.dashboards.obligations import Obligation
from pmo.steering.dashboards.scope import Scope, list_url
from pmo.steering.levels.figures import with_money
from projects.enums import ProjectState, Workspace
from projects.models import OrganisationSettings, Project
from projects.organisation_settings.queries import organisation
from projects.project.gates import LevelGate, with_gates

#: Columns, in the order of the page: each sorts, and most have an alarm to filter by.
NAME, STATE, WEATHER, GATE, SLIP, BUDGET, RED, LATE, OLDEST, PUBLISHED = (
    "name",
    "state",
    "weather",
    "gate",
    "slip",
    "budget",
    "red",
    "late",
    "oldest",
    "published",
)
HEADS = {
    NAME: _("Project"),
    STATE: _("State"),
    WEATHER: _("Weather"),
    GATE: _("Next gate"),
    SLIP: pgettext_lazy("milestone", "Slip"),
    BUDGET: _("Budget"),
    RED: _("Red risks"),
    LATE: _("Late conditions and actions"),
    OLDEST: _("Decisions pending"),
    PUBLISHED: _("Weather published"),
}
NUMBERS = (SLIP, BUDGET, RED, LATE, OLDEST)
#: Alarm of a column → the words of its filter.
ALARMS = {
    WEATHER: _("Stormy"),
    GATE: _("Gaps at the next gate"),
    SLIP: _("Slipping"),
    BUDGET: _("Over budget"),
    RED: _("Red risks"),
    LATE: _("Late conditions and actions"),
    OLDEST: _("Late decisions"),
    PUBLISHED: _("Weather to publish"),
    STATE: _("Not launched or stopped"),
}
#: Alarms that do not make a project one of the worst.
MILD = frozenset({PUBLISHED, STATE})


@dataclass(frozen=True)
class Node:
    """A project, programme or portfolio with its figures and alarms.

    `gaps` counts the checkpoints due at the next gate that are not met or unanswered, `slip` is in days, `budget` the
    forecast in per cent of the budget, `late` counts conditions and actions: routine is left out.
    """

    scope: Scope = field(compare=False)
    line: Line
    weather: Published | None
    gaps: int
    slip: int | None
    budget: Decimal | None
    late: int
    alarms: frozenset[str]

    @property
    def gate(self) -> LevelGate | None:
        """Return the next gate."""
        project = self.line.project
        return project.name_gate(project.next_gate) if project.next_gate else None

    @property
    def published(self) -> date | None:
        """Return the day of the last publication of the weather."""
        return timezone.localdate(self.weather.at) if self.weather else None

    def gaps_url(self) -> str:
        """Return the URL of the list of its gaps."""
        return list_url(self.scope, "checkpoints", project=self.line.project.code, result=UNMET)

    def red_url(self) -> str:
        """Return the URL of the list of its red risks."""
        return list_url(self.scope, "risks", project=self.line.project.code, red=1)

    def late_url(self) -> str:
        """Return the URL of the list of its late conditions and actions."""
        return list_url(self.scope, "obligations", project=self.line.project.code, late=1, routine=0)

    def pending_url(self) -> str:
        """Return the URL of the list of its pending decisions."""
        return list_url(self.scope, "pending", project=self.line.project.code)

    @property
    def weight(self) -> tuple[int, int, int, int]:
        """Return what makes a project worse than another: its alarms, then what they count."""
        return len(self.alarms - MILD), self.line.red, self.late, self.slip or 0


def with_facts(projects: QuerySet[Project], at: datetime) -> QuerySet[Any]:
    """Annotate the projects of a group with what `load_nodes` reads of each, and with the `version` of each."""
    priced = with_money(with_dates(with_gates(projects)), timezone.localdate(at))
    return with_version(with_night(with_weather(priced), at))


def load_nodes(scope: Scope, lines: Sequence[Line], obligations: Iterable[Obligation]) -> list[Node]:
    """Load the rows of these lines, whose projects are loaded `with_facts`, from those of `list_with_red`.

    Three queries.
    """
    projects, limits = [line.project for line in lines], organisation()
    unmet = FAILED | {Standing.UNANSWERED}
    audited = [project for project in projects if project.has(Workspace.STANDARDS)]
    standings = list_standings_of_night(audited, timezone.now())
    gaps = Counter(project.pk for project, row in standings if row.standing in unmet)
    late = Counter[str]()
    for row in obligations:
        late[row.project] += row.is_late(scope.today) and not row.is_routine
    nodes: list[Node] = []
    for line in lines:
        project, weather = line.project, read_weather(line.project)
        steered = project.has(Workspace.STEERING)
        slip = largest_slip(list_dates(project), project.ends_on, scope.today) if steered else None
        budget = forecast_percent(project) if steered else None
        open_gaps, owed = gaps[project.pk] if project.next_gate else 0, late[project.code]
        alarms = _list_alarms(line, weather, scope.today, limits, gaps=open_gaps, slip=slip, budget=budget, late=owed)
        nodes.append(Node(scope, line, weather, open_gaps, slip, budget, owed, alarms))
    return nodes


def _list_alarms(
    line: Line,
    weather: Published | None,
    today: date,
    limits: OrganisationSettings,
    *,
    gaps: int,
    slip: int | None,
    budget: Decimal | None,
    late: int,
) -> frozenset[str]:
    project = line.project
    steered = project.has(Workspace.STEERING) and project.state == ProjectState.ACTIVE and not project.has_parts
    holds = {
        STATE: project.state != ProjectState.ACTIVE,
        WEATHER: weather is not None and weather.sky == Sky.STORMY,
        GATE: gaps > 0,
        SLIP: slip is not None and slip >= limits.delay_cloudy,
        BUDGET: budget is not None and budget >= limits.cost_cloudy,
        RED: line.red > 0,
        LATE: late > 0,
        OLDEST: line.late > 0 or (line.oldest or 0) > goal_days(),
        PUBLISHED: steered and (weather is None or weather.month < today.replace(day=1)),
    }
    return frozenset(name for name, is_alarming in holds.items() if is_alarming)


def _count_days(day: date | None) -> int | None:
    return day.toordinal() if day else None


#: What each column sorts by; None comes last both ways.
KEYS: dict[str, Callable[[Node], Any]] = {
    NAME: lambda node: node.line.project.title.casefold(),
    STATE: lambda node: ProjectState.values.index(node.line.project.state),
    WEATHER: lambda node: Sky.values.index(node.weather.sky) if node.weather else None,
    GATE: lambda node: (node.gate.place, node.gaps) if node.gate else None,
    SLIP: lambda node: node.slip,
    BUDGET: lambda node: node.budget,
    RED: lambda node: node.line.red,
    LATE: lambda node: node.late,
    OLDEST: lambda node: node.line.oldest,
    PUBLISHED: lambda node: _count_days(node.published),
}


@dataclass(frozen=True)
class Head:
    """Head of a column: its label, the value of `sort` that a click asks for, and how it is sorted."""

    label: Any
    sort: str
    sorted: str
    numeric: bool


@dataclass(frozen=True)
class Asked:
    """Order and filter of the rows, from the query string. Invalid values are ignored."""

    sort: str = ""
    alarm: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """Read the query string."""
        sort, alarm = query.get("sort", ""), query.get("alarm", "")
        return cls(sort if sort.removeprefix("-") in KEYS else "", alarm if alarm in ALARMS else "")

    def apply(self, nodes: Iterable[Node]) -> list[Node]:
        """Return the rows that match, sorted; without an order, the worst first."""
        wanted = [node for node in nodes if not self.alarm or self.alarm in node.alarms]
        wanted.sort(key=lambda node: node.line.project.code)
        if not self.sort:
            return sorted(wanted, key=lambda node: node.weight, reverse=True)
        key = KEYS[self.sort.removeprefix("-")]
        known = [node for node in wanted if key(node) is not None]
        known.sort(key=key, reverse=self.sort.startswith("-"))
        return known + [node for node in wanted if key(node) is None]

    @property
    def heads(self) -> list[Head]:
        """List the heads: a click sorts numbers from the largest and the rest from the smallest; another turns it."""
        heads = []
        for name, label in HEADS.items():
            numeric = name in NUMBERS
            first, second = (f"-{name}", name) if numeric or name == WEATHER else (name, f"-{name}")
            how = {name: "ascending", f"-{name}": "descending"}.get(self.sort, "")
            heads.append(Head(label, second if self.sort == first else first, how, numeric))
        return heads

    @cached_property
    def labels(self) -> dict[str, str]:
        """Map the columns to their labels, put into words once for all rows."""
        return {name: str(label) for name, label in HEADS.items()}

    def count_alarms(self, nodes: Iterable[Node]) -> list[tuple[str, Any, int]]:
        """List (value, words, number of rows) of the alarms that ring."""
        counts = Counter(alarm for node in nodes for alarm in node.alarms)
        return [(name, words, counts[name]) for name, words in ALARMS.items() if counts[name]]
