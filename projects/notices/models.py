"""Notifications: one row per person and event, shown in the application and sent as mail."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from django.core.mail import EmailMessage
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.ledger.models import LedgerEvent
from roles.models import INSTALLATION, User


class Reason(models.TextChoices):
    """Reason of a notification; the label is shown after reference and title."""

    OPINION_ASKED = "opinion_asked", _("your opinion is asked")
    DECISION_ASKED = "decision_asked", _("needs your decision")
    DECIDED = "decided", _("the owner has decided on this proposal")
    SIGNATURE_DISPUTED = "signature_disputed", _("the signatory says: this was not me")
    WITHDRAWN = "withdrawn", _("was withdrawn by its author")
    GROUND_REPLACED = "ground_replaced", _("goes back to its authors: the owner has replaced a decision it depends on")
    GROUND_DROPPED = "ground_dropped", _("was withdrawn: the owner has replaced the decision it names")
    PROOF_GIVEN = "proof_given", _("evidence for a condition needs your review")
    CONDITION_LIFTED = "condition_lifted", _("a condition was met")
    CONDITION_WAIVED = "condition_waived", _("a condition was waived")
    CONDITION_LAPSED = "condition_lapsed", _("a condition was not met in time: the decision has lapsed")
    LAPSE_PREVENTED = "lapse_prevented", _("a condition was not met in time, but what was decided cannot be undone")
    RESERVATION_PROVED = "reservation_proved", _("read the evidence that a reservation is cleared")
    RESERVATION_LIFTED = "reservation_lifted", _("a reservation was cleared")
    RESERVATION_WAIVED = "reservation_waived", _("a reservation was waived")
    NO_LONGER_CURRENT = "no_longer_current", _("needs review: its basis has changed since")
    STILL_HOLDS = "still_holds", _("is confirmed by the owner")
    SECOND_LOOK = "second_look", _("comes back to you: compare what was expected with what was measured")
    LOOKED_BACK = "looked_back", _("the owner has looked back at this decision")
    PROPOSE_AGAIN = "propose_again", _("the owner asks your role to propose it again")
    TIE_WAITS = "tie_waits", _("a declared interest needs your ruling")
    TIE_BLOCKS = "tie_blocks", _("an interest you declared blocks your role, because the organisation bids")
    IMPORT_DONE = "import_done", _("your import is done")
    IMPORT_FAILED = "import_failed", _("your import was not written, and nothing was changed")
    TIE_SETTLED = "tie_settled", _("the owner has ruled on an interest you declared")
    NOT_INDEPENDENT = "not_independent", _("is not independent: read the mandates and the opinions given meanwhile")
    EMPLOYER_UNKNOWN = "employer_unknown", _("the organisation of the holder is unknown: enter it")
    EMPLOYER_CHANGED = "employer_changed", _("the holder works for another organisation")
    QUESTION_ASKED = "question_asked", _("a question needs the answer of your role")
    QUESTION_ANSWERED = "question_answered", _("the question your role asked is answered")
    RISK_REOPENED = "risk_reopened", _("has risen above the level you accepted: select its treatment again")
    RISK_HAPPENED = "risk_happened", _("has happened: it is an issue now")
    RISK_RED = "risk_red", _("is red")
    RISKS_RED = "risks_red", _("need a treatment")
    WAIVER_REVOKED = "waiver_revoked", _("this waiver was revoked by the owner")
    WAIVER_CLOSED = "waiver_closed", _("this waiver was closed: what it covered is conform")
    WAIVER_ENDING = "waiver_ending", _("this waiver ends within 30 days")
    WAIVER_EXPIRED = "waiver_expired", _("this waiver has expired: what it covered is not conform again")
    EVIDENCE_REFUSED = "evidence_refused", _("was not received: give the evidence again")
    EVIDENCE_TO_RULE = "evidence_to_rule", _("was not received a second time: it needs your ruling")
    EVIDENCE_RECEIVED = "evidence_received", _("counts: the owner has received the evidence")
    OBLIGATION_REMINDED = "obligation_reminded", _("you are reminded of this obligation")
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
    MOVE_ASKED = "move_asked", _("this project asks to come under another parent")
    MOVE_SETTLED = "move_settled", _("the move of this project is decided")
    CARRIED_OVER = "carried_over", _("the closing of a project carries this over to you, or to your project")
    CARRY_ANSWERED = "carry_answered", _("what the closing of a project carries over is answered")
    WORKSPACES_REQUIRED = "workspaces_required", _("a standard above switched a workspace of this project on")
    DELEGATION_OVER = "delegation_over", _("this delegation of signature has come to its end")


#: Reasons that concern a hand or a seat: who decides or administers, what proves them, and how they are reached.
#:
#: Their mails leave first, reach closed accounts, and go to every address of the last 30 days; nothing turns them off.
HAND_AND_SEAT: frozenset[str] = frozenset(
    {
        Reason.SIGNATURE_DISPUTED,
        Reason.ROLE_GIVEN,
        Reason.ROLE_ACCEPTED,
        Reason.ROLE_DECLINED,
        Reason.ROLE_ENDED,
        Reason.ROLE_OVER,
        Reason.OWNER_NAMED,
        Reason.SEAT_ASKED,
        Reason.SEAT_PROPOSED,
        Reason.SEAT_SECONDED,
        Reason.SEAT_OBJECTED,
        Reason.SEAT_CONFIRMED,
        Reason.SEAT_TAKEN,
        Reason.SEAT_WITHDRAWN,
        Reason.SEAT_WEEKLY,
        Reason.SIGNATURE_DELEGATED,
        Reason.DELEGATION_ENDED,
        Reason.DELEGATION_OVER,
        Reason.ACCOUNT_CLOSED,
        Reason.ACCOUNT_REOPENED,
        Reason.HOLDER_INVITED,
        Reason.ACCOUNT_CHANGED,
        Reason.RESET_SENT,
        Reason.CREDENTIAL_CHANGED,
        Reason.VOUCH_ASKED,
        Reason.VOUCHED,
        Reason.HAND_CHANGES,
        Reason.ADDRESS_CHANGED,
        Reason.ADDRESS_PROPOSED,
        Reason.ADDRESS_OBJECTED,
        Reason.DEPARTURE_SET,
        Reason.DEPARTURE_OFF,
        Reason.DEPARTURE_OVER,
        Reason.ABSENCE_STATED,
        Reason.ABSENCE_OVER,
        Reason.ADMINISTRATOR_NAMED,
        Reason.ADMINISTRATOR_ENDED,
        Reason.PROOF_CHANGED,
        Reason.SIGNING_CHANGED,
        Reason.TOKEN_CHANGED,
    }
)
#: Days for which a closed account and a former address are told.
FORMER_DAYS = 30
#: Failures after which a mail no longer leaves before the others.
URGENT_TRIES = 10

#: Labels of the codes in `detail`; apps register their own.
DETAIL_LABELS: dict[str, Any] = {}

#: What more is said of notices of a reason, by primary key. Filled by others.
SENTENCES: dict[str, Callable[[Sequence["Notification"]], Mapping[int, str]]] = {}

#: Reasons that ask for an act on a revision: the mail of another revision leaves at once.
ASKED = (Reason.OPINION_ASKED, Reason.DECISION_ASKED)
#: Reasons of which the receipts of a person, after the first one, wait for each other. The first leaves at once, with
#: those that are there when it leaves: whoever acts in a stolen session would have ten minutes of silence.
SEAT_RECEIPTS = (Reason.ROLE_GIVEN, Reason.ROLE_ACCEPTED)
#: These, and the credentials of the session of the invitation: they all leave together.
GATHERED = (*SEAT_RECEIPTS, Reason.CREDENTIAL_CHANGED)

#: Reasons with mails of their own: build them, or return None when there is nothing to send any more. Filled by others.
MAILS: dict[str, Callable[["Notification"], EmailMessage | Sequence[EmailMessage] | None]] = {}
#: Reasons of HAND_AND_SEAT with a mail of their own to a former address: it has no link that gives power, save one by
#: which its person objects. Filled by others; without one the general mail is sent.
FORMER_MAILS: dict[str, Callable[["Notification", str], EmailMessage | None]] = {}

#: Reasons caused by a date, not an act: they have no event and are sent once per link and person.
BY_TIME = (
    Reason.WAIVER_ENDING,
    Reason.WAIVER_EXPIRED,
    Reason.LAPSE_PREVENTED,
    Reason.OBLIGATION_DUE,
    Reason.OBLIGATION_LATE,
    Reason.CONDITION_LATE,
    Reason.TASKS_DUE,
    Reason.ROLE_ENDING,
    Reason.ROLE_OVER,
    Reason.ROLE_LEAVING,
    Reason.ROLE_LEFT,
    Reason.DELEGATION_OVER,
)

#: Notices of HAND_AND_SEAT, and those on a decision that was signed in the name of the recipient.
ON_HAND_OR_SEAT = models.Q(reason__in=sorted(HAND_AND_SEAT)) | models.Q(
    reason=Reason.DECIDED, event__actor=models.F("recipient")
)


#: Where the count of attempts ends: the column is a small integer.
MOST_ATTEMPTS = 32_767
#: Wait after the first failure of a mail, which doubles with each further one, and the longest wait.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)


class NotificationQuerySet(models.QuerySet["Notification"]):
    def standing(self) -> Self:
        """Leave out notifications of what was undone."""
        return self.filter(withdrawn_at__isnull=True)

    def unread(self) -> Self:
        """Filter notifications not read in the application."""
        return self.standing().filter(read_at__isnull=True)

    def unsent(self) -> Self:
        """Filter notifications with an unsent mail: to open accounts, and to closed ones on their hand or seat."""
        lately = models.Q(created_at__gte=timezone.now() - timedelta(days=FORMER_DAYS))
        told = models.Q(recipient__is_active=True) | lately & ON_HAND_OR_SEAT
        return self.standing().filter(told, mailed_at__isnull=True).exclude(recipient__email=INSTALLATION)

    def to_mail(self) -> Self:
        """Filter those of `unsent` whose mail has not to leave later."""
        return self.unsent().filter(models.Q(mail_from__isnull=True) | models.Q(mail_from__lte=timezone.now()))

    def receipts(self, *reasons: str) -> Self:
        """Filter what tells people of their own acts, for these reasons."""
        return self.filter(event__actor=models.F("recipient"), reason__in=reasons)

    def most_urgent_first(self) -> Self:
        """Order by what leaves first: what concerns a hand or a seat, unless it keeps failing."""
        is_urgent = models.When(ON_HAND_OR_SEAT, attempts__lt=URGENT_TRIES, then=0)
        return self.order_by(models.Case(is_urgent, default=1), "attempts", "pk")

    def due(self, at: datetime) -> Self:
        """Filter those whose mail may be tried at this moment."""
        return self.filter(models.Q(next_try_at=None) | models.Q(next_try_at__lte=at))

    def failed(self) -> Self:
        """Filter those whose mail failed to leave, and is tried again."""
        return self.to_mail().filter(attempts__gt=0)


class Notification(models.Model):
    """Transactional outbox: written by the act, mailed by the worker, one row per event and person.

    `event` is None for a failed import and for `BY_TIME`. `about` copies reference and title of that time, `link` is a
    local path, `detail` the outcome of a decision or the level of a risk. The mail leaves from `mail_from` on. A notice
    of what was undone is withdrawn, and so is one whose place a later one of its fact took: it is neither shown nor
    mailed. `failure` is a code of `mail_failures`, of the last attempt.
    """

    REPEATS = ("*",)
    UNSEALED = ("mail_from", "mailed_at", "attempts", "failure", "next_try_at", "read_at", "withdrawn_at")
    SEALED_LATER = True

    event = models.ForeignKey(
        LedgerEvent, models.PROTECT, null=True, blank=True, related_name="notifications", verbose_name=_("event")
    )
    recipient = models.ForeignKey(User, models.PROTECT, related_name="notifications", verbose_name=_("recipient"))
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    about = models.CharField(_("about"), max_length=250)
    link = models.CharField(_("link"), max_length=200)
    detail = models.CharField(_("detail"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("created"))
    mail_from = models.DateTimeField(_("mailed from"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("mailed"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    failure = models.CharField(_("failure"), max_length=20, blank=True, default="", db_default="")
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = (
            models.Index(fields=["id"], condition=models.Q(mailed_at__isnull=True), name="notification_to_mail"),
            models.Index(fields=["recipient"], condition=models.Q(read_at__isnull=True), name="notification_unread"),
        )
        constraints = (
            models.UniqueConstraint(fields=["event", "recipient"], name="one_notice_per_event_and_person"),
            models.CheckConstraint(
                condition=models.Q(event__isnull=False) | models.Q(reason__in=[Reason.IMPORT_FAILED, *BY_TIME]),
                name="a_notice_tells_of_an_event",
            ),
            models.UniqueConstraint(
                fields=["link", "reason", "recipient"],
                condition=models.Q(reason__in=BY_TIME),
                name="one_notice_per_person_of_what_time_tells",
            ),
        )

    def __str__(self) -> str:
        return f"{self.event} → {self.recipient}"

    def note_failure(self, code: str, at: datetime) -> None:
        """Count a failed attempt, and wait twice as long as after the one before."""
        self.attempts, self.failure = min(self.attempts + 1, MOST_ATTEMPTS), code
        self.next_try_at = at + min(FIRST_WAIT * 2 ** min(self.attempts - 1, 10), LONGEST_WAIT)

    @property
    def waits(self) -> bool:
        """Whether its mail waits for a later attempt."""
        return self.next_try_at is not None and self.next_try_at > timezone.now()

    @property
    def is_on_hand_or_seat(self) -> bool:
        """Return whether it concerns a hand or a seat, as ON_HAND_OR_SEAT."""
        is_signed = self.event is not None and self.event.actor_id == self.recipient_id
        return self.reason in HAND_AND_SEAT or (self.reason == Reason.DECIDED and is_signed)

    @property
    def is_gathered(self) -> bool:
        """Return whether other receipts leave in its mail: on roles, and on credentials where it waits for them."""
        return self.is_receipt and (
            self.reason in SEAT_RECEIPTS or (self.mail_from is not None and self.reason in GATHERED)
        )

    @property
    def is_receipt(self) -> bool:
        """Return whether it tells its reader of an act of their own on a hand, a seat or a decision."""
        is_own = self.event is not None and self.event.actor_id == self.recipient_id
        return is_own and self.is_on_hand_or_seat

    @property
    def sentence(self) -> str:
        """Return what it says of `about`; call `load_sentences` first."""
        said: str = self.__dict__.get("said") or str(self.get_reason_display())
        return said

    @property
    def message_id(self) -> str:
        """Return the fixed identifier of its mail; one that leaves another day is another mail."""
        again = f"-{self.mail_from:%Y%m%d%H%M}" if self.mail_from else ""
        return f"<notice-{self.pk}{again}@ouvrage.invalid>"

    @property
    def detail_label(self) -> Any:
        """Return the label of `detail` in the reader's language, or an empty string."""
        return DETAIL_LABELS.get(self.detail, "")


def load_sentences(notices: Sequence[Notification]) -> None:
    """Load what notices say, in the language in use. A few queries for each reason of SENTENCES among them."""
    for reason, describe in SENTENCES.items():
        of_reason = [notice for notice in notices if notice.reason == reason]
        said = describe(of_reason) if of_reason else {}
        for notice in of_reason:
            notice.__dict__["said"] = said.get(notice.pk)
