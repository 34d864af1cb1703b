"""The weather as pages show it: of one project, and of many over the months."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from pmo.weather.calculation import ASPECTS, Computed, sentence
from pmo.weather.enums import Sky, Trend
from pmo.weather.models import WeatherReport
from projects.models import Project

#: Months that the page of a project shows.
MONTHS = 12


def grid(projects: QuerySet[Project], months: Sequence[date]) -> dict[int, dict[date, WeatherReport]]:
    """The report that counts of each of these projects for each of these months (first days), by the project's number.

    A month without a report is left out; of several reports of a month the newest counts. One query, however many
    projects; `projects` are those the reader sees.
    """
    rows = WeatherReport.objects.filter(project__in=projects.order_by().values("pk"), month__in=months)
    newest = rows.order_by("project", "month", "-pk").distinct("project", "month").select_related("published_by")
    found: dict[int, dict[date, WeatherReport]] = {}
    for report in newest:
        found.setdefault(report.project_id, {})[report.month] = report
    return found


def last_months(count: int = MONTHS, until: date | None = None) -> list[date]:
    """The first days of the last `count` months, this one included, the oldest first."""
    month = (until or timezone.localdate()).replace(day=1)
    found = [month]
    while len(found) < count:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


@dataclass(frozen=True)
class AspectLine:
    """One aspect: its code, its sky (None: not computed), and in words what it comes from."""

    aspect: str
    sky: Sky | None
    why: str


def lines(found: Computed) -> list[AspectLine]:
    """The aspects as they are computed today."""
    return [AspectLine(one.aspect, sky_of(one.sky), sentence(one.aspect, one.facts)) for one in found.aspects]


def published_lines(report: WeatherReport) -> list[AspectLine]:
    """The aspects as they were computed when the report was published."""
    return [
        AspectLine(name, sky_of(getattr(report, name)), sentence(name, report.facts.get(name, {}))) for name in ASPECTS
    ]


def sky_of(code: str) -> Sky | None:
    """The sky of this code; None of an empty one."""
    return Sky(code) if code else None


@dataclass(frozen=True)
class MonthCell:
    """A month of the page: the report that counts, if any, with its sky and its trend."""

    month: date
    report: WeatherReport | None

    @property
    def sky(self) -> Sky | None:
        """The weather that was published."""
        return sky_of(self.report.overall) if self.report else None

    @property
    def trend(self) -> Trend | None:
        """How it compares with the report before."""
        return Trend(self.report.trend) if self.report and self.report.trend else None


def months_of(project: Project) -> list[MonthCell]:
    """The last twelve months of one project, the newest first. One query."""
    months = last_months()
    found = grid(Project.objects.filter(pk=project.pk), months).get(project.pk, {})
    return [MonthCell(month, found.get(month)) for month in reversed(months)]
