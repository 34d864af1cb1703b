"""Mails on the rights of an administrator, to the person and to all administrators, at each of their addresses."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext_lazy as _

from projects.ledger.enums import Act
from projects.notices.enums import Reason
from projects.notices.models import FORMER_MAILS, MAILS, Notification
from projects.people.accounts.mails import build_mail_to
from projects.people.administrators.links import build_objection_link
from projects.people.administrators.models import AdministratorEnding
from projects.people.administrators.queries import find_counts_from
from roles.models import INSTALLATION, User

NAMED, ENDED = _("Administrator rights granted on Ouvrage"), _("Administrator rights on Ouvrage: their end")


def _build_named(notice: Notification, former: str = "") -> EmailMessage | None:
    """Build the mail on a new administrator, with the day from which the rights count."""
    event = notice.event
    if event is None:
        return None
    named = User.objects.get(pk=event.subject_id)
    context = {"named": named, "counts_from": find_counts_from(named)}
    return _build(notice, NAMED, "projects/people/administrators/named_mail.txt", former, **context)


def _build_ended(notice: Notification, former: str = "") -> EmailMessage | None:
    """Build the mail on a step of the end of rights; the person has a link to object while it is open."""
    event = notice.event
    if event is None:
        return None
    ending = AdministratorEnding.objects.select_related("person", "asked_by", "seconded_by").get(pk=event.subject_id)
    may_object = event.act == Act.ASK_RIGHTS_END and not ending.ended_at and not ending.objected_at
    context = {
        "ending": ending,
        "step": event.act,
        "link": build_objection_link(ending) if may_object and ending.person_id == notice.recipient_id else "",
    }
    return _build(notice, ENDED, "projects/people/administrators/ending_mail.txt", former, **context)


def _build(notice: Notification, subject: Any, template: str, former: str, **context: Any) -> EmailMessage:
    event, page = notice.event, settings.BASE_URL + notice.link
    actor = event.actor if event and event.actor.email != INSTALLATION else None
    at = event.acted_at if event else notice.created_at
    is_mine = notice.link.startswith("/account/")
    return build_mail_to(
        notice.recipient, subject, template, former, by=actor, at=at, is_mine=is_mine, page=page, **context
    )


MAILS[Reason.ADMINISTRATOR_NAMED] = FORMER_MAILS[Reason.ADMINISTRATOR_NAMED] = _build_named
MAILS[Reason.ADMINISTRATOR_ENDED] = FORMER_MAILS[Reason.ADMINISTRATOR_ENDED] = _build_ended
