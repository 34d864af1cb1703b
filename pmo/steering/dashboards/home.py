"""Key figures of the project office at the top of the home of a project."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import OuterRef
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.sql.subqueries import count_rows
from core.templatetags.ui import day, month
from governance.workspace_registry import Figure, HomeState
from pmo.registers.risks.models import Risk
from pmo.registers.weather.enums import Sky, Trend
from pmo.registers.weather.queries import read_weather, with_weather
from pmo.standards.conformity.enums import FAILED, Standing
from pmo.standards.conformity.queries import list_due_standings
from projects.enums import Workspace
from projects.models import Project

#: Most states of projects that a process keeps.
KEPT = 2_000


class Ahead(NamedTuple):
    """A milestone ahead."""

    on: date
    name: str


class Weather(NamedTuple):
    """The last weather published."""

    sky: Sky
    trend: Trend | None
    month: date


class Course(NamedTuple):
    """Where a project stands: gaps at its next gate and the day of that gate, next milestone, weather, red risks."""

    gaps: int
    gate_on: date | None
    milestone: Ahead | None
    weather: Weather | None
    red: int


def list_home_figures(project: Project, state: HomeState) -> list[Figure]:
    """List the next gate with its gaps, the next milestone, the weather and the red risks.

    No query, unless something has happened since this process last asked.
    """
    if project.has_parts:  # a level above has answers of its own (pmo.steering.dashboards.answers)
        return []
    course = read_course(state)
    return [
        *_describe_gate(project, course),
        *_describe_milestone(project, course, state.day),
        *_describe_weather(project, course),
        *_describe_red_risks(project, course),
    ]


@lru_cache(maxsize=KEPT)
def read_course(state: HomeState) -> Course:
    """Read where a project stands. About eight queries, most for checkpoints with automatic checks."""
    red = Risk.objects.filter(project=OuterRef("pk")).red_and_unaccepted(state.day)
    rows: Any = with_weather(Project.objects.select_related("matrix", "parent")).annotate(red=count_rows(red))
    project = rows.get(pk=state.project)
    is_steered = project.has(Workspace.STEERING)
    ahead = list(project.milestones.filter(actual_on=None).order_by("forecast_on", "pk")) if is_steered else []
    planned = [milestone.forecast_on for milestone in ahead if milestone.gate and milestone.gate == project.next_gate]
    weather = read_weather(project)
    return Course(
        _count_gaps(project),
        planned[0] if planned else None,
        Ahead(ahead[0].forecast_on, ahead[0].name) if ahead else None,
        Weather(weather.sky, weather.trend, weather.month) if weather else None,
        project.red if project.has(Workspace.RISKS) else 0,
    )


def _count_gaps(project: Project) -> int:
    """Count the checkpoints due at the next gate that are not met or unanswered."""
    if not (project.next_gate and project.has(Workspace.STANDARDS)):
        return 0
    unmet = FAILED | {Standing.UNANSWERED}
    return sum(row.standing in unmet for row in list_due_standings(project))


def _describe_gate(project: Project, course: Course) -> Iterator[Figure]:
    if gate := project.next_gate:
        notes = [ngettext("%(n)s gap", "%(n)s gaps", course.gaps) % {"n": course.gaps}] if course.gaps else []
        notes += [str(day(course.gate_on))] if course.gate_on else []
        url = reverse("pmo:gates:gates", args=[project.code])
        yield Figure(_("Next gate"), project.name_gate(gate).code, url, ", ".join(notes), course.gaps > 0)


def _describe_milestone(project: Project, course: Course, today: date) -> Iterator[Figure]:
    if milestone := course.milestone:
        url = reverse("pmo:schedule:schedule", args=[project.code])
        yield Figure(_("Next milestone"), day(milestone.on), url, milestone.name, milestone.on < today)


def _describe_weather(project: Project, course: Course) -> Iterator[Figure]:
    if not project.has(Workspace.STEERING):
        return
    url = reverse("pmo:weather:weather", args=[project.code])
    if course.weather is None:
        yield Figure(_("Weather"), "–", url, _("not published"))
        return
    sky, trend, published = course.weather
    notes = [str(trend.label)] if trend else []
    yield Figure(_("Weather"), capfirst(sky.label), url, ", ".join([*notes, str(month(published))]), sky == Sky.STORMY)


def _describe_red_risks(project: Project, course: Course) -> Iterator[Figure]:
    if project.has(Workspace.RISKS):
        url = f"{reverse('pmo:dashboards:dashboard_list', args=[project.code, 'risks'])}?red=1"
        yield Figure(_("Red risks"), course.red, url, _("not accepted") if course.red else "", course.red > 0)
