"""Hourly task: tell each week what waits for a vouch, and let count what nobody can vouch for. Idempotent."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from celery import shared_task
from django.db import DatabaseError

from core.acts import NotRecorded, act_time
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.people.addresses.models import AddressChange
from projects.people.credentials.models import Credential
from projects.people.vouching.enums import ALONE_DAYS
from projects.people.vouching.models import Waiting
from projects.people.vouching.queries import list_vouchers
from projects.people.vouching.services import count_alone, remind_vouch
from roles.models import User

logger = logging.getLogger(__name__)
WEEK = timedelta(days=7)


@shared_task(name="projects.follow_vouches")
def follow_vouches() -> int:
    """Follow everything that waits for two people to vouch; return how many reminders and counts there were."""
    actor = User.objects.installation()
    return sum([_follow(actor, waiting) for waiting in _list_waiting()])


def _list_waiting() -> Iterable[Waiting]:
    """List what was asked for and needs consent."""
    asked = Credential.objects.living().filter(asked_at__isnull=False, person__is_active=True).with_standing()
    yield from (credential for credential in asked.select_related("person").order_by("pk") if credential.needs_vouches)
    changes = AddressChange.objects.open().filter(vouch_asked_at__isnull=False, person__is_active=True)
    yield from (change for change in changes.select_related("person").order_by("pk") if not change.is_due(act_time()))


def _follow(actor: User, waiting: Waiting) -> bool:
    try:
        if count_alone(actor=actor, waiting=waiting):
            return True
        if _is_to_remind(waiting):
            remind_vouch(actor=actor, waiting=waiting)
            return True
    except NotRecorded:
        logger.warning("What waits for a vouch is busy, it is followed within the hour: %s", waiting.pk)
    except DatabaseError:
        logger.exception("What waits for a vouch cannot be followed: %s", waiting.pk)
    return False


def _is_to_remind(waiting: Waiting) -> bool:
    """Return whether a week has passed since it was last told. Who may vouch and does not hears of it for 30 days."""
    asked = waiting.asked_at if isinstance(waiting, Credential) else waiting.vouch_asked_at
    if asked is None:
        return False
    about = LedgerEvent.objects.filter(subject=waiting._meta.label_lower, subject_id=waiting.pk)
    last = about.filter(act=Act.REMIND_VOUCH).order_by("-pk").values_list("acted_at", flat=True).first()
    now = act_time()
    if now - max(asked, last or asked) < WEEK:
        return False
    return now - asked < timedelta(days=ALONE_DAYS) or not list_vouchers(waiting).exists()
