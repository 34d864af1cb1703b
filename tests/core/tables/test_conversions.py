"""Test cells as offices write them: days, amounts in thousands, totals, titles made of sentences."""

import pytest

from core.tables.conversions import HEADLINE, build_headline, find_unit, is_total, read_day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("15/03/2027", "2027-03-15"),
        ("15/03/27", "2027-03-15"),
        ("15-03-27", "2027-03-15"),
        ("15.03.2027", "2027-03-15"),
        ("2027-03-15", "2027-03-15"),
        ("2027-03-15 08:00", "2027-03-15"),
        ("Lun 15/03/27", "2027-03-15"),
        ("lun. 15/03/27 17:00", "2027-03-15"),
        ("lundi 15 mars 2027", "2027-03-15"),
        ("1er août 2027", "2027-08-01"),
        ("Mon 3/15/27", "2027-03-15"),
        ("Mon 1/4/27", "2027-01-04"),
        ("Mon 3/15/27 5:00 PM", "2027-03-15"),
        ("NA", ""),
        ("NC", ""),
        ("-", ""),
        ("", ""),
    ],
)
def test_a_day_is_read_as_offices_write_it(text: str, day: str) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    "text", ["3/15/27", "Tue 15/03/27", "31/02/2027", "mars 2027", "T1 2027", "à définir avec PMO"]
)
def test_a_day_that_cannot_be_told_stays_as_it_is(text: str) -> None:
    assert read_day(text) == text


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Budget (k€)", 1_000),
        ("Engagé en k€ TTC", 1_000),
        ("Montant (K EUR)", 1_000),
        ("Budget M€", 1_000_000),
        ("Budget (€)", 1),
        ("Kilométrage", 1),
        ("Montant", 1),
    ],
)
def test_the_unit_of_amounts_is_that_of_their_header(header: str, unit: int) -> None:
    assert find_unit(header) == unit


@pytest.mark.parametrize(
    "row",
    [
        ["TOTAL", "12 500,50", "3"],
        ["", "Total général", "", "12"],
        ["Sous-total études", "120", "40.5", ""],
        ["Total HT", "", "1 200 €"],
        ["Total lot 2", "12"],
    ],
)
def test_a_row_that_adds_up_others_is_a_total(row: list[str]) -> None:
    assert is_total(row)


@pytest.mark.parametrize(
    "row",
    [
        ["Total", "", ""],
        ["Total des pertes du chantier", "12"],
        ["Total Énergies", "12"],
        ["Totalement perdu", "12"],
        ["R1", "Total", "12"],
        ["12", "13"],
        ["Panne totale", "3", "4"],
    ],
)
def test_other_rows_are_no_totals(row: list[str]) -> None:
    assert not is_total(row)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("La grue tombe. Elle est vieille.", "La grue tombe"),
        ("La grue tombe", "La grue tombe"),
        ("Une ligne\net une autre", "Une ligne"),
        ("", ""),
    ],
)
def test_a_title_is_the_first_sentence(text: str, title: str) -> None:
    assert build_headline(text) == title


def test_a_long_sentence_is_cut_between_two_words() -> None:
    title = build_headline("mot " * 60)
    assert title.endswith("mot…")
    assert len(title) <= HEADLINE
