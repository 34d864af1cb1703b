"""Pages of success criteria: list, proposal, freezing, measure."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.access import can
from core.pages.form_views import Text
from core.pages.lists.exports import export, is_export
from core.pages.lists.pages import build_page
from core.pages.refusals.views import Conflict
from governance.models import Proposal
from pmo.registers.success_criteria import queries, services
from pmo.registers.success_criteria.benefits import compute_figures
from pmo.registers.success_criteria.enums import CriterionKind
from pmo.registers.success_criteria.forms import BenefitForm, CriterionForm, FreezeForm, MeasureForm
from pmo.registers.success_criteria.models import SuccessCriteriaSet, SuccessCriterion
from pmo.registers.success_criteria.register import BENEFITS
from projects.form_views import ProjectFormView, RowActView, RowFormView
from projects.seats.mandates.predicates import role_code_of
from projects.shortcuts import get_project_or_404
from roles.enums import DecisionKind
from roles.models import User


@require_GET
def success(request: HttpRequest, code: str) -> HttpResponse:
    """Show the criteria and benefits with their measures, and the frozen sets."""
    project = get_project_or_404(request, code)
    acts = ("propose_criterion", "propose_benefit", "freeze_criteria", "measure_criterion")
    may = {act: can(request.user, f"pmo.{act}", project) for act in acts}
    reader = request.user if isinstance(request.user, User) and role_code_of(request.user, project) else None
    lines = queries.list_lines(project, may, reader)
    approved = [line for line in lines if line.criterion.is_approved]
    may["propose"] = can(request.user, "governance.propose", Proposal(project=project, kind=DecisionKind.SCOPE))
    context = {
        "project": project,
        "may": may,
        "lines": lines,
        "approved": len(approved),
        "measured": sum(line.last is not None for line in approved),
        "met": sum(line.is_met for line in approved),
        "sets": queries.list_sets(project),
    }
    return render(request, "pmo/registers/success_criteria/success.html", context)


@require_GET
def benefits(request: HttpRequest, code: str) -> HttpResponse:
    """List the benefits of the project and of those below it, with what is measured of them."""
    project = get_project_or_404(request, code)
    may_propose = can(request.user, "pmo.propose_benefit", project)
    listing, asked = BENEFITS.build(project, request.GET, changes=may_propose)
    if is_export(listing):
        return export(listing, title=str(BENEFITS.title), of=f"{project.code} · {project.title}", stem=project.code)
    context = {
        "project": project,
        "may_propose": may_propose,
        "asked": asked,
        "page": build_page(listing),
        "figures": compute_figures(project),
    }
    return render(request, "pmo/registers/success_criteria/benefits.html", context)


class CriterionFormView(RowFormView):
    """Propose a success criterion, or reword one that is not approved yet."""

    model = SuccessCriterion
    pk_url_kwarg = "criterion_id"
    back_label = _("Success criteria")
    back_url_name = "pmo:success_criteria:success"
    form_class: type[Any] = CriterionForm
    kind = CriterionKind.CRITERION
    new_title = _("Propose a success criterion")
    lede = _(
        "Enter a measurable statement, its target and its due date. You can reword it until the owner approves a "
        "frozen set."
    )
    button = _("Save the criterion")
    done = _("It is proposed.")

    @property
    def is_benefit(self) -> bool:
        """Tell whether it is a benefit, which another role proposes."""
        return (self.row.kind if self.row else self.kind) == CriterionKind.BENEFIT

    def get_permission(self) -> str:
        return "pmo.propose_benefit" if self.is_benefit else "pmo.propose_criterion"

    def get_object(self) -> Any:
        found = super().get_object()
        self.form_class = BenefitForm if self.is_benefit else CriterionForm
        return found

    def get_title(self) -> Text:
        """Return the title; that of a change contains the reference."""
        return _("Reword %(reference)s") % {"reference": self.row.reference} if self.row else self.new_title

    def act(self, data: dict[str, Any]) -> SuccessCriterion:
        seen = data.pop("seen")
        service = services.write_benefit if self.is_benefit else services.write_criterion
        return service(actor=self.actor, project=self.project, fields=data, row=self.row, seen=seen)


class BenefitFormView(CriterionFormView):
    """Propose a benefit."""

    kind = CriterionKind.BENEFIT
    new_title = _("Propose a benefit")
    back_label = BENEFITS.title
    back_url_name = BENEFITS.list_url


class CriterionDropView(RowActView):
    """Drop a proposed criterion."""

    model = SuccessCriterion
    pk_url_kwarg = "criterion_id"
    back_label = _("Success criteria")
    back_url_name = "pmo:success_criteria:success"
    permission = "pmo.freeze_criteria"
    lede = _("It is not submitted. Its number is not used again.")
    button = _("Leave out the criterion")
    done = _("It is left out.")

    def get_title(self) -> Text:
        return _("Leave out %(reference)s") % {"reference": self.row.reference}

    def get_quote(self) -> Text:
        text: str = self.row.text
        return text

    def act(self, data: dict[str, Any]) -> SuccessCriterion:
        return services.drop_criterion(actor=self.actor, criterion=self.row)


class MeasureFormView(RowActView):
    """Record a measure of an approved criterion."""

    model = SuccessCriterion
    pk_url_kwarg = "criterion_id"
    back_label = _("Success criteria")
    back_url_name = "pmo:success_criteria:success"
    permission = "pmo.measure_criterion"
    form_class = MeasureForm
    lede = _("To correct a measure, add another one. Both are kept.")
    button = _("Add the measure")
    done = _("The measure is added.")

    def get_title(self) -> Text:
        return _("Measure %(reference)s") % {"reference": self.row.reference}

    def get_quote(self) -> Text:
        text: str = self.row.text
        return text

    def act(self, data: dict[str, Any]) -> Any:
        return services.measure_criterion(actor=self.actor, criterion=self.row, **data)


class CriteriaFreezeView(ProjectFormView):
    """Show the proposed and approved criteria, then freeze them as the next set."""

    permission = "pmo.freeze_criteria"
    preview_template = "pmo/registers/success_criteria/_criteria_preview.html"
    form_class = FreezeForm
    conflicts = (services.NothingToFreeze,)
    title = _("Freeze the success criteria")
    lede = _(
        "Proposed and approved criteria are frozen as the next set. You then submit it with a proposal on "
        "the scope or on a gate. Once the set is approved, the criteria left out are dropped."
    )
    button = _("Freeze the criteria")
    back_label = _("Success criteria")
    back_url_name = "pmo:success_criteria:success"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"project": self.project}

    def get_preview(self) -> list[queries.CriterionLine]:
        return queries.list_lines(self.project)

    def act(self, data: dict[str, Any]) -> SuccessCriteriaSet:
        return services.freeze_criteria(actor=self.actor, project=self.project, **data)

    def get_done(self, result: SuccessCriteriaSet) -> Text:
        return _("Version %(number)s is frozen. Write its proposal.") % {"number": result.number}

    def get_conflict(self, error: Exception) -> Conflict:
        """Return the conflict page: nothing changed since the newest set."""
        text = _("No criterion is proposed, or the newest set says the same.")
        return Conflict(_("There is nothing to freeze"), text, self.get_back_url(), _("Read the success criteria"))
