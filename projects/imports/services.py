"""Acts of an import: receive a file, map its columns, stop, write in one transaction.

Only the last one changes the project; only the author of an import drives it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from core.access import ensure_own_hand
from core.acts import act
from core.files.checks import Upload
from core.tables.layout import Banners, find_banners
from core.tables.tables import Table
from core.tables.words import (
    MOST_WORDS,
    Choices,
    Meanings,
    UnknownWord,
    keep_allowed,
    list_left_empty,
    list_unknown,
    replace_words,
)
from projects.imports.check import check
from projects.imports.choices import guess_fields, read_choices
from projects.imports.enums import ListState
from projects.imports.models import LET_GO, READING, Import, ListImport, WordMeaning
from projects.imports.plan import Plan, Planned
from projects.imports.queries import keep_known, recall_columns, recall_meanings
from projects.imports.registry import Batch, Importer, find_importer
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.ledger.services import record
from projects.project.models import Project
from projects.seats.mandates.predicates import role_code_of
from roles.models import User

#: Limits of the preview of a file: lines, and characters of a cell.
SHOWN_LINES, SHOWN_TEXT = 4, 120


class WrongStep(Exception):
    """Raised when the step does not follow from the state of the import."""


class UnknownWay(Exception):
    """Raised when the way to write the lines is none of those that the importer lists."""


class NothingToWrite(Exception):
    """Raised when no line without an error changes anything."""


class LinesInError(Exception):
    """Raised when lines are in error and the author did not ask to leave them out."""


class Stale(Exception):
    """Raised when the project changed since the author read what the file would do."""


class LineRefused(Exception):
    """Raised when a line that was checked is refused while it is written: nothing of the file was."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line, self.text = line, text


def build_import(project: Project, list_name: str) -> Any:
    """Build the unsaved import of an installed list, to ask who may bring it in, and to receive a file."""
    importer = find_importer(list_name)
    if importer is None:
        raise LookupError(list_name)
    return importer.model(**importer.identify(project))


@act("projects.import_list", on="job", lock=None)
def receive[J: Import](*, actor: User, job: J, upload: Upload, table: Table) -> J:
    """Store a file read as `table` in the unsaved `job`, with the mapping of its columns.

    It is that of the actor's last file with the same columns, else it is guessed.
    """
    now = timezone.now()
    importer = get_importer(job)
    fields = {
        "by": actor,
        "created_at": now,
        "changed_at": now,
        "file_name": upload.file_name,
        "content": upload.content,
        "size": len(upload.content),
        "sha256": upload.sha256,
        **_describe_table(job, table),
    }
    earlier = recall_columns(importer.model._default_manager.filter(by=actor, **importer.identify(job.project)), table)
    known = {column.name for column in importer.all_columns}
    for name, value in (fields | keep_known(earlier, known)).items():
        setattr(job, name, value)
    job.save(force_insert=True)
    job.table = table
    return job


@act("projects.import_list", on="job", lock=None)
def read_again(*, actor: User, job: Import, table: Table) -> None:
    """Replace the reading of the file by `table` and guess the mapping again. Raises WrongStep."""
    change_state(job, ListState.UPLOADED, **_describe_table(job, table))
    job.table = table


@act("projects.import_list", on="job", lock=None)
def choose_columns(
    *,
    actor: User,
    job: Import,
    mapping: Sequence[str],
    banner_use: str = "",
    all_rows: Mapping[str, str] | None = None,
) -> bool:
    """Store the mapping of the columns and the values for all rows, with the remembered meanings of unknown words.

    The lines are checked where a worker writes them. Return whether words are left whose meaning must be chosen. Raises
    WrongStep.
    """
    job.mapping, job.banner_use = list(mapping), banner_use or job.banner_use
    job.all_rows = dict(job.all_rows if all_rows is None else all_rows)
    unknown, choices = list_unknown_words(job)
    job.meanings = recall_meanings(job.project, job.list_name, unknown, choices)
    _check(actor, job)
    return has_open_words(unknown, job.meanings)


@act("projects.import_list", on="job", lock=None)
def choose_meanings(*, actor: User, job: Import, meanings: Meanings) -> None:
    """Store the values of unknown words, and remember them for the next files of the list. Raises WrongStep."""
    unknown, choices = list_unknown_words(job)
    job.meanings = keep_allowed(meanings, choices)
    _check(actor, job)
    remember_meanings(job.project, job.list_name, unknown, job.meanings)


@act("projects.import_list", on="job", lock=None)
def stop(*, actor: User, job: Import) -> None:
    """Cancel an import before it is written; a worker that has it undoes what it wrote. Raises WrongStep."""
    change_state(job, ListState.CANCELLED, finished_at=timezone.now(), **job.FORGOTTEN)


@act("projects.import_list", on="job")
def import_list(*, actor: User, job: ListImport, seen: str, leave_out: bool, way: str = "") -> LedgerEvent:
    """Write the lines of a checked file, all or none, as one act; `seen` is the fingerprint of the plan that was read.

    `way` is one of those that the importer lists. Raises WrongStep, Stale, LinesInError unless `leave_out`,
    NothingToWrite, UnknownWay, and LineRefused.
    """
    if job.state != ListState.CHECKED:
        raise WrongStep
    importer = get_importer(job)
    ensure_own_hand(actor, importer.permission)
    plan = plan_import(actor, job)
    if plan.fingerprint != seen:
        raise Stale
    if plan.wrong and not leave_out:
        raise LinesInError
    if not plan.writes:
        raise NothingToWrite
    ways = importer.list_ways(len(plan.new), len(plan.writes))
    if ways and way not in dict(ways):
        raise UnknownWay
    batch = Batch(job.project, actor, role_code_of(actor, job.project), way)
    created = [row for entry in plan.writes if (row := _write(importer, batch, entry)) is not None]
    importer.store(batch, created)
    counts: dict[str, Any] = plan.counts
    event = record(Act.IMPORT_LIST, job, role=batch.role, detail=importer.name, sha256=job.sha256, **counts)
    for follow in batch.afterwards:
        follow(event)
    importer.conclude(batch, event, created)
    done = {"event": event, "summary": counts, "finished_at": timezone.now()}
    change_state(job, ListState.DONE, **done, **LET_GO)
    return event


