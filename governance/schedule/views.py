"""The schedule of a project: milestones, how their forecasts moved, what it needs of others and they of it."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from governance.one_form import Words, one_form, posted
from governance.planned_form import planned, visible_row
from governance.schedule import reading, services
from governance.schedule.chart import slip_chart
from governance.schedule.forms import DependencyForm, ForecastForm, MilestoneForm
from governance.visible import visible_project
from projects.models import Dependency, Milestone, Project
from roles.access import can, ensure, reader


@require_GET
def schedule(request: HttpRequest, code: str) -> HttpResponse:
    """The milestones with their slip, the chart of it, and the dependencies both ends of which the reader sees."""
    project = visible_project(request, code)
    slips = reading.slips(project)
    waiting = [slip for slip in slips if slip.milestone.actual_on is None]
    needs, needed = reading.dependencies(project, reader(request))
    context = {
        "project": project,
        "may_plan": can(request.user, "governance.plan_schedule", project),
        "slips": slips,
        "chart": slip_chart(slips, timezone.localdate()),
        "reached": len(slips) - len(waiting),
        "worst": max(waiting, key=lambda slip: slip.days, default=None),
        "needs": needs,
        "needed": needed,
    }
    return render(request, "governance/schedule.html", context)


@require_http_methods(["GET", "POST"])
def milestone_new(request: HttpRequest, code: str) -> HttpResponse:
    """Plan one more milestone."""
    return _milestone(request, visible_project(request, code), None)


@require_http_methods(["GET", "POST"])
def milestone_edit(request: HttpRequest, milestone_id: int) -> HttpResponse:
    """Change a milestone, or note that it is reached."""
    row = visible_row(request, Milestone, milestone_id)
    return _milestone(request, row.project, row)


def _milestone(request: HttpRequest, project: Project, row: Milestone | None) -> HttpResponse:
    ensure(request.user, "governance.plan_schedule", project)
    words = Words(
        _("Change milestone %(code)s") % {"code": row.code} if row else _("Add a milestone"),
        _("Its first plan stays for good; every day it is expected on later is kept with its reason."),
        _("Record the milestone"), _("The milestone is recorded."), *_place(project),
    )  # fmt: skip
    return planned(request, project, MilestoneForm, row, words, services.write_milestone)


@require_http_methods(["GET", "POST"])
def milestone_forecast(request: HttpRequest, milestone_id: int) -> HttpResponse:
    """Say when a milestone is expected now, and why."""
    row = visible_row(request, Milestone, milestone_id)
    ensure(request.user, "governance.plan_schedule", row)
    words = Words(
        _("Expect milestone %(code)s on another day") % {"code": row.code},
        _("The days before stay readable: they draw the slip chart."),
        _("Record the forecast"), _("The forecast is recorded."), *_place(row.project), quote=row.name,
    )  # fmt: skip

    def run(typed: dict[str, Any]) -> Any:
        return services.forecast(actor=reader(request), milestone=row, **typed)

    form = ForecastForm(posted(request), initial={"forecast_on": row.forecast_on})
    return one_form(request, row.project, form, words, run)


@require_http_methods(["GET", "POST"])
def dependency_new(request: HttpRequest, code: str) -> HttpResponse:
    """Say what the project needs of another one."""
    return _dependency(request, visible_project(request, code), None)


@require_http_methods(["GET", "POST"])
def dependency_edit(request: HttpRequest, dependency_id: int) -> HttpResponse:
    """Change a dependency, or say what has become of it."""
    rows: QuerySet[Dependency] = Dependency.objects.visible_to(request.user).select_related("project", "milestone")
    row = get_object_or_404(rows, pk=dependency_id)
    return _dependency(request, row.project, row)


def _dependency(request: HttpRequest, project: Project, row: Dependency | None) -> HttpResponse:
    ensure(request.user, "governance.plan_schedule", project)
    words = Words(
        _("Change a dependency") if row else _("Add a dependency"),
        _("Only who sees both projects reads it."),
        _("Record the dependency"), _("The dependency is recorded."), *_place(project),
    )  # fmt: skip

    class Form(DependencyForm):
        def __init__(self, data: Any = None, **given: Any) -> None:
            super().__init__(data, reader=reader(request), **given)

    return planned(request, project, Form, row, words, services.write_dependency)


def _place(project: Project) -> tuple[str, str]:
    return _("Schedule"), reverse("governance:schedule", args=[project.code])
