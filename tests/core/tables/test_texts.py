"""Test CSV and its variants: encodings, separators, quotes, and the same cleaning of cells in every format."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from core.tables.cells import clean, column_name, escape_formula, unescape_formula
from core.tables.reader import ENCODINGS, SEPARATORS, open_table
from core.tables.writer import as_csv
from core.words.characters import reveal

FRENCH = 'Code;Énoncé;Coût\nE1;"Un ; deux,\ntrois ""quatre""";1,5\nE2;L’œuvre à 10 €, vraiment;2,5\n'


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", SEPARATORS)
def test_the_chosen_options_decide_how_a_file_is_read(encoding: str, separator: str) -> None:
    text = f"Code{separator}Énoncé\nE1{separator}À côté\n"
    table = open_table("t.csv", text.encode(encoding), encoding=encoding, separator=separator)
    assert (table.header, table.rows) == (["Code", "Énoncé"], [["E1", "À côté"]])
    assert (table.encoding, table.separator) == (encoding, separator)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_decimal_commas_separators_and_lines_inside_marks_do_not_mislead(codec: str) -> None:
    table = open_table("t.csv", FRENCH.encode(codec))
    assert (table.separator, table.lines) == (";", [2, 3])
    assert table.rows == [["E1", 'Un ; deux,\ntrois "quatre"', "1,5"], ["E2", "L’œuvre à 10 €, vraiment", "2,5"]]


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a;b\n1,5;2,5\n3,5;4,5\n", ";"),
        ("1,5;2,5\n3,5;4,5\n", ";"),
        ("a,b,c\n1,2;x,3\n4,5,6;y\n", ","),
        ("a\tb\nx, y; z\tw, v\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("Titre du document\n\na;b\n1;2\n3;4\n", ";"),
        ("Énoncé\nUn seul, vraiment\nDeux\n", ","),
        ("sep=|\na|b;c\n1|2;3\n", "|"),
    ],
)
def test_the_separator_is_that_on_which_the_rows_agree(text: str, separator: str) -> None:
    assert open_table("t.csv", text.encode()).separator == separator


def test_lines_are_counted_as_a_spreadsheet_shows_them() -> None:
    table = open_table("t.csv", b'sep=;\r\n\r\na;b\r\n"1\r\n1";2\r\n;\r\n\r\n3;4;\r\n\x1a')
    assert (table.header_line, table.lines, table.rows) == (3, [4, 7], [["1\n1", "2"], ["3", "4"]])


def test_heads_without_names_and_names_that_come_twice_are_told_apart() -> None:
    table = open_table("t.csv", b"Code;;Note;note ;Vide;\nE1;x;a;b;;\n;;;;;\nE2;y;c;d;;\n")
    assert table.header == ["Code", "B", "Note", "note (2)", "Vide"]
    assert table.rows == [["E1", "x", "a", "b", ""], ["E2", "y", "c", "d", ""]]


def test_a_head_may_be_chosen_among_the_lines_that_hold_something() -> None:
    text = b"Liste;;\nCode;Texte;Note\nE1;a;b\n"
    assert open_table("t.csv", text).header_line == 2
    assert open_table("t.csv", text, header_line=1).header == ["Liste", "B", "C"]
    for line in (3, 4, 99):
        with pytest.raises(ValidationError):
            open_table("t.csv", text, header_line=line)


@pytest.mark.parametrize(
    ("chosen", "code"),
    [({"encoding": "utf-7"}, "encoding"), ({"encoding": "utf-8"}, "encoding"), ({"separator": "x"}, "separator")],
)
def test_a_choice_that_does_not_fit_is_refused(chosen: dict[str, str], code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        open_table("t.csv", FRENCH.encode("cp1252"), **chosen)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_utf_16_without_its_mark_is_read_once_it_is_chosen() -> None:
    for codec in ("utf-16-le", "utf-16-be"):
        assert open_table("t.csv", FRENCH.encode(codec), encoding="utf-16").rows[0][0] == "E1"


def test_cells_are_cleaned_of_what_programs_paste_and_keep_what_turns_a_text() -> None:
    told = "\u00a0Mare\u0301e\r\nhaute\ufeff\u200b\x0b\u2028fin\u00a0:\u00a0oui \u00a0"
    assert clean(told) == "Marée\nhaute\n\nfin\u00a0:\u00a0oui"
    assert clean("EUR \u202e000,01\x00") == "EUR \u202e000,01[U+0000]"
    assert clean("\u00a0\u200d\u3164 ") == ""
    assert open_table("t.csv", f"a\u00a0\n b;c\n{told.splitlines()[0]};x\n".encode(), separator=";").rows


@given(st.text(alphabet="'=+-@\uff1d\t\rab\n ", max_size=12))
def test_a_harmless_cell_is_no_formula_and_is_meant_as_it_was(cell: str) -> None:
    assert not escape_formula(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"))
    assert unescape_formula(escape_formula(cell)) == cell


@given(st.lists(st.lists(st.text(max_size=20).map(clean), min_size=3, max_size=3), min_size=1, max_size=8))
def test_a_table_is_the_same_once_it_is_written_and_read(rows: list[list[str]]) -> None:
    kept = [["E", *map(reveal, row)] for row in rows]
    table = open_table("t.csv", as_csv(["Code", "Un", "Deux", "=Trois"], kept))
    assert (table.header, table.rows) == (["Code", "Un", "Deux", "=Trois"], kept)


def test_columns_are_named_as_spreadsheets_name_them() -> None:
    assert [column_name(n) for n in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]
