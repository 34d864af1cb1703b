"""The schedule as pages show it: how far each milestone slipped, and how its forecasts moved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from pmo.schedule.models import Dependency, Milestone, MilestoneForecast
from projects.models import Project
from roles.models import User

#: The most milestones of a page, and the most forecasts of one of them.
MOST, MOST_FORECASTS = 60, 40
#: The most dependencies of each direction that a page lists.
MOST_DEPENDENCIES = 50


@dataclass(frozen=True)
class Forecast:
    """On `said_on`, the milestone was expected on `expected_on`, and why another day than before."""

    said_on: date
    expected_on: date
    reason: str


@dataclass(frozen=True)
class Slip:
    """A milestone with its slip in days (negative: ahead), and its forecasts, the oldest first."""

    milestone: Milestone
    days: int
    forecasts: list[Forecast]

    @property
    def is_overdue(self) -> bool:
        """Whether the day it is expected on has passed without its being reached."""
        return self.milestone.actual_on is None and self.milestone.forecast_on < timezone.localdate()


def milestones_of(project: Project) -> QuerySet[Milestone]:
    """The milestones in the order of their first plan."""
    return project.milestones.order_by("baseline_on", "pk")


def slips(project: Project) -> list[Slip]:
    """Every milestone of the project with its slip and its forecasts. Two queries."""
    newest = MilestoneForecast.objects.order_by("-pk")[:MOST_FORECASTS]
    rows = milestones_of(project).prefetch_related(Prefetch("forecasts", newest, to_attr="newest"))[:MOST]
    today = timezone.localdate()
    return [
        Slip(
            row, row.slip(today),
            [
                Forecast(timezone.localtime(one.acted_at).date(), one.forecast_on, one.reason)
                for one in reversed(row.newest)
            ],
        )
        for row in rows
    ]  # fmt: skip


def largest_slip(milestones: Iterable[Milestone], ends_on: date, today: date) -> int | None:
    """Days of the largest slip of what is not reached, or by which the last milestone passes the end of the project.

    Never below 0; None of a project without milestones.
    """
    found = list(milestones)
    if not found:
        return None
    waiting = [one.slip(today) for one in found if one.actual_on is None]
    last = max(one.actual_on or max(one.forecast_on, today) for one in found)
    return max(0, *waiting, (last - ends_on).days)


def dependencies(project: Project, reader: User) -> tuple[list[Dependency], list[Dependency]]:
    """What the project needs of others, and what others need of it; both ends are visible to `reader`. Two queries."""
    seen = Dependency.objects.visible_to(reader).select_related("project", "needs", "milestone")
    rows = seen.order_by("needed_on", "pk")
    return list(rows.filter(project=project)[:MOST_DEPENDENCIES]), list(rows.filter(needs=project)[:MOST_DEPENDENCIES])
