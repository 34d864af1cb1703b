"""Problems of an import: grouped by kind as its page shows them, and the refused lines as a file to correct."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.tables.tables import Table
from core.tables.writer import as_csv, as_xlsx

#: Lines of a kind, and kinds, that a page shows; all are counted.
FIRST_LINES, MOST_KINDS = 5, 30
#: Kind and text of the warning about a formula.
COMPUTED, COMPUTED_TEXT = (
    "computed",
    gettext_lazy("This cell contains a formula: its stored value is read, an error as an empty cell."),
)
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class ProblemRow:
    """A problem as displayed; line 0 is the whole file. `of` counts its kind when only the first ones are there.

    `name` is the field and `named` what the sentence names, where problems are stored.
    """

    line: int
    column: str
    text: str
    is_error: bool
    kind: str = ""
    of: int = 0
    name: str = ""
    named: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """Return the sentence with its column."""
        return _("%(field)s: %(text)s") % {"field": self.column, "text": self.text} if self.column else self.text


@dataclass(frozen=True)
class ProblemGroup:
    """The problems of one kind in one column: the first ones, and their number."""

    column: str
    rows: list[ProblemRow]
    number: int

    @property
    def text(self) -> str:
        """Return the sentence that all its lines share, "" when each has its own."""
        return self.rows[0].text if len({row.text for row in self.rows}) == 1 else ""

    @property
    def more(self) -> int:
        """Count the lines that are not shown."""
        return self.number - len(self.rows)


def group_problems(problems: Sequence[ProblemRow]) -> list[ProblemGroup]:
    """Group problems by column and kind, the most frequent first."""
    groups: dict[tuple[str, str], list[ProblemRow]] = {}
    for problem in problems:
        groups.setdefault((problem.column, problem.kind or problem.text), []).append(problem)
    found = [ProblemGroup(rows[0].column, rows[:FIRST_LINES], max(rows[0].of, len(rows))) for rows in groups.values()]
    return sorted(found, key=lambda group: -group.number)


def build_refused(kind: str, name: str, table: Table, reasons: Mapping[int, Sequence[str]]) -> HttpResponse:
    """Return the refused lines of `table` as a file: its columns, and the reasons of each line."""
    head = [*table.header, _("To correct")]
    rows = [
        [*row, " ".join(dict.fromkeys(reasons[line]))]
        for line, row in zip(table.lines, table.rows, strict=True)
        if line in reasons
    ]
    return build_download(kind, name, as_csv(head, rows) if kind == "csv" else as_xlsx(_("To correct"), head, rows))


def build_download(kind: str, name: str, content: bytes) -> HttpResponse:
    """Return a CSV or a workbook to download under this name, without its extension."""
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.{kind}")
    return HttpResponse(content, MEDIA[kind], headers={"Content-Disposition": disposition})
