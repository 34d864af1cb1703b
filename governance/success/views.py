"""The success criteria of a project, and the acts on them: proposing, freezing for the owner, measuring."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from governance.models import Proposal
from governance.one_form import Words, one_form, posted
from governance.planned_form import planned, visible_row
from governance.refusals.views import Conflict, conflict
from governance.success import reading, services
from governance.success.forms import CriterionForm, FreezeForm, MeasureForm
from governance.visible import visible_project
from projects.models import Project, SuccessCriterion
from projects.success.enums import CriterionKind, CriterionState
from roles.access import can, ensure, reader
from roles.enums import DecisionKind


@require_GET
def success(request: HttpRequest, code: str) -> HttpResponse:
    """The criteria and benefits with what was measured, and the sets that were put to the owner."""
    project = visible_project(request, code)
    found = reading.lines(project)
    approved = [line for line in found if line.criterion.state == CriterionState.APPROVED]
    acts = ("propose_criterion", "propose_benefit", "freeze_criteria", "measure_criterion")
    may = {act: can(request.user, f"governance.{act}", project) for act in acts}
    may["propose"] = can(request.user, "governance.propose", Proposal(project=project, kind=DecisionKind.SCOPE))
    context = {
        "project": project,
        "may": may,
        "lines": found,
        "approved": len(approved),
        "measured": sum(line.last is not None for line in approved),
        "met": sum(line.is_met for line in approved),
        "sets": reading.sets(project),
    }  # fmt: skip
    return render(request, "governance/success.html", context)


@require_http_methods(["GET", "POST"])
def criterion_new(request: HttpRequest, code: str) -> HttpResponse:
    """Propose a success criterion."""
    return _criterion(request, visible_project(request, code), None)


@require_http_methods(["GET", "POST"])
def benefit_new(request: HttpRequest, code: str) -> HttpResponse:
    """Propose a benefit."""
    return _benefit(request, visible_project(request, code), None)


@require_http_methods(["GET", "POST"])
def criterion_edit(request: HttpRequest, criterion_id: int) -> HttpResponse:
    """Reword what is proposed and not approved yet."""
    row = visible_row(request, SuccessCriterion, criterion_id)
    write = _benefit if row.kind == CriterionKind.BENEFIT else _criterion
    return write(request, row.project, row)


def _criterion(request: HttpRequest, project: Project, row: SuccessCriterion | None) -> HttpResponse:
    ensure(request.user, "governance.propose_criterion", project)
    title = _("Reword %(reference)s") % {"reference": row.reference} if row else _("Propose a success criterion")
    return planned(request, project, CriterionForm, row, _words(project, title), services.write_criterion)


def _benefit(request: HttpRequest, project: Project, row: SuccessCriterion | None) -> HttpResponse:
    ensure(request.user, "governance.propose_benefit", project)
    title = _("Reword %(reference)s") % {"reference": row.reference} if row else _("Propose a benefit")
    return planned(request, project, CriterionForm, row, _words(project, title), services.write_benefit)


def _words(project: Project, title: str) -> Words:
    lede = _("Measurable, with its target and its day. The owner approves a frozen set; until then it can be reworded.")
    return Words(title, lede, _("Record the proposal"), _("It is proposed."), *_place(project))


@require_http_methods(["GET", "POST"])
def criterion_drop(request: HttpRequest, criterion_id: int) -> HttpResponse:
    """Leave out what is proposed."""
    row = visible_row(request, SuccessCriterion, criterion_id)
    ensure(request.user, "governance.freeze_criteria", row)
    words = Words(
        _("Leave out %(reference)s") % {"reference": row.reference},
        _("It is not put to the owner; its number is not used again."),
        _("Leave it out"), _("It is left out."), *_place(row.project), quote=row.text,
    )  # fmt: skip

    def run(typed: dict[str, Any]) -> Any:
        return services.drop_criterion(actor=reader(request), criterion=row)

    return one_form(request, row.project, forms.Form(posted(request)), words, run)


@require_http_methods(["GET", "POST"])
def criterion_measure(request: HttpRequest, criterion_id: int) -> HttpResponse:
    """Note what was measured of an approved criterion."""
    row = visible_row(request, SuccessCriterion, criterion_id)
    ensure(request.user, "governance.measure_criterion", row)
    words = Words(
        _("Measure %(reference)s") % {"reference": row.reference}, _("A correction is another measure; both are kept."),
        _("Record the measure"), _("The measure is recorded."), *_place(row.project), quote=row.text,
    )  # fmt: skip

    def run(typed: dict[str, Any]) -> Any:
        return services.measure_criterion(actor=reader(request), criterion=row, **typed)

    return one_form(request, row.project, MeasureForm(posted(request)), words, run)


@require_http_methods(["GET", "POST"])
def criteria_freeze(request: HttpRequest, code: str) -> HttpResponse:
    """Freeze what is proposed and approved as the next set, for the owner."""
    project = visible_project(request, code)
    ensure(request.user, "governance.freeze_criteria", project)
    lede = _(
        "What is proposed and what is approved is kept word for word as the next set. You then put it to the owner,"
        " with a proposal on the scope or on a gate; what it leaves out is dropped by the approval."
    )
    words = Words(_("Freeze the success criteria"), lede, _("Freeze the criteria"), "", *_place(project))
    form = FreezeForm(posted(request), project=project)
    if not form.is_valid():
        return one_form(request, project, form, words, lambda typed: None)
    try:
        frozen = services.freeze_criteria(actor=reader(request), project=project, **form.cleaned_data)
    except services.NothingToFreeze:
        title = _("There is nothing to freeze")
        text = _("No criterion is proposed, or the newest set says the same.")
        return conflict(request, Conflict(title, text, words.back, _("Read the success criteria")))
    messages.success(request, _("Version %(number)s is frozen. Put it to the owner.") % {"number": frozen.number})
    return redirect(words.back)


def _place(project: Project) -> tuple[str, str]:
    return _("Success criteria"), reverse("governance:success", args=[project.code])
