"""Read tables from spreadsheets: their XML is scanned first, then calamine reads only the scanned parts.

Dimensions, sizes and counts that a file declares are not trusted. Cells are counted one by one, repeated ones as often
as they repeat, and shared texts once for each cell. A formula is read by the value stored beside it, which is what a
person sees; nothing is computed here.
"""

import posixpath
import re
import zipfile
from array import array
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import python_calamine as calamine
from django.utils.translation import gettext_lazy as _

from core.files.checks import (
    DAMAGED,
    ENCRYPTED,
    MACROS,
    NOT_WHAT_IT_SAYS,
    TOO_MUCH_INSIDE,
    TYPES,
    is_office,
    open_archive,
)
from core.tables.cells import cell_text, column_name
from core.tables.limits import (
    LARGEST_PART,
    MOST_BEFORE_HEAD,
    MOST_CELLS,
    MOST_TEXT,
    TOO_MANY_CELLS,
    TOO_MUCH_TEXT,
    check_cell,
    check_size,
    refusal,
)
from core.tables.markup import scan_xml
from core.tables.tables import Line, Table, as_place, build_table

#: Minimal workbook for calamine, written around the scanned parts.
ALONE = "Sheet"
SCHEMAS = "http://schemas.openxmlformats.org"
PACKAGE, RELATION = f"{SCHEMAS}/package/2006/relationships", f"{SCHEMAS}/officeDocument/2006/relationships/"
ONE_SHEET = (
    f'<workbook xmlns="{SCHEMAS}/spreadsheetml/2006/main" xmlns:r="{RELATION.rstrip("/")}">'
    '<workbookPr date1904="{since_1904}"/>'
    '<sheets><sheet name="{name}" sheetId="1" r:id="worksheet"/></sheets></workbook>'
)
ROOT_RELATIONS = "_rels/.rels"
CONTENT, MANIFEST = "content.xml", "META-INF/manifest.xml"
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
#: Extensions of XML parts; any other part is read only when the workbook declares it a sheet.
XML = (".xml", ".rels", ".vml")
#: Name of the exception that the Rust reader raises on a panic.
PANIC = "PanicException"

NO_VALUE = _(
    "Cell %(cell)s contains a formula without its value. Open the file in your spreadsheet program, and save it again."
)
NO_SHEET = _("There is no visible sheet “%(sheet)s” in this file. Choose one of: %(sheets)s.")
NO_SHEETS = _("This file has no visible sheet with cells. Show the sheet that contains the table, and save it again.")


@dataclass
class Extent:
    """Count of the cells of one sheet."""

    rows: int = 0
    columns: int = 0
    text: int = 0
    #: First formula without a value, and the places of those that have one.
    no_value: str = ""
    computed: array[int] = field(default_factory=lambda: array("Q"))
    #: Rows of an OpenDocument sheet with three filled cells or more, and with two.
    wide: int = 0
    filled: int = 0

    def see(self, row: int, column: int, length: int, times: int = 1) -> None:
        """Count a cell with content."""
        check_cell(length, f"{column_name(column)}{row}")
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)
        self.text += length * times

    def see_formula(self, row: int, column: int, times: int = 1, width: int = 1, *, has_value: bool) -> None:
        """Note a formula, repeated over `times` rows and `width` columns up to this place."""
        if not has_value:
            self.no_value = self.no_value or f"{column_name(column)}{row}"
        elif len(self.computed) + times * width > MOST_CELLS:
            raise refusal(TOO_MANY_CELLS, "cells", most=MOST_CELLS)
        else:
            lines, columns = range(row - times + 1, row + 1), range(column - width + 1, column + 1)
            self.computed.extend(as_place(line, number) for line in lines for number in columns)

    def check(self) -> None:
        """Refuse a sheet that is too large, or has a formula without its value. Raises ValidationError."""
        if self.no_value:
            raise refusal(NO_VALUE, "formula", cell=self.no_value)
        check_size(max(self.rows - 1 - MOST_BEFORE_HEAD, 0), self.columns, self.text)


