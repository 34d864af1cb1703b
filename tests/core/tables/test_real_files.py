"""Test files written by other programs (files/README.md lists them): each is read correctly or refused."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from core.tables.reader import Table, open_table

FILES = Path(__file__).with_name("files")
HEADER = ["Identifiant", "Intitulé", "Énoncé", "Priorité", "Échéance", "Coût (k€)"]
ROWS = [
    ["EXI-001", "Alerter l’équipage", "Le système alerte l’équipage.\nMême de nuit.", "Élevée", "2026-03-01", "12.5"],
    [
        "EXI-002",
        "Tracer « qui a fait quoi »",
        "L’historique est conservé 5 ans ; il est exportable.",
        "Moyenne",
        "2026-12-31",
        "3",
    ],
    ["EXI-003", "Sauvegarder", "", "Élevée", "", "0.75"],
]
#: The same without cell types: a date stays as displayed.
SHOWN = [[cell.replace("2026-03-01", "01/03/2026").replace("2026-12-31", "31/12/2026") for cell in row] for row in ROWS]


def read_table(name: str, **chosen: str) -> Table:
    """Read the table of a sample file."""
    return open_table(name, (FILES / name).read_bytes(), **chosen)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "columns", "lines"),
    [
        ("libreoffice-plain.xlsx", 6, [2, 3, 5]),
        ("libreoffice-plain.ods", 6, [2, 3, 5]),
        ("pyexcelerate-plain.xlsx", 4, [2, 3, 4]),
        ("odfpy-plain.ods", 3, [2, 3, 4]),
    ],
)
def test_a_spreadsheet_is_read_with_its_days_numbers_and_lines(name: str, columns: int, lines: list[int]) -> None:
    table = read_table(name)
    assert table.kind == name.rpartition(".")[2]
    assert table.header == HEADER[:columns]
    assert table.rows == [row[:columns] for row in ROWS]
    assert (table.header_line, table.lines) == (1, lines)


@pytest.mark.parametrize(
    ("name", "encoding", "separator"),
    [
        ("libreoffice-windows-1252.csv", "cp1252", ";"),
        ("libreoffice-utf-16.tsv", "utf-16", "\t"),
        ("libreoffice-utf-8.csv", "utf-8", ","),
    ],
)
def test_encoding_and_separator_of_a_text_are_found(name: str, encoding: str, separator: str) -> None:
    table = read_table(name)
    assert (table.kind, table.encoding, table.separator) == ("csv", encoding, separator)
    assert (table.header, table.rows, table.lines) == (HEADER, SHOWN, [2, 3, 5])


@pytest.mark.parametrize("name", ["doorstop.xlsx", "doorstop.csv"])
def test_a_list_of_doorstop_is_read_and_its_dashes_are_no_formulas(name: str) -> None:
    table = read_table(name)
    columns = [table.header.index(column) for column in ("uid", "header", "text", "level")]
    assert [[row[column] for column in columns] for row in table.rows] == [
        ["EXI001", "Alertes", "Le système alerte l’équipage.\n\n- de nuit ;\n- de jour.", "1.0"],
        ["EXI002", "Trace", "- L’historique est conservé 5 ans.", "1.1"],
        ["EXI003", "Sauvegarde", "Sauvegarder chaque nuit.", "1.2"],
    ]


def test_a_title_above_the_head_comments_hidden_sheets_and_formats_do_no_harm() -> None:
    table = read_table("openpyxl-full.xlsx")
    assert table.sheets == ["Exigences", "Listes"]
    assert (table.header_line, table.lines) == (3, [4, 5, 6])
    assert table.header == [*HEADER, "Actif", "Revue"]
    assert table.rows == [
        [*ROWS[0], "true", "2026-02-03 14:30"],
        [*ROWS[1], "false", ""],
        [*ROWS[2], "", ""],
    ]


def test_another_sheet_may_be_chosen_but_no_hidden_one() -> None:
    assert read_table("openpyxl-full.xlsx", sheet="Listes").rows == [["Élevée"]]
    with pytest.raises(ValidationError, match=r"Brouillon.*Exigences, Listes"):
        read_table("openpyxl-full.xlsx", sheet="Brouillon")


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("openpyxl-formula.xlsx", "formula", "Cell B3 contains a formula without its value"),
        ("libreoffice-old.xls", "type", "Save it as .xlsx"),
        ("xlsxwriter-macros.xlsm", "macros", "contains macros"),
    ],
)
def test_an_unreadable_file_is_refused_with_a_message(name: str, code: str, words: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError, match=re.escape(words)) as refused:
        read_table(name)
    assert refused.value.code == code


def test_a_formula_of_libreoffice_is_read_by_its_value() -> None:
    table = read_table("libreoffice-formula.ods")
    assert table.computed == [(3, 1)]
    assert table.rows[1][1] != ""
    assert "=" not in table.rows[1][1]


@pytest.mark.parametrize("name", ["openpyxl-formula.xlsx", "libreoffice-old.xls", "xlsxwriter-macros.xlsm"])
def test_another_name_does_not_help(name: str) -> None:
    with pytest.raises(ValidationError):
        open_table("table.xlsx", (FILES / name).read_bytes())
    with pytest.raises(ValidationError):
        open_table("table.csv", (FILES / name).read_bytes())


@pytest.mark.parametrize("name", ["strictdoc-strings.reqif", "strictdoc-strings.reqifz", "strictdoc-xhtml.reqif"])
def test_requirements_of_strictdoc_are_read_with_their_parents_and_choices(name: str) -> None:
    table = read_table(name)
    assert table.kind == "reqif"
    assert table.header == ["Identifier", "Title", "Text", "Parent", "PRIORITY", "RATIONALE", "Type"]
    text = "Le système alerte l’équipage en moins de 5 s.\n\nMême de nuit, par mer de force 4."
    assert table.rows == [
        ["VIG-S1", "Alertes", "", "", "", "", "SECTION"],
        ["VIG-001", "Alerter l’équipage", text, "VIG-S1", "Must", "Sécurité des patrouilles", "REQUIREMENT"],
        ["VIG-002", "Historique", "L'historique est conservé 5 ans.", "VIG-S1", "Should", "", "REQUIREMENT"],
        ["VIG-003", "Sauvegarde", "=SOMME(A1) n'est pas une formule ici.", "", "", "", "REQUIREMENT"],
    ]
    assert table.lines == [1, 2, 3, 4]
