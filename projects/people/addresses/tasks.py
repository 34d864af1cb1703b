"""Hourly task: apply the changes of address that are due, and end those that can no longer be. Idempotent."""

import logging

from celery import shared_task
from django.db import DatabaseError

from core.acts import NotRecorded
from projects.people.addresses.models import AddressChange
from projects.people.addresses.services import settle_address
from roles.models import User

logger = logging.getLogger(__name__)


@shared_task(name="projects.settle_addresses")
def settle_addresses() -> int:
    """Settle the open changes of address; return how many ended."""
    actor = User.objects.installation()
    return sum([_settle(actor, change) for change in AddressChange.objects.open().order_by("pk")])


def _settle(actor: User, change: AddressChange) -> bool:
    try:
        return settle_address(actor=actor, change=change)
    except NotRecorded:
        logger.warning("Change of address %s: the organisation is busy, it is settled within the hour", change.pk)
    except DatabaseError:
        logger.exception("Change of address %s cannot be settled", change.pk)
    return False
