"""A table read from a file: a header and rows of text, each with its position in the file."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.tables.cells import column_name
from core.tables.limits import MOST_BEFORE_HEAD, check_size, refusal

NO_ROWS = _("This table has no row below its head. Add at least one, or choose another sheet.")
NO_SUCH_HEAD = _("Line %(line)s holds nothing that could be a head. Choose a line with the names of the columns.")
#: Line number in the file, and the cells.
Line = tuple[int, list[str]]
#: More than the columns of any spreadsheet.
WIDEST = 1 << 15


def as_place(line: int, column: int) -> int:
    """Return the place of a cell as one number, which takes little memory."""
    return line * WIDEST + column


@dataclass(frozen=True)
class Table:
    """Rows of text under a header; rows are as wide as the header, and header names are unique."""

    #: Format: "xlsx", "ods", "csv", "reqif" or "xml", a plan.
    kind: str
    #: Column names; an unnamed column has its letter, a repeated name gets a number.
    header: list[str]
    rows: list[list[str]] = field(repr=False)
    #: Line of each row as a person sees it: 2 is the second row of the sheet (the second object of a ReqIF, the second
    #: task of a plan).
    lines: list[int] = field(repr=False)
    #: Line of the header; 0 in a ReqIF and a plan.
    header_line: int = 0
    #: Visible sheets, and the one that was read; empty for a CSV or a ReqIF.
    sheets: list[str] = field(default_factory=list)
    sheet: str = ""
    #: Encoding and separator of a CSV; empty for the others.
    encoding: str = ""
    separator: str = ""
    #: Cells that hold a formula, read by its stored value: their line, and their place in a row.
    computed: list[tuple[int, int]] = field(default_factory=list, repr=False)


def build_table(
    kind: str, grid: Iterable[Line], header_line: int = 0, *, computed: Iterable[int] = (), **fields: Any
) -> Table:
    """Build the table from lines of cells: skip empty lines and columns, find the header unless given.

    `computed` are the places of formulas (`as_place`). Raises ValidationError when it is too large, or has no row or no
    such header.
    """
    filled = [(line, cells) for line, cells in grid if any(cells)]
    head = _head(filled, header_line)
    check_size(len(filled) - head - 1, 0)
    below = filled[head + 1 :]
    if not below:
        raise refusal(NO_ROWS, "empty")
    names = filled[head][1]
    width = max(_last(cells) for _line, cells in filled[head:])
    check_size(len(below), width, sum(map(len, (cell for _line, cells in below for cell in cells))))
    rows = [cells[:width] + [""] * (width - len(cells)) for _line, cells in below]
    names = names[:width] + [""] * (width - len(names))
    columns = [n for n in range(width) if names[n] or any(row[n] for row in rows)]
    lines, at = {line for line, _cells in below}, {number + 1: place for place, number in enumerate(columns)}
    cells = (divmod(place, WIDEST) for place in computed)
    return Table(
        kind=kind,
        header=unique([" ".join(names[n].split()) or column_name(n + 1) for n in columns]),
        rows=rows if len(columns) == width else [[row[n] for n in columns] for row in rows],
        lines=[line for line, _cells in below],
        header_line=filled[head][0],
        computed=[(line, at[column]) for line, column in cells if line in lines and column in at],
        **fields,
    )


def _last(cells: list[str]) -> int:
    """Return the number of the last cell with content."""
    return next((n for n in range(len(cells), 0, -1) if cells[n - 1]), 0)


def _head(filled: list[Line], chosen: int) -> int:
    """Return the index of the header: the given one, or the first line that fills most columns."""
    if chosen:
        for number, (line, _cells) in enumerate(filled):
            if line == chosen:
                return number
        raise refusal(NO_SUCH_HEAD, "header", line=chosen)
    counts = [sum(map(bool, cells)) for _line, cells in islice(filled, MOST_BEFORE_HEAD)]
    if not counts:
        raise refusal(NO_ROWS, "empty")
    return next(number for number, count in enumerate(counts) if count * 3 >= max(counts) * 2)


def unique(names: list[str]) -> list[str]:
    """Return the names, with a number after each repeated one (ignoring case)."""
    taken: set[str] = set()
    unique_names = []
    for name in names:
        number, free = 1, name
        while free.casefold() in taken:
            number += 1
            free = f"{name} ({number})"
        taken.add(free.casefold())
        unique_names.append(free)
    return unique_names
