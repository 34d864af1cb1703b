"""Readings from a table (CSV, Excel, OpenDocument) with the columns code, date and value: checked line by line."""

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
from core.tables.cells import as_meant
from core.tables.tables import Table
from pmo.indicators.models import Indicator
from pmo.indicators.services import NewReading, typed_indicators
from projects.models import Project

MOST_LINES = 2000
#: How the columns may be called.
NAMES = {
    "code": {"code", "indicator", "indicateur"},
    "day": {"date", "day", "jour", "measured on", "mesuré le"},
    "value": {"value", "valeur"},
}

#: A number as spreadsheets and other programs write it: its point never parts thousands.
OF_A_PROGRAM = re.compile("[-+]?[0-9]+[.][0-9]+")

type Row = tuple[int, str, str, str]
"""A line of the file: its number, and the texts of the code, the day and the value."""


@dataclass(frozen=True)
class Line:
    """A line of the file, with the reading it gives, or what is wrong with it."""

    number: int
    texts: tuple[str, str, str]
    reading: NewReading | None
    indicator: Indicator | None
    problem: str


@dataclass(frozen=True)
class Checked:
    """The lines of a file, each checked; they may be written once none has a problem."""

    lines: list[Line]

    @property
    def problems(self) -> list[Line]:
        """The lines that cannot be written."""
        return [line for line in self.lines if line.problem]

    @property
    def readings(self) -> list[NewReading]:
        """What is written, when there is no problem."""
        return [line.reading for line in self.lines if line.reading]

    def carried(self) -> str:
        """The lines as the page carries them to the confirmation, where they are checked again."""
        return json.dumps([[line.number, *line.texts] for line in self.lines])


def rows_of(table: Table) -> list[Row]:
    """The lines of a table. Raises ValidationError when a column is missing or there are too many lines."""
    names = [name.casefold() for name in table.header]
    places = {part: next((n for n, name in enumerate(names) if name in known), None) for part, known in NAMES.items()}
    if None in places.values():
        raise ValidationError(_("The table needs the columns “code”, “date” and “value”."), code="columns")
    if len(table.rows) > MOST_LINES:
        raise ValidationError(_("This table has more than 2,000 lines. Split it into several files."), code="rows")
    at = [places[part] or 0 for part in ("code", "day", "value")]
    return [
        (number, *(as_meant(row[place]) for place in at))  # type: ignore[misc]
        for number, row in zip(table.lines, table.rows, strict=True)
    ]


def carried_rows(text: str) -> list[Row]:
    """The lines a page carried; none when they cannot be read."""
    try:
        found: Any = json.loads(text)
        rows = [(int(number), str(code), str(day), str(value)) for number, code, day, value in found[:MOST_LINES]]
        json.dumps(rows, ensure_ascii=False).encode()  # half a character could not be shown
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return []
    return rows


def check(project: Project, rows: Iterable[Row]) -> Checked:
    """Every line against the indicators of the project that people read. One query."""
    known = {one.code.casefold(): one for one in typed_indicators(project)}
    told: set[tuple[str, date]] = set()
    lines = []
    for number, *texts in rows:
        code, day, value = texts
        indicator = known.get(code.casefold())
        try:
            reading = _reading(indicator, day, value)
            if (reading.code, reading.measured_on) in told:
                raise ValidationError(_("Another line of the file gives a value of this day."))
            told.add((reading.code, reading.measured_on))
        except ValidationError as error:
            lines.append(Line(number, (code, day, value), None, indicator, " ".join(error.messages)))
        else:
            lines.append(Line(number, (code, day, value), reading, indicator, ""))
    return Checked(lines)


def _reading(indicator: Indicator | None, day: str, value: str) -> NewReading:
    if indicator is None:
        raise ValidationError(_("The project has no indicator of this code whose values are typed."))
    measured_on = DayField(future=False).clean(day)
    if measured_on > timezone.localdate():
        raise ValidationError(_("Give a day that has come."))
    return NewReading(indicator.code, measured_on, _number(value))


def _number(text: str) -> Decimal:
    """What people or programs mean by a number: `12.345` has three decimals here, and so too many."""
    typed = Decimal(text) if OF_A_PROGRAM.fullmatch(text) else text
    number: Decimal = NumberField(max_digits=14, decimal_places=2).clean(typed)
    return number
