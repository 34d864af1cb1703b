"""Files of large specifications: written by the worker, and kept in the cache for their person for a day."""

import logging
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import models
from django.utils import timezone, translation

from amoa.requirements.models import RequirementBaseline
from amoa.specification.content import build_specification
from amoa.specification.files import FORMATS
from projects.models import Project
from roles.models import User

logger = logging.getLogger(__name__)
#: Needs and requirements above which a file is written by the worker.
LARGE = 300
#: Seconds for which a file is kept; after so long without an end it is written no more.
KEPT, STUCK = 24 * 3600, timedelta(minutes=15)


class FileState(models.TextChoices):
    """State of a file that the worker writes."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class Wanted:
    """A file that a person asks for: keys of the person and the baseline, format, order, language."""

    person: int
    baseline: int
    kind: str
    order: str
    language: str

    @property
    def key(self) -> str:
        """Return its key in the cache; that of its content ends in `.content`."""
        return ".".join(["specification", *map(str, asdict(self).values())])


@dataclass(frozen=True)
class WantedFile:
    """A file as its person sees it: its state, empty before it is asked for, and since when."""

    kind: str
    state: str = ""
    at: datetime | None = None

    @property
    def is_silent(self) -> bool:
        """Return whether no worker has taken it up for long, or none has finished it."""
        silent = timedelta(seconds=settings.IMPORT_SILENT_SECONDS)
        limit = {str(FileState.WAITING): silent, str(FileState.RUNNING): STUCK}.get(self.state)
        return bool(limit and self.at and timezone.now() - self.at > limit)

    @property
    def is_live(self) -> bool:
        """Return whether a worker writes it or is to write it."""
        return self.state in {FileState.WAITING, FileState.RUNNING} and not self.is_silent

    @property
    def is_ready(self) -> bool:
        """Return whether it can be fetched."""
        return self.state == FileState.READY


def is_large(baseline: RequirementBaseline) -> bool:
    """Return whether its files are written by the worker."""
    return baseline.versions.count() > LARGE


def list_files(person: User, baseline: RequirementBaseline, order: str, language: str) -> list[WantedFile]:
    """List the files of the specification as they are for this person, one a format. One query."""
    keys = {kind: Wanted(person.pk, baseline.pk, kind, order, language).key for kind in FORMATS}
    known = cache.get_many(keys.values())
    return [WantedFile(kind, *known.get(key, ())) for kind, key in keys.items()]


def note(wanted: Wanted, state: FileState) -> None:
    """Write the state of the file, with the time."""
    cache.set(wanted.key, (str(state), timezone.now()), KEPT)


def read_file(wanted: Wanted) -> bytes | None:
    """Return the file that was written for its person; None when there is none."""
    content: bytes | None = cache.get(f"{wanted.key}.content")
    return content


def write_file(wanted: Wanted) -> str:
    """Write the file; return its state, or "" when its person reads the project no more. Idempotent."""
    person = User.objects.filter(pk=wanted.person, is_active=True).first()
    baseline = RequirementBaseline.objects.select_related("project", "made_by").filter(pk=wanted.baseline).first()
    if not (person and baseline and Project.objects.visible_to(person).filter(pk=baseline.project_id).exists()):
        cache.delete(wanted.key)
        return ""
    note(wanted, FileState.RUNNING)
    try:
        with translation.override(wanted.language):
            content = build_specification(baseline.project, baseline, wanted.order)
            written = FORMATS[wanted.kind][1](content, baseline.acted_at)
    except Exception:  # any failure: its person must not wait for ever
        logger.exception("Specification of baseline %s failed as %s", wanted.baseline, wanted.kind)
        note(wanted, FileState.FAILED)
        return FileState.FAILED
    cache.set(f"{wanted.key}.content", written, KEPT)
    note(wanted, FileState.READY)
    return FileState.READY
