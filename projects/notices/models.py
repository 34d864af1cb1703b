"""Notifications: one row per person and event, shown in the application and sent as mail."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from django.core.mail import EmailMessage
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.ledger.models import LedgerEvent
from projects.notices.enums import REASONS, Reason, list_reasons
from projects.project.words import say_of
from roles.models import INSTALLATION, User

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
    reason = models.CharField(_("reason"), max_length=20, choices=list_reasons)
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
        said: str = self.__dict__.get("said") or str(say_of(self.get_reason_label(), self.event and self.event.project))
        return said

    def get_reason_label(self) -> Any:
        """Return the label of its reason, a message; the reason itself when no installed app declares it."""
        return REASONS[self.reason].label if self.reason in REASONS else self.reason

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
