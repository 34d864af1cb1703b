"""Mails on vouches: to those who may vouch, with the name of who asks, and to the person, with who vouched."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext_lazy as _

from projects.credentials.models import Credential
from projects.notices.models import MAILS, Notification, Reason
from projects.people.mails import build_mail_to
from projects.vouching.models import Vouch

ASKED, VOUCHED = _("A person asks you to vouch for them"), _("A person vouched for you")


def _build_request(notice: Notification) -> EmailMessage | None:
    """Build the mail to somebody who may vouch; None once nothing waits any more."""
    if notice.event is None:
        return None
    credential = Credential.objects.select_related("person").get(pk=notice.event.subject_id)
    if credential.counts or credential.ended_at:
        return None
    address = settings.BASE_URL + notice.link
    template = "projects/vouching/request_mail.txt"
    return build_mail_to(notice.recipient, ASKED, template, credential=credential, address=address)


def _build_answer(notice: Notification) -> EmailMessage | None:
    """Build the mail to the person for whom somebody vouched."""
    if notice.event is None:
        return None
    vouch = Vouch.objects.select_related("credential", "voucher").get(pk=notice.event.subject_id)
    return build_mail_to(notice.recipient, VOUCHED, "projects/vouching/vouched_mail.txt", vouch=vouch)


MAILS[Reason.VOUCH_ASKED] = _build_request
MAILS[Reason.VOUCHED] = _build_answer
