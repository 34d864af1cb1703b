"""Celery task that mails the outbox, after each act and periodically. Safe to run concurrently."""

import logging
from collections.abc import Sequence
from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import ngettext

from projects.notices.mail_subjects import build_subject
from projects.notices.models import MAILS, Notification, load_sentences
from projects.organisation_settings.queries import organisation, sender

logger = logging.getLogger(__name__)
BATCH = 200


@shared_task(name="projects.relay")
def relay() -> int:
    """Send pending mails, one transaction each, and return their number. Failures are retried by the next run."""
    sent = 0
    for pk in list(Notification.objects.to_mail().order_by("attempts", "pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            notice = (
                Notification.objects.to_mail()
                .select_related("recipient", "event__actor", "event__project")
                .select_for_update(skip_locked=True, of=("self",))
                .filter(pk=pk)
                .first()
            )
            if notice is None:  # locked or sent by a concurrent run
                continue
            others = _lock_receipts(notice)
            try:
                mails = build_receipts([notice, *others]) if others else MAILS.get(notice.reason, build_mail)(notice)
                for mail in [mails] if isinstance(mails, EmailMessage) else mails or ():
                    mail.send()
            except Exception:  # one mail that fails must not block the others
                logger.exception("The mail of notice %s did not leave", notice.pk)
                notice.attempts += 1
            else:
                notice.mailed_at = timezone.now()
                Notification.objects.filter(pk__in=[other.pk for other in others]).update(mailed_at=notice.mailed_at)
                sent += 1
            notice.save(update_fields=["attempts", "mailed_at"])
    return sent


def _lock_receipts(notice: Notification) -> list[Notification]:
    """Lock the other receipts of the person that leave in the same mail as this one."""
    if not Notification.objects.gathered().filter(pk=notice.pk).exists():
        return []
    others = Notification.objects.to_mail().gathered().filter(recipient=notice.recipient_id).exclude(pk=notice.pk)
    rows = others.select_related("recipient", "event__project").select_for_update(skip_locked=True, of=("self",))
    return list(rows.order_by("pk"))


def build_receipts(notices: Sequence[Notification]) -> EmailMessage:
    """Build one mail on several acts of a person, to that person."""
    reader = notices[0].recipient
    with translation.override(reader.language or organisation().language), timezone.override(reader.time_zone):
        load_sentences(notices)
        words = ngettext("%(n)s act recorded in your name", "%(n)s acts recorded in your name", len(notices))
        return EmailMessage(
            subject=words % {"n": len(notices)},
            body=render_to_string("projects/notices/receipts_mail.txt", {"notices": notices}),
            from_email=sender(),
            to=[reader.email],
            headers={"Message-ID": notices[0].message_id, "Auto-Submitted": "auto-generated"},
        )


def build_mail(notice: Notification, **more: Any) -> EmailMessage:
    """Build the mail of a notification in the recipient's language and time zone.

    `more` is added to the context of the template: `dispute_link`, where a signatory says that a decision was not
    theirs; `due`, the last day of what is asked; `act` for the subject, `address` and `is_own` of a seat that the
    reader was given. The fixed Message-ID lets mail clients recognise a duplicate.
    """
    reader = notice.recipient
    with translation.override(reader.language or organisation().language), timezone.override(reader.time_zone):
        load_sentences([notice])
        context = {
            "notice": notice,
            "outcome": notice.detail_label,
            "address": settings.BASE_URL + notice.link,
            "by_administration": notice.link.startswith("/administration/"),
        } | more
        return EmailMessage(
            subject=build_subject(notice, more.get("act"), more.get("due")),
            body=render_to_string("projects/notices/notice_mail.txt", context),
            from_email=sender(),
            to=[reader.email],
            headers={"Message-ID": notice.message_id, "Auto-Submitted": "auto-generated"},
        )
