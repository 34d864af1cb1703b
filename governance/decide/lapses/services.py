"""Lapse of decisions whose conditions were not met in time: what their owner chose, applied without anybody's act."""

from django.utils.timezone import localtime

from core.acts import act_time, open_act
from governance import workflow
from governance.decide.decisions import effects
from governance.decide.decisions.effects import effects_hash
from governance.decide.decisions.models import Decision
from governance.decide.decisions.notices import list_team
from governance.decide.decisions.seal_breaks import DecisionNotice
from governance.decide.proposals.services import move
from governance.enums import Act, ConditionState, OnLapse, ProposalState, Reason
from projects.ledger.services import record
from projects.notices.services import notify
from projects.seats.mandates.holders import owners
from roles.models import User


@open_act
def lapse(*, actor: User, decision: Decision) -> bool:
    """Apply what the owner chose for conditions that were not met in time; return whether anything lapsed.

    All open conditions lapse with the decision. Nobody acts: `actor` is who took the decision, whose sealed choice is
    applied, so this asks for no permission. Nothing is recorded when it raises CannotTakeEffect or Refused.
    """
    proposal = decision.proposal.locked()
    decision = proposal.decisions.select_related("project", "mandate__role").get(pk=decision.pk)
    decision.proposal = proposal
    late = list(decision.conditions.lapsing(localtime(act_time()).date()))
    if not late or decision.successor or not proposal.allows(Act.LAPSE):
        return False
    lapsed = list(decision.conditions.open().select_for_update())
    for condition in lapsed:
        condition.state, condition.lifted_at = ConditionState.LAPSED, act_time()
        condition.save()
    move(proposal, workflow.follow(proposal.state, Act.LAPSE, ProposalState.LAPSED))
    if any(condition.on_lapse == OnLapse.UNDONE for condition in late):
        for effect in list(decision.effects.order_by("-pk")):
            effects.undo_effect(effect, decision, actor)
    first, *others = sorted(lapsed, key=lambda condition: condition not in late)
    for condition in (*others, first):
        changed = list(decision.effects.order_by("pk")) if condition is first else []
        event = record(
            Act.LAPSE,
            condition,
            role=decision.mandate.role.code,
            project=proposal.project,
            proposal_id=proposal.pk,
            detail=condition.on_lapse,
            effects=effects_hash(decision, changed),
        )
    people = [*list_team(proposal), *(seat.holder for seat in owners(proposal.project))]
    about = DecisionNotice(decision)
    notify(event=event, reason=Reason.CONDITION_LAPSED, about=about, people=people, the_actor_too=True)
    return True
