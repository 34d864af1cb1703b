"""Telling people: a row in the transaction of the act, then a nudge to the worker that may be lost without harm."""

import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from kombu.exceptions import OperationalError

from core import acts as acting
from projects.ledger.models import LedgerEvent
from projects.notices.models import Notification, Reason
from projects.notices.tasks import relay
from roles.models import User

logger = logging.getLogger(__name__)


def notify(
    *, event: LedgerEvent, reason: Reason, about: Any, people: Iterable[User], detail: str = "",
    the_actor_too: bool = False,
) -> None:  # fmt: skip
    """Write a notice of `event` for each person but the actor; a past act that is entered afterwards tells nobody.

    `about` has a reference, a title and an address of its own. An act that takes place while its actor is elsewhere
    tells `the_actor_too`.
    """
    if event.entered_afterwards:
        return
    recipients = {person.pk: person for person in people if the_actor_too or person.pk != event.actor_id}
    Notification.objects.bulk_create(
        (
            Notification(
                event=event,
                recipient=person,
                reason=reason,
                about=f"{about.reference} · {about.title}",
                link=about.get_absolute_url(),
                detail=detail,
                created_at=acting.act_time(),
            )
            for person in recipients.values()
        ),
        ignore_conflicts=True,
    )
    transaction.on_commit(nudge, robust=True)


def tell_of_failure(*, about: Any, person: User) -> None:
    """Tell a person that what they left to the worker was not written: nothing took place, so there is no event."""
    Notification.objects.create(
        recipient=person, reason=Reason.IMPORT_FAILED, about=f"{about.reference} · {about.title}",
        link=about.get_absolute_url(), created_at=acting.act_time(),
    )  # fmt: skip
    transaction.on_commit(nudge, robust=True)


def tell_by_time(*, reason: Reason, about: Any, people: Iterable[User]) -> int:
    """Tell people of what time brings, each once per `about` and reason; how many were not told before."""
    before = Notification.objects.filter(link=about.get_absolute_url(), reason=reason)
    rows, told = [], before.count()
    for person in {person.pk: person for person in people}.values():
        with translation.override(person.language or settings.LANGUAGE_CODE):
            named = f"{about.reference} · {about.title}"
        link = about.get_absolute_url()
        rows.append(
            Notification(recipient=person, reason=reason, about=named, link=link, created_at=acting.act_time())
        )  # fmt: skip
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    transaction.on_commit(nudge, robust=True)
    return before.count() - told


def nudge() -> None:
    """Wake the worker; when Redis is away the sweep finds the rows later."""
    try:
        relay.apply_async(retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        logger.warning("Mail will leave with the next sweep: %s", error)
