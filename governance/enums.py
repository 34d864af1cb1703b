"""States and outcomes of the decision file. Codes are stored; labels are shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from projects.ledger.enums import LedgerAct, register_acts
from projects.notices.enums import SUBJECTS, NoticeReason, register_reasons


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


@register_acts
class Act(LedgerAct):
    """Acts of decisions and of the life of projects."""

    DESCRIBE_GROUP = "describe_group", _("Recipient group described")
    ACKNOWLEDGE = "acknowledge", _("Decision read")
    DRAFT = "draft", _("Proposal drafted")
    EDIT = "edit", _("Working text changed")
    SUBMIT = "submit", _("Proposal submitted")
    TAKE_UP = "take_up", _("Taken up for review")
    ADVISE = "advise", _("Opinion given")
    MARK_INDEPENDENCE = "mark_independence", _("Role or opinion marked as not independent")
    NOTE_BINDING = "note_binding", _("Binding opinion recorded")
    WITHDRAW = "withdraw", _("Proposal withdrawn")
    DECIDE = "decide", _("Decision recorded")
    SUPERSEDE = "supersede", _("Decision replaced")
    PROVE = "prove", _("Evidence given for a condition")
    LIFT = "lift", _("Condition met")
    WAIVE = "waive", _("Condition waived")
    LAPSE = "lapse", _("Condition not met in time")
    FULFIL = "fulfil", _("Obligation fulfilled")
    CHECK_EVIDENCE = "check_evidence", _("Evidence of an obligation received, or not")
    EXCUSE = "excuse", _("Role excused from an obligation")
    ADD_DOCUMENT = "add_document", _("Document added")
    REPLACE_DOCUMENT = "replace_document", _("Document replaced")
    BREAK_SEAL = "break_seal", _("Decision needs review")
    REVIEW_DECISION = "review_decision", _("Decision reviewed")
    COME_BACK = "come_back", _("Decision back for a second look")
    LOOK_BACK = "look_back", _("Second look at a decision")
    EDIT_FACTS = "edit_facts", _("Facts of the project changed")
    WRITE_EARLIER = "write_earlier", _("Earlier decision written")
    SWITCH_WORKSPACES = "switch_workspaces", _("Workspaces switched")
    SIGN_DECISIONS = "sign_decisions", _("Signing of decisions required, or no longer")
    REQUIRE_WORKSPACES = "require_workspaces", _("Workspaces switched on, as required")
    ASK_MOVE = "ask_move", _("Move under another parent asked")
    ACCEPT_MOVE = "accept_move", _("Move under another parent accepted")
    REFUSE_MOVE = "refuse_move", _("Move under another parent refused")
    TAKE_BACK_MOVE = "take_back_move", _("Move under another parent taken back")
    CHANGE_PLACE = "change_place", _("Place or share changed by the owner above")
    CARRY_OVER = "carry_over", _("Item carried over to another project")
    ACCEPT_CARRY_OVER = "accept_carry_over", _("Item carried over accepted")
    DECLINE_CARRY_OVER = "decline_carry_over", _("Item carried over declined")
    FINISH_CARRY_OVER = "finish_carry_over", _("Item carried over done")
    REFUSE_CARRY_OVER = "refuse_carry_over", _("Item carried over not done")
    GIVE_ACTION = "give_action", _("Action given or changed")
    SETTLE_ACTION = "settle_action", _("Action done, dropped or taken up again")
    WRITE_BODY = "write_body", _("Body changed")
    WRITE_SESSION = "write_session", _("Session prepared")
    CONVENE_SESSION = "convene_session", _("Session convened")
    ADD_SESSION_ITEM = "add_session_item", _("Item added to a session after its notice")
    OPEN_SESSION = "open_session", _("Session opened")
    NOTE_SESSION_ITEM = "note_session_item", _("Item of a session noted")
    CLOSE_SESSION = "close_session", _("Session closed")
    CANCEL_SESSION = "cancel_session", _("Session cancelled")
    SETTLE_LIST = "settle_list", _("Decision list settled")
    RECTIFY_LIST = "rectify_list", _("Decision list rectified")


@register_reasons
class Reason(NoticeReason):
    """Reasons of notices of decisions and of the life of projects."""

    WITHDRAWN = "withdrawn", _("was withdrawn by its author")
    GROUND_REPLACED = "ground_replaced", _("goes back to its authors: the owner has replaced a decision it depends on")
    GROUND_DROPPED = "ground_dropped", _("was withdrawn: the owner has replaced the decision it names")
    PROOF_GIVEN = "proof_given", _("evidence for a condition needs your review")
    CONDITION_LIFTED = "condition_lifted", _("a condition was met")
    CONDITION_WAIVED = "condition_waived", _("a condition was waived")
    CONDITION_LAPSED = "condition_lapsed", _("a condition was not met in time: the decision has lapsed")
    RESERVATION_PROVED = "reservation_proved", _("read the evidence that a reservation is cleared")
    RESERVATION_LIFTED = "reservation_lifted", _("a reservation was cleared")
    RESERVATION_WAIVED = "reservation_waived", _("a reservation was waived")
    NO_LONGER_CURRENT = "no_longer_current", _("needs review: its basis has changed since")
    STILL_HOLDS = "still_holds", _("is confirmed by the owner")
    SECOND_LOOK = "second_look", _("comes back to you: compare what was expected with what was measured")
    LOOKED_BACK = "looked_back", _("the owner has looked back at this decision")
    PROPOSE_AGAIN = "propose_again", _("the owner asks your role to propose it again")
    NOT_INDEPENDENT = "not_independent", _("is not independent: read the mandates and the opinions given meanwhile")
    EMPLOYER_UNKNOWN = "employer_unknown", _("the organisation of the holder is unknown: enter it")
    EVIDENCE_REFUSED = "evidence_refused", _("was not received: give the evidence again")
    EVIDENCE_TO_RULE = "evidence_to_rule", _("was not received a second time: it needs your ruling")
    EVIDENCE_RECEIVED = "evidence_received", _("counts: the owner has received the evidence")
    MOVE_ASKED = "move_asked", _("this project asks to come under another parent")
    MOVE_SETTLED = "move_settled", _("the move of this project is decided")
    PLACE_CHANGED = "place_changed", _("the owner above has decided on the share or the place of this project")
    CARRIED_OVER = "carried_over", _("the closing of a project carries this over to you, or to your project")
    CARRY_ANSWERED = "carry_answered", _("what the closing of a project carries over is answered")
    ACTION_GIVEN = "action_given", _("this action is yours to do")
    ACTION_SETTLED = "action_settled", _("the state of this action has changed")
    WORKSPACES_REQUIRED = "workspaces_required", _("a standard above switched a workspace of this project on")
    SESSION_CONVENED = "session_convened", _("you are convened: read its agenda")
    SESSION_MOVED = "session_moved", _("this session has another day, hour or place")
    SESSION_CANCELLED = "session_cancelled", _("this session is cancelled")
    LIST_SETTLED = "list_settled", _("its decision list is settled: read it")


SUBJECTS |= {
    Reason.WITHDRAWN: pgettext_lazy("mail subject", "Proposal withdrawn"),
    Reason.GROUND_REPLACED: pgettext_lazy("mail subject", "Proposal back with its authors"),
    Reason.GROUND_DROPPED: pgettext_lazy("mail subject", "Proposal withdrawn"),
    Reason.PROOF_GIVEN: pgettext_lazy("mail subject", "Evidence to review"),
    Reason.CONDITION_LIFTED: pgettext_lazy("mail subject", "Condition met"),
    Reason.CONDITION_WAIVED: pgettext_lazy("mail subject", "Condition waived"),
    Reason.CONDITION_LAPSED: pgettext_lazy("mail subject", "Decision lapsed"),
    Reason.RESERVATION_PROVED: pgettext_lazy("mail subject", "Evidence to review"),
    Reason.RESERVATION_LIFTED: pgettext_lazy("mail subject", "Reservation cleared"),
    Reason.RESERVATION_WAIVED: pgettext_lazy("mail subject", "Reservation waived"),
    Reason.NO_LONGER_CURRENT: pgettext_lazy("mail subject", "Decision to review"),
    Reason.STILL_HOLDS: pgettext_lazy("mail subject", "Decision confirmed"),
    Reason.SECOND_LOOK: pgettext_lazy("mail subject", "Second look due"),
    Reason.LOOKED_BACK: pgettext_lazy("mail subject", "Second look recorded"),
    Reason.PROPOSE_AGAIN: pgettext_lazy("mail subject", "Proposal to write again"),
    Reason.EVIDENCE_REFUSED: pgettext_lazy("mail subject", "Evidence not received"),
    Reason.EVIDENCE_TO_RULE: pgettext_lazy("mail subject", "Evidence to rule on"),
    Reason.EVIDENCE_RECEIVED: pgettext_lazy("mail subject", "Evidence received"),
    Reason.MOVE_ASKED: pgettext_lazy("mail subject", "Move asked"),
    Reason.MOVE_SETTLED: pgettext_lazy("mail subject", "Move decided"),
    Reason.PLACE_CHANGED: pgettext_lazy("mail subject", "Share or place changed"),
    Reason.CARRIED_OVER: pgettext_lazy("mail subject", "Item carried over"),
    Reason.CARRY_ANSWERED: pgettext_lazy("mail subject", "Item carried over answered"),
    Reason.ACTION_GIVEN: pgettext_lazy("mail subject", "Action to do"),
    Reason.ACTION_SETTLED: pgettext_lazy("mail subject", "State of an action"),
    Reason.WORKSPACES_REQUIRED: pgettext_lazy("mail subject", "Workspace switched on"),
    Reason.SESSION_CONVENED: pgettext_lazy("mail subject", "Session convened"),
    Reason.SESSION_MOVED: pgettext_lazy("mail subject", "Session moved"),
    Reason.SESSION_CANCELLED: pgettext_lazy("mail subject", "Session cancelled"),
    Reason.LIST_SETTLED: pgettext_lazy("mail subject", "Decision list settled"),
}
