"""Mails on seats to a person who was given one, and what notices say of a seat that was declined."""

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core.record.erasure import display_text
from projects.notices.enums import Reason
from projects.notices.models import MAILS, SENTENCES, Notification
from projects.notices.tasks import build_mail
from projects.seats.mandates.models import Delegation, Mandate

APPOINTED = pgettext_lazy("mail subject", "Mandate to accept")
DELEGATED = pgettext_lazy("mail subject", "Signature delegated to you")


def _build_appointment(notice: Notification) -> EmailMessage:
    """Build the mail on an appointment; the one to the holder leads to the page where they accept it."""
    event = notice.event
    if event is None or not Mandate.objects.filter(pk=event.subject_id, holder=notice.recipient).exists():
        return build_mail(notice)
    path = reverse("projects:mandates:mandate_accept", args=[event.subject_id])
    return build_mail(notice, act=APPOINTED, address=settings.BASE_URL + path, is_own=True)


def _build_delegation(notice: Notification) -> EmailMessage:
    """Build the mail on a delegation of the owner's signature."""
    event = notice.event
    if event is None or not Delegation.objects.filter(pk=event.subject_id, delegate=notice.recipient).exists():
        return build_mail(notice)
    return build_mail(notice, act=DELEGATED, is_own=True)


def _describe_refusals(notices: Sequence[Notification]) -> Mapping[int, str]:
    """Map the notices of mandates that were declined to who declined, and why. One query."""
    about = {notice.pk: notice.event.subject_id for notice in notices if notice.event}
    seats = Mandate.objects.filter(pk__in=set(about.values())).select_related("holder").in_bulk()
    words = _("%(person)s declines this role: %(why)s")
    return {
        number: words % {"person": seat.holder, "why": display_text(seat.ended_because)}
        for number, subject in about.items()
        if (seat := seats.get(subject))
    }


SENTENCES[Reason.ROLE_DECLINED] = _describe_refusals
MAILS[Reason.OWNER_NAMED] = MAILS[Reason.ROLE_GIVEN] = _build_appointment
MAILS[Reason.SIGNATURE_DELEGATED] = _build_delegation
