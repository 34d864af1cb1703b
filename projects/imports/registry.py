"""Registry of the lists that a file brings in. Each capability announces its own in an `importer.py`.

A list belongs to a project, or to the organisation: its import then stands on the row whose chain holds the acts of
administrators.

An importer says which columns a line may have, by which of them it is matched to a row, and how a row is written. The
form of the capability checks the cells: its labels and errors are those of the page where a row is typed.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.access import Text
from core.capabilities import import_from_capabilities
from core.tables.columns import Column, fold
from core.tables.problems import MEDIA, ProblemRow
from core.tables.tables import Table
from core.tables.words import LEFT_EMPTY, LEFT_EMPTY_TEXT, Choices
from projects.enums import Level
from projects.imports.models import Import, ListImport
from projects.imports.plan import Plan, Progress, Report
from projects.ledger.models import LedgerEvent
from projects.project.models import Project
from roles.models import User

LIMITS = _("Excel (.xlsx), OpenDocument (.ods) or CSV, {most} MiB and {lines} lines at most.")

#: A field, and a sentence that says how a line was read. It does not keep the line from being imported.
type Note = tuple[str, Text]


class LineSkipped(Exception):
    """Raised on a line that is none of the list, such as a task that is no milestone; `text` says so."""

    def __init__(self, name: str, text: Text) -> None:
        super().__init__(name)
        self.name, self.text = name, text


@dataclass(frozen=True)
class Announcement:
    """Something that writing a file does besides its rows, such as new organisations."""

    title: Text
    items: Sequence[str]


@dataclass
class Batch:
    """The act that writes the lines of a file; `afterwards` runs once its event is recorded.

    `way` is the choice among those of the importer. `changed` holds rows with their new values, for a list that writes
    them at once; `told` changed rows that `conclude` tells people of.
    """

    project: Project
    actor: User
    role: str
    way: str = ""
    changed: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)
    told: list[Any] = field(default_factory=list)
    afterwards: list[Callable[[LedgerEvent], None]] = field(default_factory=list)


class Importer[Row: models.Model](ABC):
    """A list of a project, or of the organisation, that a file may fill.

    - `name`: in addresses and events; `title`: of the pages; `back_label`, `back_url_name`: the page of the list.
    - `permission`: on the project, of those who may bring in the list.
    - `columns`: fields of the form; a field that is no column keeps its initial value.
    - `extra`: further columns of files, which no template has; `shown`: columns of new lines on the page of the check.
    - `made`: required fields that `complete` makes of others.
    - `keys`: fields that identify a row. The first of them that a line fills decides.
    - `fixed`: fields that a row keeps once it is there; `notes`: fields that are written along with others alone.
    - `addresses`: fields of a key that are compared as e-mail addresses: a dot or a dash tells two apart.
    - `synonyms`: further words of the values of an enumerated field, folded and separated by bars.
    - `note`: field that keeps columns without a field, as lines; `category`: field that banners between the lines fill.
    - `changes_rows`: whether a line may change a row; else a line that matches one says nothing new.
    - `unsure`: enumerated fields whose usual headers count only above known words.
    - `most_lines`: lines of a file; they are written while the reader waits. `limits` says so on the page.
    - `hint`: what a line needs, on the page of the upload; `consequence`: what an import does not do.
    - `in_background`: whether a worker writes the lines. The list then has a table of imports of its own (`model`),
      which keeps the result of the check: it says how, from `check` to `queue`.
    """

    name: ClassVar[str]
    title: ClassVar[Text]
    back_label: ClassVar[Text]
    back_url_name: ClassVar[str]
    permission: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]]
    keys: ClassVar[tuple[tuple[str, ...], ...]]
    extra: ClassVar[tuple[Column, ...]] = ()
    shown: ClassVar[tuple[str, ...]] = ()
    made: ClassVar[frozenset[str]] = frozenset()
    fixed: ClassVar[frozenset[str]] = frozenset()
    notes: ClassVar[frozenset[str]] = frozenset()
    addresses: ClassVar[frozenset[str]] = frozenset()
    note: ClassVar[str] = ""
    category: ClassVar[str] = ""
    changes_rows: ClassVar[bool] = True
    most_lines: ClassVar[int] = 500
    limits: ClassVar[Text] = LIMITS
    hint: ClassVar[Text] = ""
    consequence: ClassVar[Text] = _("An import decides nothing.")
    unsure: ClassVar[frozenset[str]] = frozenset()
    in_background: ClassVar[bool] = False
    model: ClassVar[type[Import]] = ListImport
    of_organisation: ClassVar[bool] = False
    synonyms: ClassVar[Mapping[str, Mapping[str, str]]] = {}

    def belongs_to(self, project: Project) -> bool:
        """Return whether this is a list of `project`, which may be the row of the organisation."""
        return self.of_organisation == (project.level == Level.ORGANISATION)

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Return the columns that a file may have."""
        return (*self.columns, *self.extra)

    @property
    def shown_columns(self) -> list[Column]:
        """List the columns of new lines on the page of the check."""
        names = self.shown or self.keys[-1]
        return [column for column in self.columns if column.name in names]

    @property
    def needed(self) -> list[str]:
        """List the fields of which a file has one at least: those that identify a row, and those made of others."""
        return list(dict.fromkeys([*(name for key in self.keys for name in key), *self.made]))

    @property
    def constant(self) -> list[str]:
        """List the fields that may have a value for all rows: not those that identify one."""
        alone = {key[0] for key in self.keys if len(key) == 1}
        return [column.name for column in self.columns if column.name not in alone]

    def get_back_url(self, project: Project) -> str:
        """Return the address of the page of the list."""
        return reverse(self.back_url_name, args=[] if self.of_organisation else [project.code])

    def get_import_url(self, project: Project) -> str:
        """Return the address of the page of the upload."""
        prefix, names = self._place(project)
        return reverse(f"projects:imports:{prefix}import_new", args=names)

    def list_templates(self, project: Project) -> list[tuple[str, str]]:
        """List the formats of the file with the rows that are there, each with its address."""
        prefix, names = self._place(project)
        return [(kind.upper(), reverse(f"projects:imports:{prefix}template", args=[*names, kind])) for kind in MEDIA]

    def _place(self, project: Project) -> tuple[str, list[str]]:
        """Return the beginning of the names of its pages, and the first parts of their addresses."""
        return ("organisation_", [self.name]) if self.of_organisation else ("list_", [project.code, self.name])

    def identify(self, project: Project) -> dict[str, Any]:
        """Return the fields that the imports of this list on a project have in common."""
        return {"project": project, "list_name": self.name}

    def count(self, lines: int) -> str:
        """Return a number of lines in words."""
        return ngettext("%(n)s line", "%(n)s lines", lines) % {"n": lines}

    def fold_key(self, name: str, text: str) -> str:
        """Return the text of a field of a key as it is compared."""
        return text.strip().casefold() if name in self.addresses else fold(text)

    @abstractmethod
    def build_form(self, project: Project) -> forms.Form:
        """Return the unbound form of a new row, in the language in force."""

    def list_required(self, project: Project) -> set[str]:
        """List the fields that a new row needs."""
        return {name for name, field in self.build_form(project).fields.items() if field.required}

    @abstractmethod
    def list_rows(self, project: Project) -> Iterable[Row]:
        """List the rows that a line may change, in the order of an export."""

    def get_value(self, row: Row, name: str) -> Any:
        """Return the value of a field of a row, as its form cleans it."""
        return getattr(row, name)

    def list_words(self, project: Project) -> Mapping[str, Mapping[str, str]]:
        """Return further words of enumerated fields that depend on the project: folded, with their value."""
        return {}

    def preset_columns(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Mapping[int, str]:
        """Return the field of columns that their names alone do not tell, by their place."""
        return {}

    def settle_columns(self, mapping: list[str], header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
        """Return the guessed fields of the columns with what their cells tell besides."""
        return mapping

    def warn_left_empty(self, line: int, name: str, column: str) -> ProblemRow:
        """Return the warning about a word that is read as an empty cell."""
        return ProblemRow(line, column, str(LEFT_EMPTY_TEXT), is_error=False, kind=LEFT_EMPTY)

    def prepare(self, cells: dict[str, str]) -> Iterable[Note]:
        """Join the cells that make one field. Raises LineSkipped."""
        return ()

    def complete(self, cells: dict[str, str]) -> Iterable[Note]:
        """Make what a new line leaves out of its other cells."""
        return ()

    def adjust(
        self, actor: User, project: Project, fields: dict[str, Any], cleaned: Mapping[str, Any], row: Row | None
    ) -> Iterable[Note]:
        """Adjust the fields that a line writes to what an import may do; `cleaned` are all that it has."""
        return ()

    def is_same(self, row: Row, name: str, value: Any) -> bool:
        """Return whether a row has this value already."""
        now = self.get_value(row, name)
        return value == now or (not value and not now and value is not False and now is not False)

    def list_ways(self, new: int, total: int) -> Sequence[tuple[str, Text]]:
        """List the ways to write `total` lines, `new` ones among them, each with its button; none for a single way."""
        return ()

    def announce(self, lines: Iterable[Mapping[str, Any]]) -> Sequence[Announcement]:
        """List what writing these lines does besides."""
        return ()

    def ensure_line(self, actor: User, project: Project, fields: Mapping[str, Any], row: Row | None) -> None:
        """Raise ValidationError when these fields cannot be written on a new row (None), or on `row`."""
        return

    def may_write(self, actor: User, project: Project, fields: Mapping[str, Any], row: Row | None) -> bool:
        """Return whether `actor` may write these fields of a row, given that they may bring in the list."""
        return True

    def create(self, batch: Batch, fields: dict[str, Any]) -> Row:
        """Write a new row without an event of its own, or build it for `store`. Raises ValidationError."""
        raise NotImplementedError

    def change(self, batch: Batch, row: Row, fields: dict[str, Any]) -> None:
        """Write the changed fields of a row without an event of its own, or add them to the batch for `store`.

        Raises ValidationError.
        """
        raise NotImplementedError

    def store(self, batch: Batch, created: list[Row]) -> None:
        """Write the rows at once, for a list whose `create` and `change` do not."""
        return

    def conclude(self, batch: Batch, event: LedgerEvent, created: list[Row]) -> None:
        """Follow up on the rows that the act wrote, once its event is recorded."""
        return

    def check(self, project: Project, table: Table, mapping: Sequence[str], choices: Choices) -> Plan[Any] | None:
        """Check every line as this list does; None for one whose form checks the cells."""
        return None

    def keep_check(self, job: Any, plan: Plan[Any]) -> dict[str, Any]:
        """Return the fields of an import that keep the result of the check until a worker writes."""
        return {}

    def read_report(self, job: Any) -> Report | None:
        """Return what the page shows of a check that was kept; None for one that is made for each page."""
        return None

    def read_progress(self, job: Any) -> Progress | None:
        """Return how far the worker is; None when none has the import."""
        return None

    def queue(self, actor: User, job: Any, *, leave_out: bool) -> None:
        """Leave a checked import to the worker. Raises WrongStep, LinesInError and NothingToWrite."""
        raise NotImplementedError


def column(name: str, label: Text, headers: str) -> Column:
    """Build a column; `headers` are the usual ones, folded and separated by bars, the surest first."""
    return Column(name, label, tuple(headers.split("|")))


def show_value(value: Any) -> str:
    """Return a value that is not enumerated as a cell."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


_IMPORTERS: dict[str, Importer[Any]] = {}


def register(importer: type[Importer[Any]]) -> type[Importer[Any]]:
    """Register an importer under its name. Raises ValueError when the name is taken."""
    if importer.name in _IMPORTERS:
        raise ValueError(f"The list {importer.name!r} is registered twice.")
    _IMPORTERS[importer.name] = importer()
    return importer


def autodiscover() -> None:
    """Import the `importer.py` of every capability that has one. Idempotent."""
    import_from_capabilities("importer")


def find_importer(name: str) -> Importer[Any] | None:
    """Return the importer with this name, None when no installed app registers it."""
    return _IMPORTERS.get(name)


def all_importers() -> list[Importer[Any]]:
    """List the registered importers by name."""
    return [_IMPORTERS[name] for name in sorted(_IMPORTERS)]
