"""Test files that attack a reader: each is refused with its own message, and calamine never sees it."""

import struct
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import python_calamine
from django.core.exceptions import ValidationError
from django.utils import translation

from core.tables import limits
from core.tables.reader import open_table
from core.tables.writer import Item, as_reqif, as_xlsx
from tests.core.tables.test_reqif import AT, REQIF
from tests.files import zipped

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TABLE = '<table:table table:name="A">{rows}</table:table>'
ODS = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = "".join(f' xmlns:{name}="urn:{name}"' for name in ("office", "table", "text", "style"))
LAUGHS = '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
FETCHES = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


def parts_of(content: bytes) -> dict[str, bytes | str]:
    """Return the parts of an archive."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def workbook(**changed: str | bytes) -> bytes:
    """Build a workbook of one sheet with some parts replaced: `sheet` and `strings` by their own names."""
    parts = parts_of(as_xlsx("A", ["Id", "Titre"], [["EXI-1", "Alerter"]]))
    names = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}
    return zipped(parts | {names.get(name, name): part for name, part in changed.items()})


def sheet(cells: str, head: str = "") -> bytes:
    """Build a workbook with these cells in its sheet."""
    return workbook(sheet=f'{head}<worksheet xmlns="{SHEET}"><sheetData>{cells}</sheetData></worksheet>')


def opened(rows: str, more: str = "") -> bytes:
    """Build an OpenDocument spreadsheet with these rows."""
    content = f"<office:document-content{NAMES}>{more}<office:body><office:spreadsheet>{TABLE.format(rows=rows)}"
    content += "</office:spreadsheet></office:body></office:document-content>"
    return zipped({"mimetype": ODS, "META-INF/manifest.xml": "<manifest/>", "content.xml": content})


def cell(text: str = "x", **told: str) -> str:
    """Build a text cell of an OpenDocument spreadsheet."""
    more = "".join(f' table:{name.replace("_", "-")}="{value}"' for name, value in told.items())
    return f'<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'


def inline(place: str, text: str = "x") -> str:
    """Build a worksheet cell with an inline string."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def with_flag() -> bytes:
    """Build a workbook with the encryption flag set in its archive."""
    content = bytearray(workbook())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8 : at + 10] = struct.pack("<H", 1)
        at = content.find(b"PK\x01\x02", at + 1)
    return bytes(content)


def shared(times: int) -> bytes:
    """Build a short file with one long text shared by many cells."""
    text = f'<sst xmlns="{SHEET}"><si><t>{"x" * 30_000}</t></si></sst>'
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, times + 1))
    return workbook(strings=text, sheet=f'<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData></worksheet>')


def relations(kind: str) -> str:
    """Build the relations of a workbook, one of them of another type."""
    told = str(parts_of(workbook())["xl/_rels/workbook.xml.rels"], "utf-8")  # type: ignore[arg-type]
    more = f'<Relationship Id="rId99" Type="http://schemas.microsoft.com/office/{kind}" Target="other.xml"/>'
    return told.replace("</Relationships>", f"{more}</Relationships>")


TOO_WIDE = ";".join(["x"] * 201)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DEEP = f"<REQ-IF>{'<a>' * 500}{'</a>' * 500}</REQ-IF>"

