"""Views of the acts on a dossier; irreversible acts pass through a review step."""

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.access import ensure, reader
from core.acts import is_showing_only
from core.drafts.views import drafted, is_about_draft, is_saving, read_draft, save_draft
from core.forms import forget_errors
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.decisions.forms import Answer
from governance.decide.decisions.models import Decision
from governance.decide.decisions.rehearsal import Happening
from governance.decide.decisions.services import AlreadyDecided, decide, is_signature_required, rehearse
from governance.decide.decisions.services import preview as preview_decision
from governance.decide.decisions.settlement import Unanswered
from governance.decide.evidence.attachments import list_attached, load_versions
from governance.decide.kinds.base import Place, list_panels
from governance.decide.kinds.registry import kind_of
from governance.decide.opinions.forms import BindingOpinionForm, OpinionForm
from governance.decide.opinions.models import Opinion
from governance.decide.opinions.services import advise, note_binding
from governance.decide.opinions.services import preview as preview_opinion
from governance.decide.proposals.forms import WithdrawForm
from governance.decide.proposals.models import Proposal
from governance.decide.proposals.services import Incomplete, submit, take_up, withdraw
from governance.decide.signing.signatures import UNSIGNED_STEP, NotSigned, begin_ceremony, read_signed
from governance.desk.dossier.conflicts import attempt, carry_out, is_current, render_moved_on
from governance.desk.dossier.dossier import build_answer
from governance.desk.dossier.views import get_proposal_or_404, render_dossier
from governance.enums import Act, Outcome, Position
from governance.record.records.tasks import nudge
from projects.mandates.predicates import signing_seat
from projects.models import Delegation
from roles.unsent.posts import is_unsent

UNPROCESSABLE = 422
#: Form steps that record the decision: signed if its signatory has a passkey, or without signing.
RECORDING = ("seal", UNSIGNED_STEP)
#: Form steps that send the opinion, likewise.
SENDING = ("send", UNSIGNED_STEP)


