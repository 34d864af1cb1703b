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
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Position(models.TextChoices):
    """What an adviser says of a revision (avis); never a vote (R2)."""

    FAVOURABLE = "favourable", _("Favourable")
    WITH_RESERVATIONS = "with_reservations", _("With reservations")
    UNFAVOURABLE = "unfavourable", _("Unfavourable")
    NO_OPINION = "no_opinion", _("No opinion")


class Outcome(models.TextChoices):
    """What the owner answers."""

    APPROVED = "approved", _("Approved")
    APPROVED_WITH_CONDITIONS = "approved_with_conditions", _("Approved with conditions")
    REWORK = "rework", _("Rework asked")
    DEFERRED = "deferred", _("Deferred")
    REJECTED = "rejected", _("Rejected")


#: Outcome → the position that disagrees with it; asking for rework or deferring settles nothing to disagree with.
DISAGREES = {
    Outcome.APPROVED: Position.UNFAVOURABLE,
    Outcome.APPROVED_WITH_CONDITIONS: Position.UNFAVOURABLE,
    Outcome.REJECTED: Position.FAVOURABLE,
}


def dissents(position: str, outcome: str) -> bool:
    """Whether an opinion of this `position` disagrees with a decision of this `outcome` (avis divergent, R7)."""
    return DISAGREES.get(Outcome(outcome)) == Position(position)


class ConditionState(models.TextChoices):
    OPEN = "open", _("Open")
    MET = "met", _("Met")


class Act(models.TextChoices):
    """Every act that leaves an event in the ledger of its project."""

    FOUND = "found", _("Project opened")
    APPOINT = "appoint", _("Role given")
    NAME_OWNER = "name_owner", _("Owner named")
    END_MANDATE = "end_mandate", _("Mandate ended")
    DELEGATE = "delegate", _("Signature delegated")
    REVOKE = "revoke", _("Delegation ended")
    DRAFT = "draft", _("Proposal drafted")
    EDIT = "edit", _("Working text changed")
    SUBMIT = "submit", _("Proposal submitted")
    TAKE_UP = "take_up", _("Taken up for review")
    ADVISE = "advise", _("Opinion given")
    WITHDRAW = "withdraw", _("Proposal withdrawn")
    DECIDE = "decide", _("Decision recorded")
    LIFT = "lift", _("Condition lifted")
