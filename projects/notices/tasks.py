"""The relay of the outbox: run after each act and by the sweep, safe to run twice at once."""

import logging

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from core.erasure import written
from projects.notices.models import Notification

logger = logging.getLogger(__name__)
BATCH = 200


@shared_task(name="projects.relay")
def relay() -> int:
    """Send the mails that wait, one transaction each; returns how many left. One that fails waits for the next."""
    sent = 0
    for pk in list(Notification.objects.to_mail().order_by("attempts", "pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            notice = (
                Notification.objects.to_mail()
                .select_related("recipient", "event__actor")
                .select_for_update(skip_locked=True, of=("self",))
                .filter(pk=pk)
                .first()
            )
            if notice is None:  # another relay has it, or had it
                continue
            try:
                mail(notice).send()
            except Exception:  # one mail that cannot be written or sent must not hold up the others
                logger.exception("The mail of notice %s did not leave", notice.pk)
                notice.attempts += 1
            else:
                notice.mailed_at = timezone.now()
                sent += 1
            notice.save(update_fields=["attempts", "mailed_at"])
    return sent


def mail(notice: Notification) -> EmailMessage:
    """The mail of a notice, in the language of its recipient, identified so that a repeat is recognised."""
    reader = notice.recipient
    with translation.override(reader.language or settings.LANGUAGE_CODE), timezone.override(reader.time_zone):
        context = {
            "notice": notice,
            "outcome": notice.detail_label,
            "address": settings.BASE_URL + notice.link,
        }
        return EmailMessage(
            subject=" ".join(f"{written(notice.about)} — {notice.get_reason_display()}".split()),
            body=render_to_string("projects/notices/notice_mail.txt", context),
            to=[reader.email],
            headers={"Message-ID": f"<notice-{notice.pk}@ouvrage.invalid>", "Auto-Submitted": "auto-generated"},
        )
