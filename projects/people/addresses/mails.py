"""Mails on a change of address, to both mailboxes, each with its own link."""

from typing import Any

from django.core.mail import EmailMessage
from django.utils.translation import gettext_lazy as _

from projects.ledger.enums import Act
from projects.notices.enums import Reason
from projects.notices.mailboxes import list_former_addresses
from projects.notices.models import MAILS, Notification
from projects.people.accounts.mails import build_mail_to
from projects.people.addresses.enums import DAYS, HOURS, Side
from projects.people.addresses.links import build_answer_link
from projects.people.addresses.models import AddressChange

FORMER_TEMPLATE = "projects/people/addresses/former_mail.txt"
SUBJECT = _("Your Ouvrage account: another email address")


def _build_from_notice(notice: Notification) -> list[EmailMessage]:
    """Build the mails on a change of address; none with a link once it has ended."""
    if notice.event is None:
        return []
    person, event = notice.recipient, notice.event
    change = AddressChange.objects.select_related("asked_by", "person").get(pk=event.subject_id)
    context: dict[str, Any] = {
        "change": change,
        "by": change.asked_by if change.asked_by_id != person.pk else None,
        "hours": HOURS,
        "is_reminded": event.act == Act.REMIND_VOUCH,
    }
    boxes = [person.email, *list_former_addresses(person)]
    if event.act == Act.CHANGE_ADDRESS:
        template = "projects/people/addresses/changed_mail.txt"
        return [build_mail_to(person, SUBJECT, template, to=box, email=person.email, **context) for box in boxes]
    if event.act == Act.END_ADDRESS:
        return [
            build_mail_to(person, SUBJECT, "projects/people/addresses/ended_mail.txt", to=box, **context)
            for box in boxes
        ]
    if change.ended_at:
        return []
    asked = [(Side.OLD, change.old, "projects/people/addresses/present_mail.txt")]
    if change.new_confirmed_at is None:
        asked.append((Side.NEW, change.new, "projects/people/addresses/new_mail.txt"))
    linked = [
        build_mail_to(person, SUBJECT, template, to=box, link=build_answer_link(change, side), days=DAYS, **context)
        for side, box, template in asked
    ]
    others = [box for box in boxes if box not in {change.old, change.new}]
    return [*linked, *(build_mail_to(person, SUBJECT, FORMER_TEMPLATE, to=box, **context) for box in others)]


MAILS[Reason.ADDRESS_CHANGED] = _build_from_notice
