"""Notify people: write outbox rows in the transaction of the act, then wake the worker."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation

from core import task_queue
from core.acts import act_time
from projects.ledger.models import LedgerEvent
from projects.notices.models import Notification, Reason
from projects.notices.tasks import relay
from projects.organisation_settings.queries import organisation
from roles.models import User


def notify(
    *,
    event: LedgerEvent,
    reason: Reason,
    about: Any,
    people: Iterable[User],
    detail: str = "",
    the_actor_too: bool = False,
    is_read: bool = False,
) -> None:
    """Write a notification of `event` for each person except the actor.

    `about` needs `reference`, `title` and `get_absolute_url()`. Background jobs set `the_actor_too`. `is_read` is for
    a notice that is a mail alone. A back-dated event notifies nobody.
    """
    recipients = {person.pk: person for person in people if the_actor_too or person.pk != event.actor_id}
    told = [(event, person) for person in recipients.values()]
    notify_each(told=told, reason=reason, about=about, detail=detail, is_read=is_read)


def notify_each(
    *,
    told: Iterable[tuple[LedgerEvent, User]],
    reason: Reason,
    about: Any,
    detail: str = "",
    is_read: bool = False,
) -> None:
    """Write a notification of each event for its person, as `notify`."""
    shown = {"about": f"{about.reference} · {about.title}", "link": about.get_absolute_url(), "detail": detail}
    times = {"created_at": act_time(), "read_at": act_time() if is_read else None}
    Notification.objects.bulk_create(
        (
            Notification(event=event, recipient=person, reason=reason, **shown, **times)
            for event, person in told
            if not event.entered_afterwards
        ),
        ignore_conflicts=True,
    )
    transaction.on_commit(wake_worker, robust=True)


def notify_failure(*, about: Any, person: User) -> None:
    """Notify a person that their import failed. It wrote nothing, so there is no event."""
    Notification.objects.create(
        recipient=person,
        reason=Reason.IMPORT_FAILED,
        about=f"{about.reference} · {about.title}",
        link=about.get_absolute_url(),
        created_at=act_time(),
    )
    transaction.on_commit(wake_worker, robust=True)


def notify_once(*, reason: Reason, about: Any, people: Iterable[User]) -> int:
    """Notify each person once per `about` and reason; return the number of new notifications. Idempotent."""
    before = Notification.objects.filter(link=about.get_absolute_url(), reason=reason)
    rows, count = [], before.count()
    for person in {person.pk: person for person in people}.values():
        with translation.override(person.language or organisation().language):
            named = f"{about.reference} · {about.title}"
        link = about.get_absolute_url()
        rows.append(Notification(recipient=person, reason=reason, about=named, link=link, created_at=act_time()))
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    transaction.on_commit(wake_worker, robust=True)
    return before.count() - count


def retry_mails(notices: QuerySet[Notification]) -> int:
    """Have the worker try these mails now instead of later; return their number.

    No act: nothing is decided or told that was not before, and the columns of the delivery are not sealed.
    """
    count = notices.update(next_try_at=None)
    transaction.on_commit(wake_worker, robust=True)
    return count


def wake_worker() -> None:
    """Wake the worker without waiting. Without Redis, the periodic sweep sends the mails later."""
    task_queue.send(relay)
