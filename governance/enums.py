"""States and answers of the decision file. Codes are stored; labels are shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from roles.enums import DecisionKind


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
#: The kinds by which the owner pronounces an acceptance (réception).
ACCEPTANCE_KINDS = frozenset({DecisionKind.INTERIM_ACCEPTANCE, DecisionKind.ACCEPTANCE})


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


class Act(models.TextChoices):
    """Every act that leaves an event in the ledger of its project."""

    FOUND = "found", _("Project opened")
    APPOINT = "appoint", _("Role given")
    NAME_OWNER = "name_owner", _("Owner named")
    ACCEPT = "accept", _("Mandate accepted")
    END_MANDATE = "end_mandate", _("Mandate ended")
    DELEGATE = "delegate", _("Signature delegated")
    REVOKE = "revoke", _("Delegation ended")
    PUBLISH_ROLE = "publish_role", _("Role template published")
    RETIRE_ROLE = "retire_role", _("Role template retired")
    INSTALL_PACK = "install_pack", _("Method pack installed")
    APPLY_ROLES = "apply_roles", _("Roles applied")
    ADAPT_ROLES = "adapt_roles", _("Roles adapted")
    NOTE_BIDDER = "note_bidder", _("Bidder noted")
    DECLARE_INTEREST = "declare_interest", _("Tie declared")
    SETTLE_INTEREST = "settle_interest", _("Tie settled")
    DESCRIBE_GROUP = "describe_group", _("Recipient group described")
    WRITE_REQUIREMENTS = "write_requirements", _("Requirements written")
    IMPORT_REQUIREMENTS = "import_requirements", _("Requirements imported")
    FREEZE_BASELINE = "freeze_baseline", _("Requirements frozen")
    IMPLEMENT = "implement", _("Requirements implemented")
    ASK = "ask", _("Question asked")
    ANSWER = "answer", _("Question answered")
    ESTIMATE = "estimate", _("Estimate given")
    PLAN_ACCEPTANCE = "plan_acceptance", _("Acceptance planned")
    RUN_TEST = "run_test", _("Test run")
    REPORT_DEFECT = "report_defect", _("Defect reported")
    CORRECT_DEFECT = "correct_defect", _("Defect corrected")
    CLOSE_DEFECT = "close_defect", _("Defect closed or reopened")
    CLOSE_CAMPAIGN = "close_campaign", _("Acceptance campaign closed")
    PLAN_CHANGE = "plan_change", _("Change plan written")
    FREEZE_PLAN = "freeze_plan", _("Change plan frozen")
    GIVE_FEEDBACK = "give_feedback", _("Feedback noted")
    ANSWER_FEEDBACK = "answer_feedback", _("Feedback answered")
    ACKNOWLEDGE = "acknowledge", _("Decision read")
    FOLLOW_INDICATORS = "follow_indicators", _("Indicators followed")
    PUBLISH_WEATHER = "publish_weather", _("Project weather published")
    PLAN_SCHEDULE = "plan_schedule", _("Schedule kept")
    PLAN_MEANS = "plan_means", _("Means kept")
    PROPOSE_CRITERION = "propose_criterion", _("Success criterion proposed")
    PROPOSE_BENEFIT = "propose_benefit", _("Benefit proposed")
    FREEZE_CRITERIA = "freeze_criteria", _("Success criteria frozen")
    MEASURE_CRITERION = "measure_criterion", _("Success criterion measured")
    NOTE_LESSON = "note_lesson", _("Lesson noted")
    RAISE_RISK = "raise_risk", _("Risk raised")
    EDIT_RISK = "edit_risk", _("Risk described")
    ASSESS_RISK = "assess_risk", _("Risk assessed")
    TREAT_RISK = "treat_risk", _("Action on a risk written")
    REVIEW_RISKS = "review_risks", _("Risks reviewed")
    MATERIALISE_RISK = "materialise_risk", _("Risk happened")
    RAISE_ISSUE = "raise_issue", _("Issue raised")
    SETTLE_ISSUE = "settle_issue", _("Issue followed")
    SET_RISK_SCALE = "set_risk_scale", _("Risk scale set")
    CHECK_CONFORMITY = "check_conformity", _("Conformity checked")
    REVOKE_WAIVER = "revoke_waiver", _("Waiver revoked")
    CLOSE_WAIVER = "close_waiver", _("Waiver closed")
    DRAFT = "draft", _("Proposal drafted")
    EDIT = "edit", _("Working text changed")
    SUBMIT = "submit", _("Proposal submitted")
    TAKE_UP = "take_up", _("Taken up for review")
    ADVISE = "advise", _("Opinion given")
    NOTE_BINDING = "note_binding", _("Binding opinion noted")
    WITHDRAW = "withdraw", _("Proposal withdrawn")
    DECIDE = "decide", _("Decision recorded")
    SUPERSEDE = "supersede", _("Decision replaced")
    PROVE = "prove", _("Proof of a condition given")
    LIFT = "lift", _("Condition lifted")
    WAIVE = "waive", _("Condition waived")
    ADD_DOCUMENT = "add_document", _("Document added")
    REPLACE_DOCUMENT = "replace_document", _("Document replaced")
    BREAK_SEAL = "break_seal", _("Decision no longer current")
    ARCHIVE_REVIEW = "archive_review", _("Monthly review archived")
    KEEP_STANDARDS = "keep_standards", _("Standards library kept")
    ERASE = "erase", _("Personal data erased")
