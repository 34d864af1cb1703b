"""The adviser's act."""

from governance import workflow
from governance.enums import Act, Position, ProposalState
from governance.ledger.services import content_hash, record
from governance.notices.models import Reason
from governance.notices.services import notify
from governance.opinions.models import Opinion
from governance.proposals.models import Proposal
from governance.proposals.services import Outdated, locked, move, signing
from projects.models import Mandate
from roles import acting
from roles.access import ensure
from roles.acting import act
from roles.models import User


class AlreadyAdvised(Exception):
    """The role has given its opinion on this revision; a second one is a new revision's."""

    def __init__(self, opinion: Opinion) -> None:
        super().__init__(str(opinion))
        self.opinion = opinion


@act
def advise(*, actor: User, proposal: Proposal, fingerprint: str, position: Position, reasons: str) -> Opinion:
    """Record the opinion of the actor's role on the revision they read, named by its `fingerprint` (full hash).

    The last opinion asked makes the proposal ready for decision. Raises AlreadyAdvised, Outdated, WrongState.
    """
    ensure(actor, "governance.advise", proposal)
    proposal = locked(proposal)
    if not proposal.allows(Act.ADVISE):
        raise workflow.WrongState(Act.ADVISE, proposal.state)
    if proposal.current is None or proposal.current.hash != fingerprint:
        raise Outdated
    ensure(actor, "governance.advise", proposal)
    mandate = Mandate.objects.active().advising().select_related("role").get(project=proposal.project, holder=actor)
    role = mandate.role.code
    if given := Opinion.objects.filter(revision=proposal.current, role=role).first():
        raise AlreadyAdvised(given)
    opinion = Opinion.objects.create(
        revision=proposal.current, role=role, mandate=mandate, adviser=actor, signature=str(actor),
        position=position, reasons=reasons, acted_at=acting.at(),
    )  # fmt: skip
    proposal.awaited_roles = [code for code in proposal.awaited_roles if code != role]
    state = ProposalState.UNDER_REVIEW if proposal.awaited_roles else ProposalState.READY_FOR_DECISION
    move(proposal, workflow.follow(proposal.state, Act.ADVISE, state))
    event = record(
        act=Act.ADVISE, actor=actor, role=role, project=proposal.project, subject=opinion, proposal_id=proposal.pk,
        detail=position,
        revision=fingerprint, opinion=content_hash({"position": position, "reasons": reasons}),
    )  # fmt: skip
    if state == ProposalState.READY_FOR_DECISION:
        notify(event=event, reason=Reason.DECISION_ASKED, about=proposal, people=signing(proposal))
    return opinion
