"""Mail with the link by which a person chooses a new password, when an administrator has it sent."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.notices.enums import Reason
from projects.notices.models import MAILS, Notification
from projects.people.accounts.mails import build_mail_to
from projects.people.second_factors.ended_factors import FACTORS_TOO
from roles.models import User

SUBJECT = _("Choose a new password for Ouvrage")


def build_reset_link(person: User) -> str:
    """Return the address at which the person chooses a new password, once."""
    parts = [user_pk_to_url_str(person), default_token_generator.make_token(person)]
    return settings.BASE_URL + reverse("account_reset_password_from_key", args=parts)


def _build_from_notice(notice: Notification) -> EmailMessage | None:
    """Build the mail whose turn it is, with a link of this moment; None once the account is closed."""
    if notice.event is None or not notice.recipient.is_active:
        return None
    link, by = build_reset_link(notice.recipient), notice.event.actor
    return build_mail_to(
        notice.recipient,
        SUBJECT,
        "projects/people/accounts/reset_mail.txt",
        by=by,
        link=link,
        ends_factors=notice.event.detail == FACTORS_TOO,
    )


MAILS[Reason.RESET_SENT] = _build_from_notice
