"""Acts of advisers: give an opinion, and note the binding opinion of an external authority."""

from collections.abc import Callable
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import ensure
from core.acts import act, act_time
from core.record.meaning import ensure_meaningful
from governance import workflow
from governance.decide.opinions.models import BindingOpinion, Opinion
from governance.decide.proposals.models import Proposal
from governance.decide.proposals.services import Outdated, awaits_nobody, list_signatories, move
from governance.decide.signing.signatures import Signed, list_signature_facts, sign
from governance.enums import Act, Position, ProposalState
from projects.ledger.services import record
from projects.models import Mandate, Project
from projects.notices.enums import Reason
from projects.notices.services import notify
from projects.seats.mandates.predicates import advising_role
from roles.models import User

#: Mark an opinion inside the act that gives it. Capabilities that know what it rests on add to it.
MARKS: list[Callable[[Project, Opinion], None]] = []


class AlreadyAdvised(Exception):
    """The role has given its opinion on this revision; another one needs a new revision."""

    def __init__(self, opinion: Opinion) -> None:
        super().__init__(str(opinion))
        self.opinion = opinion


class AlreadyNoted(Exception):
    """The binding opinion on this revision is noted; another one needs a new revision."""

    def __init__(self, opinion: BindingOpinion) -> None:
        super().__init__(str(opinion))
        self.opinion = opinion


@act("governance.advise", on="proposal", lock=None)
def advise(
    *,
    actor: User,
    proposal: Proposal,
    fingerprint: str,
    position: Position,
    reasons: str,
    preferred: str = "",
    signed: Signed | None = None,
) -> Opinion:
    """Record the opinion of the actor's role on the revision with this `fingerprint` (full hash).

    The last awaited opinion makes the proposal ready for decision; an optional one changes no state and may follow it
    until the last day for opinions. `preferred` is the letter of the option that the adviser prefers, if they say so.
    With `signed` it carries the signature of the passkey, which covers what `preview` built. Raises AlreadyAdvised,
    NotSigned, Outdated, WrongState, ValidationError on `reasons` and `preferred`.
    """
    proposal = proposal.locked()
    if not proposal.allows(Act.ADVISE):
        raise workflow.WrongState(Act.ADVISE, proposal.state)
    if proposal.current is None or proposal.current.hash != fingerprint:
        raise Outdated
    ensure(actor, "governance.advise", proposal)
    ensure_meaningful(reasons=reasons)
    if preferred and preferred not in proposal.current.letters:
        raise ValidationError({"preferred": _("Choose one of the options of the proposal.")})
    opinion = preview(adviser=actor, proposal=proposal, position=position, reasons=reasons, preferred=preferred)
    role = opinion.role
    if given := Opinion.objects.filter(revision=proposal.current, role=role).first():
        raise AlreadyAdvised(given)
    if signed:
        sign(opinion, actor, signed)
    opinion.save(force_insert=True)
    was_ready = proposal.state == ProposalState.READY_FOR_DECISION
    proposal.awaited_roles = [code for code in proposal.awaited_roles if code != role]
    state = ProposalState.UNDER_REVIEW if proposal.awaited_roles else ProposalState.READY_FOR_DECISION
    move(proposal, workflow.follow(proposal.state, Act.ADVISE, state))
    event = record(
        Act.ADVISE,
        opinion,
        role=role,
        project=proposal.project,
        proposal_id=proposal.pk,
        detail=position,
        revision=fingerprint,
        **list_signature_facts(opinion),
    )
    for mark in MARKS:
        mark(proposal.project, opinion)
    if awaits_nobody(proposal) and not was_ready:
        notify(event=event, reason=Reason.DECISION_ASKED, about=proposal, people=list_signatories(proposal))
    return opinion


def preview(*, adviser: User, proposal: Proposal, position: Position, reasons: str, preferred: str = "") -> Opinion:
    """Build the opinion that `advise` would record, to have it signed."""
    mandate = Mandate.objects.active().select_related("role").get(project=proposal.project, holder=adviser)
    return Opinion(
        revision=proposal.current,
        role=mandate.role.code,
        mandate=mandate,
        adviser=adviser,
        signature=str(adviser),
        position=position,
        preferred=preferred,
        reasons=reasons,
        acted_at=act_time(),
    )


@act("governance.note_binding", on="proposal", lock=None)
def note_binding(
    *, actor: User, proposal: Proposal, fingerprint: str, favourable: bool, given_on: date, reference: str
) -> BindingOpinion:
    """Record the binding opinion on the revision with this `fingerprint`, and its document.

    Raises AlreadyNoted, Outdated, WrongState. Raises ValidationError when none is required or the day is in the future.
    """
    proposal = proposal.locked()
    if not proposal.allows(Act.NOTE_BINDING):
        raise workflow.WrongState(Act.NOTE_BINDING, proposal.state)
    revision = proposal.current
    if revision is None or revision.hash != fingerprint:
        raise Outdated
    ensure(actor, "governance.note_binding", proposal)
    if not revision.binding_authority:
        raise ValidationError(_("This revision asks for no binding opinion."))
    if given_on > timezone.localdate(act_time()):
        raise ValidationError({"given_on": _("Enter the date of the opinion, today at the latest.")})
    if given := BindingOpinion.objects.filter(revision=revision).first():
        raise AlreadyNoted(given)
    noted = BindingOpinion.objects.create(
        revision=revision,
        authority=revision.binding_authority,
        favourable=favourable,
        given_on=given_on,
        reference=reference,
        noted_by=actor,
        signature=str(actor),
        acted_at=act_time(),
    )
    record(
        Act.NOTE_BINDING,
        noted,
        role=advising_role(actor, proposal.project) or "",
        project=proposal.project,
        proposal_id=proposal.pk,
        detail="favourable" if favourable else "unfavourable",
        revision=fingerprint,
    )
    return noted
