"""The owner's acts: decide, and lift a condition."""

from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db.models import Max, Q
from django.db.models.functions import Coalesce

from governance import workflow
from governance.decisions.models import Condition, Decision
from governance.enums import Act, ConditionState, Outcome, ProposalState
from governance.ledger.services import content_hash, record
from governance.notices.models import Reason
from governance.notices.services import notify
from governance.proposals.models import Proposal
from governance.proposals.services import Outdated, locked, move
from projects.mandates.seats import Seat
from projects.models import Mandate
from projects.rules import signing_seat
from roles import acting
from roles.access import ensure
from roles.acting import act
from roles.enums import Authority
from roles.models import User


@dataclass(frozen=True)
class NewCondition:
    """A condition as the owner words it; `role` is the code of the role that answers for it."""

    text: str
    role: str
    due_on: date


class AlreadyDecided(Exception):
    """This revision has its decision; a second one is a new revision's (R6)."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.reference)
        self.decision = decision


@act
def decide(
    *,
    actor: User,
    proposal: Proposal,
    fingerprint: str,
    outcome: Outcome,
    reasons: str,
    conditions: list[NewCondition] | None = None,
    return_on: date | None = None,
) -> Decision:
    """Record the owner's answer to the revision they read, named by its `fingerprint` (full hash).

    Raises AlreadyDecided, Outdated, WrongState; nothing is recorded then.
    """
    ensure(actor, "governance.decide", proposal)
    proposal = locked(proposal)
    revision = proposal.current
    so_far = proposal.project.decisions.aggregate(
        number=Coalesce(Max("number"), 0),
        answer=Max("pk", filter=Q(revision=revision)),
        before=Max("pk", filter=Q(proposal=proposal)),
    )
    if so_far["answer"]:
        raise AlreadyDecided(Decision.objects.select_related("project", "proposal").get(pk=so_far["answer"]))
    if revision is None or not proposal.allows(Act.DECIDE):
        raise workflow.WrongState(Act.DECIDE, proposal.state)
    if revision.hash != fingerprint:
        raise Outdated
    ensure(actor, "governance.decide", proposal)
    seat = cast(Seat, signing_seat(actor, proposal.project, proposal.kind, proposal.amount))  # ensured above
    decision = Decision.objects.create(
        project=proposal.project,
        number=so_far["number"] + 1,
        proposal=proposal,
        revision=revision,
        revision_hash=revision.hash,
        outcome=outcome,
        reasons=reasons,
        return_on=return_on,
        decided_by=actor,
        mandate_id=seat.mandate_id,
        delegation_id=seat.delegation_id,
        signature=str(actor),
        supersedes_id=so_far["before"],
        acted_at=acting.at(),
    )
    for number, new in enumerate(conditions or [], start=1):
        Condition.objects.create(decision=decision, number=number, text=new.text, role=new.role, due_on=new.due_on)
    move(proposal, workflow.follow(proposal.state, Act.DECIDE, workflow.AFTER_OUTCOME[outcome]))
    event = record(
        act=Act.DECIDE, actor=actor, role=seat.role, project=proposal.project, subject=decision,
        proposal_id=proposal.pk, detail=outcome, revision=revision.hash, mandate=decision.mandate_id,
        delegation=decision.delegation_id or "",
        decision=content_hash({
            "reasons": reasons,
            "return_on": str(return_on or ""),
            "conditions": [[c.text, c.role, str(c.due_on)] for c in conditions or []],
        }),
    )  # fmt: skip
    notify(event=event, reason=Reason.DECIDED, about=proposal, people=_team(proposal), detail=outcome)
    return decision


class AlreadyLifted(Exception):
    """The condition is lifted, once for all."""

    def __init__(self, condition: Condition) -> None:
        super().__init__(str(condition.pk))
        self.condition = condition


@act
def lift(*, actor: User, condition: Condition, proof: str) -> Condition:
    """The owner notes that a condition is met, and on which proof; the last one closes the proposal.

    Raises AlreadyLifted, WrongState.
    """
    ensure(actor, "governance.lift", condition)
    proposal = locked(condition.decision.proposal)
    condition = Condition.objects.select_for_update(of=("self",)).select_related("decision").get(pk=condition.pk)
    if condition.state != ConditionState.OPEN:
        raise AlreadyLifted(condition)
    if not proposal.allows(Act.LIFT):
        raise workflow.WrongState(Act.LIFT, proposal.state)
    ensure(actor, "governance.lift", condition)
    condition.state, condition.proof = ConditionState.MET, proof
    condition.lifted_by, condition.lifted_at = actor, acting.at()
    condition.save()
    still_open = condition.decision.conditions.filter(state=ConditionState.OPEN).exists()
    state = ProposalState.CONDITIONS_OPEN if still_open else ProposalState.CLOSED
    move(proposal, workflow.follow(proposal.state, Act.LIFT, state))
    event = record(
        act=Act.LIFT, actor=actor, role=condition.decision.mandate.role.code, project=proposal.project,
        subject=condition, proposal_id=proposal.pk, proof=content_hash({"proof": proof}),
    )  # fmt: skip
    notify(event=event, reason=Reason.CONDITION_LIFTED, about=proposal, people=_team(proposal))
    return condition


def _team(proposal: Proposal) -> list[User]:
    """Whom a decision concerns: every holder but the recipients, whom the communication plan reaches."""
    seats = Mandate.objects.active().filter(project=proposal.project).exclude(authority=Authority.RECEIVES)
    return [mandate.holder for mandate in seats.select_related("holder")]
