"""Run an import in the worker: claim it, watch it while it writes, resume it when a worker died.

The write is one long transaction that touches the row of the import only at its end. Meanwhile a thread with its own
connection reports the progress and the heartbeat, and detects that the author stopped the import.
"""

import logging
from contextlib import AbstractContextManager
from datetime import timedelta
from threading import Event, Thread
from types import TracebackType
from typing import Any, Protocol, Self, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from amoa.imports.enums import LIVE, OPEN, Failure, ImportState
from amoa.imports.models import NOTHING_KEPT, ImportJob
from amoa.imports.services import Stopped, import_requirements
from amoa.imports.validation import RequirementPlan
from core.access import Refused
from core.acts import NotRecorded
from projects.imports.services import Stale, plan_import
from projects.notices.services import notify_failure

logger = logging.getLogger(__name__)
#: Seconds between two heartbeats, and number of attempts before an import fails.
HEARTBEAT_SECONDS, MOST_RUNS = 1.0, 5
#: Age at which an abandoned import is cancelled, so that its file is not stored for ever.
ABANDONED_AFTER = timedelta(days=7)


class Watch(Protocol):
    """Protocol of the monitor of one run."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *error: Any) -> None: ...
    def tell(self, done: int) -> None:
        """Report how many are written. Raises Stopped when another run took the import over."""


class Pulse(AbstractContextManager["Pulse"]):
    """Heartbeat of one run, in its own thread."""

    def __init__(self, pk: int, run: int) -> None:
        self.mine = ImportJob.objects.filter(pk=pk, runs=run, state=ImportState.RUNNING)
        self.done, self.lost, self.ended = 0, Event(), Event()
        self.thread = Thread(target=self._beat, name=f"import-{pk}", daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.ended.set()
        self.thread.join()

    def tell(self, done: int) -> None:
        """Report how many are written. Raises Stopped when the import was stopped or taken over."""
        self.done = done
        if self.lost.is_set():
            raise Stopped

    def _beat(self) -> None:
        try:
            while not self.ended.wait(HEARTBEAT_SECONDS):
                self._sign()
        finally:
            connection.close()

    def _sign(self) -> None:
        try:
            if not self.mine.update(heartbeat=timezone.now(), done=self.done):
                self.lost.set()
        except (DatabaseError, InterfaceError) as error:  # the last step locks the row, or the database is away
            logger.info("Heartbeat failed: %s", error)
            connection.close()


def list_waiting() -> list[int]:
    """List the imports without a worker: queued, or without a recent heartbeat."""
    silent = timezone.now() - timedelta(seconds=settings.IMPORT_SILENT_SECONDS)
    jobs = ImportJob.objects.filter(Q(state=ImportState.WAITING) | Q(state=ImportState.RUNNING, heartbeat__lt=silent))
    return list(jobs.order_by("pk").values_list("pk", flat=True))


def cancel_abandoned() -> int:
    """Cancel abandoned imports; return their number."""
    now = timezone.now()
    old = ImportJob.objects.filter(state__in=OPEN, changed_at__lt=now - ABANDONED_AFTER)
    return old.update(state=ImportState.CANCELLED, finished_at=now, changed_at=now, **NOTHING_KEPT)


def claim(pk: int) -> int:
    """Claim the import; return the number of this run, or 0 when there is nothing to run."""
    silent = timezone.now() - timedelta(seconds=settings.IMPORT_SILENT_SECONDS)
    with transaction.atomic():
        job = ImportJob.objects.light().select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
        if job is None or not job.is_live:
            return 0
        if job.state == ImportState.RUNNING and job.heartbeat and job.heartbeat >= silent:
            return 0
        if job.runs >= MOST_RUNS:
            _fail(job, Failure.BROKEN)
            return 0
        now = timezone.now()
        ImportJob.objects.filter(pk=pk).update(
            state=ImportState.RUNNING, heartbeat=now, runs=F("runs") + 1, done=0, changed_at=now
        )
        return job.runs + 1


def run(pk: int, watch: type[Watch] = Pulse) -> str:
    """Claim the import and write it; return its state, or "" when another worker has it."""
    number = claim(pk)
    if not number:
        return ""
    job = ImportJob.objects.select_related("project", "by").get(pk=pk)
    mine = ImportJob.objects.filter(pk=pk, runs=number, state=ImportState.RUNNING)
    try:
        with watch(pk, number) as pulse:  # type: ignore[call-arg]
            import_requirements(actor=job.by, job=job, run=number, plan=build_plan(job), progress=pulse.tell)
    except Stopped:
        return ""
    except Stale:
        mine.update(state=ImportState.MAPPED, failure=Failure.STALE, done=0, changed_at=timezone.now())
        notify_failure(about=job, person=job.by)
        return ImportState.MAPPED
    except NotRecorded:  # another act locks the project: the sweep retries it
        mine.update(state=ImportState.WAITING, runs=F("runs") - 1, changed_at=timezone.now())
        return ImportState.WAITING
    except Refused:
        return _fail(job, Failure.PERMISSION)
    except ValidationError:
        return _fail(job, Failure.UNREADABLE)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the next run starts again
    except Exception:  # any failure: the author must not wait for ever
        logger.exception("Import %s failed", pk)
        return _fail(job, Failure.BROKEN)
    return ImportState.DONE


def build_plan(job: ImportJob) -> RequirementPlan:
    """Read and check the file again, before locking anything.

    Raises Stale when the result differs from what the author saw.
    """
    plan = cast(RequirementPlan, plan_import(job.by, job))
    if plan.fingerprint != job.fingerprint or (plan.wrong and not job.leave_out):
        raise Stale
    return plan


def _fail(job: ImportJob, why: Failure) -> str:
    now = timezone.now()
    live = ImportJob.objects.filter(pk=job.pk, runs=job.runs, state__in=LIVE)
    if not live.update(state=ImportState.FAILED, failure=why, finished_at=now, changed_at=now, **NOTHING_KEPT):
        return ""
    notify_failure(about=job, person=job.by)
    return ImportState.FAILED
