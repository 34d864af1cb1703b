"""Acts of an import of requirements: leave it to the worker, write it in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched, groupby
from typing import Any

from django.utils import timezone

from amoa.enums import Act, Reason
from amoa.imports.enums import ImportState
from amoa.imports.known import load_known
from amoa.imports.models import ImportJob
from amoa.imports.validation import EXAMPLES, PlannedRequirement, RequirementPlan, summarise
from amoa.requirements import versions
from amoa.requirements.enums import RequirementKind
from amoa.requirements.models import Requirement
from amoa.requirements.seals import mark_rewritten
from core.access import ensure
from core.acts import act, act_time
from core.history import create_many, save_many
from projects.imports.models import LET_GO
from projects.imports.services import LinesInError, NothingToWrite, Stale, change_state
from projects.ledger.models import LedgerEvent
from projects.models import Project
from projects.notices.services import notify
from projects.seats.mandates.events import record_in_role
from roles.models import User

#: Requirements written between two checks for a stop.
CHUNK = 500

Progress = Callable[[int], None]


class Stopped(Exception):
    """Raised when the author stopped the import, or another worker took it over."""


@act("amoa.import_requirements", on="job.project", lock=None)
def start(*, actor: User, job: ImportJob, leave_out: bool) -> None:
    """Queue a checked import for the worker.

    Raises LinesInError unless `leave_out`, NothingToWrite, and WrongStep.
    """
    if job.state == ImportState.CHECKED and job.errors and not leave_out:
        raise LinesInError
    if job.state == ImportState.CHECKED and not job.total:
        raise NothingToWrite
    change_state(job, ImportState.WAITING, leave_out=leave_out and bool(job.errors), started_at=timezone.now(), runs=0)


@act("amoa.import_requirements", on="job.project", lock=None)
def import_requirements(
    *, actor: User, job: ImportJob, run: int, plan: RequirementPlan, progress: Progress
) -> LedgerEvent:
    """Write `plan` in one transaction, as attempt `run` of `job`, reporting to `progress`.

    New requirements start undecided. A change to a version in force proposes the next version. A file never sets a
    role, a group or a decision. Raises Stale when the requirements differ from those checked, and Stopped (as
    `progress` may).
    """
    project = job.project.locked()
    ensure(actor, "amoa.import_requirements", project)
    known = load_known(project)
    if known.fingerprint(plan.codes) != job.fingerprint:
        raise Stale
    summary: dict[str, Any] = summarise(plan)
    counts: dict[str, Any] = plan.counts
    _RequirementWriter(project, actor, known.facts, progress).write(plan)
    event = record_in_role(
        Act.IMPORT_REQUIREMENTS,
        job,
        project=project,
        detail=str(len(plan.writes)),
        sha256=job.sha256,
        **counts,
    )
    mark_rewritten(actor, project)
    summary["first_new"] = [[entry.line, entry.title, entry.fields["title"]] for entry in plan.new[:EXAMPLES]]
    mine = ImportJob.objects.filter(pk=job.pk, state=ImportState.RUNNING, runs=run)
    if not mine.update(
        state=ImportState.DONE, event=event, summary=summary, done=job.total, finished_at=timezone.now(), **LET_GO
    ):
        raise Stopped
    notify(event=event, reason=Reason.IMPORT_DONE, about=job, people=[actor], the_actor_too=True)
    return event


@dataclass
class _RequirementWriter:
    """Writer of one import, parents before children."""

    project: Project
    actor: User
    facts: Mapping[str, Any]
    progress: Progress
    done: int = 0
    last: dict[bool, tuple[str, int, int]] = field(default_factory=dict)

    def write(self, plan: RequirementPlan) -> None:
        """Insert and update in chunks; new rows of `plan` get their generated codes."""
        self.ids = {code: fact.pk for code, fact in self.facts.items()}
        self.taken = {*self.ids, *plan.codes}
        self.frozen = versions.list_frozen([entry.row for entry in plan.changed])
        rows = sorted(plan.writes, key=lambda entry: (entry.depth, bool(entry.row)))
        for (_depth, is_there), alike in groupby(rows, key=lambda entry: (entry.depth, bool(entry.row))):
            for chunk in batched(alike, CHUNK):  # noqa: B911 the last chunk is shorter
                self.progress(self.done)
                self._update(chunk) if is_there else self._insert(chunk)
                self.done += len(chunk)
        self.progress(self.done)

    def _insert(self, chunk: Sequence[PlannedRequirement]) -> None:
        rows = [self._build_requirement(entry) for entry in chunk]
        create_many(rows)
        self.ids |= {row.code: row.pk for row in rows}

    def _build_requirement(self, entry: PlannedRequirement) -> Requirement:
        entry.title = entry.title or self._next_code(entry.fields["kind"])
        return Requirement(
            project=self.project,
            code=entry.title,
            author=self.actor,
            changed_at=act_time(),
            parent_id=self.ids.get(entry.parent or ""),
            **entry.fields,
        )

    def _update(self, chunk: Sequence[PlannedRequirement]) -> None:
        rows: list[Requirement] = []
        names = {"version", "state", "changed_at"}
        for entry in chunk:
            fields = {name: value for name, value in entry.fields.items() if name != "parent"}
            if "parent" in entry.fields:
                fields["parent_id"] = self.ids.get(entry.parent or "")
            versions.revise(entry.row, fields, frozen=entry.row.pk in self.frozen)
            rows.append(entry.row)
            names |= set(entry.fields)
        save_many(rows, sorted(names))

    def _next_code(self, kind: str) -> str:
        """Return the next free code of a kind; only the first one is looked up."""
        is_need = kind == RequirementKind.NEED
        if is_need not in self.last:
            code = versions.next_code(self.project, kind, self.taken)
            figures = code[len(code.rstrip("0123456789")) :]
            self.last[is_need] = code.removesuffix(figures), int(figures) - 1, len(figures)
        stem, number, width = self.last[is_need]
        self.last[is_need] = stem, number + 1, width
        return f"{stem}{number + 1:0{width}d}"