def read_xlsx(content: bytes, *, sheet: str = "", header_line: int = 0) -> Table:
    """Read a visible sheet of an Excel workbook. Raises ValidationError."""
    with _open(content, "xlsx") as archive:
        for part in archive.infolist():
            if part.filename.lower().endswith(XML):
                scan_xml(_part(archive, part.filename))
        book = _Book(archive)
        offered = list(book.sheets)
        filled = (
            {} if sheet or len(offered) < 2 else {n: _count_filled(_part(archive, book.sheets[n])) for n in offered}
        )
        chosen = _choose_sheet(offered, sheet, filled)
        page, strings, styles = (_part(archive, place) if place else b"" for place in book.places(chosen))
    if styles:
        scan_xml(styles)
    extent = _extent(page, _lengths(strings), is_computed=not book.computes_on_load)
    extent.check()
    parts = book.single_sheet_parts(page, strings, styles)
    del page, strings, styles
    grid = _grid(parts, ALONE)
    return build_table("xlsx", grid, header_line, computed=extent.computed, sheets=offered, sheet=chosen)


def read_ods(content: bytes, *, sheet: str = "", header_line: int = 0) -> Table:
    """Read a visible sheet of an OpenDocument spreadsheet. Raises ValidationError."""
    with _open(content, "ods") as archive:
        names = set(archive.namelist())
        if not {CONTENT, MANIFEST} <= names:
            raise refusal(DAMAGED, "damaged")
        parts = {name: _part(archive, name) for name in ("mimetype", MANIFEST, CONTENT)}
        if b"encryption-data" in parts[MANIFEST]:
            raise refusal(ENCRYPTED, "encrypted")
        for name in names - {CONTENT}:
            if name.lower().endswith(XML):
                scan_xml(_part(archive, name))
    seen = _OpenSheets(parts[CONTENT])
    chosen = _choose_sheet(seen.visible, sheet, seen.filled)
    seen.check(chosen)
    computed = seen.extents[chosen].computed
    grid = _grid(parts, chosen)
    return build_table("ods", grid, header_line, computed=computed, sheets=seen.visible, sheet=chosen)


