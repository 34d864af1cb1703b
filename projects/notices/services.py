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
from projects.notices.enums import NoticeReason, Reason
from projects.notices.models import ASKED, DETAIL_LABELS, SEAT_RECEIPTS, Notification
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
    reason: NoticeReason,
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
    in one mail: with the first, or after it where that has left. `is_read` is for a notice that is a mail alone. The
    mail leaves after `wait`, for what its author may undo. Told again on the same day, a fact takes the place of the
    notice before. A back-dated event notifies nobody.
    """
    told = [person for person in people if the_actor_too or person.pk != event.actor_id]
    _send([_build(event, person, reason, about, detail=detail, is_read=is_read, wait=wait) for person in told])


def notify_each(
    *,
    told: Iterable[tuple[LedgerEvent, User]],
    reason: NoticeReason,
    about: Any,
    detail: str = "",
) -> None:
    """Write a notification of each event for its person, as `notify`."""
    _send([_build(event, person, reason, about, detail=detail) for event, person in told])


def _build(
    event: LedgerEvent,
    person: User,
    reason: NoticeReason,
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
    _replace_earlier([notice for notice in written if not (notice.is_on_hand_or_seat or notice.read_at)])
    Notification.objects.bulk_create(written, ignore_conflicts=True)
    if (collected := _collected.get()) is not None:
        collected += written
    transaction.on_commit(wake_worker, robust=True)


def _replace_earlier(notices: Sequence[Notification]) -> None:
    """Withdraw what these notices tell again: one notice stands for each person, fact and day, with its last event.

    A person gets one mail a day about a fact: told again after it, the next one leaves in the morning, unless it asks
    for an act. An act on a hand or a seat is a fact of its own, and so is each outcome of a decision.
    """
    if not notices:
        return
    now = act_time()
    today, morning = day_of(now), _find_next_morning(now)
    people, reasons = {notice.recipient_id for notice in notices}, {notice.reason for notice in notices}
    links = {notice.link for notice in notices}
    lately = Notification.objects.filter(recipient__in=people, created_at__gte=now - LATELY)
    known: dict[tuple[Any, ...], list[Notification]] = {}
    # The worker holds a notice while it mails it: that one stays.
    for row in lately.filter(reason__in=reasons, link__in=links).select_for_update(skip_locked=True, of=("self",)):
        known.setdefault(_name_fact(row), []).append(row)
    replaced: list[int] = []
    for notice in notices:
        earlier = [row for row in known.get(_name_fact(notice), ()) if row.event_id != notice.event_id]
        is_mailed = any(row.mailed_at and day_of(row.mailed_at) == today for row in earlier)
        if is_mailed and notice.reason not in ASKED:
            notice.mail_from = max(morning, notice.mail_from or morning)
        standing = (row for row in earlier if row.withdrawn_at is None)
        replaced += [row.pk for row in standing if row.mailed_at is None or day_of(row.created_at) == today]
    Notification.objects.filter(pk__in=replaced).update(withdrawn_at=now)


def _name_fact(notice: Notification) -> tuple[Any, ...]:
    """Return what tells a fact from others. The title of a subject may be in any language, or count what grows."""
    outcome = notice.detail if notice.detail in DETAIL_LABELS else ""
    return notice.recipient_id, notice.reason, notice.link, notice.about.rpartition(" · ")[0], outcome


def notify_of_the_day(
    *, event: LedgerEvent, reason: NoticeReason, about: Any, people: Iterable[User], wait: timedelta
) -> None:
    """Write a notification, as `notify`, that a later fact of the day on the same subject joins, unread.

    What it tells is read from its event on, so that its last event would not do.
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
    joined = {pk for pk, last in newest.items() if not last.mailed_at or day_of(last.created_at) == today}
    for last in (newest[pk] for pk in joined):
        last.read_at = None
        if last.mailed_at and day_of(last.mailed_at) == today:
            last.mailed_at, last.mail_from = None, morning
        last.save(update_fields=["read_at", "mailed_at", "mail_from"])
    alone = [person for pk, person in told.items() if pk not in joined]
    notify(event=event, reason=reason, about=about, people=alone, wait=wait)


def _find_next_morning(moment: datetime) -> datetime:
    """Return when the mails of the day after `moment` leave."""
    return datetime.combine(day_of(moment) + timedelta(days=1), MORNING, zone())


def withdraw_notices(events: Sequence[LedgerEvent], rows: Iterable[Model], *, whole: bool) -> None:
    """Withdraw what these events told of `rows`; if the act is undone as a `whole`, all that they told.

    A notice whose place one of them took stands again.
    """
    keys = {row.pk for row in rows}
    undone = [event.pk for event in events if whole or event.subject_id in keys]
    told = list(Notification.objects.filter(event__in=undone))
    given_back = [row.pk for notice in told if notice.withdrawn_at is None for row in _list_replaced(notice)]
    Notification.objects.filter(pk__in=[notice.pk for notice in told]).update(withdrawn_at=act_time())
    Notification.objects.filter(pk__in=given_back).update(withdrawn_at=None)


def _list_replaced(notice: Notification) -> list[Notification]:
    """List the notices whose place this one took."""
    same = Notification.objects.filter(recipient=notice.recipient_id, reason=notice.reason, link=notice.link)
    replaced = same.filter(withdrawn_at=notice.created_at).exclude(pk=notice.pk)
    return [row for row in replaced if _name_fact(row) == _name_fact(notice)]


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


def notify_once(*, reason: NoticeReason, about: Any, people: Iterable[User]) -> int:
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
