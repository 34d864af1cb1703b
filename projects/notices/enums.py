"""Reasons of notices. Each app declares its own and registers them, with the subjects of their mails."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class NoticeReason(models.TextChoices):
    """A reason of a notice; the label is shown after reference and title."""


#: Longest code of a reason.
LONGEST = 20
#: Code → reason, of every installed app.
REASONS: dict[str, NoticeReason] = {}
#: Subjects of mails in a few words, by reason; a reason without one takes its label.
SUBJECTS: dict[str, Any] = {}


def register_reasons[R: NoticeReason](reasons: type[R]) -> type[R]:
    """Register the reasons of an app. Raises ValueError when a code is too long or taken."""
    for reason in reasons:
        if len(reason) > LONGEST or REASONS.setdefault(reason.value, reason) is not reason:
            raise ValueError(f"The reason {reason.value!r} is registered already, or longer than {LONGEST} characters.")
    return reasons


def list_reasons() -> list[tuple[str, Any]]:
    """List the code and the label of every registered reason."""
    return [(reason.value, reason.label) for reason in REASONS.values()]


@register_reasons
class Reason(NoticeReason):
    """Reasons of projects and of people, and those that a date causes or a project without decisions knows."""

    OPINION_ASKED = "opinion_asked", _("your opinion is asked")
    DECISION_ASKED = "decision_asked", _("needs your decision")
    DECIDED = "decided", _("the owner has decided on this proposal")
    SIGNATURE_DISPUTED = "signature_disputed", _("the signatory says: this was not me")
    LAPSE_PREVENTED = "lapse_prevented", _("a condition was not met in time, but what was decided cannot be undone")
    TIE_WAITS = "tie_waits", _("a declared interest needs your ruling")
    TIE_BLOCKS = "tie_blocks", _("an interest you declared blocks your role, because the organisation bids")
    IMPORT_FAILED = "import_failed", _("your import was not written, and nothing was changed")
    TIE_SETTLED = "tie_settled", _("the owner has ruled on an interest you declared")
    EMPLOYER_CHANGED = "employer_changed", _("the holder works for another organisation")
    WAIVER_ENDING = "waiver_ending", _("this waiver ends within 30 days")
    WAIVER_EXPIRED = "waiver_expired", _("this waiver has expired: what it covered is not conform again")
    # Obligations are reminded of as tasks since ADR 37; older notices have these reasons.
    OBLIGATION_DUE = "obligation_due", _("this obligation of your role is due within seven days")
    OBLIGATION_LATE = "obligation_late", _("this obligation of your role is late")
    CONDITION_LATE = "condition_late", _("is overdue")
    TASKS_DUE = "tasks_due", _("due soon or late")
    ROLE_GIVEN = "role_given", _("a role is given")
    ROLE_ACCEPTED = "role_accepted", _("a role is accepted")
    ROLE_DECLINED = "role_declined", _("a role is declined")
    ROLE_ENDED = "role_ended", _("a role is ended")
    ROLE_ENDING = "role_ending", _("this role ends within 30 days")
    ROLE_OVER = "role_over", _("this role has come to its end")
    ROLE_VACANT = "role_vacant", _("is vacant: its holder’s mandate has ended. The owner appoints another person")
    ROLE_LEAVING = "role_leaving", _("the holder leaves on a set day. Appoint another person")
    ROLE_LEFT = "role_left", _("is vacant: its holder's account is closed. Appoint another person")
    ACCOUNT_CLOSED = "account_closed", _("is closed: you can no longer sign in")
    ACCOUNT_REOPENED = "account_reopened", _("a closed account is open again")
    RESET_SENT = "reset_sent", _("an administrator sent you a link to choose a new password")
    CREDENTIAL_CHANGED = "credential_changed", _("a sign-in credential of your account has changed")
    VOUCH_ASKED = "vouch_asked", _("a person asks you to vouch for their new credential or address")
    VOUCHED = "vouched", _("a person vouched for your new credential or address")
    HAND_CHANGES = "hand_changes", _("the sign-in of a person who decides or administers changes")
    ADDRESS_CHANGED = "address_changed", _("the address of your account changes, or was to change")
    ADDRESS_PROPOSED = "address_proposed", _("an administrator proposed another address for an account")
    ADDRESS_OBJECTED = "address_objected", _("a person objects to another address of their account")
    ACCOUNT_CHANGED = "account_changed", _("your name, title, organisation or language was changed")
    INVITED = "invited", _("you are invited")
    HOLDER_INVITED = "holder_invited", _("a project owner invited a person in order to give them a role")
    DEPARTURE_SET = "departure_set", _("a last day is set: the account closes after it")
    DEPARTURE_OFF = "departure_off", _("the last day that was set is taken back: the account stays open")
    DEPARTURE_OVER = "departure_over", _("an account is closed: its last day is over")
    ABSENCE_STATED = "absence_stated", _("your absence is stated by an administrator")
    ABSENCE_OVER = "absence_over", _("the absence is taken back")
    ASKED_MEANWHILE = "asked_meanwhile", _("a person who is absent names you as contact person")
    ADMINISTRATOR_NAMED = "administrator_named", _("administrator rights are granted")
    ADMINISTRATOR_ENDED = "administrator_ended", _("administrator rights end, or were to end")
    PROOF_CHANGED = "proof_changed", _("settings of sign-in or of the sender of emails have changed")
    SIGNING_CHANGED = "signing_changed", _("the owner changed whether decisions are signed with a passkey")
    TOKEN_CHANGED = "token_changed", _("a token of provisioning was made or ended")
    OWNER_NAMED = "owner_named", _("a project owner is named")
    SEAT_ASKED = "seat_asked", _("the directory, or a last day that is over, asks to close the account of an owner")
    SEAT_PROPOSED = "seat_proposed", _("an administrator proposes to replace the project owner, or close their account")
    SEAT_SECONDED = "seat_seconded", _("a second person agrees to replace the project owner, or close their account")
    SEAT_OBJECTED = "seat_objected", _("the former owner objects")
    SEAT_CONFIRMED = "seat_confirmed", _("what the former owner objected to is confirmed again")
    SEAT_TAKEN = "seat_taken", _("a new project owner is in office, or the account of the owner is closed")
    SEAT_WITHDRAWN = "seat_withdrawn", _("the owner is not replaced: it was withdrawn")
    SEAT_WEEKLY = "seat_weekly", _("one person alone replaces the project owner, or closes their account")
    SIGNATURE_DELEGATED = "signature_delegated", _("the project owner’s signature is delegated")
    DELEGATION_ENDED = "delegation_ended", _("a delegation of the project owner’s signature is ended")
    DELEGATION_OVER = "delegation_over", _("this delegation of signature has come to its end")


SUBJECTS |= {
    Reason.OPINION_ASKED: pgettext_lazy("mail subject", "Opinion asked"),
    Reason.DECISION_ASKED: pgettext_lazy("mail subject", "Decision asked"),
    Reason.DECIDED: pgettext_lazy("mail subject", "Decision recorded"),
    Reason.SIGNATURE_DISPUTED: pgettext_lazy("mail subject", "Signature disputed"),
    Reason.LAPSE_PREVENTED: pgettext_lazy("mail subject", "Condition not met in time"),
    Reason.TIE_WAITS: pgettext_lazy("mail subject", "Declared interest to rule on"),
    Reason.TIE_BLOCKS: pgettext_lazy("mail subject", "Role blocked by a declared interest"),
    Reason.IMPORT_FAILED: pgettext_lazy("mail subject", "Import not written"),
    Reason.TIE_SETTLED: pgettext_lazy("mail subject", "Ruling on a declared interest"),
    Reason.WAIVER_ENDING: pgettext_lazy("mail subject", "Waiver ending within 30 days"),
    Reason.WAIVER_EXPIRED: pgettext_lazy("mail subject", "Waiver expired"),
    Reason.OBLIGATION_DUE: pgettext_lazy("mail subject", "Obligation due within seven days"),
    Reason.OBLIGATION_LATE: pgettext_lazy("mail subject", "Obligation late"),
    Reason.ROLE_GIVEN: pgettext_lazy("mail subject", "Role given"),
    Reason.ROLE_ACCEPTED: pgettext_lazy("mail subject", "Role accepted"),
    Reason.ROLE_DECLINED: pgettext_lazy("mail subject", "Role declined"),
    Reason.ROLE_ENDED: pgettext_lazy("mail subject", "Role ended"),
    Reason.ROLE_ENDING: pgettext_lazy("mail subject", "Role ending within 30 days"),
    Reason.ROLE_OVER: pgettext_lazy("mail subject", "Role over"),
    Reason.ROLE_VACANT: pgettext_lazy("mail subject", "Vacant role"),
    Reason.ROLE_LEAVING: pgettext_lazy("mail subject", "Role soon vacant"),
    Reason.ROLE_LEFT: pgettext_lazy("mail subject", "Vacant role"),
    Reason.SIGNING_CHANGED: pgettext_lazy("mail subject", "Signature of decisions"),
    Reason.OWNER_NAMED: pgettext_lazy("mail subject", "Project owner named"),
    Reason.SIGNATURE_DELEGATED: pgettext_lazy("mail subject", "Signature delegated"),
    Reason.DELEGATION_ENDED: pgettext_lazy("mail subject", "Delegation ended"),
    Reason.DELEGATION_OVER: pgettext_lazy("mail subject", "Delegation over"),
}
