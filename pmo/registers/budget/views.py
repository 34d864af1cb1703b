"""Page of the budget: lines beside the decided budget, and readings over time."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core.access import can
from core.pages.grid.rows import RowChange, RowsWritten
from core.pages.lists.exports import export, is_export
from core.pages.lists.pages import build_page
from core.pages.lists.undo import BulkResult
from pmo.registers.budget import queries, services
from pmo.registers.budget.forms import BudgetCellsForm, BudgetLineForm
from pmo.registers.budget.models import BudgetLine
from pmo.registers.budget.register import BUDGET_LINES
from projects.form_views import ProjectGridView, RowFormView
from projects.shortcuts import get_project_or_404


@require_GET
def means(request: HttpRequest, code: str) -> HttpResponse:
    """Show the lines, their totals beside the budget, and the latest readings."""
    project = get_project_or_404(request, code)
    may_plan = can(request.user, "pmo.plan_means", project)
    listing, asked = BUDGET_LINES.build(project, request.GET, changes=may_plan)
    if is_export(listing):
        return export(listing, title=str(BUDGET_LINES.title), of=f"{project.code} · {project.title}", stem=project.code)
    total = queries.project_totals(project)
    context = {
        "project": project,
        "may_plan": may_plan,
        "asked": asked,
        "page": build_page(listing),
        "undo": BudgetGridView.find_undo_for(request, project) if may_plan else None,
        "total": total,
        "share": total.percent_of(project.budget),
        "left": project.budget - total.forecast if project.budget is not None else None,
        "unshared": project.budget - total.envelope if project.budget is not None else None,
        "readings": queries.list_readings(project),
    }
    return render(request, "pmo/registers/budget/means.html", context)


class BudgetGridView(ProjectGridView):
    """Edit the figures of a page of budget lines at once."""

    register = BUDGET_LINES
    form_class = BudgetCellsForm
    title = _("Edit budget lines in a grid")
    lede = _("Only the rows that you change are saved. Each keeps its earlier figures.")
    button = _("Save the figures")
    caption = _("Budget lines as cells")
    name_label = _("Budget line")
    name_css = ""
    back_label = _("Budget")

    def write(self, changes: Mapping[int, RowChange]) -> RowsWritten[BudgetLine]:
        """Record the figures."""
        return services.edit_budget_lines(actor=self.actor, project=self.project, changes=changes)

    def undo(self, seq: int) -> BulkResult:
        return services.undo_budget_lines(actor=self.actor, project=self.project, seq=seq)

    def get_done(self, count: int) -> str:
        return ngettext("%(n)s budget line is saved.", "%(n)s budget lines are saved.", count) % {"n": count}


class BudgetLineFormView(RowFormView):
    """Add a budget line, or record new figures of one."""

    model = BudgetLine
    pk_url_kwarg = "line_id"
    permission = "pmo.plan_means"
    form_class = BudgetLineForm
    new_title = _("Add a budget line")
    title = _("Edit the figures of a budget line")
    lede = _("The lines share out the budget. The budget of the project itself changes by a decision of its owner.")
    button = _("Save the figures")
    done = _("The figures are saved.")
    back_label = _("Budget")
    back_url_name = BUDGET_LINES.list_url

    def act(self, data: dict[str, Any]) -> BudgetLine:
        note, seen = data.pop("note"), data.pop("seen")
        return services.write_budget_line(
            actor=self.actor, project=self.project, fields=data, row=self.row, seen=seen, note=note
        )
