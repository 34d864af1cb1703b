"""Test unusual spreadsheets, our own output, and large files."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
import xlsxwriter
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.tables.cells import clean
from core.tables.limits import MOST_ROWS
from core.tables.reader import open_table
from core.tables.writer import as_csv, as_xlsx
from core.words.characters import reveal
from tests.core.tables.test_hostile_files import cell, inline, opened, parts_of, sheet, workbook
from tests.effort import EFFORT
from tests.files import zipped

HEAD = ["Code", "Titre"]


@given(st.lists(st.text(max_size=20).map(clean), min_size=1, max_size=8))
def test_a_workbook_is_the_same_once_it_is_written_and_read(cells: list[str]) -> None:
    rows = [["E", reveal(cell)] for cell in cells]
    table = open_table("t.xlsx", as_xlsx("Exigences", HEAD, rows, about=[("Projet", "VIGIE")]))
    assert (table.header, table.rows, table.sheet) == (HEAD, rows, "Exigences")
    assert len(table.sheets) == 2


@pytest.mark.parametrize("text", ["=1+1", "_x000D_", "_x0041_", "http://x.example/" + "y" * 300, "{=1}", "12", "TRUE"])
def test_no_text_becomes_a_formula_a_link_or_a_number(text: str) -> None:
    content = as_xlsx("A", HEAD, [["E1", text]])
    assert open_table("t.xlsx", content).rows == [["E1", text]]
    page = parts_of(content)["xl/worksheets/sheet1.xml"]
    assert isinstance(page, bytes)
    assert b"<f>" not in page
    assert b"hyperlink" not in page
    assert b'state="frozen"' in page
    assert b"<autoFilter" in page


def test_long_titles_and_texts_stay_within_what_a_workbook_may_hold() -> None:
    content = as_xlsx("A/B:" + "é" * 300, HEAD, [["E1", "x" * 40_000]], about=[("a", "b")])
    table = open_table("t.xlsx", content)
    assert table.sheet == "AB" + "é" * 29
    assert len(table.rows[0][1]) == 32_767


def test_a_sheet_without_a_name_is_written_too() -> None:
    assert open_table("t.xlsx", as_xlsx("[]", HEAD, [["1", "2"]])).sheets == ["1"]


@pytest.mark.parametrize(("language", "title"), [("en", "about"), ("en", "About"), ("fr", "à propos"), ("fr", "about")])
def test_a_sheet_called_like_the_one_that_tells_what_it_is_stands_beside_it(language: str, title: str) -> None:
    with translation.override(language):
        sheets = open_table("t.xlsx", as_xlsx(title, HEAD, [["1", "2"]], about=[("a", "b")])).sheets
    assert sheets[0] == title
    assert len(set(sheets)) == 2


def test_the_same_rows_written_for_the_same_moment_are_the_same_bytes() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert as_xlsx("A", HEAD, [["1", "2"]], created=at) == as_xlsx("A", HEAD, [["1", "2"]], created=at)


def test_a_workbook_without_places_of_cells_is_read_in_their_order() -> None:
    plain = "<row><c><v>1</v></c><c><v>2.50</v></c></row>" * 2
    assert open_table("t.xlsx", sheet(plain)).rows == [["1", "2.5"]]


def test_empty_cells_with_a_format_far_away_do_not_count() -> None:
    far = '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    table = open_table("t.xlsx", sheet(f'<row r="3">{inline("B3")}</row><row r="5">{inline("B5", "y")}</row>{far}'))
    assert (table.header, table.rows, table.lines, table.header_line) == (["x"], [["y"]], [5], 3)


def test_empty_rows_and_cells_repeated_to_the_end_of_the_sheet_do_not_count() -> None:
    end = '<table:table-cell table:number-columns-repeated="16380"/>'
    rows = f"<table:table-row>{cell('Id')}{cell('T')}{end}</table:table-row>" + (
        '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        f'<table:table-row table:number-rows-repeated="2">{cell("1")}{cell("2")}{end}</table:table-row>'
        f'<table:table-row table:number-rows-repeated="1048000">{end}</table:table-row>'
    )
    table = open_table("t.ods", opened(rows))
    assert (table.header, table.rows, table.lines) == (["Id", "T"], [["1", "2"]] * 2, [5, 6])


def test_a_workbook_and_its_sheet_may_stand_anywhere_under_any_name() -> None:
    parts = parts_of(workbook())
    moved = {
        {"xl/workbook.xml": "book/b.xml", "xl/_rels/workbook.xml.rels": "book/_rels/b.xml.rels"}.get(name, name): part
        for name, part in parts.items()
    }
    for name in ("_rels/.rels", "book/_rels/b.xml.rels"):
        part = moved[name]
        assert isinstance(part, bytes)
        moved[name] = (
            part.replace(b"xl/workbook.xml", b"/book/b.xml")
            .replace(b'"worksheets/sheet1.xml', b'"../xl/worksheets/SHEET1.xml')
            .replace(b'"sharedStrings.xml', b'"/xl/sharedStrings.xml')
        )
    assert open_table("t.xlsx", zipped(moved)).rows == [["EXI-1", "Alerter"]]


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEAD)
        page.write_datetime(1, 0, datetime(2026, 2, 28), book.add_format({"num_format": "dd/mm/yyyy"}))
    assert open_table("t.xlsx", out.getvalue()).rows == [["2026-02-28", ""]]


def test_a_part_that_was_not_looked_through_is_not_read() -> None:
    """In two concatenated archives, calamine must read the one that was checked."""
    other = sheet(f"<row>{inline('A1')}</row><row>{inline('A2', 'other')}</row>")
    assert open_table("t.xlsx", other + workbook()).rows == [["EXI-1", "Alerter"]]
    assert open_table("t.xlsx", workbook() + other).rows == [["other"]]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_long_table_is_read_whole(kind: str) -> None:
    head = [f"Colonne {n}" for n in range(12)]
    lines = range(MOST_ROWS if EFFORT > 1 else 4_000)
    rows = [[f"EXI-{row:05}", *(f"Énoncé {row} {n}" for n in range(11))] for row in lines]
    content = as_csv(head, rows) if kind == "csv" else as_xlsx("A", head, rows)
    assert open_table(f"t.{kind}", content).rows == rows


def as_saved(cells: str) -> bytes:
    """Build a workbook with these cells whose values a spreadsheet program has computed."""
    plain = parts_of(sheet(cells))
    book = plain["xl/workbook.xml"]
    assert isinstance(book, bytes)
    return zipped(plain | {"xl/workbook.xml": book.replace(b' fullCalcOnLoad="1"', b"")})


FORMULAS = (
    f"<row r='1'>{inline('A1', 'Code')}{inline('B1', 'Total')}{inline('C1', 'Nom')}</row>"
    "<row r='2'><c r='A2'><v>1</v></c><c r='B2'><f>A2*12</f><v>12</v></c>"
    "<c r='C2' t='str'><f>UPPER(\"a\")</f><v>A</v></c></row>"
    "<row r='3'><c r='A3'><v>2</v></c><c r='B3' t='e'><f>1/0</f><v>#DIV/0!</v></c>"
    "<c r='C3' t='str'><f>\"\"</f><v></v></c></row>"
)


def test_a_formula_is_read_by_its_stored_value_and_its_place_is_told() -> None:
    table = open_table("t.xlsx", as_saved(FORMULAS))
    assert table.rows[0] == ["1", "12", "A"]
    assert table.rows[1][::2] == ["2", ""]
    assert table.computed == [(2, 1), (2, 2), (3, 1), (3, 2)]


def test_the_place_of_a_formula_counts_no_column_that_is_left_out() -> None:
    cells = (
        f"<row r='1'>{inline('A1')}{inline('D1')}</row><row r='2'>{inline('A2')}<c r='D2'><f>1</f><v>1</v></c></row>"
    )
    assert open_table("t.xlsx", as_saved(cells)).computed == [(2, 1)]


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ("<row r='1'><c r='B1'><f>1+1</f><v></v></c></row>", "B1"),
        ("<row r='1'><c r='B1'><f>1+1</f></c></row>", "B1"),
        ("<row><c><v>1</v></c></row><row><c><v>1</v></c><c><f>1+1</f></c></row>", "B2"),
    ],
)
def test_a_formula_without_its_value_is_told_by_its_cell(cells: str, place: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError, match=f"Cell {place} contains a formula without"):
        open_table("t.xlsx", as_saved(cells))


def test_a_value_that_is_still_to_be_computed_is_not_read() -> None:
    """XlsxWriter and others store 0 beside each formula, for Excel to compute as it opens the file.

    Another value was computed by somebody.
    """
    cells = f"<row r='1'>{inline('A1')}</row><row r='2'><c r='A2'><f>6*7</f><v>0</v></c></row>"
    with translation.override("en"), pytest.raises(ValidationError, match="Cell A2 contains a formula without"):
        open_table("t.xlsx", sheet(cells))
    assert open_table("t.xlsx", sheet(cells.replace("<v>0</v>", "<v>42</v>"))).rows == [["42"]]
    assert open_table("t.xlsx", as_saved(cells)).rows == [["0"]]