def get_importer(job: Import) -> Importer[Any]:
    """Return the importer of the list. Raises WrongStep when its workspace is not installed any more."""
    importer = find_importer(job.list_name)
    if importer is None or not importer.belongs_to(job.project):
        raise WrongStep
    return importer


def plan_import(actor: User, job: Import) -> Plan[Any]:
    """Check the stored file as it would be written now. Writes nothing."""
    importer = get_importer(job)
    choices = read_choices(importer, job.project)
    laid_out, mapping = job.lay_out(importer.all_columns, importer.category)
    table = replace_words(laid_out, mapping, choices, job.meanings)
    plan = importer.check(job.project, table, mapping, choices)
    plan = plan or check(importer, job.project, actor, table, mapping, choices)
    titles = dict(zip(mapping, table.header, strict=True))
    left_empty = [
        importer.warn_left_empty(line, name, titles[name])
        for line, name in list_left_empty(laid_out, mapping, choices, job.meanings)
        if line not in plan.wrong
    ]
    return replace(plan, warnings=[*plan.warnings, *left_empty])


def list_unknown_words(job: Import) -> tuple[dict[str, list[UnknownWord]], Choices]:
    """List the unknown words of the file by field, and return the choices of the fields. Raises WrongStep."""
    if not job.is_open:
        raise WrongStep
    importer = get_importer(job)
    choices = read_choices(importer, job.project)
    return list_unknown(*job.lay_out(importer.all_columns, importer.category), choices), choices


def has_open_words(unknown: Mapping[str, Sequence[UnknownWord]], meanings: Meanings) -> bool:
    """Return whether an unknown word that is offered has no meaning yet."""
    return any(word.key not in meanings.get(name, {}) for name, words in unknown.items() for word in words[:MOST_WORDS])


def remember_meanings(
    project: Project, list_name: str, unknown: Mapping[str, Sequence[UnknownWord]], meanings: Meanings
) -> None:
    """Remember the meanings of words for the project, and forget those of the words that have none now."""
    rows = [
        WordMeaning(project=project, list_name=list_name, field=name, word=key, value=value)
        for name, values in meanings.items()
        for key, value in values.items()
    ]
    for name, words in unknown.items():
        keys = [word.key for word in words if word.key not in meanings.get(name, {})]
        WordMeaning.objects.filter(project=project, list_name=list_name, field=name, word__in=keys).delete()
    WordMeaning.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["project", "list_name", "field", "word"],
        update_fields=["value"],
    )


def _write(importer: Importer[Any], batch: Batch, entry: Planned) -> Any:
    """Write a line, and return the new row if it is one. Raises LineRefused."""
    try:
        if entry.row is None:
            return importer.create(batch, entry.fields)
        importer.change(batch, entry.row, entry.fields)
    except ValidationError as error:
        raise LineRefused(entry.line, " ".join(error.messages)) from error
    return None


def _describe_table(job: Import, table: Table) -> dict[str, Any]:
    """Return the fields of an import that describe how its file was read, with a guessed mapping.

    A line with its first cell alone is a row when that is all a row needs; else it is a banner, of the category of the
    lines below it if there is such a field.
    """
    importer = get_importer(job)
    mapping = guess_fields(importer, job.project, table)
    is_row = importer.list_required(job.project) <= {mapping[0]}
    return {
        "kind": table.kind,
        "mapping": mapping,
        "head": table.header,
        "preview": [[cell[:SHOWN_TEXT] for cell in row] for row in table.rows[:SHOWN_LINES]],
        "lines": len(table.rows),
        "sheets": table.sheets,
        "banners": len(find_banners(table)),
        "banner_use": Banners.LINES if is_row else Banners.CATEGORY if importer.category else Banners.SKIP,
        "meanings": {},
        "all_rows": {},
        **{name: getattr(table, name) for name in READING},
    }


def _check(actor: User, job: Import) -> None:
    """Store what was chosen for a file, with the result of the check where it is kept. Raises WrongStep."""
    importer = get_importer(job)
    kept = importer.keep_check(job, plan_import(actor, job)) if importer.in_background else {}
    chosen = {name: getattr(job, name) for name in ("mapping", "banner_use", "all_rows", "meanings")}
    change_state(job, ListState.CHECKED, **chosen, **kept)


def change_state(job: Import, target: str, **fields: Any) -> None:
    """Set the state to `target`, from any state that allows it. Raises WrongStep."""
    before = [start for start, ends in job.MOVES.items() if target in ends]
    if target in job.OPEN_STATES:
        before.append(target)
    now = {"state": target, "changed_at": timezone.now(), **fields}
    imports: Any = type(job)._default_manager
    if not imports.filter(pk=job.pk, state__in=before).update(**now):
        raise WrongStep
    for name, value in now.items():
        setattr(job, name, value)
