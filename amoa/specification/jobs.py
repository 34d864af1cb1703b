"""Files of large specifications: written by the worker, and kept in the cache for their person for a day.

While it writes, a thread with its own connection notes the progress every second, as that of an import does. A file
without such a sign for IMPORT_SILENT_SECONDS has lost its worker.
"""

import logging
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from threading import Event, Thread
from types import TracebackType
from typing import Self

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection, models
from django.utils import timezone, translation

from amoa.requirements.models import RequirementBaseline
from amoa.specification.content import build_specification
from amoa.specification.files import FORMATS, UNTOLD
from projects.models import Project
from roles.models import User

logger = logging.getLogger(__name__)
#: Needs and requirements above which a file is written by the worker.
LARGE = 300
#: Seconds for which a file is kept; after so long without an end it is given up.
KEPT, STUCK = 24 * 3600, timedelta(minutes=15)
#: Seconds between two notes of the progress.
BEAT = 1.0
#: Key of the seconds a requirement took in the last PDF, and their number before the first one.
PACE, USUAL_PACE = "specification.pace", 0.01


class FileState(models.TextChoices):
    """State of a file that the worker writes."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class Wanted:
    """A file that a person asks for: keys of the person and the baseline, format, order, language.

    `state` is the key of what the file says of the baseline: another decision makes it another file.
    """

    person: int
    baseline: int
    kind: str
    order: str
    language: str
    state: str = ""

    @property
    def key(self) -> str:
        """Return its key in the cache; that of its content ends in `.content`."""
        return ".".join(["specification", *map(str, asdict(self).values())])


@dataclass(frozen=True)
class WantedFile:
    """A file as its person sees it: its state, empty before it is asked for, and since when.

    `seen` is the last sign of its worker; `done` of `total` requirements are written.
    """

    kind: str
    state: str = ""
    at: datetime | None = None
    seen: datetime | None = None
    done: int = 0
    total: int = 0

    @property
    def is_open(self) -> bool:
        """Return whether it was asked for and has not come to an end."""
        return self.state in {FileState.WAITING, FileState.RUNNING}

    @property
    def is_silent(self) -> bool:
        """Return whether no worker has taken it up, or its worker has given no sign, for long."""
        silent = timedelta(seconds=settings.IMPORT_SILENT_SECONDS)
        return self.is_open and self.seen is not None and timezone.now() - self.seen > silent

    @property
    def is_live(self) -> bool:
        """Return whether a worker writes it or is to write it."""
        return self.is_open and not self.is_silent

    @property
    def is_estimated(self) -> bool:
        """Return whether `done` is an estimate."""
        return self.kind in UNTOLD

    @property
    def is_ready(self) -> bool:
        """Return whether it can be fetched."""
        return self.state == FileState.READY


def is_large(baseline: RequirementBaseline) -> bool:
    """Return whether its files are written by the worker."""
    return baseline.versions.count() > LARGE


def list_files(
    person: User, baseline: RequirementBaseline, order: str, language: str, state: str = ""
) -> list[WantedFile]:
    """List the files of the specification as they are for this person, one a format. One query."""
    keys = {kind: Wanted(person.pk, baseline.pk, kind, order, language, state).key for kind in FORMATS}
    known = cache.get_many(keys.values())
    return [WantedFile(kind, *known.get(key, ())) for kind, key in keys.items()]


def note(wanted: Wanted, state: FileState, since: datetime | None = None, done: int = 0, total: int = 0) -> None:
    """Write the state of the file, since when it is so, and how far it is."""
    now = timezone.now()
    cache.set(wanted.key, (str(state), since or now, now, done, total), KEPT)


def read_file(wanted: Wanted) -> bytes | None:
    """Return the file that was written for its person; None when there is none."""
    content: bytes | None = cache.get(f"{wanted.key}.content")
    return content


class Pulse(AbstractContextManager["Pulse"]):
    """Progress of a file that is being written, noted by a thread of its own.

    A format that tells nothing before its end advances by the pace of the last PDF.
    """

    def __init__(self, wanted: Wanted, total: int) -> None:
        self.wanted, self.total, self.since, self.told = wanted, total, timezone.now(), 0
        self.pace = cache.get(PACE, USUAL_PACE) if wanted.kind in UNTOLD else 0.0
        self.ended = Event()
        self.thread = Thread(target=self._beat, name=wanted.key, daemon=True)

    def __enter__(self) -> Self:
        self._sign()
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.ended.set()
        self.thread.join()
        if error is None and self.wanted.kind in UNTOLD and self.total:
            cache.set(PACE, self.seconds / self.total, None)

    @property
    def seconds(self) -> float:
        """Return the seconds since the beginning."""
        return (timezone.now() - self.since).total_seconds()

    @property
    def done(self) -> int:
        """Return how many requirements are written; of an estimate at most 95 %."""
        return min(int(self.seconds / self.pace), self.total * 95 // 100) if self.pace else self.told

    def tell(self, done: int) -> None:
        """Remember how many are written."""
        self.told = done

    def _beat(self) -> None:
        try:
            while not self.ended.wait(BEAT) and self.seconds < STUCK.total_seconds():
                self._sign()
        finally:
            connection.close()

    def _sign(self) -> None:
        try:
            note(self.wanted, FileState.RUNNING, self.since, self.done, self.total)
        except DatabaseError as error:  # the next one may pass
            logger.info("Progress of a specification was not noted: %s", error)
            connection.close()


def write_file(wanted: Wanted) -> str:
    """Write the file; return its state, or "" when its person reads the project no more.

    Idempotent: a file that is there is not written again, when the queue delivers its task twice.
    """
    person = User.objects.filter(pk=wanted.person, is_active=True).first()
    baseline = RequirementBaseline.objects.select_related("project", "made_by").filter(pk=wanted.baseline).first()
    if not (person and baseline and Project.objects.visible_to(person).filter(pk=baseline.project_id).exists()):
        cache.delete(wanted.key)
        return ""
    if cache.get(wanted.key, ("",))[0] == FileState.READY and read_file(wanted) is not None:
        return FileState.READY
    try:
        with translation.override(wanted.language), Pulse(wanted, baseline.versions.count()) as pulse:
            content = build_specification(baseline.project, baseline, wanted.order)
            written = FORMATS[wanted.kind][1](content, baseline.acted_at, pulse.tell)
    except Exception:  # any failure: its person must not wait for ever
        logger.exception("Specification of baseline %s failed as %s", wanted.baseline, wanted.kind)
        note(wanted, FileState.FAILED)
        return FileState.FAILED
    cache.set(f"{wanted.key}.content", written, KEPT)
    note(wanted, FileState.READY)
    return FileState.READY
