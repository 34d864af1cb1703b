"""Queries of the weather, of one project and of many over months."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.timezone import localtime

from core.acts import act_time
from core.pages.lists.columns import rank
from governance.workspace_registry import goes_on
from pmo.registers.weather.calculation import ASPECTS, Computed, explain_aspect
from pmo.registers.weather.enums import Sky, Trend
from pmo.registers.weather.models import WeatherReport
from projects.enums import Level, Workspace
from projects.models import Project

#: Months on the page of a project.
MONTHS = 12
#: Columns of `Published`.
PUBLISHED = ("overall", "trend", "month", "acted_at")


def reports_by_month(projects: QuerySet[Project], months: Sequence[date]) -> dict[int, dict[date, WeatherReport]]:
    """Return the ruling report of each project and month (first days), by primary key of the project.

    Months without a report are left out; the newest report of a month rules. One query for any number of projects. Does
    not check visibility: pass visible projects only.
    """
    rows = WeatherReport.objects.filter(project__in=projects.order_by().values("pk"), month__in=months)
    newest = rows.order_by("project", "month", "-pk").distinct("project", "month").select_related("published_by")
    by_project: dict[int, dict[date, WeatherReport]] = {}
    for report in newest:
        by_project.setdefault(report.project_id, {})[report.month] = report
    return by_project


def list_last_months(count: int = MONTHS, until: date | None = None) -> list[date]:
    """Return the first days of the last `count` months, the current one included, oldest first."""
    month = (until or timezone.localdate()).replace(day=1)
    months = [month]
    while len(months) < count:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months[::-1]


def latest_reports(projects: Sequence[Project]) -> dict[int, "MonthCell"]:
    """Return the newest published weather of each of these projects that is steered, by primary key. One query.

    A portfolio is there WITHOUT one: it has a state instead.
    Does not check visibility: pass visible projects only.
    """
    using = [project.pk for project in projects if project.has(Workspace.STEERING)]
    rows = WeatherReport.objects.filter(project__in=using)
    newest = rows.order_by("project", "-month", "-pk").distinct("project")
    found = {report.project_id: MonthCell(report.month, report) for report in newest}
    return found | {project.pk: WITHOUT for project in projects if project.level == Level.PORTFOLIO}


class Published(NamedTuple):
    """The newest published weather of a project, and when it was published."""

    sky: Sky
    trend: Trend | None
    month: date
    at: datetime


def with_weather(projects: QuerySet[Project]) -> QuerySet[Any]:
    """Annotate projects with their newest published weather, for `read_weather`; NULL without one."""
    rows = WeatherReport.objects.filter(project=OuterRef("pk")).order_by("-month", "-pk")
    return projects.annotate(**{f"weather_{name}": Subquery(rows.values(name)[:1]) for name in PUBLISHED})


def read_weather(project: Any) -> Published | None:
    """Return the newest weather of a project loaded `with_weather`, if it is steered and has one."""
    sky, trend, month, at = (getattr(project, f"weather_{name}") for name in PUBLISHED)
    if not (sky and project.has(Workspace.STEERING)):
        return None
    return Published(Sky(sky), Trend(trend) if trend else None, month, at)


def rank_weather() -> Subquery:
    """Return the place of the newest published sky of a steered project, the best first."""
    steered = WeatherReport.objects.filter(
        project=OuterRef("pk"), project__workspaces__contains=[Workspace.STEERING.value]
    )
    return Subquery(steered.order_by("-month", "-pk").values(place=rank("overall", Sky.values))[:1])


def write_weather(cell: "MonthCell | None") -> str | None:
    """Put the newest published weather of a project into words."""
    return f"{capfirst(str(cell.sky.label))}, {cell.month:%Y-%m}" if cell and cell.sky else None


def list_to_publish(keys: Sequence[int]) -> list[Any]:
    """List the projects of these keys that are steered and go on, by code. One query. Does not check permissions.

    Each has `published_on`: when the weather of this month was published last, or None.
    """
    month = localtime(act_time()).date().replace(day=1)
    newest = WeatherReport.objects.filter(project=OuterRef("pk"), month=month).order_by("-pk")
    rows = Project.objects.filter(goes_on("pk"), pk__in=keys, level=Level.PROJECT).order_by("code")
    shown = rows.annotate(published_on=Subquery(newest.values("acted_at")[:1]))
    return [project for project in shown if project.has(Workspace.STEERING)]


@dataclass(frozen=True)
class AspectLine:
    """Aspect with its sky (None: not computed) and the explaining sentence."""

    aspect: str
    sky: Sky | None
    why: str


def list_aspects(computed: Computed) -> list[AspectLine]:
    """List the aspects as computed today."""
    return [
        AspectLine(aspect.aspect, parse_sky(aspect.sky), explain_aspect(aspect.aspect, aspect.facts))
        for aspect in computed.aspects
    ]


def list_published_aspects(report: WeatherReport) -> list[AspectLine]:
    """List the aspects as computed for the report."""
    return [
        AspectLine(name, parse_sky(getattr(report, name)), explain_aspect(name, report.facts.get(name, {})))
        for name in ASPECTS
    ]


def parse_sky(code: str) -> Sky | None:
    """Return the sky of this code; None for an empty one."""
    return Sky(code) if code else None


@dataclass(frozen=True)
class MonthCell:
    """Month of the page with its ruling report, if any."""

    month: date
    report: WeatherReport | None

    @property
    def sky(self) -> Sky | None:
        """Return the published sky."""
        return parse_sky(self.report.overall) if self.report else None

    @property
    def trend(self) -> Trend | None:
        """Return the trend of the report, if any."""
        return Trend(self.report.trend) if self.report and self.report.trend else None


#: Cell of a level that has no weather.
WITHOUT = MonthCell(date.min, None)


def list_months(project: Project) -> list[MonthCell]:
    """List the last twelve months of a project since it began or was first reported on, newest first. One query."""
    months = list_last_months()
    reports = reports_by_month(Project.objects.filter(pk=project.pk), months).get(project.pk, {})
    first = min([project.starts_on.replace(day=1), months[-1], *reports])
    return [MonthCell(month, reports.get(month)) for month in reversed(months) if month >= first]
