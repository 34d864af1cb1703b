"""Import of readings from a table (CSV, Excel, OpenDocument), checked line by line."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from core.forms import DayField, NumberField
from core.tables.cells import unescape_formula
from core.tables.tables import Table
from pmo.steering.indicators.models import Indicator
from pmo.steering.indicators.services import NewReading, list_typed_indicators
from projects.models import Project

MOST_LINES = 2000
#: Accepted column headings, in lower case.
NAMES = {
    "code": {"code", "indicator", "indicateur"},
    "day": {"date", "day", "jour", "measured on", "mesuré le"},
    "value": {"value", "valeur"},
}

#: Number as a program writes it: the point is decimal, never a thousands separator.
OF_A_PROGRAM = re.compile("[-+]?[0-9]+[.][0-9]+")

type Row = tuple[int, str, str, str]
"""Line of the file: number, then the texts of code, day and value."""


@dataclass(frozen=True)
class Line:
    """Line of the file, with its reading or its problem."""

    number: int
    texts: tuple[str, str, str]
    reading: NewReading | None
    indicator: Indicator | None
    problem: str


@dataclass(frozen=True)
class Checked:
    """Checked lines of a file; they may be written when none has a problem."""

    lines: list[Line]

    @property
    def problems(self) -> list[Line]:
        """List the lines that cannot be written."""
        return [line for line in self.lines if line.problem]

    @property
    def readings(self) -> list[NewReading]:
        """List the readings to write."""
        return [line.reading for line in self.lines if line.reading]

    def carried(self) -> str:
        """Serialise the lines for the confirmation page, which checks them again."""
        return json.dumps([[line.number, *line.texts] for line in self.lines])


def parse_table(table: Table) -> list[Row]:
    """Parse the lines of a table. Raise ValidationError on a missing column or too many lines."""
    names = [name.casefold() for name in table.header]
    places = {part: next((n for n, name in enumerate(names) if name in known), None) for part, known in NAMES.items()}
    if None in places.values():
        raise ValidationError(_("The table needs the columns “code”, “date” and “value”."), code="columns")
    if len(table.rows) > MOST_LINES:
        raise ValidationError(_("This table has more than 2,000 lines. Split it into several files."), code="rows")
    at = [places[part] or 0 for part in ("code", "day", "value")]
    return [
        (number, *(unescape_formula(row[place]) for place in at))  # type: ignore[misc]
        for number, row in zip(table.lines, table.rows, strict=True)
    ]


def parse_carried(text: str) -> list[Row]:
    """Parse the lines that a page carried; return none when they are unreadable."""
    try:
        data: Any = json.loads(text)
        rows = [(int(number), str(code), str(day), str(value)) for number, code, day, value in data[:MOST_LINES]]
        json.dumps(rows, ensure_ascii=False).encode()  # a lone surrogate cannot be encoded for the page
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return []
    return rows


def check_rows(project: Project, rows: Iterable[Row]) -> Checked:
    """Check each line against the indicators that people read. One query."""
    known = {indicator.code.casefold(): indicator for indicator in list_typed_indicators(project)}
    seen: set[tuple[str, date]] = set()
    lines = []
    for number, *texts in rows:
        code, day, value = texts
        indicator = known.get(code.casefold())
        try:
            reading = _parse_reading(indicator, day, value)
            if (reading.code, reading.measured_on) in seen:
                raise ValidationError(_("Another line of the file gives a value of this day."))
            seen.add((reading.code, reading.measured_on))
        except ValidationError as error:
            lines.append(Line(number, (code, day, value), None, indicator, " ".join(error.messages)))
        else:
            lines.append(Line(number, (code, day, value), reading, indicator, ""))
    return Checked(lines)


def _parse_reading(indicator: Indicator | None, day: str, value: str) -> NewReading:
    if indicator is None:
        raise ValidationError(_("No indicator with this code takes values from a file."))
    measured_on = DayField(future=False).clean(day)
    if measured_on > timezone.localdate():
        raise ValidationError(_("Enter a day that is not in the future."))
    return NewReading(indicator.code, measured_on, _parse_number(value))


def _parse_number(text: str) -> Decimal:
    """Parse a number of a person or a program.

    `12.345` has three decimals here, and is refused for it.
    """
    typed = Decimal(text) if OF_A_PROGRAM.fullmatch(text) else text
    number: Decimal = NumberField(max_digits=14, decimal_places=2).clean(typed)
    return number
