"""State of the system: each part with a sentence for administrators; those of its host are in host.py."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from kombu.exceptions import OperationalError

from config.celery import app
from config.database_check import verdicts
from config.system_state import host
from config.system_state.findings import BAD, LATE, OK, WARNING, Finding
from config.system_state.probes import count_tasks, database_state, redis_state
from config.system_state.tasks import HEARTBEAT
from core.access import Text
from core.templatetags.ui import when
from governance.models import Checkpoint, Verification
from governance.record.notary.timestamps import EVERY, get_newest_stamp
from governance.record.records.queries import list_missing
from governance.record.verification.models import Result
from governance.sessions.citations.queries import list_unrecorded
from projects.models import LedgerEvent, Notification
from projects.organisation_settings.mails import describe_failure

logger = logging.getLogger(__name__)
#: Checkpoints without a time stamp for longer are a fault.
STAMP_MISSING = timedelta(days=1)
#: Seconds to wait for the answer of a worker, and to keep the answer for `/readyz`.
PATIENCE, KEPT = 1.0, 5
#: Records that are counted at most, of those which the worker has still to store.
MISSING = 1000
#: Decisions that are named at most.
NAMED = 5
#: Whether the workspace is there whose imports a worker writes.
AMOA = "amoa" in settings.WORKSPACES


@dataclass(frozen=True)
class Line:
    """One part of the system: code, name, state and what it means."""

    code: str
    name: Text
    state: str
    text: str
    #: Name of the page with more on it.
    page: str = ""


def read_state() -> list[Line]:
    """Read the state of every part but the database check, which takes longer."""
    now = timezone.now()
    return [_read(code, name, read, now) for code, name, read in PARTS]


def _read(code: str, name: Text, read: Callable[[datetime], Finding], now: datetime) -> Line:
    """Read one part. A part that cannot be read is at fault, and hides no other."""
    try:
        state, text = read(now)
    except Exception:  # the page is looked at when something fails, whatever it is
        logger.exception("The state of %s could not be read", code)
        state, text = BAD, _("It could not be checked. The log of the web process says why.")
    return Line(code, name, state, text, MORE.get(code, ""))


class Health:
    """The state of each part by its code, kept for some seconds in this process: whoever asks may ask often."""

    def __init__(self) -> None:
        self._lock, self._found, self._until = threading.Lock(), dict[str, str](), 0.0

    def forget(self) -> None:
        """Read it again next time."""
        self._until = 0.0

    def read(self) -> dict[str, str]:
        """Return it. Without a database, that of the parts which need none."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._found, self._until = self._read(), time.monotonic() + KEPT
            return self._found

    def _read(self) -> dict[str, str]:
        if database_state() != "down":
            return {line.code: line.state for line in read_state()}
        now = timezone.now()
        lines = [_read(*part, now) for part in PARTS if part[0] in WITHOUT_DATABASE]
        return {"database": BAD} | {line.code: line.state for line in lines}


HEALTH = Health()


def check_database() -> list[Line]:
    """Compare the database with what the code declares: one line per check, with its faults."""
    lines = []
    for verdict in verdicts():
        text = "; ".join(sentence for _ok, sentence in verdict.sentences())
        lines.append(Line("database", verdict.check, BAD if verdict.faults else OK, text))
    return lines


def _redis(now: datetime) -> Finding:
    waiting = count_tasks()
    if waiting is None:
        return BAD, _("It does not answer. Emails and records are delayed, not lost.")
    words = ngettext("It answers. %(n)s task is pending.", "It answers. %(n)s tasks are pending.", waiting)
    return OK, words % {"n": waiting}


def _worker(now: datetime) -> Finding:
    count = _count_workers()
    if not count:
        return BAD, _("None answers. Emails and records are delayed, not lost.")
    return OK, ngettext("%(n)s answers.", "%(n)s answer.", count) % {"n": count}


def _count_workers() -> int:
    """Return how many workers answer; 0 when the queue cannot be reached."""
    from redis import RedisError  # a tenth of a second, which most processes never need

    if redis_state() != "ok":
        return 0
    for _attempt in range(2):  # a connection of the time before Redis was restarted fails once
        with suppress(OperationalError, RedisError, OSError):
            return len(app.control.ping(timeout=PATIENCE) or ())
    return 0


def _beat(now: datetime) -> Finding:
    last = cache.get(HEARTBEAT)
    if last is None:
        return BAD, _("No scheduled task has run yet.")
    text = _("A scheduled task last ran on %(at)s.") % {"at": when(last)}
    return OK if now - last < LATE else BAD, text


def _outbox(now: datetime) -> Finding:
    pending = Notification.objects.to_mail()
    found: dict[str, Any] = pending.aggregate(
        oldest=Min(Coalesce("mail_from", "created_at")), count=Count("pk"), failed=Count("pk", filter=Q(attempts__gt=0))
    )
    if not found["count"]:
        return OK, _("None pending.")
    words = ngettext("%(n)s pending since %(at)s.", "%(n)s pending, the oldest since %(at)s.", found["count"])
    text = words % {"n": found["count"], "at": when(found["oldest"])}
    if now - found["oldest"] >= LATE:
        return BAD, text
    return (WARNING, f"{text} {_describe_failures()}") if found["failed"] else (OK, text)