#: label → name, content, code of the refusal, words of the message.
HOSTILE: dict[str, tuple[str, Callable[[], bytes], str, str]] = {
    "a long name": (f"{'n' * 250}.xlsx", workbook, "name", "at most 150 characters"),
    "an unknown type": ("table.exe", workbook, "type", "one of these types"),
    "a text called xlsx": ("table.xlsx", lambda: b"a;b\n1;2\n", "content", "not that of a .xlsx file"),
    "a workbook called csv": ("table.csv", workbook, "content", "not that of a .csv file"),
    "a workbook called ods": ("table.ods", workbook, "content", "not that of a .ods file"),
    "a workbook called reqifz": ("table.reqifz", workbook, "content", "exactly one .reqif file"),
    "a picture called csv": ("table.csv", lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "encoding", "is not text"),
    "an old workbook": ("table.xls", lambda: OLE + b"\0" * 600, "type", "Save it as .xlsx"),
    "an old workbook called xlsx": ("table.xlsx", lambda: OLE + b"\0" * 600, "type", "Save it as .xlsx"),
    "a workbook with a password": (
        "table.xlsx",
        lambda: OLE + "EncryptedPackage".encode("utf-16-le"),
        "encrypted",
        "protected by a password",
    ),
    "an encrypted archive": ("table.xlsx", with_flag, "encrypted", "protected by a password"),
    "an encrypted ods": (
        "table.ods",
        lambda: zipped({"mimetype": ODS, "META-INF/manifest.xml": "<encryption-data/>", "content.xml": "x"}),
        "encrypted",
        "protected by a password",
    ),
    "macros": ("table.xlsx", lambda: workbook(**{"xl/vbaProject.bin": b"x"}), "macros", "contains macros"),
    "macros by name": ("table.xlsm", workbook, "macros", "contains macros"),
    "macros of Excel 4": (
        "table.xlsx",
        lambda: workbook(**{"xl/_rels/workbook.xml.rels": relations("xlMacrosheet")}),
        "macros",
        "macros",
    ),
    "a bomb": (
        "table.xlsx",
        lambda: workbook(**{"xl/bomb.xml": b"<a>" + b" " * (60 * limits.MIB) + b"</a>"}),
        "bomb",
        "far more than its size",
    ),
    "a path": ("table.xlsx", lambda: workbook(**{"../../evil.xml": b"<a/>"}), "unsafe", "lead outside it"),
    "half a file": ("table.xlsx", lambda: workbook()[:2000], "damaged", "damaged"),
    "entities in a sheet": ("table.xlsx", lambda: sheet("", LAUGHS), "doctype", "document type or entities"),
    "entities in a part nobody reads": (
        "table.xlsx",
        lambda: workbook(**{"xl/theme/theme1.xml": f"{FETCHES}<x>&e;</x>"}),
        "doctype",
        "document type",
    ),
    "entities in ods": (
        "table.ods",
        lambda: zipped(
            {
                "mimetype": ODS,
                "META-INF/manifest.xml": "<m/>",
                "content.xml": f"{FETCHES}<x>&e;</x>",
            }
        ),
        "doctype",
        "document type",
    ),
    "a sheet in another encoding": (
        "table.xlsx",
        lambda: workbook(sheet="<?xml version='1.0' encoding='utf-16'?><worksheet/>".encode("utf-16")),
        "damaged",
        "damaged",
    ),
    "a formula": (
        "table.xlsx",
        lambda: sheet('<row r="7"><c r="C7"><f>HYPERLINK("x")</f><v></v></c></row>'),
        "formula",
        "Cell C7 contains a formula without its value",
    ),
    "a repeated formula": (
        "table.ods",
        lambda: opened(
            '<table:table-row table:number-rows-repeated="1048576">'
            f"{cell(formula='of:=1', number_columns_repeated='16384')}</table:table-row>"
        ),
        "cells",
        "more than 1,000,000 cells",
    ),
    "a formula where places are not told": (
        "table.xlsx",
        lambda: sheet("<row><c><v>1</v></c></row><row><c><v>1</v></c><c><f>1+1</f></c></row>"),
        "formula",
        "Cell B2 contains a formula",
    ),
    "a formula in ods": (
        "table.ods",
        lambda: opened(f"<table:table-row>{cell()}<table:table-cell table:formula='of:=1'/></table:table-row>"),
        "formula",
        "Cell B1 contains a formula",
    ),
    "a cell at the end of the world": (
        "table.xlsx",
        lambda: sheet(f'<row r="1048576">{inline("XFD1048576")}</row>'),
        "rows",
        "more than 20,000 rows",
    ),
    "a cell far right": (
        "table.xlsx",
        lambda: sheet(f"<row>{inline('XFD1')}</row>"),
        "columns",
        "more than 200 columns",
    ),
    "too many rows": (
        "table.xlsx",
        lambda: sheet("".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 20_060))),
        "rows",
        "more than 20,000 rows",
    ),
    "too many cells": (
        "table.xlsx",
        lambda: sheet(f'<row r="1">{inline("A1")}</row><row r="9000">{inline("DZ9000")}</row>'),
        "cells",
        "more than 1,000,000 cells",
    ),
    "a dimension that lies": (
        "table.xlsx",
        lambda: workbook(
            sheet=(
                f'<worksheet xmlns="{SHEET}"><dimension ref="A1:B2"/><sheetData><row>{inline("ZZ1")}</row></sheetData>'
                "</worksheet>"
            )
        ),
        "columns",
        "more than 200 columns",
    ),
    "a long cell": (
        "table.xlsx",
        lambda: sheet(f"<row>{inline('A1')}</row><row>{inline('A2', 'x' * 32_768)}</row>"),
        "cell",
        "cell A2 is longer than 32,767",
    ),
    "one text in many cells": ("table.xlsx", lambda: shared(10_000), "text", "more than 20,000,000 characters"),
    "a text that is not there": (
        "table.xlsx",
        lambda: sheet('<row><c r="A1" t="s"><v>99</v></c></row>'),
        "damaged",
        "damaged",
    ),
    "a repeated row": (
        "table.ods",
        lambda: opened(f'<table:table-row table:number-rows-repeated="1048576">{cell()}</table:table-row>'),
        "rows",
        "more than 20,000 rows",
    ),
    "a repeated cell": (
        "table.ods",
        lambda: opened(f"<table:table-row>{cell(number_columns_repeated='16384')}</table:table-row>"),
        "columns",
        "more than 200 columns",
    ),
    "a repeated text": (
        "table.ods",
        lambda: opened(f'<table:table-row table:number-rows-repeated="9000">{cell("x" * 30_000)}</table:table-row>'),
        "text",
        "more than 20,000,000 characters",
    ),
    "a number that is none": (
        "table.ods",
        lambda: opened('<table:table-row table:number-rows-repeated="many"/>'),
        "damaged",
        "damaged",
    ),
    "all sheets hidden": (
        "table.xlsx",
        lambda: workbook(
            **{
                "xl/workbook.xml": parts_of(workbook())["xl/workbook.xml"].replace(  # type: ignore[arg-type]
                    b"<sheet name",
                    b'<sheet state="veryHidden" name',
                )
            }
        ),
        "sheet",
        "no visible sheet",
    ),
    "nothing": ("table.csv", lambda: b"  \n", "empty", "empty"),
    "a head alone": ("table.csv", lambda: b"Id;Titre\n", "empty", "no row below its head"),
    "too many lines": ("table.csv", lambda: b"Id;T\n" + b"1;2\n" * 20_001, "rows", "more than 20,000 rows"),
    "too many columns": ("table.csv", lambda: f"{TOO_WIDE}\n{TOO_WIDE}".encode(), "columns", "more than 200 columns"),
    "a long field": ("table.csv", lambda: b"Id;T\n1;" + b"x" * 32_768, "cell", "cell B2 is longer"),
    "an endless field": ("table.csv", lambda: b'Id;T\n1;"' + b"x;\n" * 90_000, "quote", "row 2 do not match"),
    "bytes that are no text": ("table.csv", lambda: b"Id;T\n\x07\x08;\x1b[31m", "content", "not text"),
    "UTF-16 without its mark": (
        "table.csv",
        lambda: "Id;Titre\n1;été\n".encode("utf-16-le"),
        "encoding",
        "cannot be recognised",
    ),
    "a byte of no encoding": ("table.csv", lambda: b"Id;T\n1;\x81\xe9", "encoding", "cannot be recognised"),
    "entities in ReqIF": (
        "table.reqif",
        lambda: FETCHES.encode() + b"<REQ-IF>&e;</REQ-IF>",
        "doctype",
        "document type",
    ),
    "entities in UTF-16": (
        "table.reqif",
        lambda: f"{LAUGHS}<REQ-IF>&b;</REQ-IF>".encode("utf-16"),
        "doctype",
        "document type",
    ),
    "another XML": ("table.reqif", lambda: b"<svg/>", "content", "not that of a .reqif file"),
    "ReqIF without end": ("table.reqif", lambda: REQIF.encode()[:-30], "damaged", "damaged"),
    "ReqIF without requirements": ("table.reqif", lambda: b"<REQ-IF/>", "empty", "no requirement"),
    "a deep ReqIF": ("table.reqif", DEEP.encode, "damaged", "nested too deeply"),
    "too many objects": (
        "table.reqifz",
        lambda: zipped(
            {
                "a.reqif": f"<REQ-IF>{'<SPEC-OBJECT/>' * 2}"
                + "".join(f'<SPEC-OBJECT IDENTIFIER="o{n}"/>' for n in range(20_000))
                + "</REQ-IF>"
            }
        ),
        "rows",
        "more than 20,000 rows",
    ),
    "two ReqIF in one archive": (
        "table.reqifz",
        lambda: zipped({"a.reqif": REQIF, "b.reqif": REQIF}),
        "content",
        "exactly one .reqif",
    ),
    "a long text in ReqIF": (
        "table.reqif",
        lambda: as_reqif("P", "P", [Item("A", "T", "x" * 40_000)], at=AT),
        "cell",
        "longer than 32,767",
    ),
}


def refusal_of(what: str, language: str) -> tuple[str | None, str]:
    """Return the code and the message that refuse a hostile file."""
    name, content, _code, _words = HOSTILE[what]
    with translation.override(language):
        with pytest.raises(ValidationError) as refused:
            open_table(name, content())
        (sentence,) = refused.value.messages
    return refused.value.code, sentence


@pytest.fixture(autouse=True)
def _calamine_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Watched:
        @staticmethod
        def from_filelike(*_file: Any) -> None:
            pytest.fail("the file reached the parser")

    monkeypatch.setattr(python_calamine, "CalamineWorkbook", Watched)


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_in_words_of_both_languages_before_it_is_parsed(what: str) -> None:
    _name, _content, code, words = HOSTILE[what]
    begun = time.process_time()
    told, english = refusal_of(what, "en")
    assert told == code
    assert words in english
    assert time.process_time() - begun < 10
    assert refusal_of(what, "fr")[1] != english
