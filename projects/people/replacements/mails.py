"""Mails on the replacement of an owner: to the former owner with the link to object, to others with its page."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from projects.notices.enums import Reason
from projects.notices.models import FORMER_MAILS, MAILS, Notification
from projects.people.accounts.mails import build_mail_to
from projects.people.replacements.links import build_objection_link
from projects.people.replacements.models import Replacement
from projects.people.replacements.predicates import find_capacity

OF_OWNER, OF_ACCOUNT = _("Replacement of the project owner: {what}"), _("Account of a project owner to be closed")


def _build(notice: Notification, former: str = "") -> EmailMessage:
    """Build the mail of a step; the former owner can object from every address of the last 30 days."""
    replacement = _find(notice)
    reader = notice.recipient
    is_former = reader.pk == replacement.former_id
    context: dict[str, Any] = {
        "replacement": replacement,
        "step": notice.reason,
        "is_former": is_former,
        "may_second": not is_former and find_capacity(reader, replacement) is not None,
        "is_successor": reader.pk == replacement.successor_id,
        "address": settings.BASE_URL + replacement.get_absolute_url(),
        "link": build_objection_link(replacement) if is_former else "",
    }
    what = f"{replacement.reference} {replacement.title}"
    subject: Any = format_lazy(OF_OWNER, what=what) if replacement.is_of_owner else OF_ACCOUNT
    return build_mail_to(reader, subject, "projects/people/replacements/step_mail.txt", to=former, **context)


def _find(notice: Notification) -> Replacement:
    number = notice.event.subject_id if notice.event else 0
    rows = Replacement.objects.select_related("project", "former", "successor", "proposed_by", "seconded_by")
    return rows.get(pk=number)


for _reason in (
    Reason.SEAT_ASKED,
    Reason.SEAT_PROPOSED,
    Reason.SEAT_SECONDED,
    Reason.SEAT_OBJECTED,
    Reason.SEAT_CONFIRMED,
    Reason.SEAT_TAKEN,
    Reason.SEAT_WITHDRAWN,
    Reason.SEAT_WEEKLY,
):
    MAILS[_reason] = FORMER_MAILS[_reason] = _build
