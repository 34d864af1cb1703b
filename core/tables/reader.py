"""Open an uploaded table. Every refusal is a ValidationError that says why and what to do."""

from pathlib import PurePosixPath

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.files.checks import ENCRYPTED, MACROS, NOT_ALLOWED, NOT_WHAT_IT_SAYS, ZIP, clean_name
from core.tables.delimited import ENCODINGS, SEPARATORS, read_delimited
from core.tables.limits import MIB, refusal
from core.tables.project_plan import read_project_plan
from core.tables.reqif import read_reqif, read_reqifz
from core.tables.spreadsheets import read_ods, read_xlsx
from core.tables.tables import Table

__all__ = ["ENCODINGS", "SEPARATORS", "Table", "open_table"]

TEXTS = ("csv", "tsv", "tab", "txt")
#: Extensions that are offered.
EXTENSIONS = ("xlsx", "ods", "csv", "tsv", "txt", "reqif", "reqifz", "xml")
#: Spreadsheet formats that are refused.
OLD, WITH_MACROS = {"xls", "xlt", "xlw", "xlsb"}, {"xlsm", "xltm", "xlam"}
#: Container format of .xls and of workbooks with a password.
OLE, SEALED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16-le")

SAVE_AS_XLSX = _("This is a workbook of an older kind. Save it as .xlsx, then choose that file.")
TOO_LARGE = _("This file is larger than %(most)s MiB. Split it into several files.")
EMPTY = _("This file is empty.")


def open_table(
    name: str,
    content: bytes,
    *,
    encoding: str = "",
    separator: str = "",
    sheet: str = "",
    header_line: int = 0,
) -> Table:
    """Read the table of a file called `name`; detect what is not given ("" or 0).

    Raises ValidationError, before any costly reading, with a code: name, type, size, content, damaged, encrypted,
    macros, bomb, unsafe, doctype, formula, rows, columns, cells, text, cell, encoding, separator, quote, sheet, header,
    empty.
    """
    extension = PurePosixPath(clean_name(name)).suffix.removeprefix(".").lower()
    _check_outside(extension, content)
    if extension in TEXTS:
        return read_delimited(content, encoding=encoding, separator=separator, header_line=header_line)
    if extension == "xlsx":
        return read_xlsx(content, sheet=sheet, header_line=header_line)
    if extension == "ods":
        return read_ods(content, sheet=sheet, header_line=header_line)
    if extension == "xml":
        return read_project_plan(content)
    return read_reqifz(content) if extension == "reqifz" else read_reqif(content)


def _check_outside(extension: str, content: bytes) -> None:
    """Refuse a file by its extension, its size and its first bytes."""
    if extension in WITH_MACROS:
        raise refusal(MACROS, "macros")
    if extension in OLD:
        raise refusal(SAVE_AS_XLSX, "type")
    if extension not in {*EXTENSIONS, *TEXTS}:
        raise refusal(NOT_ALLOWED, "type", types=", ".join(EXTENSIONS))
    if len(content) > settings.EVIDENCE_MAX_BYTES:
        raise refusal(TOO_LARGE, "size", most=settings.EVIDENCE_MAX_BYTES // MIB)
    if not content.strip():
        raise refusal(EMPTY, "empty")
    if content.startswith(OLE) and extension in {"xlsx", "ods"}:
        raise refusal(ENCRYPTED, "encrypted") if SEALED in content else refusal(SAVE_AS_XLSX, "type")
    if content.startswith((ZIP, OLE)) != (extension in {"xlsx", "ods", "reqifz"}):
        raise refusal(NOT_WHAT_IT_SAYS, "content", extension=extension)
