"""Nightly tasks: end sessions, close accounts whose last day is over, follow employments. Idempotent."""

import logging
from datetime import timedelta

from celery import shared_task
from django.db import DatabaseError

from core.acts import NotRecorded
from core.pages.sessions.store import SessionStore
from projects.independence.models import Employment
from projects.organisation_settings.queries import today
from projects.people.accounts.employers import apply_employment
from projects.people.accounts.services import close_departed
from roles.models import User

logger = logging.getLogger(__name__)
#: Nights that may be missed.
LATELY = timedelta(days=30)


@shared_task(name="projects.clear_sessions")
def clear_sessions() -> None:
    """Delete every session that has expired, with the addresses it holds."""
    SessionStore.clear_expired()


@shared_task(name="projects.close_departed")
def close_departed_accounts() -> int:
    """Close the accounts whose last day is over; return their number.

    That of an administrator stays open until their rights have ended (projects/people/administrators/tasks.py). Closing
    that of an owner is asked of two people (projects/people/replacements/tasks.py).
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


@shared_task(name="projects.apply_employments")
def apply_employments() -> int:
    """Let accounts name the organisation whose first day has come; return their number."""
    day, actor = today(), User.objects.installation()
    begun = Employment.objects.filter(starts_on__lte=day, starts_on__gt=day - LATELY).values("person")
    return sum([_apply(actor, person) for person in User.objects.filter(pk__in=begun, is_active=True).order_by("pk")])


def _apply(actor: User, person: User) -> bool:
    try:
        return apply_employment(actor=actor, person=person)
    except NotRecorded:
        logger.warning("Account %s: the organisation is busy, its employer is followed the next night", person.pk)
    except DatabaseError:
        logger.exception("The employer of account %s cannot be followed", person.pk)
    return False
