"""What a file holds once it is read: a head and rows of text, each with its place in the file."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.tables.cells import column_name
from core.tables.limits import MOST_BEFORE_HEAD, check_size, refusal

NO_ROWS = _("This table holds no row below its head. Add at least one, or choose another sheet.")
NO_SUCH_HEAD = _("Line %(line)s holds nothing that could be a head. Choose a line with the names of the columns.")
#: A line: its number in the file, and what its cells hold.
Line = tuple[int, list[str]]


@dataclass(frozen=True)
class Table:
    """Rows of text under a head; every row is as wide as the head, and every name of the head differs."""

    #: What was read: "xlsx", "ods", "csv" or "reqif".
    kind: str
    #: The names of the columns; one without a name has its letter, one whose name was there before has a number.
    header: list[str]
    rows: list[list[str]] = field(repr=False)
    #: Where each row stands, as a person sees it: 2 is the second row of the sheet (of a ReqIF, the second object).
    lines: list[int] = field(repr=False)
    #: Where the head was found or chosen; 0 in a ReqIF.
    header_line: int = 0
    #: The sheets to choose from, hidden ones left out, and the one that was read; empty for a CSV or a ReqIF.
    sheets: list[str] = field(default_factory=list)
    sheet: str = ""
    #: How the text of a CSV was decoded and parted; empty for the others.
    encoding: str = ""
    separator: str = ""


def laid_out(kind: str, grid: Iterable[Line], header_line: int = 0, **found: Any) -> Table:
    """The table in lines of cells: empty lines and columns left out, the head found unless it is chosen.

    Raises ValidationError when it is too large, or has no row or no such head.
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
    kept = [n for n in range(width) if names[n] or any(row[n] for row in rows)]
    return Table(
        kind=kind,
        header=unique([" ".join(names[n].split()) or column_name(n + 1) for n in kept]),
        rows=rows if len(kept) == width else [[row[n] for n in kept] for row in rows],
        lines=[line for line, _cells in below],
        header_line=filled[head][0],
        **found,
    )


def _last(cells: list[str]) -> int:
    """The number of the last cell that holds something."""
    return next((n for n in range(len(cells), 0, -1) if cells[n - 1]), 0)


def _head(filled: list[Line], chosen: int) -> int:
    """Which of the lines is the head: the one chosen, or the first that fills most of the columns."""
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
    """The names, a number after each that was there before, whatever its case."""
    taken: set[str] = set()
    told = []
    for name in names:
        number, free = 1, name
        while free.casefold() in taken:
            number += 1
            free = f"{name} ({number})"
        taken.add(free.casefold())
        told.append(free)
    return told
