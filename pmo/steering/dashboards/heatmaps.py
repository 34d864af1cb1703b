"""Grids of a dashboard: risk heat map, and weather by project and month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pmo.registers.risks.enums import Band
from pmo.registers.risks.models import RiskScale, band_of, grades_in_force
from pmo.registers.weather.enums import Sky
from pmo.registers.weather.models import WeatherReport
from pmo.registers.weather.queries import list_last_months, reports_by_month
from pmo.steering.dashboards.scope import Scope, list_url
from projects.enums import Workspace
from projects.models import Project

WEATHERS = 6
TONES = {Band.GREEN: 1, Band.AMBER: 2, Band.RED: 3}


@dataclass(frozen=True)
class HeatCell:
    """Cell of the heat map: count, level, tone, and link to its list."""

    count: int
    level: int
    tone: int
    href: str


@dataclass(frozen=True)
class Heat:
    """Heat map: a line per likelihood, highest first, and a column per impact."""

    lines: list[tuple[int, list[HeatCell]]]
    impacts: Sequence[int]
    total: int


def build_heat_map(scope: Scope, counts: Mapping[tuple[int, int], int]) -> Heat:
    """Build the heat map of these counts, on the scale in force at the root of the scope. One query."""
    grades = grades_in_force(RiskScale.objects.in_force_for(scope.root))
    size = max([grades.size, *(max(cell) for cell in counts)])

    def cell(likelihood: int, impact: int) -> HeatCell:
        level = likelihood * impact
        href = list_url(scope, "risks", likelihood=likelihood, impact=impact)
        return HeatCell(counts.get((likelihood, impact), 0), level, TONES[band_of(level, grades)], href)

    impacts = range(1, size + 1)
    lines = [(likelihood, [cell(likelihood, impact) for impact in impacts]) for likelihood in range(size, 0, -1)]
    return Heat(lines, list(impacts), sum(counts.values()))


@dataclass(frozen=True)
class WeatherCell:
    """Weather of a month (its first day), if published."""

    month: date
    report: WeatherReport | None

    @property
    def sky(self) -> Sky | None:
        """Return the published weather."""
        return Sky(self.report.overall) if self.report else None


def list_weather(scope: Scope) -> list[tuple[Project, list[WeatherCell]]]:
    """List the last months of each project, stormiest first by the newest report. Two queries."""
    months = list_last_months(WEATHERS, scope.today)
    projects = scope.using(Workspace.STEERING)
    reports = reports_by_month(projects, months)
    rows = [
        (project, [WeatherCell(month, reports.get(project.pk, {}).get(month)) for month in months])
        for project in projects.order_by("code")
    ]
    return sorted(rows, key=lambda row: (-_weight(row[1]), row[0].code))


def _weight(cells: Sequence[WeatherCell]) -> int:
    last = next((cell.sky for cell in reversed(cells) if cell.sky), None)
    return Sky.values.index(last) if last else -1
