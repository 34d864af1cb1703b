"""Limits of a table, and the refusals that several readers share."""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

MIB = 1024 * 1024
#: Rows below the header, columns, and cells counted as a rectangle.
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 20_000, 200, 1_000_000
#: Characters of one cell, as in every spreadsheet program, and of all cells together.
LONGEST_CELL, MOST_TEXT = 32_767, 20_000_000
#: The header is among the first rows; a title may precede it.
MOST_BEFORE_HEAD = 50
#: Unpacked bytes of one part of an archive: more cannot fit the limits above.
LARGEST_PART = 100 * MIB

TOO_MANY_ROWS = _("This table has more than %(most)s rows. Split it into several files.")
TOO_MANY_COLUMNS = _("This table has more than %(most)s columns. Keep only those to import.")
TOO_MANY_CELLS = _("This table has more than %(most)s cells. Split it into several files.")
TOO_MUCH_TEXT = _("This table contains more than %(most)s characters. Split it into several files.")
CELL_TOO_LONG = _("The text of cell %(cell)s is longer than %(most)s characters. Shorten it or split it.")
DOCTYPE = _("This file defines a document type or entities of its own. Export it again without them.")


grouped = lazy(partial(number_format, use_l10n=True, force_grouping=True), str)


def refusal(text: Any, code: str, **params: Any) -> ValidationError:
    """Build the ValidationError with its code; the limit `most` is formatted for the reader's language."""
    if "most" in params:
        params["most"] = grouped(params["most"])
    return ValidationError(text, code=code, params=params)


def check_size(rows: int, columns: int, text: int = 0) -> None:
    """Refuse a table with too many rows (without its header), columns or characters. Raises ValidationError."""
    if rows > MOST_ROWS:
        raise refusal(TOO_MANY_ROWS, "rows", most=MOST_ROWS)
    if columns > MOST_COLUMNS:
        raise refusal(TOO_MANY_COLUMNS, "columns", most=MOST_COLUMNS)
    if rows * columns > MOST_CELLS:
        raise refusal(TOO_MANY_CELLS, "cells", most=MOST_CELLS)
    if text > MOST_TEXT:
        raise refusal(TOO_MUCH_TEXT, "text", most=MOST_TEXT)


def check_cell(length: int, cell: str) -> None:
    """Refuse a cell with too many characters. Raises ValidationError."""
    if length > LONGEST_CELL:
        raise refusal(CELL_TOO_LONG, "cell", cell=cell, most=LONGEST_CELL)
