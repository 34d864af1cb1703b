"""Notify people: write outbox rows in the transaction of the act, then wake the worker."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from enum import Enum
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import translation
from kombu.exceptions import OperationalError

from core.acts import act_time
from projects.ledger.models import LedgerEvent
from projects.notices.models import Notification, Reason
from projects.notices.tasks import relay
from projects.organisation_settings.queries import day_of, organisation, zone
from roles.models import User

logger = logging.getLogger(__name__)
#: When a mail leaves that waits for the next day.
MORNING = time(7)
#: Time after which receipts leave together.
RECEIPTS_AFTER = timedelta(minutes=10)
#: Time in which a notice may still wait for its mail, or be that of today.
LATELY = timedelta(days=2)


class Receipt(Enum):
    """Mail to the actor on an act of their own: at once, or in one mail with the others of the same minutes."""

    AT_ONCE = "at once"
    TOGETHER = "together"


def notify(
    *,
    event: LedgerEvent,
    reason: Reason,
    about: Any,
    people: Iterable[User],
    detail: str = "",
    the_actor_too: bool = False,
    receipt: Receipt | None = None,
    is_read: bool = False,
    wait: timedelta | None = None,
) -> None:
    """Write a notification of `event` for each person except the actor.

    `about` needs `reference`, `title` and `get_absolute_url()`. Background jobs set `the_actor_too`; an act in whose
    name others could act sets `receipt`, a mail to the actor among `people` that leaves nothing unread. `is_read` is
    for a notice that is a mail alone. The mail leaves after `wait`, for what its author may undo. A back-dated event
    notifies nobody.
    """
    notices = []
    for person in {person.pk: person for person in people}.values():
        if person.pk != event.actor_id or the_actor_too:
            notices.append(_build(event, person, reason, about, detail=detail, is_read=is_read, wait=wait))
        elif receipt:
            later = RECEIPTS_AFTER if receipt == Receipt.TOGETHER else None
            notices.append(_build(event, person, reason, about, detail=detail, is_read=True, wait=later))
    _send(notices)


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
    times = {"created_at": now, "read_at": now if is_read else None, "mail_from": now + wait if wait else None}
    return Notification(event=event, recipient=person, reason=reason, **shown, **times)


def _name(about: Any) -> str:
    """Return the reference and the title of the subject of a notice."""
    return f"{about.reference} · {about.title}"


def _send(notices: Iterable[Notification]) -> None:
    """Write these notices, without those of back-dated events, and wake the worker."""
    written = [notice for notice in notices if notice.event and not notice.event.entered_afterwards]
    Notification.objects.bulk_create(written, ignore_conflicts=True)
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


def wake_worker() -> None:
    """Wake the worker. Without Redis, the periodic sweep sends the mails later."""
    try:
        relay.apply_async(retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        logger.warning("Mail will leave with the next sweep: %s", error)
