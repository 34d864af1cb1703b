"""Pages to prove, lift and waive a condition."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from core.access import ensure, reader
from core.drafts.views import drafted, is_about_draft, is_saving, read_draft, save_draft
from core.forms import forget_errors
from governance.decide.decisions.condition_services import lift, prove, waive
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.decisions.forms import LiftForm, ProofForm, WaiveForm
from governance.decide.decisions.models import Condition, Decision
from governance.desk.dossier.conflicts import carry_out, render_moved_on
from governance.desk.dossier.settlement import describe_settlement
from governance.desk.dossier.views import get_proposal_or_404
from governance.enums import Act, ConditionState
from roles.unsent.posts import is_unsent

UNPROCESSABLE = 422
#: Messages after an act on a reservation.
RESERVATION_DONE = {Act.LIFT: _("The reservation is cleared."), Act.WAIVE: _("Reservation waived.")}


def _get_condition(request: HttpRequest, pk: int) -> Condition:
    seen = Condition.objects.filter(decision__in=Decision.objects.visible_to(request.user))
    return get_object_or_404(seen.select_related("decision__project", "decision__proposal", "proved_by"), pk=pk)


@require_http_methods(["GET", "POST"])
@drafted
def prove_view(request: HttpRequest, condition_id: int) -> HttpResponse:
    """Give the proof of a condition."""
    return _settle(
        request,
        condition_id,
        Act.PROVE,
        ProofForm,
        lambda actor, on, text: prove(actor=actor, condition=on, proof=text),
        _("The evidence is sent to the owner."),
    )


@require_http_methods(["GET", "POST"])
@drafted
def lift_view(request: HttpRequest, condition_id: int) -> HttpResponse:
    """Lift a condition as the owner."""
    return _settle(
        request,
        condition_id,
        Act.LIFT,
        LiftForm,
        lambda actor, on, text: lift(actor=actor, condition=on, proof=text),
        _("The condition is marked as met."),
    )


@require_http_methods(["GET", "POST"])
@drafted
def waive_view(request: HttpRequest, condition_id: int) -> HttpResponse:
    """Waive a condition as the owner."""
    return _settle(
        request,
        condition_id,
        Act.WAIVE,
        WaiveForm,
        lambda actor, on, text: waive(actor=actor, condition=on, because=text),
        _("Condition waived."),
    )


def _settle(
    request: HttpRequest, pk: int, what: Act, form_class: Any, service: Callable[..., Any], done: str | Promise
) -> HttpResponse:
    """Show the page of an act on a condition, then carry it out."""
    condition = _get_condition(request, pk)
    ensure(request.user, f"governance.{what}", condition)
    proposal = get_proposal_or_404(request, condition.decision.proposal_id)
    form = form_class(request.POST if request.method == "POST" else None, initial={"proof": condition.proof})
    [field] = form
    typed = [(str(field.label), str(field.value() or ""))] if form.is_bound else []
    if request.method == "GET" and (condition.state != ConditionState.OPEN or not proposal.allows(what)):
        return render_moved_on(request, proposal, typed)
    if is_saving(request):
        return save_draft(request, form)
    if is_about_draft(request) or is_unsent(request):
        forget_errors(form)
    elif form.is_valid():
        text = form.cleaned_data[field.name]
        try:
            message = str(RESERVATION_DONE.get(what, done) if condition.is_reservation else done)
            return carry_out(request, proposal, lambda: service(reader(request), condition, text), typed, message)
        except CannotTakeEffect as error:
            form.add_error(None, error.messages)
    context = {
        "proposal": proposal,
        "project": proposal.project,
        "revision": proposal.current,
        "condition": condition,
        "decision": condition.decision,
        "settlement": describe_settlement(what, condition),
        "form": form,
        "field": field,
        "form_draft": read_draft(request, request.path, form),
        "tab": "dossier",
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "governance/desk/dossier/condition_settle.html", context, status=status)
