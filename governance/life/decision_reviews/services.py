"""Act on a decision whose sealed file has changed: the owner confirms it, or asks a role to propose it again."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act
from core.record.meaning import ensure_meaningful
from governance.decide.decisions.models import Decision
from governance.life.decision_reviews.effects import list_holders, record_review
from governance.life.decision_reviews.enums import ReviewAnswer
from governance.life.decision_reviews.models import DecisionReview
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
    ensure_meaningful(reasons=reasons)
    if answer == ReviewAnswer.AGAIN and not list_holders(decision.project, role):
        raise ValidationError({"role": _("Select a role that is filled.")})
    owners = decision.project.mandates.active().deciding().select_related("role")
    return record_review(
        actor=actor,
        decision=decision,
        change=newest,
        answer=answer,
        role=role if answer == ReviewAnswer.AGAIN else "",
        reasons=reasons,
        mandate=owners.get(holder=actor),
    )
