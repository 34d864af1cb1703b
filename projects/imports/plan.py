"""What a file would write: the effect of each line, the problems, and what the page of an import shows of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.access import Text
from core.pages.diff import Line as DiffLine
from core.pages.diff import text_runs
from core.tables.problems import ProblemRow

#: Kind of the problem of a word that no value has; lists with a check of their own have one kind for each field.
UNKNOWN = "unknown_word"
#: Kind of the problem of a field that needs a value, when the file has no column for it.
NO_COLUMN = "no_column"


@dataclass
class Planned:
    """Effect of a line: the fields it sets, on `row` or on a new one; `before` and `after` are cells."""

    line: int
    title: str
    fields: dict[str, Any] = field(default_factory=dict)
    row: Any = None
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        """Return whether the line writes anything."""
        return self.row is None or bool(self.fields)


@dataclass(frozen=True)
class RowChange:
    """A row that the file changes, field by field."""

    line: int
    code: str
    fields: list[DiffLine]


@dataclass(frozen=True)
class Plan[P: Planned = Planned]:
    """Result of the check: `planned` lines without an error, in order, and `wrong` lines with one.

    `warnings` tell how the planned lines are read where that is not plain: words left empty, formulas, fields made of
    others. `skipped` lines are none of the list. `fingerprint` differs when the file would write something else.
    """

    planned: list[P]
    wrong: set[int]
    problems: list[ProblemRow]
    warnings: list[ProblemRow]
    fingerprint: str
    skipped: list[int] = field(default_factory=list)

    @property
    def new(self) -> list[P]:
        """List the lines that add a row."""
        return [entry for entry in self.planned if entry.row is None]

    @property
    def changed(self) -> list[P]:
        """List the lines that change a row."""
        return [entry for entry in self.planned if entry.row is not None and entry.fields]

    @property
    def writes(self) -> list[P]:
        """List the lines that write something."""
        return [entry for entry in self.planned if entry.changes]

    @property
    def counts(self) -> dict[str, int]:
        """Count the lines by what they do."""
        new, changed = len(self.new), len(self.changed)
        same = len(self.planned) - new - changed
        return {"new": new, "changed": changed, "same": same, "left_out": len(self.wrong)}

    @property
    def reasons(self) -> dict[int, list[str]]:
        """Return what is wrong with each line in error, with its column."""
        found: dict[int, list[str]] = {}
        for problem in self.problems:
            found.setdefault(problem.line, []).append(problem.reason)
        return found


def describe_change(
    line: int, title: str, labels: Mapping[str, str], cells: Sequence[tuple[str, str, str]]
) -> RowChange:
    """Describe a changed row word by word; `cells` are the name of each field, its cell before and after."""
    return RowChange(
        line, title, [DiffLine(labels[name], "", text_runs(before, after)) for name, before, after in cells]
    )


@dataclass(frozen=True)
class Progress:
    """How far a worker is: lines written of `total` (`lines` in words), and the seconds left.

    `told` is the progress that is announced, by tens: 0 while queued, 1 while reading and 2 in the first tenth.
    """

    done: int
    total: int
    lines: str
    told: int = 0
    left: int = 0


@dataclass(frozen=True)
class Report:
    """What the page of an import shows: the counts, the problems, the first changes and new rows.

    `total` lines (`lines` in words) would be written of `checked` ones, in about `seconds` by a worker. `head` holds
    the columns of the new rows, each with its line and cells: label, text, address or "". `fields` counts the changes
    by label.
    """

    counts: Mapping[str, int]
    total: int = 0
    lines: str = ""
    checked: int = 0
    seconds: int = 0
    fingerprint: str = ""
    failure: str = ""
    has_open_words: bool = False
    problems: Sequence[ProblemRow] = ()
    warnings: Sequence[ProblemRow] = ()
    skipped: int = 0
    without_column: Sequence[str] = ()
    changes: Sequence[RowChange] = ()
    fields: Sequence[tuple[str, int]] = ()
    head: Sequence[Text] = ()
    new: Sequence[tuple[int, Sequence[tuple[Text, str, str]]]] = ()
    announced: Sequence[Any] = ()
    ways: Sequence[tuple[str, Text]] = ()
    progress: Progress | None = None
