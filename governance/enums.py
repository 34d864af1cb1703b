"""States and outcomes of the decision file. Codes are stored; labels are shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProposalState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    UNDER_REVIEW = "under_review", _("Under review")
    READY_FOR_DECISION = "ready_for_decision", _("Waiting for the owner")
    DECIDED = "decided", pgettext_lazy("proposal", "Decided")
    CONDITIONS_OPEN = "conditions_open", _("Conditions open")
    CLOSED = "closed", _("Closed")
    RETURNED = "returned", _("Rework asked")
    DEFERRED = "deferred", _("Deferred")
    MERGED = "merged", _("Merged")
    SUPERSEDED = "superseded", _("Superseded")
    LAPSED = "lapsed", _("Lapsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


#: States of a file returned to its authors.
WITH_AUTHORS = (ProposalState.RETURNED, ProposalState.DEFERRED)
#: States of a file that nothing came of, and of one that is over: another one of its kind may be written.
GONE = (ProposalState.WITHDRAWN, ProposalState.MERGED, ProposalState.SUPERSEDED, ProposalState.LAPSED)
OVER = (*GONE, ProposalState.DECIDED, ProposalState.CLOSED)


class Position(models.TextChoices):
    """Position of an adviser on a revision (avis); never a vote (R2)."""

    FAVOURABLE = "favourable", _("Favourable")
    WITH_RESERVATIONS = "with_reservations", _("With reservations")
    UNFAVOURABLE = "unfavourable", _("Unfavourable")
    NO_OPINION = "no_opinion", _("No opinion")


class Outcome(models.TextChoices):
    """Outcomes of a decision; those of an acceptance have their own terms (domain.md §4)."""

    APPROVED = "approved", _("Approved")
    APPROVED_WITH_CONDITIONS = "approved_with_conditions", _("Approved with conditions")
    ACCEPTED = "accepted", pgettext_lazy("decision", "Accepted")
    ACCEPTED_WITH_RESERVATIONS = "accepted_with_reservations", _("Accepted with reservations")
    ACCEPTED_WITH_PRICE_REDUCTION = "accepted_with_price_reduction", _("Accepted with a price reduction")
    REWORK = "rework", _("Rework asked")
    DEFERRED = "deferred", _("Deferred")
    MERGED = "merged", _("Merged")
    REJECTED = "rejected", _("Rejected")


#: Approving outcomes of an acceptance: unreserved, with reservations, for a lower price.
ACCEPTANCES = (Outcome.ACCEPTED, Outcome.ACCEPTED_WITH_RESERVATIONS, Outcome.ACCEPTED_WITH_PRICE_REDUCTION)
#: Approving outcomes: they apply the proposal to the project.
APPROVALS = frozenset({Outcome.APPROVED, Outcome.APPROVED_WITH_CONDITIONS, *ACCEPTANCES})
#: Outcomes with conditions, which an acceptance calls reservations.
WITH_CONDITIONS = frozenset({Outcome.APPROVED_WITH_CONDITIONS, Outcome.ACCEPTED_WITH_RESERVATIONS})
#: Other outcomes of every kind, in form order.
OTHER_ANSWERS = (Outcome.REWORK, Outcome.DEFERRED, Outcome.MERGED, Outcome.REJECTED)


class EffectiveFrom(models.TextChoices):
    """When an approval takes effect."""

    AT_ONCE = "at_once", _("at once")
    WHEN_MET = "when_met", _("when the last condition is met")


class ConditionState(models.TextChoices):
    """Stored states; an open condition past its due date is shown as overdue."""

    OPEN = "open", _("Open")
    MET = "met", _("Met")
    WAIVED = "waived", _("Waived")
    LAPSED = "lapsed", _("Lapsed")


class OnLapse(models.TextChoices):
    """Effect of a condition that is not met in time, chosen by the owner with the decision."""

    STAYS = "stays", _("It stays open and is overdue")
    LAPSES = "lapses", _("The decision lapses. Its changes stay in place")
    UNDONE = "undone", _("The decision lapses and its changes are undone")


class Settled(models.TextChoices):
    """What becomes of something an approval finds missing or open, in the owner's word on it."""

    WITHOUT = "without", _("passed without it")
    EXCUSED = "excused", _("excused")
    CARRIED = "carried", _("carried over")
    ANSWERED = "answered", _("closed by this decision")
    WAIVED = "waived", pgettext_lazy("closing", "waived")
    CLOSED = "closed", pgettext_lazy("closing", "closed")
    ENDED = "ended", pgettext_lazy("closing", "ended")
    CONFIRMED = "confirmed", pgettext_lazy("closing", "confirmed")
    DROPPED = "dropped", pgettext_lazy("closing", "dropped")


class Fate(models.TextChoices):
    """Fate of an item that rests on a decision when another decision replaces it."""

    KEPT = "kept", _("kept")
    CHANGED = "changed", _("changed by the new decision")
    DROPPED = "dropped", pgettext_lazy("fate", "dropped")
