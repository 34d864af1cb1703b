"""Nightly task: announce seats that end soon, or whose period has come to its end. Idempotent."""

from datetime import datetime, timedelta

from celery import shared_task
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from projects.enums import OVER
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.notices.enums import Reason
from projects.notices.services import notify_once
from projects.seats.mandates.holders import owners
from projects.seats.mandates.models import Delegation, Mandate
from projects.seats.mandates.services import RoleNotice, list_vacancy_readers, split_by_page

#: A mandate is announced this long before its end, and an end for so long after it, should nights be missed.
SOON, RECENT = timedelta(days=30), timedelta(days=7)


@shared_task(name="projects.announce_ends")
def announce_ends() -> int:
    """Notify the holder and the owner of ends that were set in advance; return the number of notices.

    An end at once was told by the act that set it.
    """
    now = timezone.now()
    seats = (
        (Reason.ROLE_ENDING, _list_ending_mandates(now)),
        (Reason.ROLE_OVER, _list_ended_mandates(now)),
        (Reason.DELEGATION_OVER, _list_ended_delegations(now)),
    )
    return sum([_announce(reason, seat) for reason, rows in seats for seat in rows])


def _list_ending_mandates(now: datetime) -> QuerySet[Mandate]:
    """List the mandates that end soon; one given for less time than that was told so when it was given."""
    ending = Mandate.objects.active(now).filter(period__endswith__lte=now + SOON, ended_by=None)
    lasting = ending.filter(period__endswith__gt=F("period__startswith") + SOON)
    return lasting.exclude(project__state__in=OVER).select_related("project", "role", "holder")


def _list_ended_mandates(now: datetime) -> QuerySet[Mandate]:
    """List the mandates whose period is over, and was not cut at once."""
    ended = Mandate.objects.filter(period__endswith__lte=now, period__endswith__gt=now - RECENT, taken_back=False)
    at_once = LedgerEvent.objects.filter(
        act__in=(Act.END_MANDATE, Act.DECLINE),
        subject=Mandate._meta.label_lower,
        subject_id=OuterRef("pk"),
        acted_at__gte=OuterRef("period__endswith"),
    )
    return ended.exclude(Exists(at_once)).select_related("project", "role", "holder")


def _list_ended_delegations(now: datetime) -> QuerySet[Delegation]:
    revoked = LedgerEvent.objects.filter(
        act=Act.REVOKE, subject=Delegation._meta.label_lower, subject_id=OuterRef("pk")
    )
    ended = Delegation.objects.filter(period__endswith__lte=now, period__endswith__gt=now - RECENT)
    return ended.exclude(Exists(revoked)).select_related("mandate__project", "mandate__role", "delegate")


def _announce(reason: Reason, seat: Mandate | Delegation) -> int:
    about = RoleNotice(seat.project, seat.role.code, f"#{seat._meta.model_name}-{seat.pk}")
    people = [seat.person, *(mandate.holder for mandate in owners(seat.project))]
    if reason == Reason.ROLE_OVER and isinstance(seat, Mandate) and seat.advises:
        people += list_vacancy_readers(seat)
    told = split_by_page(about, people)
    return sum([notify_once(reason=reason, about=page, people=readers) for page, readers in told])
