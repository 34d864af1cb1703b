"""State of the system: processes, mails, ledger, database, each with a sentence for administrators."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.celery import app
from config.database_check import verdicts
from config.system_state.probes import database_state, redis_state
from config.system_state.tasks import HEARTBEAT
from core.access import Text
from core.templatetags.ui import when
from governance.models import Checkpoint, Verification
from governance.notary.timestamps import EVERY, get_newest_stamp
from governance.verification.models import Result
from projects.models import LedgerEvent, Notification

OK, WARNING, BAD = "ok", "warning", "bad"
#: A trace that is older, an outbox row that waits longer, or an event that is not signed for longer, is a fault.
LATE = timedelta(minutes=10)
#: Checkpoints without a time stamp for longer are a fault.
STAMP_MISSING = timedelta(days=1)
#: Seconds to wait for the answer of a worker, and to keep the answer for `/healthz?full`.
PATIENCE, KEPT = 1.0, 10


@dataclass(frozen=True)
class Line:
    """One part of the system: code, name, state and what it means."""

    code: str
    name: Text
    state: str
    text: str


def read_state() -> list[Line]:
    """Read the state of every part but the database check, which takes longer."""
    now = timezone.now()
    return [read(now) for read in (_web, _redis, _worker, _beat, _outbox, _mail, _notary, _timestamps, _ledger)]


def health() -> dict[str, str]:
    """Return the state of each part by its code, at most some seconds old."""
    found: dict[str, str] = cache.get_or_set("system_state.health", _read_health, KEPT) or {}
    return found


def _read_health() -> dict[str, str]:
    return {line.code: line.state for line in read_state()}


def check_database() -> list[Line]:
    """Compare the database with what the code declares: one line per check, with its faults."""
    lines = []
    for verdict in verdicts():
        text = "; ".join(sentence for _ok, sentence in verdict.sentences())
        lines.append(Line("database", verdict.check, BAD if verdict.faults else OK, text))
    return lines


def _web(now: datetime) -> Line:
    version = _("Version %(version)s") % {"version": settings.VERSION}
    return Line("web", gettext_lazy("Web"), OK if database_state() == "ok" else BAD, version)


def _redis(now: datetime) -> Line:
    name = gettext_lazy("Queue (Redis)")
    if redis_state() == "ok":
        return Line("redis", name, OK, _("It answers."))
    return Line("redis", name, BAD, _("It does not answer. Emails and records are delayed, not lost."))


def _worker(now: datetime) -> Line:
    name = gettext_lazy("Worker")
    count = _count_workers()
    if not count:
        return Line("worker", name, BAD, _("None answers. Emails and records are delayed, not lost."))
    return Line("worker", name, OK, ngettext("%(n)s answers.", "%(n)s answer.", count) % {"n": count})


def _count_workers() -> int:
    """Return how many workers answer; 0 when the queue cannot be reached."""
    if redis_state() != "ok":
        return 0
    return len(app.control.ping(timeout=PATIENCE) or ())


def _beat(now: datetime) -> Line:
    name, last = gettext_lazy("Scheduler (beat)"), cache.get(HEARTBEAT)
    if last is None:
        return Line("beat", name, BAD, _("No scheduled task has run yet."))
    text = _("A scheduled task last ran on %(at)s.") % {"at": when(last)}
    return Line("beat", name, OK if now - last < LATE else BAD, text)


def _outbox(now: datetime) -> Line:
    name = gettext_lazy("Outgoing emails")
    found: dict[str, Any] = Notification.objects.to_mail().aggregate(
        oldest=Min(Coalesce("mail_from", "created_at")), count=Count("pk")
    )
    if not found["count"]:
        return Line("outbox", name, OK, _("None pending."))
    words = ngettext("%(n)s pending since %(at)s.", "%(n)s pending, the oldest since %(at)s.", found["count"])
    text = words % {"n": found["count"], "at": when(found["oldest"])}
    return Line("outbox", name, OK if now - found["oldest"] < LATE else BAD, text)


def _mail(now: datetime) -> Line:
    name = gettext_lazy("Email server")
    failing = (
        Notification.objects.to_mail()
        .filter(attempts__gt=0)
        .aggregate(count=Count("pk"), again=Count("pk", filter=Q(attempts__gt=5)))
    )
    if not failing["count"]:
        return Line("mail", name, OK, _("No email failed to leave."))
    words = ngettext("%(n)s email failed to leave.", "%(n)s emails failed to leave.", failing["count"])
    return Line("mail", name, BAD if failing["again"] else WARNING, words % {"n": failing["count"]})


def _notary(now: datetime) -> Line:
    name = gettext_lazy("Notary")
    newest = Checkpoint.objects.order_by("-number").first()
    if newest is None:
        return Line("notary", name, WARNING, _("It has signed no checkpoint yet."))
    waiting = LedgerEvent.objects.filter(acted_at__gt=newest.made_at, acted_at__lt=now - LATE).exists()
    text = _("Newest checkpoint: number %(number)s, %(at)s.") % {"number": newest.number, "at": when(newest.made_at)}
    return Line("notary", name, BAD if waiting else OK, text)


def _timestamps(now: datetime) -> Line:
    name = gettext_lazy("Time stamps")
    if not settings.TIMESTAMP_URL:
        text = _("No authority is configured: only the clock of the server says when something was recorded.")
        return Line("timestamps", name, OK, text)
    newest = get_newest_stamp()
    if newest is None:
        text = _("The authority has stamped no checkpoint yet.")
    else:
        text = _("Checkpoint %(number)s existed on %(at)s, says %(authority)s.")
        text %= {"number": newest.number, "at": when(newest.at), "authority": newest.authority}
    unstamped = Checkpoint.objects.filter(number__gt=newest.number if newest else 0)
    oldest: datetime | None = unstamped.aggregate(oldest=Min("made_at"))["oldest"]
    if oldest is None or now - oldest < EVERY + LATE:
        return Line("timestamps", name, OK, text)
    text += " " + _("It has not answered for longer than an hour.")
    return Line("timestamps", name, WARNING if now - oldest < STAMP_MISSING else BAD, text)


def _ledger(now: datetime) -> Line:
    name = gettext_lazy("Verification of the ledger")
    last = Verification.objects.filter(project=None).order_by("-ran_at").first()
    if last is None:
        return Line("ledger", name, WARNING, _("It has not been verified yet."))
    text = _("Last verified on %(at)s: %(result)s.") % {"at": when(last.ran_at), "result": last.get_result_display()}
    return Line("ledger", name, OK if last.result == Result.INTACT else BAD, text)
