"""The acts of the dossier: each a POST that calls one service, through a review step where it cannot be undone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from governance.decisions.forms import Answer, LiftForm
from governance.decisions.services import AlreadyDecided, AlreadyLifted, decide, lift
from governance.dossier.views import answering_roles, page, visible
from governance.enums import Act, Position
from governance.models import Condition, Decision, Opinion, Proposal
from governance.opinions.forms import OpinionForm
from governance.opinions.services import AlreadyAdvised, advise
from governance.proposals.forms import WithdrawForm
from governance.proposals.services import Incomplete, Outdated, submit, take_up, withdraw
from governance.refusals.views import Conflict, conflict
from governance.workflow import WrongState
from projects.models import Delegation
from projects.rules import signing_seat
from roles.access import ensure, reader
from roles.forms import forget_errors
from roles.templatetags.ui import day

UNPROCESSABLE = 422
Kept = list[tuple[str, str]]


@require_http_methods(["GET", "POST"])
def decide_view(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Answer, review, seal (R1). `step` of the form says which; only `seal` records."""
    proposal = visible(request, proposal_id)
    ensure(request.user, "governance.decide", proposal)
    if request.method == "GET":
        return redirect(f"{proposal.get_absolute_url()}#decide")
    seats = list(proposal.project.mandates.active().select_related("holder", "role").order_by("role__position"))
    answer = Answer(request.POST, fingerprint="", roles=answering_roles(seats))
    if "add_condition" in request.POST or request.POST.get("step") == "change":
        forget_errors(answer.form, answer.conditions)
        return page(request, proposal, answer=answer)
    if not _is_before(proposal, request.POST.get("fingerprint", "")) or not proposal.allows(Act.DECIDE):
        return _moved_on(request, proposal, answer.typed())
    if not answer.is_valid():
        return page(request, proposal, answer=answer, status=UNPROCESSABLE)
    if request.POST.get("step") != "seal":
        return render(
            request,
            "governance/decision_review.html",
            _reviewed(proposal, answer=answer, **_signing(request, proposal)),
        )

    def seal() -> Decision:
        return decide(
            actor=reader(request), proposal=proposal, fingerprint=answer.form.cleaned_data["fingerprint"],
            outcome=answer.outcome, reasons=answer.form.cleaned_data["reasons"],
            conditions=answer.new_conditions(), return_on=answer.form.cleaned_data["return_on"],
        )  # fmt: skip

    return _act(request, proposal, seal, answer.typed(), _("Recorded. Everyone on the project now sees your answer."))