def _mail(now: datetime) -> Finding:
    failing = Notification.objects.failed().aggregate(count=Count("pk"), again=Count("pk", filter=Q(attempts__gt=5)))
    if not failing["count"]:
        return OK, _("No email failed to leave.")
    words = ngettext("%(n)s email failed to leave.", "%(n)s emails failed to leave.", failing["count"])
    return BAD if failing["again"] else WARNING, f"{words % {'n': failing['count']}} {_describe_failures()}"


def _describe_failures() -> str:
    """Return why the newest failure was one, without the address, which stands on the page of failed emails."""
    newest = Notification.objects.failed().order_by("-next_try_at", "-pk").first()
    return describe_failure(newest.failure, pgettext("address", "of the person")) if newest else ""


def _jobs(now: datetime) -> Finding:
    found: dict[str, Any] = {}
    if AMOA:
        live = apps.get_model("amoa", "ImportJob").objects.filter(state__in=("waiting", "running"))
        found = live.aggregate(count=Count("pk"), seen=Min(Coalesce("heartbeat", "changed_at")))
    missing = len(list_missing(MISSING))
    text = ngettext("%(n)s record to store.", "%(n)s records to store.", missing) % {"n": missing}
    if count := found.get("count", 0):
        text += " " + ngettext("%(n)s import under way.", "%(n)s imports under way.", count) % {"n": count}
    return BAD if count and now - found["seen"] >= LATE else OK, text


def _notary(now: datetime) -> Finding:
    newest = Checkpoint.objects.order_by("-number").first()
    if newest is None:
        return WARNING, _("It has signed no checkpoint yet.")
    waiting = LedgerEvent.objects.filter(acted_at__gt=newest.made_at, acted_at__lt=now - LATE).exists()
    text = _("Newest checkpoint: number %(number)s, %(at)s.") % {"number": newest.number, "at": when(newest.made_at)}
    return BAD if waiting else OK, text


def _timestamps(now: datetime) -> Finding:
    if not settings.TIMESTAMP_URL:
        text = _("No authority is configured: only the clock of the server says when something was recorded.")
        return OK, text
    newest = get_newest_stamp()
    if newest is None:
        text = _("The authority has stamped no checkpoint yet.")
    else:
        text = _("Checkpoint %(number)s existed on %(at)s, says %(authority)s.")
        text %= {"number": newest.number, "at": when(newest.at), "authority": newest.authority}
    unstamped = Checkpoint.objects.filter(number__gt=newest.number if newest else 0)
    oldest: datetime | None = unstamped.aggregate(oldest=Min("made_at"))["oldest"]
    if oldest is None or now - oldest < EVERY + LATE:
        return OK, text
    text += " " + _("It has not answered for longer than an hour.")
    return WARNING if now - oldest < STAMP_MISSING else BAD, text


def _ledger(now: datetime) -> Finding:
    last = Verification.objects.filter(project=None).order_by("-ran_at").first()
    if last is None:
        return WARNING, _("It has not been verified yet.")
    text = _("Last verified on %(at)s: %(result)s.") % {"at": when(last.ran_at), "result": last.get_result_display()}
    return OK if last.result == Result.INTACT else BAD, text


def _sessions(now: datetime) -> Finding:
    """Tell of decisions that cite a session which is not recorded: nobody can change what a decision says."""
    found = list_unrecorded()
    if not found:
        return OK, _("Every session that a decision cites is recorded.")
    words = ngettext(
        "%(n)s decision cites a session that is not recorded: %(which)s.",
        "%(n)s decisions cite a session that is not recorded: %(which)s.",
        len(found),
    )
    return OK, words % {"n": len(found), "which": ", ".join(found[:NAMED]) + (", …" if len(found) > NAMED else "")}


#: Code, name and reader of each part, in the order of the page. Each code is a heading of docs/operate.md.
PARTS: tuple[tuple[str, Text, Callable[[datetime], Finding]], ...] = (
    ("database", gettext_lazy("Database"), host.read_database),
    ("standbys", gettext_lazy("Standby servers"), host.read_standbys),
    ("redis", gettext_lazy("Queue (Redis)"), _redis),
    ("worker", gettext_lazy("Worker"), _worker),
    ("beat", gettext_lazy("Scheduler (beat)"), _beat),
    ("outbox", gettext_lazy("Outgoing emails"), _outbox),
    ("mail", gettext_lazy("Email server"), _mail),
    ("jobs", gettext_lazy("Records and imports"), _jobs),
    ("notary", gettext_lazy("Notary"), _notary),
    ("timestamps", gettext_lazy("Time stamps"), _timestamps),
    ("ledger", gettext_lazy("Verification of the ledger"), _ledger),
    ("sessions", gettext_lazy("Sessions that decisions cite"), _sessions),
    ("backup", gettext_lazy("Backup"), host.read_backup),
    ("certificate", gettext_lazy("Certificate"), host.read_certificate_dates),
    ("disk", gettext_lazy("Disk space"), host.read_disk),
    ("versions", gettext_lazy("Versions"), host.read_versions),
)
WITHOUT_DATABASE = {"redis", "certificate"}
#: Code → name of the page that says more.
MORE = {"outbox": "failed_mails", "mail": "failed_mails"}
