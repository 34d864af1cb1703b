"""Write the owner's word on a changed decision inside an act: a review, or the replacement of a ground."""

from core.acts import act_time
from governance.decide.decisions.models import Decision, SealBreak
from governance.decide.decisions.seal_breaks import DecisionNotice
from governance.enums import Act, Reason
from governance.life.decision_reviews.enums import ReviewAnswer
from governance.life.decision_reviews.models import DecisionReview
from projects.ledger.services import record
from projects.models import Mandate, Project
from projects.notices.services import notify
from projects.seats.mandates.holders import participants
from roles.models import User


def list_holders(project: Project, role: str) -> list[User]:
    """List the people who hold `role` and do not decide: they can be asked to propose again."""
    seats = project.mandates.active().filter(role__code=role).select_related("role", "holder")
    return [seat.holder for seat in seats if not seat.decides]


def record_review(
    *,
    actor: User,
    decision: Decision,
    change: SealBreak,
    answer: ReviewAnswer,
    role: str,
    reasons: str,
    mandate: Mandate,
) -> DecisionReview:
    """Write the owner's word on a change inside an act, with its event, and notify the people whom it concerns."""
    review = DecisionReview.objects.create(
        decision=decision,
        change=change,
        answer=answer,
        role=role,
        reasons=reasons,
        reviewed_by=actor,
        mandate=mandate,
        acted_at=act_time(),
    )
    event = record(
        Act.REVIEW_DECISION,
        review,
        role=mandate.role.code,
        project=decision.project,
        proposal_id=decision.proposal_id,
        detail=answer,
        decision=decision.pk,
        change=change.pk,
        after=change.after,
    )
    proposal, about = decision.proposal, DecisionNotice(decision)
    if answer == ReviewAnswer.AGAIN:
        asked = list_holders(decision.project, role)
        notify(event=event, reason=Reason.PROPOSE_AGAIN, about=about, people=asked)
    else:
        people = [seat.holder for seat in participants(decision.project, proposal.kind, proposal.author_role)]
        notify(event=event, reason=Reason.STILL_HOLDS, about=about, people=people)
    return review
