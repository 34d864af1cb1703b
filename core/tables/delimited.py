"""Read CSV and similar text tables; detect their encoding and separator."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from django.utils.translation import gettext_lazy as _

from core.tables.cells import clean, column_name, unescape_formula
from core.tables.limits import MOST_BEFORE_HEAD, MOST_ROWS, TOO_MANY_ROWS, check_cell, check_size, refusal
from core.tables.tables import Line, Table, build_table

#: Encodings a person may choose, by Python's names.
ENCODINGS = ("utf-8", "cp1252", "iso-8859-15", "utf-16", "mac-roman")
SEPARATORS = (";", ",", "\t", "|")
#: In a tie the comma comes last: it is a decimal mark as well.
BY_CERTAINTY = ("\t", ";", "|", ",")
#: Characters and rows examined to detect the separator.
SAMPLE, SAMPLE_ROWS = 65_536, 200
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: Control characters that no text contains; DOS_END ended files in DOS.
NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f]")
DOS_END = "\x1a"
#: First line by which Excel declares the separator.
SEP = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)

NOT_TEXT = _("The content of this file is not text. Save it as a .csv file, or as .xlsx from your spreadsheet program.")
NOT_DECODED = _("This file cannot be read as %(encoding)s. Choose another encoding.")
NO_ENCODING = _("The encoding of this file cannot be recognised. Choose it, or save the file as CSV UTF-8.")
UNKNOWN_ENCODING = _("Choose an encoding among %(encodings)s.")
UNKNOWN_SEPARATOR = _("Choose a separator: semicolon, comma, tab or vertical bar.")
QUOTES = _("The quotation marks of row %(row)s do not match. Correct that row, or choose another separator.")


def read_delimited(content: bytes, *, encoding: str = "", separator: str = "", header_line: int = 0) -> Table:
    """Read the table of a text file; detect encoding and separator unless given. Raises ValidationError."""
    if encoding and encoding not in ENCODINGS:
        raise refusal(UNKNOWN_ENCODING, "encoding", encodings=", ".join(ENCODINGS))
    if separator and separator not in SEPARATORS:
        raise refusal(UNKNOWN_SEPARATOR, "separator")
    encoding = encoding or _encoding(content)
    text = _decode(content, encoding)
    declared = SEP.match(text)
    if declared and declared[1] in SEPARATORS:
        separator, start = separator or declared[1], 1
        text = text[declared.end() :]
    else:
        separator, start = separator or _separator(text), 0
    grid = _grid(text, separator, start)
    return build_table("csv", grid, header_line, encoding=encoding, separator=separator)


def _encoding(content: bytes) -> str:
    """Return the encoding of the bytes. Raises ValidationError when none fits."""
    if content.startswith(WIDE) and not content.startswith(codecs.BOM_UTF32_LE):
        return "utf-16"
    if b"\0" in content:
        raise refusal(
            NO_ENCODING if len(content) % 2 == 0 and content.count(b"\0") * 3 > len(content) else NOT_TEXT, "encoding"
        )
    for encoding in ("utf-8", "cp1252"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise refusal(NO_ENCODING, "encoding")


def _decode(content: bytes, encoding: str) -> str:
    codec = {"utf-8": "utf-8-sig", "utf-16": _wide(content)}.get(encoding, encoding)
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        raise refusal(NOT_DECODED, "encoding", encoding=encoding) from error
    text = text.removesuffix(DOS_END)
    if NO_TEXT.search(text):
        raise refusal(NOT_TEXT, "content")
    return text


def _wide(content: bytes) -> str:
    """Return the UTF-16 variant, by its byte order mark or by the position of the zero bytes."""
    if content.startswith(WIDE):
        return "utf-16"
    return "utf-16-le" if content[1::2].count(0) >= content[::2].count(0) else "utf-16-be"


def _separator(text: str) -> str:
    """Return the separator with which most rows have the same number of cells, more than one."""
    scores = {candidate: _agreement(text, candidate) for candidate in BY_CERTAINTY}
    best = max(BY_CERTAINTY, key=lambda candidate: scores[candidate])
    return best if scores[best] else ","


def _agreement(text: str, separator: str) -> float:
    """Return the share of rows with the most frequent number of cells, 0 when that is one."""
    try:
        rows = [row for row in islice(_records(text[:SAMPLE], separator, strict=False), SAMPLE_ROWS) if any(row)]
    except csv.Error:
        return 0
    whole = rows[:-1] if len(text) > SAMPLE and len(rows) > 1 else rows
    counts = Counter(len(row) for row in whole if len(row) > 1)
    return max(counts.values()) / len(whole) if counts else 0


def _records(text: str, separator: str, *, strict: bool) -> Iterator[list[str]]:
    return csv.reader(StringIO(text, newline=""), delimiter=separator, strict=strict)


def _grid(text: str, separator: str, start: int) -> Iterator[Line]:
    """Yield the rows with their numbers; check the limits while reading, so that memory stays bounded."""
    number, filled, characters = start, 0, 0
    try:
        for number, record in enumerate(_records(text, separator, strict=True), start + 1):
            if not any(record):
                continue
            filled += 1
            if filled > MOST_ROWS + MOST_BEFORE_HEAD:
                raise refusal(TOO_MANY_ROWS, "rows", most=MOST_ROWS)
            characters += sum(map(len, record))
            check_size(0, 0, characters)
            cells = [clean(unescape_formula(cell)) for cell in record]
            for column, cell in enumerate(cells, 1):
                check_cell(len(cell), f"{column_name(column)}{number}")
            while cells and not cells[-1]:
                cells.pop()
            check_size(0, len(cells))
            yield number, cells
    except csv.Error as error:
        raise refusal(QUOTES, "quote", row=number + 1) from error
