"""Acts on the conditions of a decision: give evidence, lift and waive."""

from core.acts import act, act_time
from core.record.meaning import ensure_meaningful
from governance import workflow
from governance.decide.decisions import supersede as succession
from governance.decide.decisions.effects import effects_hash
from governance.decide.decisions.models import Condition, Effect
from governance.decide.decisions.notices import ConditionNotice, list_team
from governance.decide.decisions.seal_breaks import DecisionNotice
from governance.decide.kinds.registry import kind_of
from governance.decide.proposals.models import Proposal
from governance.decide.proposals.services import Outdated, move
from governance.enums import Act, ConditionState, EffectiveFrom, ProposalState, Reason
from projects.ledger.services import record
from projects.models import Mandate
from projects.notices.services import notify
from roles.models import User


class AlreadyLifted(Exception):
    """The condition is already lifted or waived."""

    def __init__(self, condition: Condition) -> None:
        super().__init__(str(condition.pk))
        self.condition = condition


@act("governance.prove", on="condition")
def prove(*, actor: User, condition: Condition, proof: str) -> Condition:
    """Record the proof given by the role that answers for a condition; the owner then lifts it.

    Raises AlreadyLifted, WrongState.
    """
    proposal = _ensure_open(condition, Act.PROVE)
    ensure_meaningful(proof=proof)
    condition.proof, condition.proved_by, condition.proved_at = proof, actor, act_time()
    condition.save()
    event = record(Act.PROVE, condition, role=condition.role, project=proposal.project, proposal_id=proposal.pk)
    owner = Mandate.objects.active().deciding().filter(project=proposal.project).select_related("holder")
    reason = Reason.RESERVATION_PROVED if condition.is_reservation else Reason.PROOF_GIVEN
    notify(event=event, reason=reason, about=ConditionNotice(condition), people=[mandate.holder for mandate in owner])
    return condition


@act("governance.lift", on="condition")
def lift(*, actor: User, condition: Condition, proof: str) -> Condition:
    """Record that a condition is met, and on which proof; the last one closes the proposal.

    A proof already given stays unchanged: `proof` tells which one the owner read. A decision that waited for this
    condition takes effect. The kind then updates the subject: the defect of a reservation is closed. Raises
    AlreadyLifted, Outdated, WrongState, CannotTakeEffect.
    """
    proposal = _ensure_open(condition, Act.LIFT)
    if condition.proof and condition.proof != proof:
        raise Outdated
    if not condition.proof:
        ensure_meaningful(proof=proof)
    condition.proof = proof
    kind_of(proposal.kind).on_lift(condition)
    reason = Reason.RESERVATION_LIFTED if condition.is_reservation else Reason.CONDITION_LIFTED
    return _settle(actor, proposal, condition, ConditionState.MET, Act.LIFT, reason)


@act("governance.waive", on="condition")
def waive(*, actor: User, condition: Condition, because: str) -> Condition:
    """Waive a condition with a reason; otherwise the same as `lift`."""
    proposal = _ensure_open(condition, Act.WAIVE)
    ensure_meaningful(because=because)
    condition.waived_because = because
    reason = Reason.RESERVATION_WAIVED if condition.is_reservation else Reason.CONDITION_WAIVED
    return _settle(actor, proposal, condition, ConditionState.WAIVED, Act.WAIVE, reason)


def _ensure_open(condition: Condition, what: Act) -> Proposal:
    """Return the proposal of an open condition. Raises AlreadyLifted, and WrongState when `what` is not allowed."""
    proposal = condition.decision.proposal
    if condition.state not in {ConditionState.OPEN, ConditionState.LAPSED}:
        raise AlreadyLifted(condition)
    if condition.state == ConditionState.LAPSED or not proposal.allows(what):
        raise workflow.WrongState(what, proposal.state)
    return proposal


def _settle(
    actor: User, proposal: Proposal, condition: Condition, state: ConditionState, what: Act, reason: Reason
) -> Condition:
    """Close the condition, then the proposal if it was the last one, and apply a decision that waited for it."""
    decision = condition.decision
    condition.state, condition.lifted_by, condition.lifted_at = state, actor, act_time()
    condition.save()
    changed: list[Effect] = []
    last = not decision.conditions.open().exists()
    if proposal.state != ProposalState.SUPERSEDED:
        after = ProposalState.CLOSED if last else ProposalState.CONDITIONS_OPEN
        move(proposal, workflow.follow(proposal.state, what, after))
        if last and decision.effective == EffectiveFrom.WHEN_MET:
            if proposal.is_barred(Act.DECIDE):
                raise workflow.ProjectAtRest(what, proposal.state, proposal.project.state)
            decision.proposal = proposal
            changed = succession.take_effect(decision, actor)
    event = record(
        what,
        condition,
        role=decision.mandate.role.code,
        project=proposal.project,
        proposal_id=proposal.pk,
        effects=effects_hash(decision, changed),
    )
    notify(event=event, reason=reason, about=DecisionNotice(decision), people=list_team(proposal))
    return condition
