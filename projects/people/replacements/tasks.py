"""Hourly task: close the accounts of owners that are due, ask for others, announce one hand alone. Idempotent."""

import logging
from collections.abc import Callable
from functools import partial

from celery import shared_task
from django.db import DatabaseError

from core.acts import NotRecorded
from projects.organisation_settings.queries import today
from projects.people.accounts.departures import owns_projects
from projects.people.replacements.enums import Kind
from projects.people.replacements.models import Replacement
from projects.people.replacements.services import announce, ask_closing, settle_closing
from roles.models import User

logger = logging.getLogger(__name__)


@shared_task(name="projects.settle_replacements")
def settle_replacements() -> int:
    """Close what is due, ask for what a last day asks, tell of one hand alone; return how many accounts closed."""
    actor = User.objects.installation()
    gone = User.objects.filter(is_active=True, last_day__lt=today()).order_by("pk")
    for person in [person for person in gone if owns_projects(person)]:
        _try(partial(ask_closing, actor=actor, person=person), person.pk)
    open_ones = Replacement.objects.open().select_related("project")
    for row in open_ones.filter(alone=True, seconded_by=None).order_by("pk"):
        _try(partial(announce, actor=actor, replacement=row), row.pk)
    closings = open_ones.filter(kind=Kind.CLOSING).order_by("pk")
    return sum([_try(partial(settle_closing, actor=actor, replacement=row), row.pk) for row in closings])


def _try(settle: Callable[[], object], number: int) -> bool:
    try:
        return bool(settle())
    except NotRecorded:
        logger.warning("Replacement or account %s: the organisation is busy, it is settled within the hour", number)
    except DatabaseError:
        logger.exception("Replacement or account %s cannot be settled", number)
    return False
