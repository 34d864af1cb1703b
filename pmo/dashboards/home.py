"""Key figures of the project office at the top of the home of a project."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.ui import day, month
from governance.workspace_registry import Figure
from pmo.conformity.enums import FAILED, Standing
from pmo.conformity.queries import list_due_standings
from pmo.risks.models import Risk
from pmo.schedule.models import Milestone
from pmo.weather.enums import Sky
from pmo.weather.queries import latest_reports
from projects.enums import Workspace
from projects.models import Project
from projects.organisation_settings.queries import today


def list_home_figures(project: Project) -> list[Figure]:
    """List the next gate with its gaps, the next milestone, the weather and the red risks. About seven queries."""
    now = today()
    return [*_describe_course(project, now), *_describe_weather(project), *_count_red_risks(project, now)]


def _describe_course(project: Project, now: date) -> Iterator[Figure]:
    """Yield the next gate, and the next milestone of a steered project."""
    is_steered = project.has(Workspace.STEERING)
    ahead = list(project.milestones.filter(actual_on=None).order_by("forecast_on", "pk")) if is_steered else []
    if gate := project.next_gate:
        planned = [milestone.forecast_on for milestone in ahead if milestone.gate == gate]
        gaps = _count_gaps(project)
        notes = [ngettext("%(n)s gap", "%(n)s gaps", gaps) % {"n": gaps}] if gaps else []
        notes += [str(day(planned[0]))] if planned else []
        url = reverse("pmo:gates:gates", args=[project.code])
        yield Figure(_("Next gate"), gate.value, url, ", ".join(notes), gaps > 0)
    if ahead:
        yield _describe_milestone(project, ahead[0], now)


def _count_gaps(project: Project) -> int:
    """Count the checkpoints due at the next gate that are not met or unanswered."""
    if not project.has(Workspace.STANDARDS):
        return 0
    unmet = FAILED | {Standing.UNANSWERED}
    return sum(row.standing in unmet for row in list_due_standings(project))


def _describe_milestone(project: Project, milestone: Milestone, now: date) -> Figure:
    url, is_late = reverse("pmo:schedule:schedule", args=[project.code]), milestone.forecast_on < now
    return Figure(_("Next milestone"), day(milestone.forecast_on), url, milestone.name, is_late)


def _describe_weather(project: Project) -> Iterator[Figure]:
    if not project.has(Workspace.STEERING):
        return
    url, cell = reverse("pmo:weather:weather", args=[project.code]), latest_reports([project]).get(project.pk)
    if cell is None or cell.sky is None:
        yield Figure(_("Weather"), "–", url, _("not published"))
        return
    notes = [str(cell.trend.label)] if cell.trend else []
    yield Figure(
        _("Weather"),
        capfirst(cell.sky.label),
        url,
        ", ".join([*notes, str(month(cell.month))]),
        cell.sky == Sky.STORMY,
    )


def _count_red_risks(project: Project, now: date) -> Iterator[Figure]:
    if not project.has(Workspace.RISKS):
        return
    red = Risk.objects.filter(project=project).red_and_unaccepted(now).count()
    url = f"{reverse('pmo:dashboards:dashboard_list', args=[project.code, 'risks'])}?red=1"
    yield Figure(_("Red risks"), red, url, _("not accepted") if red else "", red > 0)
