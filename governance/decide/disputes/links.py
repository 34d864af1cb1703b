"""Link by which a signatory says, without signing in, that a decision was not theirs; the mail of a decision has it."""

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.urls import reverse

from governance.decide.decisions.models import Decision
from governance.enums import Act
from projects.notices.enums import Reason
from projects.notices.models import FORMER_MAILS, MAILS, Notification
from projects.notices.tasks import build_mail

SALT, DAYS = "governance.disputes", 90


def build_dispute_link(decision_id: int) -> str:
    """Return the address at which the signatory disputes a decision."""
    token = signing.dumps([decision_id], salt=SALT)
    return settings.BASE_URL + reverse("governance:disputes:decision_dispute_link", args=[token])


def find_disputable(token: str) -> Decision | None:
    """Return the decision of this link, or None when it no longer works."""
    try:
        (number,) = signing.loads(token, salt=SALT, max_age=DAYS * 24 * 3600)
    except (signing.BadSignature, ValueError):
        return None
    return Decision.objects.select_related("project", "revision", "decided_by").filter(pk=number).first()


def _build_from_notice(notice: Notification, former: str = "") -> EmailMessage:
    """Build the mail of a decision; the one to its signatory has the link, at each of their addresses."""
    event = notice.event
    if event is None or event.act != Act.DECIDE or event.actor_id != notice.recipient_id:
        return build_mail(notice, former)
    return build_mail(notice, former, dispute_link=build_dispute_link(event.subject_id))


MAILS[Reason.DECIDED] = _build_from_notice
FORMER_MAILS[Reason.DECIDED] = _build_from_notice
