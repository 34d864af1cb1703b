"""Acts of an import: receive a file, map its columns, start, stop, write in one transaction.

Only the last one changes the project; only the author of an import drives it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched, groupby
from typing import Any

from django.utils import timezone

from amoa.imports import workflow
from amoa.imports.columns import CATEGORY, COLUMNS, NAMES, REQUIRED, build_choices, guess_mapping
from amoa.imports.enums import ImportState
from amoa.imports.models import NOTHING_KEPT, ImportJob
from amoa.imports.problems import serialise_problems, warn_left_empty
from amoa.imports.validation import Checked, Planned, check, load_known
from amoa.requirements import versions
from amoa.requirements.enums import RequirementKind
from amoa.requirements.models import Requirement
from amoa.requirements.seals import mark_rewritten
from core.access import ensure
from core.acts import act, act_time
from core.file_checks import Upload
from core.history import create_many, save_many
from core.tables.received import LET_GO, describe_file, describe_reading
from core.tables.tables import Table
from core.tables.words import Meanings, UnknownWord, keep_allowed, list_left_empty, list_unknown, replace_words
from projects.imports.queries import keep_known, recall_columns, recall_meanings
from projects.imports.services import remember_meanings
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.mandates.events import record_in_role
from projects.models import Project
from projects.notices.models import Reason
from projects.notices.services import notify
from roles.models import User

#: Name of the list by which meanings of words are remembered.
LIST_NAME = "requirements"
#: Examples of changes and additions.
EXAMPLES = 20
#: Requirements written between two checks for a stop.
CHUNK = 500

Progress = Callable[[int], None]


class WrongStep(Exception):
    """Raised when the step does not follow from the state of the import."""


class NothingToWrite(Exception):
    """Raised when no line without an error changes anything."""


class LinesInError(Exception):
    """Raised when lines are in error and the author did not ask to leave them out."""


class Stale(Exception):
    """Raised when the project changed since the file was checked."""


class Stopped(Exception):
    """Raised when the author stopped the import, or another worker took it over."""


@act("amoa.import_requirements", on="project", lock=None)
def receive(*, actor: User, project: Project, upload: Upload, table: Table) -> ImportJob:
    """Store a file read as `table`, with the mapping of its columns.

    It is that of the actor's last file with the same columns, else it is guessed.
    """
    now = timezone.now()
    earlier = recall_columns(ImportJob.objects.filter(project=project, by=actor), table)
    return ImportJob.objects.create(
        project=project,
        by=actor,
        created_at=now,
        changed_at=now,
        **describe_file(upload),
        **_describe_reading(table) | keep_known(earlier, NAMES),
    )


@act("amoa.import_requirements", on="job.project", lock=None)
def read_again(*, actor: User, job: ImportJob, table: Table) -> None:
    """Replace the reading of the file by `table` and guess the mapping again. Raises WrongStep."""
    _change_state(
        job,
        ImportState.UPLOADED,
        **_describe_reading(table),
        problems=[],
        errors=0,
        warnings=0,
        summary={},
        fingerprint="",
    )


@act("amoa.import_requirements", on="job.project", lock=None)
def choose_columns(
    *,
    actor: User,
    job: ImportJob,
    table: Table,
    mapping: Sequence[str],
    banner_use: str = "",
    all_rows: Mapping[str, str] | None = None,
) -> Checked:
    """Store the mapping of the columns and the values for all rows, and check every line of `table` (dry run).

    `table` is the file as it is read. Unknown words are read as it is remembered for the project. Raises WrongStep.
    """
    job.mapping, job.banner_use = list(mapping), banner_use or job.banner_use
    job.all_rows = dict(job.all_rows if all_rows is None else all_rows)
    meanings = recall_meanings(job.project, LIST_NAME, list_unknown_words(job, table), build_choices())
    return _check(job, table, meanings)


@act("amoa.import_requirements", on="job.project", lock=None)
def choose_meanings(*, actor: User, job: ImportJob, table: Table, meanings: Meanings) -> Checked:
    """Store the values of unknown words, remember them for the project, and check every line again.

    Raises WrongStep.
    """
    allowed = keep_allowed(meanings, build_choices())
    checked = _check(job, table, allowed)
    remember_meanings(job.project, LIST_NAME, list_unknown_words(job, table), allowed)
    return checked


def list_unknown_words(job: ImportJob, table: Table) -> dict[str, list[UnknownWord]]:
    """List the unknown words of the file by field."""
    return list_unknown(*job.lay_out(table, COLUMNS, CATEGORY), build_choices())


def _check(job: ImportJob, table: Table, meanings: Meanings) -> Checked:
    """Check every line with these meanings and store the result. Raises WrongStep."""
    job.meanings = dict(meanings)
    choices = build_choices()
    laid_out, mapping = job.lay_out(table, COLUMNS, CATEGORY)
    checked = check(job.project, replace_words(laid_out, mapping, choices, job.meanings), mapping)
    left_empty = list_left_empty(laid_out, mapping, choices, job.meanings)
    problems = [*checked.problems, *warn_left_empty(left_empty, checked.left_out)]
    summary = checked.summary(EXAMPLES)
    _change_state(
        job,
        ImportState.CHECKED,
        mapping=job.mapping,
        banner_use=job.banner_use,
        meanings=job.meanings,
        all_rows=job.all_rows,
        problems=serialise_problems(problems),
        summary=summary,
        errors=len(checked.left_out),
        warnings=sum(not problem.is_error for problem in problems),
        fingerprint=checked.fingerprint,
        total=summary["new"] + summary["changed"],
        done=0,
        leave_out=False,
        failure="",
    )
    return checked


@act("amoa.import_requirements", on="job.project", lock=None)
def start(*, actor: User, job: ImportJob, leave_out: bool) -> None:
    """Queue a checked import for the worker.

    Raises LinesInError unless `leave_out`, NothingToWrite, and WrongStep.
    """
    if job.state == ImportState.CHECKED and job.errors and not leave_out:
        raise LinesInError
    if job.state == ImportState.CHECKED and not job.total:
        raise NothingToWrite
    _change_state(job, ImportState.WAITING, leave_out=leave_out and bool(job.errors), started_at=timezone.now(), runs=0)


@act("amoa.import_requirements", on="job.project", lock=None)
def stop(*, actor: User, job: ImportJob) -> None:
    """Cancel an import before it commits; a running one is rolled back. Raises WrongStep."""
    _change_state(job, ImportState.CANCELLED, finished_at=timezone.now(), **NOTHING_KEPT)


@act("amoa.import_requirements", on="job.project", lock=None)
def import_requirements(*, actor: User, job: ImportJob, run: int, plan: Checked, progress: Progress) -> LedgerEvent:
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
    summary = plan.summary(EXAMPLES)
    _RequirementWriter(project, actor, known.facts, progress).write(plan)
    counts = {name: summary[name] for name in ("new", "changed", "same", "left_out")}
    event = record_in_role(
        Act.IMPORT_REQUIREMENTS,
        job,
        project=project,
        detail=str(summary["new"] + summary["changed"]),
        sha256=job.sha256,
        **counts,
    )
    mark_rewritten(actor, project)
    summary["first_new"] = [[entry.line, entry.code, entry.fields["title"]] for entry in plan.new[:EXAMPLES]]
    mine = ImportJob.objects.filter(pk=job.pk, state=ImportState.RUNNING, runs=run)
    if not mine.update(
        state=ImportState.DONE, event=event, summary=summary, done=job.total, finished_at=timezone.now(), **LET_GO
    ):
        raise Stopped
    notify(event=event, reason=Reason.IMPORT_DONE, about=job, people=[actor], the_actor_too=True)
    return event


def _describe_reading(table: Table) -> dict[str, Any]:
    """Return the fields of an import that describe how its file was read, with a guessed mapping."""
    return describe_reading(table, guess_mapping(table.header, table.rows), REQUIRED, CATEGORY)


def _change_state(job: ImportJob, target: ImportState, **fields: Any) -> None:
    """Set the state to `target`, from any state that allows it. Raises WrongStep."""
    before = [*workflow.list_sources(target), *({target} & workflow.OPEN)]
    if not ImportJob.objects.filter(pk=job.pk, state__in=before).update(
        state=target, changed_at=timezone.now(), **fields
    ):
        raise WrongStep
    for name, value in {"state": target, **fields}.items():
        setattr(job, name, value)


@dataclass
class _RequirementWriter:
    """Writer of one import, parents before children."""

    project: Project
    actor: User
    facts: Mapping[str, Any]
    progress: Progress
    done: int = 0
    last: dict[bool, tuple[str, int, int]] = field(default_factory=dict)

    def write(self, plan: Checked) -> None:
        """Insert and update in chunks; new rows of `plan` get their generated codes."""
        self.ids = {code: fact.pk for code, fact in self.facts.items()}
        self.taken = {*self.ids, *plan.codes}
        self.frozen = versions.list_frozen([entry.current for entry in plan.changed if entry.current])
        rows = sorted(
            (entry for entry in plan.planned if entry.changes), key=lambda entry: (entry.depth, bool(entry.current))
        )
        for (_depth, is_there), alike in groupby(rows, key=lambda entry: (entry.depth, bool(entry.current))):
            for chunk in batched(alike, CHUNK):  # noqa: B911 the last chunk is shorter
                self.progress(self.done)
                self._update(chunk) if is_there else self._insert(chunk)
                self.done += len(chunk)
        self.progress(self.done)

    def _insert(self, chunk: Sequence[Planned]) -> None:
        rows = [self._build_requirement(entry) for entry in chunk]
        create_many(rows)
        self.ids |= {row.code: row.pk for row in rows}

    def _build_requirement(self, entry: Planned) -> Requirement:
        entry.code = entry.code or self._next_code(entry.fields["kind"])
        return Requirement(
            project=self.project,
            code=entry.code,
            author=self.actor,
            changed_at=act_time(),
            parent_id=self.ids.get(entry.parent or ""),
            **entry.fields,
        )

    def _update(self, chunk: Sequence[Planned]) -> None:
        rows: list[Requirement] = []
        names = {"version", "state", "changed_at"}
        for entry in chunk:
            if entry.current is None:
                continue
            fields = {name: value for name, value in entry.fields.items() if name != "parent"}
            if "parent" in entry.fields:
                fields["parent_id"] = self.ids.get(entry.parent or "")
            versions.revise(entry.current, fields, frozen=entry.current.pk in self.frozen)
            rows.append(entry.current)
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