@require_http_methods(["GET", "POST"])
def advise_view(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Give an opinion, review it, send it; once sent it stands beside the revision for good (R2)."""
    proposal = visible(request, proposal_id)
    ensure(request.user, "governance.advise", proposal)
    if request.method == "GET":
        return redirect(f"{proposal.get_absolute_url()}#advise")
    form = OpinionForm(request.POST)
    typed = [(str(form["reasons"].label), str(form["reasons"].value() or ""))]
    if request.POST.get("step") == "change":
        forget_errors(form)
        return page(request, proposal, opinion_form=form)
    if not _is_before(proposal, request.POST.get("fingerprint", "")) or not proposal.allows(Act.ADVISE):
        return _moved_on(request, proposal, typed)
    if not form.is_valid():
        return page(request, proposal, opinion_form=form, status=UNPROCESSABLE)
    if request.POST.get("step") != "send":
        position = Position(form.cleaned_data["position"])
        return render(request, "governance/opinion_review.html", _reviewed(proposal, form=form, position=position))

    def send() -> object:
        return advise(
            actor=reader(request), proposal=proposal, fingerprint=form.cleaned_data["fingerprint"],
            position=Position(form.cleaned_data["position"]), reasons=form.cleaned_data["reasons"],
        )  # fmt: skip

    return _act(request, proposal, send, typed, _("Your opinion is recorded beside the proposal."))


@require_POST
def take_up_view(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Say that the review has begun."""
    proposal = visible(request, proposal_id)
    return _act(
        request,
        proposal,
        lambda: take_up(actor=reader(request), proposal=proposal),
        [],
        _("You have taken up the review."),
    )


@require_POST
def submit_view(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Freeze the working text as a revision; 422 with what is missing when it is not complete (R5)."""
    proposal = visible(request, proposal_id)
    version = request.POST.get("version", "")
    if not (version.isascii() and version.isdecimal() and len(version) < 10):
        version = "-1"
    try:
        return _act(
            request, proposal, lambda: submit(actor=reader(request), proposal=proposal, version=int(version)), [],
            _("Submitted. The advisers are told."),
        )  # fmt: skip
    except Incomplete as error:
        return page(request, proposal, gaps=error.gaps, status=UNPROCESSABLE)


@require_http_methods(["GET", "POST"])
def withdraw_view(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Take the proposal back: one page that says what it means, then the act."""
    proposal = visible(request, proposal_id)
    ensure(request.user, "governance.withdraw", proposal)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if not proposal.allows(Act.WITHDRAW):
        return _moved_on(request, proposal, [(str(form["reasons"].label), str(form["reasons"].value() or ""))])
    if not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else 200
        return render(request, "governance/proposal_withdraw.html", _reviewed(proposal, form=form), status=status)
    reasons = form.cleaned_data["reasons"]
    return _act(
        request, proposal, lambda: withdraw(actor=reader(request), proposal=proposal, reasons=reasons),
        [(str(form["reasons"].label), reasons)], _("Withdrawn. The dossier stays in the history."),
    )  # fmt: skip


@require_POST
def lift_view(request: HttpRequest, condition_id: int) -> HttpResponse:
    """Note that a condition is met, and on which proof."""
    seen = Condition.objects.filter(decision__in=Decision.objects.visible_to(request.user))
    condition = get_object_or_404(seen.select_related("decision__project", "decision__proposal"), pk=condition_id)
    ensure(request.user, "governance.lift", condition)
    proposal = visible(request, condition.decision.proposal_id)
    form = LiftForm(request.POST)
    if not form.is_valid():
        return page(request, proposal, lift_form=form, lifting=condition.pk, status=UNPROCESSABLE)
    proof = form.cleaned_data["proof"]
    return _act(
        request, proposal, lambda: lift(actor=reader(request), condition=condition, proof=proof),
        [(str(form["proof"].label), proof)], _("Condition lifted."),
    )  # fmt: skip


def _act(request: HttpRequest, proposal: Proposal, run: Callable[[], object], typed: Kept, done: str) -> HttpResponse:
    """Run the service and go to the dossier; a conflict gives 409 and hands back what was typed."""
    try:
        run()
    except AlreadyDecided as error:
        return _already_decided(request, error.decision, typed)
    except AlreadyLifted as error:
        return _already_lifted(request, proposal, error.condition, typed)
    except AlreadyAdvised as error:
        return _already_advised(request, proposal, error.opinion, typed)
    except (Outdated, WrongState):
        return _moved_on(request, proposal, typed)
    messages.success(request, done)
    return redirect(proposal)


def _is_before(proposal: Proposal, fingerprint: str) -> bool:
    """Whether `fingerprint` is that of the revision before the owner."""
    return proposal.current is not None and proposal.current.hash == fingerprint


def _moved_on(request: HttpRequest, proposal: Proposal, typed: Kept) -> HttpResponse:
    done = Decision.objects.filter(revision=proposal.current_id).select_related("project", "proposal").first()
    if done:
        return _already_decided(request, done, typed)
    fresh = Proposal.objects.select_related("current").get(pk=proposal.pk)
    text = _("It is now “%(state)s”, at revision %(revision)s. Read it again before you act.") % {
        "state": fresh.get_state_display(),
        "revision": fresh.current.number if fresh.current else "—",
    }
    title = _("The dossier changed while you were reading")
    return conflict(
        request, Conflict(title, text, proposal.get_absolute_url(), _("Read the dossier as it is now"), typed)
    )


def _already_decided(request: HttpRequest, decision: Decision, typed: Kept) -> HttpResponse:
    text = _("%(reference)s, “%(outcome)s”, was recorded by %(signature)s.") % {
        "reference": decision.reference,
        "outcome": decision.get_outcome_display(),
        "signature": decision.signature,
    }
    link = decision.proposal.get_absolute_url()
    return conflict(
        request, Conflict(_("This revision has already been answered"), text, link, _("See the record"), typed)
    )


def _already_advised(request: HttpRequest, proposal: Proposal, opinion: Opinion, typed: Kept) -> HttpResponse:
    text = _("“%(position)s”, by %(signature)s, stands beside this revision. It can change with a new revision.") % {
        "position": opinion.get_position_display(),
        "signature": opinion.signature,
    }
    link = proposal.get_absolute_url()
    return conflict(request, Conflict(_("Your role has already given its opinion"), text, link, _("See it"), typed))


def _already_lifted(request: HttpRequest, proposal: Proposal, condition: Condition, typed: Kept) -> HttpResponse:
    text = _("It was lifted by %(who)s on %(day)s.") % {
        "who": condition.lifted_by,
        "day": day(cast(datetime, condition.lifted_at)),
    }
    link = proposal.get_absolute_url()
    return conflict(request, Conflict(_("This condition has already been lifted"), text, link, _("See it"), typed))


def _signing(request: HttpRequest, proposal: Proposal) -> dict[str, Any]:
    """Under which delegation the reader signs, if any, and the opinions the record will stand beside."""
    seat = signing_seat(reader(request), proposal.project, proposal.kind, proposal.amount)
    given = Delegation.objects.select_related("mandate__holder")
    return {
        "delegation": given.get(pk=seat.delegation_id) if seat and seat.delegation_id else None,
        "opinions": list(Opinion.objects.filter(revision=proposal.current)),
    }


def _reviewed(proposal: Proposal, **more: Any) -> dict[str, Any]:
    return {"proposal": proposal, "project": proposal.project, "revision": proposal.current, "tab": "dossier", **more}
