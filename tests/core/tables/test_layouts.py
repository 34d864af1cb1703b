"""Test headers, banners, kept columns and unknown words of tables, whatever is imported."""

from io import BytesIO

import pytest
import xlsxwriter

from core.tables.columns import fold_header
from core.tables.layout import find_banners, merge_kept, place_banners
from core.tables.reader import open_table
from core.tables.tables import Table
from core.tables.words import Choices, digest, keep_allowed, list_unknown, replace_words
from core.tables.writer import as_csv, as_xlsx

CHOICES = Choices({"kind": {"need": "need", "besoin": "need"}}, {"kind": {"need": "Need"}}, frozenset({"kind"}))


def table_of(*rows: tuple[str, ...]) -> Table:
    return open_table("t.csv", as_csv(rows[0], rows[1:]))


@pytest.mark.parametrize(
    ("header", "folded"),
    [
        ("N°", "numero"),
        ("n° exigence", "numero exigence"),
        ("Numéro de l’exigence", "numero de l exigence"),
        ("Critère(s) de vérification", "critere de verification"),
        ("CRITÈRES DE VÉRIFICATION", "critere de verification"),
        ("Retenu(e)", "retenu"),
        ("Process", "process"),
    ],
)
def test_numbers_plurals_accents_and_case_are_folded(header: str, folded: str) -> None:
    assert fold_header(header) == folded


def test_the_sheet_with_most_filled_rows_is_proposed_and_another_can_be_chosen() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        notes, empty, data = (book.add_worksheet(name) for name in ("Notes", "Empty", "Data"))
        notes.write_column(0, 0, [f"Note {n}" for n in range(50)])
        empty.write_blank(99, 9, None, book.add_format({"bold": True}))
        data.write_row(0, 0, ("Code", "Title"))
        data.write_row(1, 0, ("R-1", "A"))
    table = open_table("t.xlsx", out.getvalue())
    assert (table.sheet, table.sheets) == ("Data", ["Notes", "Empty", "Data"])
    assert len(open_table("t.xlsx", out.getvalue(), sheet="Notes").rows) == 49


def test_the_first_of_equal_sheets_is_proposed() -> None:
    content = as_xlsx("A", ["Code", "Title"], [["1", "2"]], about=[("a", "b"), ("c", "d")])
    assert open_table("t.xlsx", content).sheet == "A"


def test_banners_are_lines_whose_first_cell_is_alone_in_a_table_of_fuller_lines() -> None:
    full = ("R-1", "A", "must")
    head = ("Code", "Title", "Priority")
    assert find_banners(table_of(head, ("Theme", "", ""), full, full, full)) == [0]
    assert find_banners(table_of(head, ("", "Theme", ""), full, full, full)) == []
    assert find_banners(table_of(head, ("Theme", "", ""), ("Other", "", ""), full, full)) == []
    assert find_banners(table_of(("Code", "Title"), ("Theme", ""), ("R-1", "A"), ("R-2", "B"), ("R-3", "C"))) == []


def test_a_banner_fills_the_category_that_its_lines_leave_empty() -> None:
    from core.tables.columns import Column

    table = table_of(
        ("Code", "Title", "Theme"), ("Quay", "", ""), ("1", "A", "Own"), ("2", "B", ""), ("3", "C", "c"), ("4", "D", "")
    )
    table = Table(**{**vars(table), "rows": table.rows})
    column = Column("category", "Category")
    placed, mapping = place_banners(table, ["code", "title", "category"], "category", column)
    if find_banners(table):
        assert [row[2] for row in placed.rows] == ["Own", "Quay", "c", "Quay"]
        assert (mapping, placed.lines) == (["code", "title", "category"], [3, 4, 5, 6])
    unplaced, _mapping = place_banners(table, ["code", "title", "category"], "lines", column)
    assert unplaced == table


def test_kept_lines_are_replaced_and_never_doubled() -> None:
    assert merge_kept("", {"Cost (€)": "2"}) == "Cost (€): 2"
    assert merge_kept("Why\nCost (€): 2", {"Cost (€)": "3", "By": "Ana"}) == "Why\nCost (€): 3\nBy: Ana"


def test_unknown_words_are_listed_once_and_replaced() -> None:
    table = table_of(("Kind",), ("Besoin",), ("Donnée",), ("donnee",), ("NF",))
    [*words] = list_unknown(table, ["kind"], CHOICES)["kind"]
    assert [(word.text, word.lines) for word in words] == [("Donnée", 2), ("NF", 1)]
    replaced = replace_words(table, ["kind"], CHOICES, {"kind": {digest("DONNÉE"): "need"}})
    assert [row[0] for row in replaced.rows] == ["Besoin", "need", "need", "NF"]
    assert list_unknown(table, [""], CHOICES) == {}


def test_only_values_that_the_field_takes_are_kept() -> None:
    meanings = {"kind": {"a": "need", "b": "gone", "c": ""}, "other": {"a": "need"}}
    assert keep_allowed(meanings, CHOICES) == {"kind": {"a": "need"}}


def test_words_without_a_latin_letter_stay_apart() -> None:
    assert len({digest(word) for word in ("★", "★★", "重要", "高", "—")}) == 5
