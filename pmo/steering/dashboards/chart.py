"""The shape of a chart on the dashboards: a question, its conclusion in words, and the data as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils import formats
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from core.pages import charts
from pmo.steering.dashboards.scope import Scope, list_url

#: Limit of rows in a drawing; its table holds all of them.
DRAWN = 12


@dataclass(frozen=True)
class Cell:
    """Cell of the table of a chart, with its link."""

    text: str
    href: str = ""


def project_cell(project: Any) -> Cell:
    """Return a cell with the code of the project, linked to it."""
    return Cell(project.code, project.get_absolute_url())


@dataclass(frozen=True)
class Key:
    """Entry of a legend."""

    mark: str
    word: str


@dataclass(frozen=True)
class Chart:
    """Chart for page, print and PDF; without a drawing, `conclusion` says why.

    `rows` holds the same data as a table under `heads`. `words` lists the text columns; the others hold numbers. `note`
    names what the figures exclude, `left_out` what only the drawing leaves out.
    """

    name: str
    question: str
    unit: str
    conclusion: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    line: charts.Line | None = None
    bars: charts.Bars | None = None
    dots: charts.Dots | None = None
    goal: str = ""
    legend: Sequence[Key] = ()
    note: str = ""
    left_out: str = ""
    words: frozenset[int] = field(default=frozenset({0}))

    @property
    def height(self) -> int:
        """Return the height of the drawing."""
        drawn = self.bars or self.dots
        return drawn.height if drawn else 190

    @property
    def table(self) -> list[tuple[Cell, list[tuple[Cell, bool]]]]:
        """Return each row as its first cell, and the others with whether they are numbers."""
        return [
            (row[0], [(cell, column not in self.words) for column, cell in enumerate(row[1:], start=1)])
            for row in self.rows
        ]

    def values(self) -> list[list[str]]:
        """Return the table as lines of question, row, column and value; the first text columns name a row."""
        named = 1 if len(self.words) == len(self.heads) else len(self.words)
        return [
            [self.question, " · ".join(cell.text for cell in row[:named]), str(head), cell.text]
            for row in self.rows
            for head, cell in zip(self.heads[named:], row[named:], strict=True)
        ]

    @property
    def is_drawn(self) -> bool:
        """Tell whether there is a drawing."""
        return bool(self.line or self.bars or self.dots)


def format_short_month(month: date) -> str:
    """Format a month: Jan / janv., with the year for January."""
    short = "N" if (get_language() or "").startswith("fr") else "M"
    return formats.date_format(month, f"{short} Y" if month.month == 1 else short)


def format_long_month(month: date) -> str:
    """Format a month: November 2026 / novembre 2026."""
    return formats.date_format(month, "F Y")


def format_days(value: float | None) -> str:
    """Format days: 7 days, 7.5 days, the same day for none; a dash for None."""
    if value is None:
        return "–"
    if not value:
        return pgettext("duration", "the same day")
    shown = formats.number_format(value, decimal_pos=0 if value == int(value) else 1)
    return ngettext("%(n)s day", "%(n)s days", int(value) if value == 1 else 2) % {"n": shown}


def linked_count(number: int, scope: Scope, listing: str, **filters: Any) -> Cell:
    """Return a number linked to its list; zero has no link."""
    return Cell(str(number), list_url(scope, listing, **filters) if number else "")


def note_left_out(projects: int) -> str:
    """Return the note that the drawing leaves projects out; empty when it does not."""
    if projects <= DRAWN:
        return ""
    return _("The chart shows the first %(n)d of %(all)d projects. The data include all of them.") % {
        "n": DRAWN,
        "all": projects,
    }


def count_cell(number: int, address: str, **filters: str) -> Cell:
    """Return a number linked to the page that lists it; zero has no link, nor has an empty `address`."""
    return Cell(str(number), f"{address}?{urlencode(filters)}" if number and address else "")
