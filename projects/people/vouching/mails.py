"""Mails on vouches: to those who may vouch, to the person, and to everybody who must know that a hand changes."""

from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext_lazy as _

from projects.enums import Level
from projects.notices.enums import Reason
from projects.notices.models import MAILS, Notification
from projects.people.accounts.mails import build_mail_to
from projects.people.vouching.events import describe, find_origin, find_subject, is_open
from projects.people.vouching.models import Vouch

HAND = _("The sign-in of a person who decides or administers changes")
ASKED, VOUCHED = _("A person asks you to vouch for them"), _("A person vouched for you")


def _build_request(notice: Notification) -> EmailMessage | None:
    """Build the mail to somebody who may vouch; None once nothing waits any more."""
    if notice.event is None:
        return None
    waiting = find_subject(notice.event)
    if waiting is None or not is_open(waiting):
        return None
    context: dict[str, Any] = {
        "who": waiting.person,
        "what": partial(describe, waiting),
        "address": settings.BASE_URL + notice.link,
    }
    return build_mail_to(notice.recipient, ASKED, "projects/people/vouching/request_mail.txt", **context)


def _build_answer(notice: Notification) -> EmailMessage | None:
    """Build the mail to the person for whom somebody vouched."""
    if notice.event is None:
        return None
    vouch = Vouch.objects.select_related("credential", "change", "voucher").get(pk=notice.event.subject_id)
    waiting = vouch.credential or vouch.change
    context: dict[str, Any] = {
        "vouch": vouch,
        "what": partial(describe, waiting),
        "enough": bool(waiting and waiting.vouched_at),
    }
    return build_mail_to(notice.recipient, VOUCHED, "projects/people/vouching/vouched_mail.txt", **context)


def _build_hand(notice: Notification) -> EmailMessage | None:
    """Build the mail to somebody who must know, on the project or on the account of the person."""
    if notice.event is None:
        return None
    event = find_origin(notice.event)
    subject = find_subject(event)
    if subject is None:
        return None
    is_of_project = notice.event.project.level != Level.ORGANISATION
    vouch = Vouch.objects.filter(pk=event.subject_id).first() if event.subject == Vouch._meta.label_lower else None
    context: dict[str, Any] = {
        "who": subject.person,
        "what": partial(describe, subject),
        "happened": event.get_act_display,
        "by": event.actor,
        "at": event.acted_at,
        "words": vouch.words if vouch else "",
        "counts": not is_open(subject),
        "project": notice.event.project if is_of_project else None,
        "address": settings.BASE_URL + notice.link,
    }
    return build_mail_to(notice.recipient, HAND, "projects/people/vouching/hand_mail.txt", **context)


MAILS[Reason.VOUCH_ASKED] = _build_request
MAILS[Reason.VOUCHED] = _build_answer
MAILS[Reason.HAND_CHANGES] = _build_hand
