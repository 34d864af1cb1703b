"""Celery task that mails the outbox, after each act and periodically. Safe to run concurrently."""

import logging
from collections.abc import Sequence
from smtplib import SMTPRecipientsRefused
from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import ngettext

from core.record.erasure import is_erased
from projects.notices.mail_subjects import build_subject
from projects.notices.mailboxes import list_former_addresses
from projects.notices.models import FORMER_MAILS, GATHERED, MAILS, SEAT_RECEIPTS, Notification, load_sentences
from projects.organisation_settings.mail_failures import classify
from projects.organisation_settings.queries import organisation, sender

logger = logging.getLogger(__name__)
BATCH = 200


@shared_task(name="projects.relay")
def relay() -> int:
    """Send the mails that are due, one transaction each, and return their number. Failures are retried later."""
    due = Notification.objects.to_mail().due(timezone.now()).most_urgent_first()
    return sum(bool(send_mail_of(pk)) for pk in list(due.values_list("pk", flat=True)[:BATCH]))


def send_mail_of(pk: int) -> bool | None:
    """Send the mails of a notice and return whether they left; None when another run has it in hand, or had it."""
    with transaction.atomic():
        notice = (
            Notification.objects.to_mail()
            .due(timezone.now())
            .select_related("recipient", "event__actor", "event__project")
            .select_for_update(skip_locked=True, of=("self",))
            .filter(pk=pk)
            .first()
        )
        if notice is None:
            return None
        told = [notice, *_lock_receipts(notice)]
        try:
            _send(build_receipts(told) if len(told) > 1 else build_mails(notice))
        except Exception as error:  # one mail that fails must not block the others
            logger.exception("The mail of notice %s did not leave", notice.pk)
            for one in told:
                one.note_failure(classify(error), timezone.now())
        else:
            for one in told:
                one.mailed_at, one.failure, one.next_try_at = timezone.now(), "", None
        Notification.objects.bulk_update(told, ["attempts", "mailed_at", "failure", "next_try_at"])
        return notice.mailed_at is not None


def _lock_receipts(notice: Notification) -> list[Notification]:
    """Lock the other receipts of the person that wait, and leave in the same mail as this one."""
    if not notice.is_gathered:
        return []
    unsent = Notification.objects.unsent().receipts(*GATHERED)
    waiting = unsent.filter(Q(reason__in=SEAT_RECEIPTS) | Q(mail_from__isnull=False))
    others = waiting.filter(recipient=notice.recipient_id).exclude(pk=notice.pk)
    rows = others.select_related("recipient", "event__project").select_for_update(skip_locked=True, of=("self",))
    return list(rows.order_by("pk"))


def _send(mails: list[EmailMessage]) -> None:
    """Send the mails of a notice. A mailbox that the mail server refuses keeps nothing from the others."""
    refusals: list[SMTPRecipientsRefused] = []
    for mail in mails:
        try:
            mail.send()
        except SMTPRecipientsRefused as refusal:
            refusals.append(refusal)
    if refusals and len(refusals) == len(mails):
        raise refusals[0]


def build_mails(notice: Notification) -> list[EmailMessage]:
    """Build the mails of a notice; one on a hand or a seat goes to the former addresses of its reader too."""
    if is_erased(notice.recipient.name):
        return []
    built = MAILS.get(notice.reason, build_mail)(notice)
    mails = [built] if isinstance(built, EmailMessage) else list(built or ())
    if mails and notice.is_on_hand_or_seat:
        told = {address for mail in mails for address in mail.to}
        build = FORMER_MAILS.get(notice.reason, build_mail)
        boxes = (box for box in list_former_addresses(notice.recipient) if box not in told)
        mails += filter(None, (build(notice, box) for box in boxes))
    return mails


def build_receipts(notices: Sequence[Notification]) -> list[EmailMessage]:
    """Build the mails on several acts of a person, to that person: one for each address, the former ones too."""
    reader = notices[0].recipient
    if is_erased(reader.name):
        return []
    with translation.override(reader.language or organisation().language), timezone.override(reader.time_zone):
        load_sentences(notices)
        words = ngettext("%(n)s act recorded in your name", "%(n)s acts recorded in your name", len(notices))
        return [
            EmailMessage(
                subject=words % {"n": len(notices)},
                body=render_to_string("projects/notices/receipts_mail.txt", {"notices": notices}),
                from_email=sender(),
                to=[box],
                headers={"Message-ID": notices[0].message_id, "Auto-Submitted": "auto-generated"},
            )
            for box in (reader.email, *list_former_addresses(reader))
        ]


def build_mail(notice: Notification, former: str = "", **more: Any) -> EmailMessage:
    """Build the mail of a notification in the recipient's language and time zone; `former` is a former address.

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
            "is_former": bool(former),
        } | more
        return EmailMessage(
            subject=build_subject(notice, more.get("act"), more.get("due")),
            body=render_to_string("projects/notices/notice_mail.txt", context),
            from_email=sender(),
            to=[former or reader.email],
            headers={"Message-ID": notice.message_id, "Auto-Submitted": "auto-generated"},
        )
