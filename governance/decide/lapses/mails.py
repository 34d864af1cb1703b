"""Mail on an overdue condition: its decision, its day, and who provides the evidence."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.record.erasure import display_text
from core.words.dates import short_day
from governance.decide.decisions.models import Condition
from projects.notices.enums import Reason
from projects.notices.models import MAILS, Notification
from projects.organisation_settings.queries import organisation, sender
from projects.seats.mandates.holders import holders


def _build_overdue(notice: Notification) -> EmailMessage:
    """Build the mail to the owner on an overdue condition, or reservation of an acceptance."""
    reader = notice.recipient
    related = Condition.objects.select_related("decision__project", "decision__proposal")
    condition = related.get(pk=notice.link.rpartition("-")[2])
    language = reader.language or organisation().language
    with translation.override(language), timezone.override(reader.time_zone):
        project, text = condition.project, display_text(condition.text)
        about = {
            "day": short_day(condition.due_on),
            "what": f"{project.code}, {condition.decision.reference} {' '.join(text.split())}",
        }
        subject = (
            _("Reservation overdue since %(day)s: %(what)s")
            if condition.is_reservation
            else _("Condition overdue since %(day)s: %(what)s")
        )
        context = {
            "condition": condition,
            "text": text,
            "project": project,
            "people": ", ".join(str(seat.holder) for seat in holders(project, condition.role)),
            "address": settings.BASE_URL + notice.link,
        }
        return EmailMessage(
            subject=subject % about,
            body=render_to_string("governance/decide/lapses/overdue_mail.txt", context),
            from_email=sender(),
            to=[reader.email],
            headers={"Message-ID": f"<notice-{notice.pk}@ouvrage.invalid>", "Auto-Submitted": "auto-generated"},
        )


MAILS[Reason.CONDITION_LATE] = _build_overdue
