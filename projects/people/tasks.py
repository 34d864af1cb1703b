"""Nightly tasks: delete the sessions that have ended, close the accounts whose last day is over. Idempotent."""

import logging

from celery import shared_task
from django.db import DatabaseError

from core.acts import NotRecorded
from core.sessions.store import SessionStore
from projects.organisation_settings.queries import today
from projects.people.services import close_departed
from roles.models import User

logger = logging.getLogger(__name__)


@shared_task(name="projects.clear_sessions")
def clear_sessions() -> None:
    """Delete every session that has expired, with the addresses it holds."""
    SessionStore.clear_expired()


@shared_task(name="projects.close_departed")
def close_departed_accounts() -> int:
    """Close the accounts whose last day is over; return their number.

    That of an administrator stays open until their rights have ended (projects/administrators/tasks.py). Closing that
    of an owner is asked of two people (projects/replacements/tasks.py).
    """
    actor = User.objects.installation()
    gone = User.objects.filter(is_active=True, last_day__lt=today()).order_by("pk")
    return sum([_close(actor, person) for person in gone])


def _close(actor: User, person: User) -> bool:
    try:
        return close_departed(actor=actor, person=person)
    except NotRecorded:
        logger.warning("Account %s: the organisation is busy, it closes the next night", person.pk)
    except DatabaseError:
        logger.exception("Account %s cannot be closed", person.pk)
    return False
