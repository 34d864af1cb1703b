"""Convert spreadsheet values to clean text, and keep text from becoming a formula."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from core.forms import is_blank
from core.words.characters import tidy

#: Start of a formula to a spreadsheet, fullwidth signs included.
FORMULA = re.compile("'*[=+\\-@\uff1d\uff0b\uff0d\uff20\t\r\n]")


def clean(text: str) -> str:
    """Return `text` as a form keeps it, or an empty one when nothing in it is visible.

    Hidden characters stay, and are refused with their line; NUL, which no database keeps, is spelled out. No-break
    spaces are kept inside a text, where French typography needs them, and stripped around it.
    """
    text = tidy(text).replace("\0", "[U+0000]")
    return "" if text and not text[0].isalnum() and is_blank(text) else text


def cell_text(value: Any) -> str:
    """Return a spreadsheet value as text: ISO days and times, integers without decimals, true and false."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime):
        day_only = value.time() == time()
        return str(value.date()) if day_only else value.isoformat(" ", "seconds" if value.second else "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("seconds" if value.second else "minutes")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return "" if value is None else clean(str(value))


def escape_formula(cell: str) -> str:
    """Return `cell` with a leading apostrophe when a spreadsheet could take it for a formula."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def unescape_formula(cell: str) -> str:
    """Return `cell` without the apostrophe added by `escape_formula`."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def column_name(number: int) -> str:
    """Return the letters of a column as spreadsheets show it: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return letters
