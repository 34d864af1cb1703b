"""Figures of a project, programme or portfolio and of its parts, read in three queries for what its level answers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, Exists, JSONField, OuterRef, QuerySet, Subquery, Sum, When

from core.sql.subqueries import count_rows
from governance.place.shares.models import Share
from pmo.registers.budget.queries import with_spending
from pmo.registers.escalations.queries import filter_unanswered, sum_waiting
from pmo.registers.risks.models import Risk
from pmo.registers.schedule.enums import DependencyState
from pmo.registers.schedule.models import Dependency
from pmo.registers.schedule.queries import with_dates
from pmo.registers.snapshots.models import Snapshot
from pmo.registers.success_criteria.benefits import with_last_measure
from pmo.registers.success_criteria.enums import CriterionKind
from pmo.registers.success_criteria.models import SuccessCriterion
from pmo.registers.weather.models import WeatherReport
from pmo.registers.weather.queries import with_weather
from pmo.steering.levels.overruns import filter_overruns
from projects.enums import Level, Workspace
from projects.models import OrganisationSettings, Project
from projects.organisation_settings.queries import organisation

#: What the levels read of a dependency.
NEED_FIELDS = (
    *("project__code", "needs__code", "what", "needed_on", "provided_on", "state"),
    *("provided_by__forecast_on", "provided_by__actual_on"),
)


class Loaded(NamedTuple):
    """A node and its parts with their figures, their open and broken dependencies and their approved benefits."""

    rows: Sequence[Any]
    needs: Sequence[Dependency] = ()
    benefits: Sequence[Any] = ()


@dataclass(frozen=True)
class Group:
    """A node with its parts, whose rows are loaded `with_figures`, on a day."""

    root: Any
    parts: Sequence[Any]
    day: date
    limits: OrganisationSettings
    needs: Sequence[Dependency] = ()
    benefits: Sequence[Any] = ()

    @property
    def projects(self) -> list[Any]:
        """List the plain projects among the parts: a level above has no weather of theirs."""
        return [part for part in self.parts if part.level == Level.PROJECT]

    @property
    def costed(self) -> list[Any]:
        """List those whose money counts: each project, and what stands above projects where it has budget lines."""
        rows = [row for row in (self.root, *self.parts) if row.has(Workspace.STEERING)]
        return [row for row in rows if row.level == Level.PROJECT or row.lines_forecast is not None]

    @property
    def open_needs(self) -> list[Dependency]:
        """List the dependencies that are open, the first needed first."""
        return [need for need in self.needs if need.state == DependencyState.OPEN]

    def is_late(self, need: Dependency) -> bool:
        """Return whether it is needed before it is forecast, or before today."""
        return need.is_late or need.needed_on < self.day


def with_money(projects: QuerySet[Project], day: date) -> QuerySet[Any]:
    """Annotate projects with their budget lines, the share that the owner above gives and what they allocate.

    `share` and `allocated` are as of `day`; None where none was decided, or the place is withdrawn.
    """
    held = Share.objects.held_on(day).filter(part=OuterRef("pk"), project=OuterRef("parent"))
    shares = held.annotate(given=Case(When(is_withdrawn=False, then="amount"))).values("given")[:1]
    given = Share.objects.newest(day).filter(project=OuterRef("pk")).order_by().values("project")
    sums = given.annotate(sum=Sum("amount")).values("sum")
    rows: QuerySet[Any] = with_spending(projects).annotate(share=Subquery(shares), allocated=Subquery(sums))
    return rows


def with_figures(projects: QuerySet[Project], day: date) -> QuerySet[Any]:
    """Annotate projects with weather, money, dates, red risks and obligations.

    `overrun`: its forecasts have exceeded its share for two months (pmo.steering.levels.overruns).
    `waiting` are the risks escalated to it, `silent` its own red ones that nobody answers (pmo.registers.escalations).
    """
    reports = WeatherReport.objects.filter(project=OuterRef("pk"), month__lt=OuterRef("weather_month"))
    red = Risk.objects.filter(project=OuterRef("pk")).red_and_unaccepted(day)
    nights = Snapshot.objects.filter(project=OuterRef("pk")).order_by("-day").values("figures")[:1]
    rows: QuerySet[Any] = with_dates(with_money(with_weather(projects), day)).annotate(
        sky_before=Subquery(reports.order_by("-month", "-pk").values("overall")[:1]),
        red=count_rows(red),
        overrun=Exists(filter_overruns(day).filter(part=OuterRef("pk"))),
        waiting=sum_waiting(),
        silent=count_rows(filter_unanswered(Risk.objects.filter(project=OuterRef("pk")), day)),
        night=Subquery(nights, output_field=JSONField()),
    )
    return rows


def load_rows(keys: Collection[int], day: date, *, has_parts: bool = True) -> Loaded:
    """Load a node and its parts with their figures, by code. Pass the keys of visible ones only.

    Three queries; two of a plain project, whose benefits no level reads.
    """
    rows = with_figures(Project.objects.filter(pk__in=keys), day).order_by("code")
    needs = Dependency.objects.filter(project__in=keys, state__in=(DependencyState.OPEN, DependencyState.BROKEN))
    benefits = SuccessCriterion.objects.filter(project__in=keys, kind=CriterionKind.BENEFIT)
    return Loaded(
        tuple(rows),
        tuple(needs.select_related("project", "needs", "provided_by").only(*NEED_FIELDS).order_by("needed_on", "pk")),
        tuple(with_last_measure(benefits)) if has_parts else (),
    )


def build_group(root: Project, loaded: Loaded, day: date) -> Group:
    """Group loaded rows: `root` is among them."""
    known = {row.pk: row for row in loaded.rows}
    return Group(known.pop(root.pk), list(known.values()), day, organisation(), loaded.needs, loaded.benefits)
