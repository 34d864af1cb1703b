"""Figures of the office that a second look at a decision shows: budget, milestones, success criteria."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.templatetags.ui import day as full_day
from core.templatetags.ui import euros
from governance.life.second_look.registry import ProjectFigure
from pmo.registers.budget.models import BudgetReading
from pmo.registers.budget.queries import project_totals
from pmo.registers.schedule.queries import list_milestones
from pmo.registers.success_criteria.queries import list_lines
from projects.models import Project
from projects.organisation_settings.queries import day_of
from projects.workspaces import is_on

#: Most rows of one kind.
MOST = 5


def list_figures(project: Project) -> Iterator[ProjectFigure]:
    """Yield the figures of the office on a project, where it has its workspace."""
    if not is_on("pmo.budget", project):
        return
    totals = project_totals(project)
    if totals.lines:
        last = (
            BudgetReading.objects.filter(project=project).order_by("-pk").values_list("recorded_at", flat=True).first()
        )
        page, day = reverse("pmo:budget:means", args=[project.code]), day_of(last) if last else None
        yield ProjectFigure(_("Committed"), euros(totals.committed), day, page)
        yield ProjectFigure(_("Forecast at completion"), euros(totals.forecast), day, page)
    page = reverse("pmo:schedule:schedule", args=[project.code])
    for milestone in list_milestones(project).order_by("-forecast_on", "-pk")[:MOST]:
        day = milestone.actual_on or milestone.forecast_on
        label = _("Milestone reached") if milestone.actual_on else _("Milestone, forecast")
        yield ProjectFigure(label, full_day(day), None, page, milestone.name)
    page = reverse("pmo:success_criteria:success", args=[project.code])
    for line in [line for line in list_lines(project) if line.last][:MOST]:
        assert line.last is not None  # noqa: S101 — those without a measure are left out
        yield ProjectFigure(_("Success criterion"), line.last.value, line.last.measured_on, page, line.criterion.text)
