"""Notify people: write outbox rows in the transaction of the act, then wake the worker."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import translation

from core import task_queue
from core.acts import act_time
from projects.ledger.models import LedgerEvent
from projects.notices.models import SEAT_RECEIPTS, Notification, Reason
from projects.notices.tasks import relay
from projects.organisation_settings.queries import day_of, organisation, zone
from roles.models import User

#: Notices written in a block of `collected_notices`; None outside.
_collected: ContextVar[list[Notification] | None] = ContextVar("collected_notices", default=None)
#: When a mail leaves that waits for the next day.
MORNING = time(7)
#: Time in which a second receipt waits for others, to leave with them.
RECEIPTS_AFTER = timedelta(minutes=10)
#: Time in which a notice may still wait for its mail, or be that of today.
LATELY = timedelta(days=2)


@contextmanager
def collected_notices() -> Iterator[list[Notification]]:
    """Collect the notices that are written in the block."""
    before, found = _collected.get(), list[Notification]()
    _collected.set(found)
    try:
        yield found
    finally:
        _collected.set(before)


def notify(
    *,
    event: LedgerEvent,
    reason: Reason,
    about: Any,
    people: Iterable[User],
    detail: str = "",
    the_actor_too: bool = False,
    is_read: bool = False,
    wait: timedelta | None = None,
) -> None:
    """Write a notification of `event` for each person except the actor.

    `about` needs `reference`, `title` and `get_absolute_url()`. Background jobs and what concerns a hand or a seat set
    `the_actor_too`: what one did oneself on them is a receipt, which is read already, and those of several roles leave
    in one mail after the first. `is_read` is for a notice that is a mail alone. The mail leaves after `wait`, for what
    its author may undo. A back-dated event notifies nobody.
    """
    told = [person for person in people if the_actor_too or person.pk != event.actor_id]
    _send([_build(event, person, reason, about, detail=detail, is_read=is_read, wait=wait) for person in told])


def notify_each(
    *,
    told: Iterable[tuple[LedgerEvent, User]],
    reason: Reason,
    about: Any,
    detail: str = "",
) -> None:
    """Write a notification of each event for its person, as `notify`."""
    _send([_build(event, person, reason, about, detail=detail) for event, person in told])


def _build(
    event: LedgerEvent,
    person: User,
    reason: Reason,
    about: Any,
    *,
    detail: str = "",
    is_read: bool = False,
    wait: timedelta | None = None,
) -> Notification:
    now = act_time()
    shown = {"about": _name(about), "link": about.get_absolute_url(), "detail": detail}
    notice = Notification(event=event, recipient=person, reason=reason, created_at=now, **shown)
    if wait is None and notice.is_receipt and _follows_another(notice):
        wait = RECEIPTS_AFTER
    notice.mail_from = now + wait if wait else None
    notice.read_at = now if is_read or notice.is_receipt else None
    return notice


def _follows_another(notice: Notification) -> bool:
    """Return whether it is a receipt of SEAT_RECEIPTS, and its reader got another one within the last minutes."""
    lately = Notification.objects.receipts(*SEAT_RECEIPTS).filter(recipient=notice.recipient_id)
    return notice.reason in SEAT_RECEIPTS and lately.filter(created_at__gt=notice.created_at - RECEIPTS_AFTER).exists()


def _name(about: Any) -> str:
    """Return the reference and the title of the subject of a notice."""
    return f"{about.reference} · {about.title}"


def _send(notices: Iterable[Notification]) -> None:
    """Write these notices, without those of back-dated events, and wake the worker."""
    written = [notice for notice in notices if notice.event and not notice.event.entered_afterwards]
    Notification.objects.bulk_create(written, ignore_conflicts=True)
    if (collected := _collected.get()) is not None:
        collected += written
    transaction.on_commit(wake_worker, robust=True)


def notify_of_the_day(
    *, event: LedgerEvent, reason: Reason, about: Any, people: Iterable[User], wait: timedelta
) -> None:
    """Write one notification a day for each person, reason and subject: a later fact joins it, unread.

    A person gets one mail a day about the subject: what comes after it is mailed the next morning.
    """
    if event.entered_afterwards:
        return
    told = {person.pk: person for person in people if person.pk != event.actor_id}
    now = act_time()
    today, morning = day_of(now), _find_next_morning(now)
    lately = Notification.objects.standing().filter(recipient__in=told, created_at__gte=now - LATELY)
    lately = lately.filter(reason=reason, about=_name(about), link=about.get_absolute_url())
    # The worker holds a notice while it mails it: the fact then gets a notice of its own.
    known = lately.select_for_update(skip_locked=True, of=("self",)).order_by("pk")
    newest = {notice.recipient_id: notice for notice in known}
    times: dict[timedelta, list[User]] = {}
    for person in told.values():
        last = newest.get(person.pk)
        is_mailed_today = last is not None and last.mailed_at is not None and day_of(last.mailed_at) == today
        if last is None or (last.mailed_at and day_of(last.created_at) != today):
            times.setdefault(morning - now if is_mailed_today else wait, []).append(person)
            continue
        last.read_at = None
        if is_mailed_today:
            last.mailed_at, last.mail_from = None, morning
        last.save(update_fields=["read_at", "mailed_at", "mail_from"])
    for delay, alone in times.items():
        notify(event=event, reason=reason, about=about, people=alone, wait=delay)
    transaction.on_commit(wake_worker, robust=True)


def _find_next_morning(moment: datetime) -> datetime:
    """Return when the mails of the day after `moment` leave."""
    return datetime.combine(day_of(moment) + timedelta(days=1), MORNING, zone())


def withdraw_notices(events: Sequence[LedgerEvent], rows: Iterable[Model], *, whole: bool) -> None:
    """Withdraw what these events told of `rows`; if the act is undone as a `whole`, all that they told."""
    keys = {row.pk for row in rows}
    undone = [event.pk for event in events if whole or event.subject_id in keys]
    Notification.objects.standing().filter(event__in=undone).update(withdrawn_at=act_time())


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
