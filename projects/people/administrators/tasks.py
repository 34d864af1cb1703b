"""Hourly task: end the rights of administrators who did not object in time, or whose last day is over. Idempotent."""

import logging
from collections.abc import Callable
from functools import partial

from celery import shared_task
from django.db import DatabaseError

from core.acts import NotRecorded
from projects.organisation_settings.queries import today
from projects.people.accounts.services import list_administrators
from projects.people.administrators.models import AdministratorEnding
from projects.people.administrators.services import end_departed, settle_ending
from roles.models import User

logger = logging.getLogger(__name__)


@shared_task(name="projects.settle_rights")
def settle_rights() -> int:
    """Ask for the end of rights after a last day, and settle the open requests; return how many ended."""
    actor = User.objects.installation()
    for person in list_administrators().filter(last_day__lt=today()).order_by("pk"):
        _do(partial(end_departed, actor=actor, person=person), person.pk)
    open_ones = AdministratorEnding.objects.open().select_related("person").order_by("pk")
    return sum([_do(partial(settle_ending, actor=actor, ending=each), each.person_id) for each in open_ones])


def _do(act: Callable[[], bool], person: int) -> bool:
    try:
        return act()
    except NotRecorded:
        logger.warning("Rights of account %s: the organisation is busy, they are settled within the hour", person)
    except DatabaseError:
        logger.exception("Rights of account %s cannot be settled", person)
    return False
