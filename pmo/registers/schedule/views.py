"""Page of the schedule: milestones, slip chart, dependencies."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core.access import can, reader
from core.pages.form_views import Text
from core.pages.grid.rows import RowChange, RowsWritten
from core.pages.lists.exports import export, is_export
from core.pages.lists.pages import build_page
from core.pages.lists.undo import BulkResult
from core.pages.refusals.views import Conflict
from pmo.registers.schedule import queries, seals, services
from pmo.registers.schedule.chart import slip_chart
from pmo.registers.schedule.forms import DependencyForm, ForecastForm, MilestoneCellsForm, MilestoneForm
from pmo.registers.schedule.models import Dependency, Milestone, MilestoneForecast
from pmo.registers.schedule.register import MILESTONES
from projects.form_views import ProjectFormView, ProjectGridView, RowActView, RowFormView
from projects.shortcuts import get_project_or_404
from projects.undo import Change, Limits


@require_GET
def schedule(request: HttpRequest, code: str) -> HttpResponse:
    """Show the milestones with their slips, the slip chart, and the visible dependencies."""
    project = get_project_or_404(request, code)
    may_plan = can(request.user, "pmo.plan_schedule", project)
    listing, asked = MILESTONES.build(project, request.GET, changes=may_plan)
    if is_export(listing):
        return export(listing, title=str(MILESTONES.title), of=f"{project.code} · {project.title}", stem=project.code)
    slips = queries.list_slips(project)
    waiting = [slip for slip in slips if slip.milestone.actual_on is None]
    context = {
        "project": project,
        "may_plan": may_plan,
        "asked": asked,
        "page": build_page(listing),
        "undo": MilestoneGridView.find_undo_for(request, project) if may_plan else None,
        "slips": slips,
        "chart": slip_chart(slips, timezone.localdate()),
        "reached": len(slips) - len(waiting),
        "worst": max(waiting, key=lambda slip: slip.days, default=None),
        "dependencies": queries.list_dependencies(project, reader(request)),
    }
    return render(request, "pmo/registers/schedule/schedule.html", context)


class MilestoneFormView(RowFormView):
    """Add a milestone, change it or mark it reached."""

    model = Milestone
    pk_url_kwarg = "milestone_id"
    permission = "pmo.plan_schedule"
    back_label = _("Schedule")
    back_url_name = MILESTONES.list_url
    form_class = MilestoneForm
    service = services.write_milestone
    new_title = _("Add a milestone")
    lede = _("The initial date never changes. Each later forecast is kept with its reason.")
    button = _("Save the milestone")
    done = _("The milestone is saved.")

    def get_title(self) -> Text:
        """Return the title; that of a change contains the code."""
        return _("Edit milestone %(code)s") % {"code": self.row.code} if self.row else self.new_title


class MilestoneGridView(ProjectGridView):
    """Edit a page of milestones at once."""

    register = MILESTONES
    form_class = MilestoneCellsForm
    title = _("Edit milestones in a grid")
    lede = _("Only the rows that you change are saved. A new forecast date needs its reason.")
    button = _("Save the milestones")
    caption = _("Milestones as cells")
    back_label = _("Schedule")
    own = ("name",)

    def write(self, changes: Mapping[int, RowChange]) -> RowsWritten[Milestone]:
        return services.edit_milestones(
            actor=self.actor, project=self.project, changes=changes, confirmed=self.confirmed
        )

    def read_limits(self, change: Change) -> Limits:
        return seals.read_limits(self.project, change)

    def undo(self, seq: int) -> BulkResult:
        return services.undo_milestones(actor=self.actor, project=self.project, seq=seq)

    def get_done(self, count: int) -> str:
        return ngettext("%(n)s milestone is saved.", "%(n)s milestones are saved.", count) % {"n": count}


class ForecastFormView(RowActView):
    """Change the expected day of a milestone."""

    model = Milestone
    pk_url_kwarg = "milestone_id"
    permission = "pmo.plan_schedule"
    back_label = _("Schedule")
    back_url_name = MILESTONES.list_url
    form_class = ForecastForm
    lede = _("Earlier forecasts stay readable in the milestone slip chart.")
    button = _("Save the forecast")
    done = _("The forecast is saved.")

    def get_title(self) -> Text:
        return _("Change the forecast date of milestone %(code)s") % {"code": self.row.code}

    def get_quote(self) -> Text:
        name: str = self.row.name
        return name

    def get_form_kwargs(self) -> dict[str, Any]:
        """Fill the form with the current expected day."""
        return super().get_form_kwargs() | {"initial": {"forecast_on": self.row.forecast_on}}

    def act(self, data: dict[str, Any]) -> MilestoneForecast:
        return services.forecast(actor=self.actor, milestone=self.row, **data)


class DependencyFormView(RowFormView):
    """Add or change a dependency."""

    model = Dependency
    select_related = ("milestone", "needs", "provided_by")
    pk_url_kwarg = "dependency_id"
    permission = "pmo.plan_schedule"
    back_label = _("Schedule")
    back_url_name = MILESTONES.list_url
    form_class = DependencyForm
    service = services.write_dependency
    new_title = _("Add a dependency")
    title = _("Edit a dependency")
    lede = _("People who can read both projects see it, and so does the owner of each.")
    button = _("Save the dependency")
    done = _("The dependency is saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the visible projects."""
        return super().get_form_kwargs() | {"reader": self.actor}


class DependenciesConfirmView(ProjectFormView):
    """Confirm the open dependencies of the project as they are."""

    permission = "pmo.confirm_dependencies"
    conflicts = (services.NothingToConfirm,)
    title = _("Confirm the dependencies")
    lede = _("You confirm that what this project needs of others, and by when, is still as written.")
    button = _("Confirm the dependencies")
    back_label = _("Schedule")
    back_url_name = MILESTONES.list_url

    def act(self, data: dict[str, Any]) -> list[Dependency]:
        return services.confirm_dependencies(actor=self.actor, project=self.project)

    def get_done(self, result: list[Dependency]) -> Text:
        words = ngettext("%(n)s dependency is confirmed.", "%(n)s dependencies are confirmed.", len(result))
        return words % {"n": len(result)}

    def get_conflict(self, error: Exception) -> Conflict:
        text = _("This project has no open dependency on another one that you can read.")
        return Conflict(_("There is nothing to confirm"), text, self.get_back_url(), _("Read the schedule"))
