"""States and answers of the decision file. Codes are stored; labels are shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProposalState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    UNDER_REVIEW = "under_review", _("Under review")
    READY_FOR_DECISION = "ready_for_decision", _("Waiting for the owner")
    DECIDED = "decided", _("Decided")
    CONDITIONS_OPEN = "conditions_open", _("Conditions open")
    CLOSED = "closed", _("Closed")
    RETURNED = "returned", _("Rework asked")
    DEFERRED = "deferred", _("Deferred")
    MERGED = "merged", _("Merged")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")


#: The states of a file that came back to its authors.
WITH_AUTHORS = (ProposalState.RETURNED, ProposalState.DEFERRED)


class Position(models.TextChoices):
    """What an adviser says of a revision (avis); never a vote (R2)."""

    FAVOURABLE = "favourable", _("Favourable")
    WITH_RESERVATIONS = "with_reservations", _("With reservations")
    UNFAVOURABLE = "unfavourable", _("Unfavourable")
    NO_OPINION = "no_opinion", _("No opinion")


class Outcome(models.TextChoices):
    """What the owner answers; those that pronounce an acceptance have words of their own (domain.md §4)."""

    APPROVED = "approved", _("Approved")
    APPROVED_WITH_CONDITIONS = "approved_with_conditions", _("Approved with conditions")
    ACCEPTED = "accepted", _("Accepted")
    ACCEPTED_WITH_RESERVATIONS = "accepted_with_reservations", _("Accepted with reservations")
    ACCEPTED_WITH_PRICE_REDUCTION = "accepted_with_price_reduction", _("Accepted with a price reduction")
    REWORK = "rework", _("Rework asked")
    DEFERRED = "deferred", _("Deferred")
    MERGED = "merged", _("Merged")
    REJECTED = "rejected", _("Rejected")


#: The answers that say yes to an acceptance: without anything reserved, with defects to be lifted, for a lower price.
ACCEPTANCES = (Outcome.ACCEPTED, Outcome.ACCEPTED_WITH_RESERVATIONS, Outcome.ACCEPTED_WITH_PRICE_REDUCTION)
#: The answers that say yes, and so do to the project what was asked.
APPROVALS = frozenset({Outcome.APPROVED, Outcome.APPROVED_WITH_CONDITIONS, *ACCEPTANCES})
#: The answers that attach conditions, which an acceptance calls reservations.
WITH_CONDITIONS = frozenset({Outcome.APPROVED_WITH_CONDITIONS, Outcome.ACCEPTED_WITH_RESERVATIONS})
#: The answers that any kind may get beside a yes, in the order of the form.
OTHER_ANSWERS = (Outcome.REWORK, Outcome.DEFERRED, Outcome.MERGED, Outcome.REJECTED)


class EffectiveFrom(models.TextChoices):
    """When an approval takes effect, as the owner chose."""

    AT_ONCE = "at_once", _("at once")
    WHEN_MET = "when_met", _("when the last condition is lifted")


#: Outcome → the position that disagrees with it; asking for rework or deferring settles nothing to disagree with.
DISAGREES = {
    **dict.fromkeys(sorted(APPROVALS), Position.UNFAVOURABLE),
    Outcome.REJECTED: Position.FAVOURABLE,
}


def dissents(position: str, outcome: str) -> bool:
    """Whether an opinion of this `position` disagrees with a decision of this `outcome` (avis divergent, R7)."""
    return DISAGREES.get(Outcome(outcome)) == Position(position)


class ConditionState(models.TextChoices):
    """Stored states; an open condition whose date has passed is shown as overdue."""

    OPEN = "open", _("Open")
    MET = "met", _("Met")
    WAIVED = "waived", _("Waived")


class Fate(models.TextChoices):
    """What becomes of something that rests on a decision when another one replaces it."""

    KEPT = "kept", _("kept")
    CHANGED = "changed", _("changed by the new decision")
    DROPPED = "dropped", _("dropped")
