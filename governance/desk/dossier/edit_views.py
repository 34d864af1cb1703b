"""Views of the acts on a dossier; irreversible acts pass through a review step."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.access import reader
from core.acts import is_showing_only
from core.forms import forget_errors
from core.pages.form_views import UNPROCESSABLE, ActFormView, ReviewedFormView, Text, typed_texts
from core.pages.refusals.views import Conflict, conflict
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.decisions.forms import Answer
from governance.decide.decisions.models import Decision
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
from governance.decide.proposals.services import Incomplete, Outdated, submit, take_up, withdraw
from governance.decide.signing.signatures import UNSIGNED_STEP, NotSigned, begin_ceremony, read_signed
from governance.desk.dossier.answering import build_answer
from governance.desk.dossier.conflicts import CONFLICTS, describe_conflict
from governance.desk.dossier.views import get_proposal_or_404, render_dossier
from governance.enums import Act, Outcome, Position
from governance.record.records.tasks import nudge
from projects.models import Delegation
from projects.project.words import say_of
from projects.seats.mandates.predicates import signing_seat


class ProposalFormView(ActFormView):
    """A form of an act on a proposal; a conflict hands back what was typed."""

    act_name: Act
    conflicts = CONFLICTS
    form: Any = None

    @property
    def proposal(self) -> Proposal:
        """Return the proposal."""
        proposal: Proposal = self.object
        return proposal

    @property
    def typed(self) -> list[tuple[str, str]]:
        """List the label and the text of what was typed."""
        form = self.form or self.get_form()
        return typed_texts(form) if form.is_bound else []

    def get_object(self) -> Any:
        return get_proposal_or_404(self.request, self.kwargs["proposal_id"])

    def get_permission(self) -> str:
        return f"governance.{self.act_name}"

    def get_form(self) -> Any:
        self.form = super().get_form()
        return self.form

    def get_back_url(self) -> str:
        return self.proposal.get_absolute_url()

    def get_conflict(self, error: Exception) -> Conflict:
        return describe_conflict(error, self.proposal, self.typed)

    def get_context_data(self, form: Any) -> dict[str, Any]:
        revision = self.proposal.current
        dossier = {"proposal": self.proposal, "project": self.project, "revision": revision, "tab": "dossier"}
        return super().get_context_data(form) | dossier

    def ensure_current(self) -> None:
        """Raise Outdated unless the act is allowed now, on the revision that the form has read."""
        read, current = self.request.POST.get("fingerprint", ""), self.proposal.current
        if not (current and current.hash == read and self.proposal.allows(self.act_name)):
            raise Outdated


class SignedFormView(ReviewedFormView, ProposalFormView):
    """A form on the dossier page, signed with a passkey or recorded without signing.

    `anchor` is its place on the dossier, `problem` says why the last signature was refused.
    """

    anchor: str
    problem = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        return redirect(f"{self.get_back_url()}#{self.anchor}")

    def is_valid(self, form: Any) -> bool:
        self.ensure_current()
        return super().is_valid(form)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except NotSigned as error:
            self.problem = error.message
        return self.show_review(form)

    def get_review_data(self, form: Any) -> dict[str, Any]:
        """Return what the review shows, and `ceremony`, which a passkey of the reader signs."""
        raise NotImplementedError

    def show_review(self, form: Any) -> HttpResponse:
        context = self.get_context_data(form) | self.get_review_data(form) | {"problem": self.problem}
        status = UNPROCESSABLE if self.problem else 200
        return render(self.request, self.review_template_name, context, status=status)


class DecideView(SignedFormView):
    """Answer, review, seal (R1): only `recording` steps record the decision, in the file as the form read it."""

    act_name = Act.DECIDE
    anchor = "decide"
    recording = ("seal", UNSIGNED_STEP)
    review_template_name = "governance/desk/dossier/decision_review.html"

    @property
    def typed(self) -> list[tuple[str, str]]:
        return list(self.form.typed())

    def get_form(self) -> Any:
        seats = list(self.project.mandates.active().select_related("holder", "role").order_by("role__position"))
        self.form = build_answer(self.actor, self.proposal, seats, self.request.POST)
        return self.form

    def get_parts(self, form: Answer) -> list[Any]:
        return form.all_parts

    def is_changing(self) -> bool:
        return "add_condition" in self.request.POST or super().is_changing()

    def is_valid(self, form: Answer) -> bool:
        self.ensure_current()
        if changes := form.changes():
            raise Outdated(changes)
        return form.is_valid()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Where the answer cannot be recorded as it is, show the dossier that says why."""
        try:
            return super().post(request, *args, **kwargs)
        except (AlreadyDecided, Outdated):
            if self._was_recorded_before():
                return self.show_done(None)
            raise
        except Unanswered:  # something else is missing or open since the page was read
            self.get_form().is_valid()
        except CannotTakeEffect as error:
            self.form.form.add_error("outcome", error.messages)
        except ValidationError as error:
            self.add_errors(self.form, error)
        return self.show_form(self.form)

    def act(self, data: dict[str, Any]) -> Decision:
        decision = decide(
            actor=self.actor,
            proposal=self.proposal,
            **data,
            foreseen=self._read_foreseen(),
            signed=read_signed(self.request),
        )
        transaction.on_commit(nudge, robust=True)
        return decision

    def add_errors(self, form: Answer, error: ValidationError) -> None:
        has_fields = set(getattr(error, "error_dict", {})) <= set(form.form.fields)
        form.form.add_error(None, error if has_fields else error.messages)

    def show_form(self, form: Any, status: int = 0) -> HttpResponse:
        status = UNPROCESSABLE if form.has_errors else 200
        if is_showing_only():
            forget_errors(*form.all_parts)
        return render_dossier(self.request, self.proposal, answer=form, status=status)

    def get_done(self, result: Any) -> Text:
        if self.form.outcome == Outcome.REWORK:
            return _("Your request for rework is recorded. All project members can read it.")
        return say_of(gettext_lazy("The decision is recorded. All project members can read it."), self.proposal.project)

    def get_review_data(self, form: Answer) -> dict[str, Any]:
        """Return what will happen, from the act itself, and what it rests on."""
        proposal, signatory, happening, foreseen = self.proposal, self.actor, None, ""
        if not is_showing_only():
            happening = rehearse(actor=signatory, proposal=proposal, **form.cleaned_data)
            foreseen = happening.fingerprint(proposal.current.salt) if proposal.current else ""

        def build() -> Decision:
            return preview_decision(
                signatory=signatory,
                proposal=proposal,
                outcome=form.outcome,
                reasons=form.form.cleaned_data["reasons"],
                terms=form.terms(),
                foreseen=foreseen,
            )

        seat = signing_seat(signatory, proposal.project, proposal.delegable_kind, proposal.amount)
        kind, content = kind_of(proposal.kind), form.content
        changes = content is not None and not content.changes_nothing
        given = Delegation.objects.select_related("mandate__holder")
        attached = list_attached(content, load_versions(content)) if content else []
        lines = kind.lines(content.terms, proposal.project) if content else []
        return {
            "answer": form,
            "happening": happening,
            "foreseen": foreseen,
            "ceremony": begin_ceremony(signatory, build),
            "must_sign": is_signature_required(proposal.project),
            "delegation": given.get(pk=seat.delegation_id) if seat and seat.delegation_id else None,
            "opinions": list(Opinion.objects.filter(revision=proposal.current)),
            "replaced": [version for version in attached if version.newest != version.number],  # type: ignore[attr-defined]
            "about": kind,
            "content": content,
            "terms": [line for line in lines if not line.is_prepared],
            "panels": list_panels(kind, proposal, content, signatory, [Place.REVIEW]) if changes else {},
        }

    def _read_foreseen(self) -> str:
        """Return the fingerprint of what the review announced, empty without a review; another text is of nothing."""
        posted = self.request.POST.get("foreseen", "")
        return posted if not posted or re.fullmatch("[0-9a-f]{64}", posted) else "0" * 64

    def _was_recorded_before(self) -> bool:
        """Return whether the reader sent this very answer before and it is recorded: one decision, sent twice."""
        answer, decision = self.form, Decision.objects.filter(revision=self.proposal.current_id).first()
        if decision is None or self.request.POST.get("step") not in self.recording or not answer.form.is_valid():
            return False
        given = answer.form.cleaned_data
        sent = (self.actor.pk, answer.outcome, answer.option, given["reasons"], dict(answer.seen))
        return sent == (decision.decided_by_id, decision.outcome, decision.option, decision.reasons, decision.seen)


