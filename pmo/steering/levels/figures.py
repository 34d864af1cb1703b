"""Figures of a project, programme or portfolio and of its parts, read in one query for what its level answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, JSONField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from core.sql.subqueries import count_rows
from pmo.registers.budget.queries import with_forecast
from pmo.registers.risks.models import Risk
from pmo.registers.schedule.enums import DependencyState
from pmo.registers.schedule.models import Dependency
from pmo.registers.schedule.queries import with_dates
from pmo.registers.snapshots.models import Snapshot
from pmo.registers.success_criteria.enums import CriterionKind, CriterionState
from pmo.registers.success_criteria.models import CriterionMeasure, SuccessCriterion
from pmo.registers.weather.models import WeatherReport
from pmo.registers.weather.queries import with_weather
from projects.enums import Level
from projects.models import OrganisationSettings, Project
from projects.organisation_settings.queries import organisation

#: A benefit that nobody has measured.
UNMEASURED = ""


@dataclass(frozen=True)
class Group:
    """A node with its parts, whose rows are loaded `with_figures`, on a day."""

    root: Any
    parts: Sequence[Any]
    day: date
    limits: OrganisationSettings

    @property
    def projects(self) -> list[Any]:
        """List the plain projects among the parts: a level above has no weather of theirs."""
        return [part for part in self.parts if part.level == Level.PROJECT]


def with_figures(projects: QuerySet[Project], day: date) -> QuerySet[Any]:
    """Annotate projects with weather, forecast, dates, red risks, benefits, dependencies and obligations."""
    reports = WeatherReport.objects.filter(project=OuterRef("pk"), month__lt=OuterRef("weather_month"))
    measures = CriterionMeasure.objects.filter(criterion=OuterRef("pk")).order_by("-measured_on", "-pk")
    benefits = SuccessCriterion.objects.filter(
        project=OuterRef("pk"), kind=CriterionKind.BENEFIT, state=CriterionState.APPROVED
    ).annotate(newest=Coalesce(Subquery(measures.values("met")[:1]), Value(UNMEASURED), output_field=CharField()))
    red = Risk.objects.filter(project=OuterRef("pk")).red_and_unaccepted(day)
    needs = Dependency.objects.filter(project=OuterRef("pk"))
    nights = Snapshot.objects.filter(project=OuterRef("pk")).order_by("-day").values("figures")[:1]
    rows: QuerySet[Any] = with_dates(with_forecast(with_weather(projects))).annotate(
        sky_before=Subquery(reports.order_by("-month", "-pk").values("overall")[:1]),
        red=count_rows(red),
        benefits=ArraySubquery(benefits.order_by("number").values("newest")),
        open_needs=ArraySubquery(needs.filter(state=DependencyState.OPEN).order_by("needed_on").values("needed_on")),
        broken_needs=count_rows(needs.filter(state=DependencyState.BROKEN)),
        night=Subquery(nights, output_field=JSONField()),
    )
    return rows


def load_rows(keys: Iterable[int], day: date) -> tuple[Any, ...]:
    """Load a node and its parts with their figures, by code. One query. Pass the keys of visible ones only."""
    return tuple(with_figures(Project.objects.filter(pk__in=list(keys)), day).order_by("code"))


def build_group(root: Project, rows: Iterable[Any], day: date) -> Group:
    """Group loaded rows: `root` is among them."""
    known = {row.pk: row for row in rows}
    return Group(known.pop(root.pk), list(known.values()), day, organisation())
