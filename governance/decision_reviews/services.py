"""Act on a decision whose sealed file has changed: the owner confirms it, or asks a role to propose it again."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, act_time
from core.forms import is_blank
from governance.decision_reviews.enums import ReviewAnswer
from governance.decision_reviews.models import DecisionReview
from governance.decisions.models import Decision
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.mandates.holders import participants
from projects.notices.models import Reason
from projects.notices.services import notify
from roles.models import User


class NothingToReview(Exception):
    """The decision is replaced, nothing it sealed has changed, or the owner has answered the newest change."""


class ChangedAgain(Exception):
    """Something else that the decision sealed has changed since the owner read the page."""


@act("governance.review_decision", on="decision")
def review_decision(
    *, actor: User, decision: Decision, change: int, answer: ReviewAnswer, reasons: str, role: str = ""
) -> DecisionReview:
    """Record the owner's word on a decision: it still holds, or `role` proposes it again.

    `change` is the key of the newest change that the owner read. Raises NothingToReview, ChangedAgain, and
    ValidationError on `reasons` and `role`.
    """
    newest = decision.breaks.order_by("-pk").select_related("review").first()
    if newest is None or decision.successor or hasattr(newest, "review"):
        raise NothingToReview
    if newest.pk != change:
        raise ChangedAgain
    if is_blank(reasons):
        raise ValidationError({"reasons": _("Enter your reasons.")})
    seats = list(decision.project.mandates.active().select_related("role", "holder"))
    asked = [seat.holder for seat in seats if role and seat.role.code == role and not seat.decides]
    if answer == ReviewAnswer.AGAIN and not asked:
        raise ValidationError({"role": _("Select a role that somebody holds.")})
    review = DecisionReview.objects.create(
        decision=decision,
        change=newest,
        answer=answer,
        role=role if answer == ReviewAnswer.AGAIN else "",
        reasons=reasons,
        reviewed_by=actor,
        mandate=next(seat for seat in seats if seat.decides and seat.holder_id == actor.pk),
        acted_at=act_time(),
    )
    event = record(
        act=Act.REVIEW_DECISION,
        actor=actor,
        role=review.mandate.role.code,
        project=decision.project,
        subject=review,
        proposal_id=decision.proposal_id,
        detail=answer,
        decision=decision.pk,
        change=newest.pk,
        after=newest.after,
    )
    proposal = decision.proposal
    if answer == ReviewAnswer.AGAIN:
        notify(event=event, reason=Reason.PROPOSE_AGAIN, about=proposal, people=asked)
    else:
        people = [seat.holder for seat in participants(decision.project, proposal.kind, proposal.author_role)]
        notify(event=event, reason=Reason.STILL_HOLDS, about=proposal, people=people)
    return review