class AdviseView(SignedFormView):
    """Give an opinion, review it, send it. Once sent it is final for this revision (R2)."""

    act_name = Act.ADVISE
    anchor = "advise"
    recording = ("send", UNSIGNED_STEP)
    form_class = OpinionForm
    review_template_name = "governance/desk/dossier/opinion_review.html"
    done = gettext_lazy("Your opinion is recorded with the proposal.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"content": self.proposal.current}

    def act(self, data: dict[str, Any]) -> Opinion:
        opinion: Opinion = advise(
            actor=self.actor,
            proposal=self.proposal,
            **data | {"position": Position(data["position"])},
            signed=read_signed(self.request),
        )
        return opinion

    def show_form(self, form: Any, status: int = 0) -> HttpResponse:
        status = UNPROCESSABLE if form.errors else 200
        return render_dossier(self.request, self.proposal, opinion_form=form, status=status)

    def get_review_data(self, form: Any) -> dict[str, Any]:
        given, adviser = form.cleaned_data, self.actor
        position = Position(given["position"])

        def build() -> Opinion:
            return preview_opinion(
                adviser=adviser,
                proposal=self.proposal,
                position=position,
                reasons=given["reasons"],
                preferred=given["preferred"],
            )

        return {"position": position, "ceremony": begin_ceremony(adviser, build)}


class WithdrawView(ProposalFormView):
    """Explain the withdrawal, then withdraw the proposal."""

    act_name = Act.WITHDRAW
    form_class = WithdrawForm
    template_name = "governance/desk/dossier/proposal_withdraw.html"
    done = gettext_lazy("The proposal is withdrawn. It stays in the history.")

    def check(self) -> None:
        if not self.proposal.allows(Act.WITHDRAW):
            raise Outdated

    def act(self, data: dict[str, Any]) -> Any:
        return withdraw(actor=self.actor, proposal=self.proposal, reasons=data["reasons"])


class NoteBindingView(ProposalFormView):
    """Explain the binding opinion of an external authority, then record it."""

    act_name = Act.NOTE_BINDING
    form_class = BindingOpinionForm
    template_name = "governance/desk/dossier/binding_opinion.html"
    error_field = "given_on"
    done = gettext_lazy("The binding opinion is recorded with the proposal.")

    def check(self) -> None:
        current = self.proposal.current
        if not (current and current.binding_authority and self.proposal.allows(Act.NOTE_BINDING)):
            raise Outdated
        if self.request.method == "POST":
            self.ensure_current()

    def get_form_kwargs(self) -> dict[str, Any]:
        current = self.proposal.current
        return super().get_form_kwargs() | {"initial": {"fingerprint": current.hash if current else ""}}

    def act(self, data: dict[str, Any]) -> Any:
        return note_binding(actor=self.actor, proposal=self.proposal, **data)


@require_POST
def take_up_view(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Record that the review has begun."""
    proposal = get_proposal_or_404(request, proposal_id)
    done = _("You have started the review.")
    return _carry_out(request, proposal, lambda: take_up(actor=reader(request), proposal=proposal), done)


@require_POST
def submit_view(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Freeze the working text as a revision; 422 with the gaps when it is incomplete (R5)."""
    proposal, posted = get_proposal_or_404(request, proposal_id), request.POST.get("version", "")
    version = int(posted) if posted.isascii() and posted.isdecimal() and len(posted) < 10 else -1
    done = _("The proposal is submitted. The roles whose opinion is asked are notified.")
    try:
        return _carry_out(
            request, proposal, lambda: submit(actor=reader(request), proposal=proposal, version=version), done
        )
    except Incomplete as error:
        return render_dossier(request, proposal, gaps=error.gaps, status=UNPROCESSABLE)


def _carry_out(request: HttpRequest, proposal: Proposal, run: Callable[[], object], done: str) -> HttpResponse:
    """Run the service of a button and redirect to the dossier; a conflict gives 409."""
    try:
        run()
    except CONFLICTS as error:
        return conflict(request, describe_conflict(error, proposal, []))
    messages.success(request, done)
    return redirect(proposal)