@require_http_methods(["GET", "POST"])
@drafted
def decide_view(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Answer, review, seal (R1). Only the form steps RECORDING record the decision, in the file as the form read it."""
    proposal = get_proposal_or_404(request, proposal_id)
    ensure(request.user, "governance.decide", proposal)
    if request.method == "GET":
        return redirect(f"{proposal.get_absolute_url()}#decide")
    seats = list(proposal.project.mandates.active().select_related("holder", "role").order_by("role__position"))
    answer = build_answer(reader(request), proposal, seats, request.POST)
    if is_saving(request):
        return save_draft(request, *answer.all_parts)
    if "add_condition" in request.POST or request.POST.get("step") == "change" or is_about_draft(request):
        forget_errors(*answer.parts)
        return render_dossier(request, proposal, answer=answer)
    done = _("The decision is recorded. All project members can read it.")
    if not is_current(proposal, request.POST.get("fingerprint", "")) or not proposal.allows(Act.DECIDE):
        if _was_sealed_before(request, answer, Decision.objects.filter(revision=proposal.current_id).first()):
            return carry_out(request, proposal, lambda: None, [], done)
        return render_moved_on(request, proposal, answer.typed())
    if changes := answer.changes():
        return render_moved_on(request, proposal, answer.typed(), changes)
    if not answer.is_valid():
        if is_showing_only():
            forget_errors(*answer.parts)
        return render_dossier(request, proposal, answer=answer, status=UNPROCESSABLE)
    if request.POST.get("step") not in RECORDING:
        return _respond(request, proposal, answer, lambda: _render_review(request, proposal, answer))
    if answer.outcome == Outcome.REWORK:
        done = _("Your request for rework is recorded. All project members can read it.")

    def seal() -> None:
        try:
            record()
        except AlreadyDecided as error:
            if not _was_sealed_before(request, answer, error.decision):
                raise

    def record() -> None:
        decide(
            actor=reader(request),
            proposal=proposal,
            **answer.as_given(),
            foreseen=_read_foreseen(request),
            signed=read_signed(request),
        )
        transaction.on_commit(nudge, robust=True)

    try:
        return _respond(request, proposal, answer, lambda: carry_out(request, proposal, seal, answer.typed(), done))
    except NotSigned as error:
        problem = error.message
    return _respond(request, proposal, answer, lambda: _render_review(request, proposal, answer, problem))


def _respond(request: HttpRequest, proposal: Proposal, answer: Answer, run: Callable[[], HttpResponse]) -> HttpResponse:
    """Return what `run` returns; where the answer cannot be recorded as it is, the dossier that says why."""
    try:
        return run()
    except Unanswered:  # something else is missing or open since the page was read
        seats = list(proposal.project.mandates.active().select_related("holder", "role").order_by("role__position"))
        answer = build_answer(reader(request), proposal, seats, request.POST)
        answer.is_valid()
    except CannotTakeEffect as error:
        answer.form.add_error("outcome", error.messages)
    except ValidationError as error:
        has_fields = set(getattr(error, "error_dict", {})) <= set(answer.form.fields)
        answer.form.add_error(None, error if has_fields else error.messages)
    return render_dossier(request, proposal, answer=answer, status=UNPROCESSABLE)


def _read_foreseen(request: HttpRequest) -> str:
    """Return the fingerprint of what the review announced, empty without a review; another text is that of nothing."""
    posted = request.POST.get("foreseen", "")
    return posted if not posted or re.fullmatch("[0-9a-f]{64}", posted) else "0" * 64


def _render_review(request: HttpRequest, proposal: Proposal, answer: Answer, problem: str = "") -> HttpResponse:
    """Render the review with what will happen, from the act itself, and with what a passkey of the reader signs.

    `problem` says why the last signature was refused.
    """
    signatory, rehearsed = reader(request), list[Happening]()

    def run() -> None:
        rehearsed.append(rehearse(actor=signatory, proposal=proposal, **answer.as_given()))

    if not is_showing_only() and (refused := attempt(request, proposal, run, answer.typed())):
        return refused
    happening = rehearsed[0] if rehearsed else None
    foreseen = happening.fingerprint(proposal.current.salt) if happening and proposal.current else ""

    def build() -> Decision:
        return preview_decision(
            signatory=signatory,
            proposal=proposal,
            outcome=answer.outcome,
            reasons=answer.form.cleaned_data["reasons"],
            terms=answer.terms(),
            foreseen=foreseen,
        )

    context = {
        "answer": answer,
        "happening": happening,
        "foreseen": foreseen,
        "ceremony": begin_ceremony(signatory, build),
        "must_sign": is_signature_required(proposal.project),
        "problem": problem,
        **_build_review_context(request, proposal, answer),
    }
    return render(
        request,
        "governance/desk/dossier/decision_review.html",
        _build_context(proposal, **context),
        status=UNPROCESSABLE if problem else 200,
    )


def _was_sealed_before(request: HttpRequest, answer: Answer, decision: Decision | None) -> bool:
    """Return whether the reader sent this very answer before and it is recorded: one decision, sent twice."""
    if decision is None or request.POST.get("step") not in RECORDING or not answer.form.is_valid():
        return False
    sent = (reader(request).pk, answer.outcome, answer.option, answer.form.cleaned_data["reasons"], dict(answer.seen))
    return sent == (decision.decided_by_id, decision.outcome, decision.option, decision.reasons, decision.seen)


@require_http_methods(["GET", "POST"])
@drafted
def advise_view(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Give an opinion, review it, send it. Once sent it is final for this revision (R2)."""
    proposal = get_proposal_or_404(request, proposal_id)
    ensure(request.user, "governance.advise", proposal)
    if request.method == "GET":
        return redirect(f"{proposal.get_absolute_url()}#advise")
    form = OpinionForm(request.POST, content=proposal.current)
    typed = [(str(form["reasons"].label), str(form["reasons"].value() or ""))]
    if is_saving(request):
        return save_draft(request, form)
    if request.POST.get("step") == "change" or is_about_draft(request):
        forget_errors(form)
        return render_dossier(request, proposal, opinion_form=form)
    if not is_current(proposal, request.POST.get("fingerprint", "")) or not proposal.allows(Act.ADVISE):
        return render_moved_on(request, proposal, typed)
    if not form.is_valid():
        return render_dossier(request, proposal, opinion_form=form, status=UNPROCESSABLE)
    if request.POST.get("step") not in SENDING:
        return _render_opinion_review(request, proposal, form)

    def send() -> object:
        return advise(
            actor=reader(request),
            proposal=proposal,
            fingerprint=form.cleaned_data["fingerprint"],
            position=Position(form.cleaned_data["position"]),
            reasons=form.cleaned_data["reasons"],
            preferred=form.cleaned_data["preferred"],
            signed=read_signed(request),
        )

    try:
        return carry_out(request, proposal, send, typed, _("Your opinion is recorded with the proposal."))
    except NotSigned as error:
        return _render_opinion_review(request, proposal, form, error.message)


def _render_opinion_review(
    request: HttpRequest, proposal: Proposal, form: OpinionForm, problem: str = ""
) -> HttpResponse:
    """Render the review of an opinion, with what a passkey of the reader signs."""
    adviser, given = reader(request), form.cleaned_data
    position = Position(given["position"])

    def build() -> Opinion:
        return preview_opinion(
            adviser=adviser,
            proposal=proposal,
            position=position,
            reasons=given["reasons"],
            preferred=given["preferred"],
        )

    context = {"form": form, "position": position, "ceremony": begin_ceremony(adviser, build), "problem": problem}
    return render(
        request,
        "governance/desk/dossier/opinion_review.html",
        _build_context(proposal, **context),
        status=UNPROCESSABLE if problem else 200,
    )


@require_POST
def take_up_view(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Record that the review has begun."""
    proposal = get_proposal_or_404(request, proposal_id)
    return carry_out(
        request,
        proposal,
        lambda: take_up(actor=reader(request), proposal=proposal),
        [],
        _("You have started the review."),
    )


@require_POST
def submit_view(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Freeze the working text as a revision; 422 with the gaps when it is incomplete (R5)."""
    proposal = get_proposal_or_404(request, proposal_id)
    version = request.POST.get("version", "")
    if not (version.isascii() and version.isdecimal() and len(version) < 10):
        version = "-1"
    try:
        return carry_out(
            request,
            proposal,
            lambda: submit(actor=reader(request), proposal=proposal, version=int(version)),
            [],
            _("The proposal is submitted. The roles whose opinion is asked are notified."),
        )
    except Incomplete as error:
        return render_dossier(request, proposal, gaps=error.gaps, status=UNPROCESSABLE)


@require_http_methods(["GET", "POST"])
@drafted
def withdraw_view(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Explain the withdrawal, then withdraw the proposal."""
    proposal = get_proposal_or_404(request, proposal_id)
    ensure(request.user, "governance.withdraw", proposal)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if not proposal.allows(Act.WITHDRAW):
        return render_moved_on(request, proposal, [(str(form["reasons"].label), str(form["reasons"].value() or ""))])
    if is_saving(request):
        return save_draft(request, form)
    if is_about_draft(request) or not form.is_valid() or is_unsent(request):
        return _render_form(request, "governance/desk/dossier/proposal_withdraw.html", proposal, form)
    reasons = form.cleaned_data["reasons"]
    return carry_out(
        request,
        proposal,
        lambda: withdraw(actor=reader(request), proposal=proposal, reasons=reasons),
        [(str(form["reasons"].label), reasons)],
        _("The proposal is withdrawn. It stays in the history."),
    )


@require_http_methods(["GET", "POST"])
def note_binding_view(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Explain the binding opinion of an external authority, then record it."""
    proposal = get_proposal_or_404(request, proposal_id)
    ensure(request.user, "governance.note_binding", proposal)
    fingerprint = proposal.current.hash if proposal.current else ""
    posted = request.POST if request.method == "POST" else None
    form = BindingOpinionForm(posted, initial={"fingerprint": fingerprint})
    typed = [(str(form["reference"].label), str(form["reference"].value() or ""))]
    is_asked = bool(proposal.current and proposal.current.binding_authority)
    current = posted is None or is_current(proposal, posted.get("fingerprint", ""))
    if not (proposal.allows(Act.NOTE_BINDING) and is_asked and current):
        return render_moved_on(request, proposal, typed)
    if not form.is_valid() or is_unsent(request):
        return _render_form(request, "governance/desk/dossier/binding_opinion.html", proposal, form)
    given = form.cleaned_data
    try:
        return carry_out(
            request,
            proposal,
            lambda: note_binding(actor=reader(request), proposal=proposal, **given),
            typed,
            _("The binding opinion is recorded with the proposal."),
        )
    except ValidationError as error:
        form.add_error("given_on", error.messages[0])
        return _render_form(request, "governance/desk/dossier/binding_opinion.html", proposal, form)


def _render_form(request: HttpRequest, template: str, proposal: Proposal, form: Any) -> HttpResponse:
    """Render a page with its form; 422 when the form was refused."""
    if is_about_draft(request) or is_unsent(request):
        forget_errors(form)
    status = UNPROCESSABLE if form.errors else 200
    form_draft = read_draft(request, request.path, form)
    return render(request, template, _build_context(proposal, form=form, form_draft=form_draft), status=status)


def _build_review_context(request: HttpRequest, proposal: Proposal, answer: Answer) -> dict[str, Any]:
    """Return the context of the review: delegation, opinions, documents replaced since, terms and panels."""
    seat = signing_seat(reader(request), proposal.project, proposal.delegable_kind, proposal.amount)
    kind, content = kind_of(proposal.kind), answer.content
    changes = content is not None and not content.changes_nothing
    given = Delegation.objects.select_related("mandate__holder")
    attached = list_attached(content, load_versions(content)) if content else []
    lines = kind.lines(content.terms, proposal.project) if content else []
    return {
        "delegation": given.get(pk=seat.delegation_id) if seat and seat.delegation_id else None,
        "opinions": list(Opinion.objects.filter(revision=proposal.current)),
        "replaced": [version for version in attached if version.newest != version.number],  # type: ignore[attr-defined]
        "about": kind,
        "content": content,
        "terms": [line for line in lines if not line.is_prepared],
        "panels": list_panels(kind, proposal, content, reader(request), [Place.REVIEW]) if changes else {},
    }


def _build_context(proposal: Proposal, **more: Any) -> dict[str, Any]:
    """Return the context that every page of an act shares."""
    return {"proposal": proposal, "project": proposal.project, "revision": proposal.current, "tab": "dossier", **more}
