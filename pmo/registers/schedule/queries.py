"""Queries of the schedule page: slips, forecasts, dependencies."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    DateField,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest
from django.utils import timezone

from governance.decide.obligations.facts import LocalDay
from governance.models import Decision
from pmo.registers.schedule.enums import DependencyState
from pmo.registers.schedule.models import Dates, Dependency, Milestone, MilestoneForecast, count_slip, expect
from projects.models import Project
from roles.models import User

#: Limits of a page: milestones, and forecasts of each.
MOST, MOST_FORECASTS = 60, 40
#: Limit of dependencies in each direction, on average.
MOST_DEPENDENCIES = 50
#: Time before the day of a need, and time after which a dependency is to be confirmed.
BEFORE_THE_NEED, UNCONFIRMED = timedelta(days=60), timedelta(days=31)


@dataclass(frozen=True)
class Forecast:
    """Forecast: on `said_on`, the milestone was expected on `expected_on`."""

    said_on: date
    expected_on: date
    reason: str


@dataclass(frozen=True)
class Slip:
    """Milestone with its slip in days (negative: ahead) and its forecasts, oldest first."""

    milestone: Milestone
    days: int
    forecasts: list[Forecast]

    @property
    def is_overdue(self) -> bool:
        """Tell whether its expected day has passed before it was reached."""
        return self.milestone.actual_on is None and self.milestone.forecast_on < timezone.localdate()


def list_milestones(project: Project) -> QuerySet[Milestone]:
    """Return the milestones by baseline."""
    return project.milestones.order_by("baseline_on", "pk")


def list_slips(project: Project) -> list[Slip]:
    """List the milestones with slip and forecasts. Two queries."""
    newest = MilestoneForecast.objects.order_by("-pk")[:MOST_FORECASTS]
    rows = list_milestones(project).prefetch_related(Prefetch("forecasts", newest, to_attr="newest"))[:MOST]
    today = timezone.localdate()
    return [
        Slip(
            row,
            row.slip(today),
            [
                Forecast(timezone.localtime(forecast.acted_at).date(), forecast.forecast_on, forecast.reason)
                for forecast in reversed(row.newest)
            ],
        )
        for row in rows
    ]


def with_dates(projects: QuerySet[Project]) -> QuerySet[Any]:
    """Annotate projects with the dates of their milestones in one order, for `list_dates`."""
    rows = Milestone.objects.filter(project=OuterRef("pk")).order_by("pk")
    return projects.annotate(**{f"milestones_{name}": ArraySubquery(rows.values(name)) for name in Dates._fields})


def list_dates(project: Any) -> list[Dates]:
    """List the dates of the milestones of a project loaded `with_dates`."""
    columns = (getattr(project, f"milestones_{name}") for name in Dates._fields)
    return [Dates(*dates) for dates in zip(*columns, strict=True)]


def largest_slip(milestones: Iterable[Milestone | Dates], ends_on: date, today: date) -> int | None:
    """Return the largest slip in days: of an open milestone, or of the last one beyond the project's end.

    Never below 0; None without milestones.
    """
    loaded = list(milestones)
    if not loaded:
        return None
    waiting = [count_slip(dates, today) for dates in loaded if dates.actual_on is None]
    last = max(expect(dates, today) for dates in loaded)
    return max(0, *waiting, (last - ends_on).days)


@dataclass(frozen=True)
class DependencyLine:
    """Dependency with the last word of the owner in need on it, if any, and whether the reader sees the other end."""

    row: Dependency
    word: str
    decision: Decision | None
    sees_other: bool


@dataclass(frozen=True)
class Dependencies:
    """What a project needs of others, what others need of it, and what the projects below it need of each other."""

    needs: list[DependencyLine]
    needed: list[DependencyLine]
    below: list[DependencyLine]


def list_dependencies(project: Project, reader: User) -> Dependencies:
    """List the dependencies around a project that the reader sees. One query, and one if some are late."""
    seen = Project.objects.visible_to(reader).values("pk")
    around = Q(project=project) | Q(needs=project)
    if project.has_parts:
        under = Project.objects.filter(Q(parent=project) | Q(parent__parent=project)).values("pk")
        around |= Q(project__in=under, needs__in=under)
    rows: Any = Dependency.objects.visible_to(reader).filter(around).order_by("needed_on", "pk")
    rows = rows.annotate(sees_both=ExpressionWrapper(Q(project__in=seen, needs__in=seen), BooleanField()))
    rows = rows.select_related("project", "needs", "milestone", "provided_by")[: 3 * MOST_DEPENDENCIES]
    words = _find_words(rows)
    found = Dependencies([], [], [])
    for row in rows:
        decision, word = words.get(row.pk, (None, ""))
        place = found.needs if row.project_id == project.pk else found.needed
        place = place if project.pk in {row.project_id, row.needs_id} else found.below
        place.append(DependencyLine(row, word, decision, row.sees_both))
    return found


def list_late_dependencies(project: Project) -> list[Dependency]:
    """List what the project needs before the day on which it is forecast, the first needed first."""
    rows = project.dependencies.filter(state=DependencyState.OPEN)
    rows = rows.select_related("project", "needs", "provided_by").order_by("needed_on", "pk")
    return [row for row in rows if row.is_late]


def list_open_dependencies() -> Any:
    """Filter the open dependencies, each with the day from which nobody has changed or confirmed it for a month."""
    history: Any = Dependency.history
    said = history.filter(id=OuterRef("pk")).order_by().values("id").annotate(on=Max("history_date")).values("on")
    unsaid = Cast(LocalDay(Subquery(said)) + UNCONFIRMED, DateField())
    return Dependency.objects.filter(state=DependencyState.OPEN).annotate(unsaid_from=unsaid)


def list_to_confirm(day: Any) -> QuerySet[Any]:
    """Filter the dependencies to confirm on a day: needed soon, or late as `Dependency.is_late` tells."""
    forecast = Coalesce("provided_by__actual_on", Greatest("provided_by__forecast_on", day))
    expected = Case(When(provided_by__isnull=False, then=forecast), default="provided_on")
    rows: QuerySet[Any] = list_open_dependencies().alias(expected=expected)
    due = Q(needed_on__lte=day + BEFORE_THE_NEED) | Q(needed_on__lt=F("expected"))
    return rows.filter(due, unsaid_from__lte=day)


def name_dependency(row: Dependency) -> str:
    """Return the key of the word on a dependency, which the database looks for."""
    return f"dependency:{row.pk}"


def _find_words(rows: Iterable[Dependency]) -> dict[int, tuple[Decision, str]]:
    """Return the newest decision with a word of the owner on each late dependency. One query if there are any."""
    late = {name_dependency(row): row for row in rows if row.is_late}
    if not late:
        return {}
    decisions = Decision.objects.filter(project__in={row.project_id for row in late.values()}).exclude(settled=[])
    found = {}
    for decision in decisions.select_related("project").order_by("pk"):
        for word in decision.settled:
            if word["item"] in late:
                found[late[word["item"]].pk] = (decision, word["because"])
    return found