@contextmanager
def _open(content: bytes, extension: str) -> Iterator[zipfile.ZipFile]:
    with open_archive(content) as archive:
        if not is_office(archive, TYPES[extension]):
            raise refusal(NOT_WHAT_IT_SAYS, "content", extension=extension)
        yield archive


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the bytes of a part, up to the limit of a table."""
    if archive.getinfo(name).file_size > LARGEST_PART:
        raise refusal(TOO_MUCH_INSIDE, "bomb")
    with archive.open(name) as part:
        return part.read(LARGEST_PART)


class _Book:
    """The declared structure of a workbook: its visible sheets, and the parts of sheets and texts."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._names = {name.lower(): name for name in archive.namelist()}
        self._from_1904 = False
        #: Whether the stored values may be none: the program that opens the file is asked to compute them.
        self.computes_on_load = False
        self._relations: dict[str, tuple[str, str]] = {}
        #: Part of each visible sheet, by the name of the sheet.
        self.sheets: dict[str, str] = {}
        self._follow(archive, "", ROOT_RELATIONS)
        book = self._get_part("officedocument")
        if not book:
            raise refusal(DAMAGED, "damaged")
        folder, name = posixpath.split(book)
        self._follow(archive, folder, f"{folder}/_rels/{name}.rels")
        if any("macrosheet" in kind or "vbaproject" in kind for kind, _place in self._relations.values()):
            raise refusal(MACROS, "macros")
        scan_xml(_part(archive, book), start=self._add_sheet)

    def places(self, sheet: str) -> tuple[str, str, str]:
        """Return the parts of a sheet, of the shared strings and of the styles; "" for a missing one."""
        return self.sheets[sheet], self._get_part("sharedstrings"), self._get_part("styles")

    def single_sheet_parts(self, sheet: bytes, strings: bytes, styles: bytes) -> dict[str, bytes]:
        """Return the parts of a workbook with this one sheet and the date system of the original."""
        return {
            "[Content_Types].xml": b"<Types/>",
            "_rels/.rels": _relations(officeDocument="xl/workbook.xml"),
            "xl/workbook.xml": ONE_SHEET.format(since_1904=int(self._from_1904), name=ALONE).encode(),
            "xl/_rels/workbook.xml.rels": _relations(
                worksheet="sheet.xml", sharedStrings="sharedStrings.xml", styles="styles.xml"
            ),
            "xl/sheet.xml": sheet,
            "xl/sharedStrings.xml": strings or b"<sst/>",
            "xl/styles.xml": styles or b"<styleSheet/>",
        }

    def _follow(self, archive: zipfile.ZipFile, folder: str, part: str) -> None:
        """Store the relations of a part: the kind and the target of each."""
        relations: dict[str, tuple[str, str]] = {}

        def add_relation(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship" and attributes.get("TargetMode", "").lower() != "external":
                place = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
                kind = attributes.get("Type", "").rpartition("/")[2].lower()
                relations[attributes.get("Id", "")] = kind, self._names.get(place.lower(), "")

        if part.lower() not in self._names:
            raise refusal(DAMAGED, "damaged")
        scan_xml(_part(archive, self._names[part.lower()]), start=add_relation)
        self._relations = relations

    def _get_part(self, kind: str) -> str:
        return next((place for relation, place in self._relations.values() if relation == kind), "")

    def _add_sheet(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self._from_1904 = attributes.get("date1904") in {"1", "true"}
        elif name == "calcPr":
            self.computes_on_load = attributes.get("fullCalcOnLoad") in {"1", "true"}
        elif name == "sheet" and attributes.get("state", "visible") == "visible":
            key = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            kind, place = self._relations.get(key, ("", ""))
            if kind == "worksheet":
                if not place:
                    raise refusal(DAMAGED, "damaged")
                self.sheets[attributes.get("name", "")] = place


def _relations(**targets: str) -> bytes:
    each = (f'<Relationship Id="{kind}" Type="{RELATION}{kind}" Target="{place}"/>' for kind, place in targets.items())
    return f'<Relationships xmlns="{PACKAGE}">{"".join(each)}</Relationships>'.encode()


def _choose_sheet(sheets: list[str], sheet: str, filled: Mapping[str, tuple[int, int]]) -> str:
    """Return the chosen sheet, or the one with most filled rows, the first of equal ones."""
    if not sheets:
        raise refusal(NO_SHEETS, "sheet")
    if sheet and sheet not in sheets:
        raise refusal(NO_SHEET, "sheet", sheet=sheet, sheets=", ".join(sheets))
    return sheet or max(sheets, key=lambda name: filled.get(name, (0, 0)))


def _count_filled(part: bytes) -> tuple[int, int]:
    """Count the rows of a worksheet with three filled cells or more, then those with two.

    A legend, or the sheet "About" of an export, has two columns at most.
    """
    wide = rows = cells = 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal wide, rows, cells
        if name == "row":
            cells = 0
        elif name in {"v", "is"}:
            cells += 1
            rows += cells == 2
            wide += cells == 3

    scan_xml(part, start=start)
    return wide, rows


def _lengths(strings: bytes) -> list[int]:
    """Return the length of each shared string."""
    lengths: list[int] = []
    inside = total = 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal inside
        if name == "si":
            lengths.append(0)
        inside += name == "t"

    def end(name: str) -> None:
        nonlocal inside
        inside -= name == "t"
        if len(lengths) > 2 * MOST_CELLS:  # other sheets use shared strings too
            raise refusal(TOO_MANY_CELLS, "cells", most=MOST_CELLS)

    def text(chunk: str) -> None:
        nonlocal total
        if inside and lengths:
            lengths[-1] += len(chunk)
            total += len(chunk)
            if total > MOST_TEXT:
                raise refusal(TOO_MUCH_TEXT, "text", most=MOST_TEXT)

    if strings:
        scan_xml(strings, start=start, end=end, text=text)
    return lengths


def _extent(part: bytes, lengths: list[int], *, is_computed: bool) -> Extent:
    """Measure a worksheet: its cells, their text, and its formulas.

    Unless `is_computed`, a value of 0 is none: libraries write it for the spreadsheet program to replace.
    """
    extent = Extent()
    row = column = 0
    kind = ""
    holds = is_formula = False
    texts: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, kind, holds, is_formula
        if name == "c":
            place = REFERENCE.fullmatch(attributes.get("r", ""))
            if place:
                row, column = int(place[2]), _number(place[1])
            elif "r" in attributes:
                raise refusal(DAMAGED, "damaged")
            else:
                column += 1
            kind, holds, is_formula = attributes.get("t", ""), False, False
            texts.clear()
        elif name == "row":
            row, column = int(attributes["r"]) if "r" in attributes else row + 1, 0
        elif name in {"v", "t"}:
            holds = True
        elif name == "f" and column:
            is_formula = True

    def text(chunk: str) -> None:
        if holds:
            texts.append(chunk)

    def end(name: str) -> None:
        nonlocal is_formula
        if name == "c" and holds:
            length = lengths[int(texts[0])] if kind == "s" and texts else sum(map(len, texts))
            extent.see(max(row, 1), column, length)
        if name == "c" and is_formula:
            # a text may be empty, a number may not
            has_value = holds and (kind == "str" or any(texts)) and (is_computed or "".join(texts) not in {"", "0"})
            extent.see_formula(max(row, 1), column, has_value=has_value)
            is_formula = False

    try:
        scan_xml(part, start=start, end=end, text=text)
    except IndexError as error:
        raise refusal(DAMAGED, "damaged") from error
    return extent


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


class _OpenSheets:
    """Measure the sheets of an OpenDocument spreadsheet."""

    def __init__(self, content: bytes) -> None:
        self.extents: dict[str, Extent] = {}
        self.hidden: set[str] = set()
        self._hiding: set[str] = set()
        self._style = self._table = ""
        self._row = self._next_row = self._column = self._width = 0
        self._times = self._said = self._text = self._cells = 0
        self._is_formula = False
        scan_xml(content, start=self._start, end=self._end, text=self._handle_text)

    @property
    def visible(self) -> list[str]:
        """List the names of the visible sheets."""
        return [name for name in self.extents if name not in self.hidden]

    @property
    def filled(self) -> dict[str, tuple[int, int]]:
        """Return the rows of each visible sheet with three filled cells or more, and with two."""
        return {name: (self.extents[name].wide, self.extents[name].filled) for name in self.visible}

    def check(self, chosen: str) -> None:
        """Refuse large files, or a formula without value in the chosen sheet: calamine reads all sheets at once."""
        self.extents[chosen].check()
        for extent in self.extents.values():
            extent.no_value = ""
            extent.check()
        if sum(extent.rows * extent.columns for extent in self.extents.values()) > 2 * MOST_CELLS:
            raise refusal(TOO_MANY_CELLS, "cells", most=MOST_CELLS)
        if sum(extent.text for extent in self.extents.values()) > MOST_TEXT:
            raise refusal(TOO_MUCH_TEXT, "text", most=MOST_TEXT)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "style":
            self._style = attributes.get("style:name", "")
        elif name == "table-properties" and attributes.get("table:display") == "false":
            self._hiding.add(self._style)
        elif name == "table":
            self._table = attributes.get("table:name", "")
            if self._table in self.extents:
                raise refusal(DAMAGED, "damaged")
            self.extents[self._table] = Extent()
            self._row = 0
            if attributes.get("table:style-name") in self._hiding:
                self.hidden.add(self._table)
        elif name == "table-row":
            self._times = max(int(attributes.get("table:number-rows-repeated", 1)), 1)
            self._column = self._cells = 0
        elif name in {"table-cell", "covered-table-cell"}:
            self._width = max(int(attributes.get("table:number-columns-repeated", 1)), 1)
            self._said = 0
            self._text = len(attributes.get("office:string-value", ""))
            self._said += "office:value-type" in attributes
            self._is_formula = "table:formula" in attributes

    def _handle_text(self, chunk: str) -> None:
        self._text += len(chunk)

    def _end(self, name: str) -> None:
        if name in {"table-cell", "covered-table-cell"}:
            self._column += self._width
            extent = self.extents.get(self._table)
            row = self._row + self._times
            if extent and self._is_formula:
                is_said = bool(self._said)
                extent.see_formula(row, self._column, self._times, self._width, has_value=is_said)
                self._is_formula = False
            if extent and (self._said or self._text):
                extent.see(row, self._column, self._text, self._width * self._times)
                self._cells += 1
                extent.filled += self._times * (self._cells == 2)
                extent.wide += self._times * (self._cells == 3)
            self._text = self._said = 0
        elif name == "table-row":
            self._row += self._times


def _grid(parts: dict[str, bytes], sheet: str) -> Iterator[Line]:
    """Yield the lines of a sheet, read by calamine from an archive of only these parts."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in list(parts):
            archive.writestr(name, parts.pop(name))
    buffer.seek(0)
    for line, values in enumerate(_values(buffer, sheet), 1):
        cells = [cell_text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        yield line, cells


def _values(file: BytesIO, sheet: str) -> Iterator[list[Any]]:
    """Yield the values of every line from the first one, from column A."""
    try:
        with calamine.CalamineWorkbook.from_filelike(file) as book:
            page = book.get_sheet_by_name(sheet)
            before = [""] * (page.start[1] if page.start else 0)
            for values in page.iter_rows():
                yield before + values
    except calamine.CalamineError as error:
        raise refusal(DAMAGED, "damaged") from error
    except BaseException as error:
        if type(error).__name__ == PANIC:
            raise refusal(DAMAGED, "damaged") from error
        raise
