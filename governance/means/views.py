"""The means of a project: its budget by lines beside the budget the owner decided, and the figures noted over time."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from governance.means import reading, services
from governance.means.forms import BudgetLineForm
from governance.one_form import Words
from governance.planned_form import planned, visible_row
from governance.visible import visible_project
from projects.models import BudgetLine, Project
from roles.access import can, ensure


@require_GET
def means(request: HttpRequest, code: str) -> HttpResponse:
    """The lines, what they come to beside the budget of the project, and the figures noted last."""
    project = visible_project(request, code)
    lines = list(project.budget_lines.order_by("pk"))
    total = reading.total(project)
    context = {
        "project": project,
        "may_plan": can(request.user, "governance.plan_means", project),
        "lines": lines,
        "total": total,
        "share": total.percent_of(project.budget),
        "left": project.budget - total.forecast if project.budget is not None else None,
        "unshared": project.budget - total.envelope if project.budget is not None else None,
        "readings": reading.readings(project),
    }
    return render(request, "governance/means.html", context)


@require_http_methods(["GET", "POST"])
def budget_line_new(request: HttpRequest, code: str) -> HttpResponse:
    """Add a part of the budget."""
    return _line(request, visible_project(request, code), None)


@require_http_methods(["GET", "POST"])
def budget_line_edit(request: HttpRequest, line_id: int) -> HttpResponse:
    """Note the figures of a line anew."""
    row = visible_row(request, BudgetLine, line_id)
    return _line(request, row.project, row)


def _line(request: HttpRequest, project: Project, row: BudgetLine | None) -> HttpResponse:
    ensure(request.user, "governance.plan_means", project)
    words = Words(
        _("Note the figures of a budget line") if row else _("Add a budget line"),
        _("The lines share out the budget; the budget of the project itself changes by a decision of its owner."),
        _("Record the figures"), _("The figures are recorded."),
        _("Means"), reverse("governance:means", args=[project.code]),
    )  # fmt: skip
    return planned(request, project, BudgetLineForm, row, words, services.write_budget_line, note="")
