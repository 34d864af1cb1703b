"""Links that let an invited person, or the first administrator, choose a password. Nothing of them is stored.

A link holds the key of the account and the end of its unusable password. It works for seven days, until a password is
chosen, until the person is invited again, and while the account is open.
"""

from collections.abc import Iterable

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from projects.ledger.models import LedgerEvent
from projects.notices.enums import Reason
from projects.notices.models import MAILS, Notification, NotificationQuerySet
from projects.notices.services import notify
from projects.notices.subjects import Account
from projects.notices.tasks import send_mail_of
from projects.people.accounts.mails import build_mail_to
from projects.people.accounts.queries import has_entered
from roles.models import User

SENT = _("The invitation is sent.")
NOT_SENT = _("The email could not be sent. It is tried again. The page of the person says why.")
ON_ITS_WAY = _("The invitation is on its way.")
SUBJECT = _("Invitation to Ouvrage")
SALT, DAYS = "projects.people.accounts.invitation", 7
#: Random characters at the end of an unusable password.
NONCE = 16


def build_link(person: User) -> str:
    """Return the address at which the person chooses a password."""
    token = signing.dumps([str(person.key), person.password[-NONCE:]], salt=SALT)
    return settings.BASE_URL + reverse("projects:people:invitation", args=[token])


def find_invited(token: str) -> User | None:
    """Return the person invited by this link, or None when it no longer works."""
    try:
        key, nonce = signing.loads(token, salt=SALT, max_age=DAYS * 24 * 3600)
    except (signing.BadSignature, ValueError):
        return None
    person = User.objects.filter(key=key, is_active=True).first()
    if person is None or has_entered(person) or person.password[-NONCE:] != nonce:
        return None
    return person


def build_invitation(person: User, by: User) -> EmailMessage:
    """Build the mail with the link, in the language of the person."""
    template = "projects/people/accounts/invitation_mail.txt"
    return build_mail_to(person, SUBJECT, template, by=by, link=build_link(person), days=DAYS)


def invite_by_outbox(event: LedgerEvent, people: Iterable[User]) -> None:
    """Leave the invitation of each person to the worker, as a notice that is read already."""
    notify(event=event, reason=Reason.INVITED, about=Account(), people=people, is_read=True)


def _build_from_notice(notice: Notification) -> EmailMessage | None:
    """Build the invitation whose turn it is, with a link of this moment.

    None once a password is chosen, and for an invitation that a later one has replaced.
    """
    if has_entered(notice.recipient) or notice.event is None or list_invitations(notice.recipient).first() != notice:
        return None
    return build_invitation(notice.recipient, notice.event.actor)


MAILS[Reason.INVITED] = _build_from_notice


def list_invitations(person: User) -> NotificationQuerySet:
    """List the invitations of a person, the newest first."""
    return Notification.objects.filter(recipient=person, reason=Reason.INVITED).order_by("-pk")


def find_failed(person: User) -> Notification | None:
    """Return the invitation of a person whose email failed to leave, and is tried again."""
    return list_invitations(person).failed().first() if not has_entered(person) else None


def forget_failures(person: User) -> None:
    """Forget that earlier invitations failed to leave: another one replaces them, and their turn sends nothing."""
    list_invitations(person).failed().update(attempts=0, failure="", next_try_at=None)


def try_to_send(person: User) -> Promise:
    """Send the newest invitation of a person at once, and return the message that says whether it left."""
    newest = list_invitations(person).first()
    left = None if newest is None else send_mail_of(newest.pk)
    return {True: SENT, False: NOT_SENT, None: ON_ITS_WAY}[left]
