"""Files that take long: written by the worker, and kept in the cache for their person for a day.

While it writes, a thread with its own connection notes the progress every second, as that of an import does. A file
without such a sign for IMPORT_SILENT_SECONDS has lost its worker.
"""

import json
import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Event, Thread
from types import TracebackType
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import DatabaseError, connection, models
from django.utils import timezone, translation

logger = logging.getLogger(__name__)
#: Seconds for which a file is kept; after so long without an end it is given up.
KEPT, STUCK = 24 * 3600, timedelta(minutes=15)
#: Seconds between two notes of the progress.
BEAT = 1.0
#: Seconds that an entry takes before a file of its kind was written.
USUAL_PACE = 0.01
type Tell = Callable[[int], None]


def ignore(_done: int) -> None:
    """Ignore the number of entries written."""


class FileState(models.TextChoices):
    """State of a file that the worker writes."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class Work:
    """A file that can be written: the number of its entries, and its writer, which tells how many are written."""

    total: int
    write: Callable[[Tell], bytes]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A file that a person asks for, in a format and a language; subclasses add what it is of.

    `name` is that of all such files, `untold` are the formats whose writer tells nothing before its end.
    """

    person: int
    kind: str
    language: str

    name: ClassVar[str]
    untold: ClassVar[frozenset[str]] = frozenset()

    @property
    def key(self) -> str:
        """Return its key in the cache; that of its content ends in `.content`."""
        return f"{self.name}.{sha256(json.dumps(asdict(self)).encode()).hexdigest()}"

    @property
    def pace(self) -> str:
        """Return the key of the seconds that an entry took in the last such file."""
        return f"{self.name}.{self.kind}.pace"

    @property
    def is_estimated(self) -> bool:
        """Return whether the progress is an estimate."""
        return self.kind in self.untold

    def open(self, person: Any) -> Work | None:
        """Return what there is to write; None for a person who does not read it."""
        raise NotImplementedError

    def describe(self, done: int, total: int) -> str:
        """Return how far it is, in words."""
        raise NotImplementedError


@dataclass(frozen=True)
class WantedFile:
    """A file as its person sees it: its state, empty before it is asked for, and since when.

    `seen` is the last sign of its worker; `done` of `total` entries are written.
    """

    wanted: Wanted
    state: str = ""
    at: datetime | None = None
    seen: datetime | None = None
    done: int = 0
    total: int = 0

    @property
    def kind(self) -> str:
        """Return its format."""
        return self.wanted.kind

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
    def is_ready(self) -> bool:
        """Return whether it can be fetched."""
        return self.state == FileState.READY

    @property
    def progress(self) -> str:
        """Return how far it is, in words."""
        return self.wanted.describe(self.done, self.total)


def list_files(wanted: Iterable[Wanted]) -> list[WantedFile]:
    """List these files as they are now. One query."""
    keys = {each.key: each for each in wanted}
    known = cache.get_many(keys)
    return [WantedFile(each, *known.get(key, ())) for key, each in keys.items()]


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

    A format that tells nothing before its end advances by the pace of the last one.
    """

    def __init__(self, wanted: Wanted, total: int) -> None:
        self.wanted, self.total, self.since, self.told = wanted, total, timezone.now(), 0
        self.pace = cache.get(wanted.pace, USUAL_PACE) if wanted.is_estimated else 0.0
        self.ended = Event()
        self.thread = Thread(target=self._beat, name=wanted.key, daemon=True)

    def __enter__(self) -> Self:
        self._sign()
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.ended.set()
        self.thread.join()
        if error is None and self.wanted.is_estimated and self.total:
            cache.set(self.wanted.pace, self.seconds / self.total, None)

    @property
    def seconds(self) -> float:
        """Return the seconds since the beginning."""
        return (timezone.now() - self.since).total_seconds()

    @property
    def done(self) -> int:
        """Return how many entries are written; of an estimate at most 95 %."""
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
            logger.info("Progress of a file was not noted: %s", error)
            connection.close()


def write_file(wanted: Wanted) -> str:
    """Write the file; return its state, or "" when its person does not read it any more.

    Idempotent: a file that is there is not written again, when the queue delivers its task twice.
    """
    person = get_user_model().objects.filter(pk=wanted.person, is_active=True).first()
    with translation.override(wanted.language):
        work = wanted.open(person) if person else None
        if work is None:
            cache.delete(wanted.key)
            return ""
        if cache.get(wanted.key, ("",))[0] == FileState.READY and read_file(wanted) is not None:
            return FileState.READY
        try:
            with Pulse(wanted, work.total) as pulse:
                written = work.write(pulse.tell)
        except Exception:  # any failure: its person must not wait for ever
            logger.exception("File %s was not written", wanted)
            note(wanted, FileState.FAILED)
            return FileState.FAILED
    cache.set(f"{wanted.key}.content", written, KEPT)
    note(wanted, FileState.READY)
    return FileState.READY
