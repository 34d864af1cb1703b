"""Build spreadsheets as an office writes them: banners above the head, merged cells, formulas with their values."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import xlsxwriter

from tests.files import zipped

#: A value computed by the spreadsheet program: the formula and what it shows.
type Computed = tuple[str, Any]


@dataclass(frozen=True)
class OfficeFile:
    """A file, the list it fills, and what a person answers on the pages of its import.

    `all_rows` are values for all rows, `answers` the value of each word that Ouvrage asks for, by field. `lines` are
    those that must go in.
    """

    name: str
    list_name: str
    content: bytes
    lines: int
    all_rows: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def build_csv(rows: Sequence[Sequence[str]], *, encoding: str = "cp1252", separator: str = ";") -> bytes:
    """Write a CSV as Excel does in France."""
    out = StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding)


def build_xlsx(
    banners: Sequence[str], head: Sequence[str], rows: Sequence[Sequence[Any]], *, wide: Sequence[int] = ()
) -> bytes:
    """Write a workbook: merged banners, an empty row, the head, and the rows; those in `wide` are merged."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("Registre")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        last = len(head) - 1
        for number, text in enumerate(banners):
            page.merge_range(number, 0, number, last, text)
        top = len(banners) + 1 if banners else 0
        page.write_row(top, 0, head)
        for number, row in enumerate(rows):
            place = top + 1 + number
            if number in wide:
                page.merge_range(place, 0, place, last, row[0])
                continue
            for column, value in enumerate(row):
                if isinstance(value, tuple):
                    page.write_formula(place, column, value[0].format(row=place + 1), None, value[1])
                elif hasattr(value, "isoformat"):
                    page.write_datetime(place, column, value, day)
                else:
                    page.write(place, column, value)
    return _as_saved_by_excel(out.getvalue())


def _as_saved_by_excel(content: bytes) -> bytes:
    """Return the workbook as a spreadsheet program saves it: its values are computed."""
    with ZipFile(BytesIO(content)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["xl/workbook.xml"] = re.sub(rb' fullCalcOnLoad="1"', b"", parts["xl/workbook.xml"])
    return zipped(parts)
