"""Test that the stories of the demo stay of the year that ends, whatever the day on which they are entered."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from demo.scenarios import loader, words
from demo.scenarios.days import DATE, MONTHS, WRITTEN, move, move_days, years_since
from tools.servers.demo import SCENARIOS

YEARS = range(1, 30)
DAY_AND_MONTH = re.compile(rf"\d(?:er)?[ \u00a0]+(?:{'|'.join(MONTHS)})\b")


def list_days(value: Any) -> Iterator[date]:
    """Yield the days that the fields of a scenario hold, in their order; not those of its texts."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from list_days(part)
    elif isinstance(value, date):
        yield value
    elif isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?", value):
        yield date.fromisoformat(value[:10])


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_story_keeps_its_days_of_the_week_and_ends_within_the_year_before(name: str) -> None:
    source = loader.read(name)
    written = list(list_days(source))
    assert len(written) > 300
    for years in YEARS:
        moved = move(source, years)
        for before, after in zip(written, list_days(moved), strict=True):
            assert before.weekday() == after.weekday()
            assert abs(after - before.replace(year=before.year + years)) <= timedelta(days=5)
        last = max(datetime.fromisoformat(entry["at"]).date() for entry in moved["acts"])
        first_day = WRITTEN.replace(year=WRITTEN.year + years)
        assert years_since(first_day) == years
        assert years_since(first_day - timedelta(days=1)) == years - 1
        assert last < first_day < last + timedelta(days=30)


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_day_in_a_text_moves(name: str, language: str) -> None:
    for text in words.list_texts(loader.read(name, language)):
        written = [found[0] for found in DATE.finditer(text)]
        assert len(DAY_AND_MONTH.findall(text)) == sum(bool(DAY_AND_MONTH.search(day)) for day in written), text


@pytest.mark.parametrize(
    ("text", "years", "moved"),
    [
        ("An envelope until 26 February 2027.", 1, "An envelope until 25 February 2028."),
        ("Measurements, 24 to 28 August 2026", 1, "Measurements, 23 to 27 August 2027"),
        ("Une enveloppe jusqu’au 26 février 2027.", 3, "Une enveloppe jusqu’au 1er mars 2030."),
        ("| 1er au 3 décembre | essais |", 1, "| 30 novembre au 2 décembre | essais |"),
        ("| 1er au 3 décembre | essais |", 3, "| 4 au 6 décembre | essais |"),
        ("Le point 29 et 30 avril", 3, "Le point 2 et 3 mai"),
        ("The five towns start on 18 January.", 2, "The five towns start on 22 January."),
        ("Four systems until 2028, by August 2026", 2, "Four systems until 2030, by August 2028"),
        ("May the 14 towns pay EUR 2,028 in March?", 2, "May the 14 towns pay EUR 2,028 in March?"),
        ("2026-11-23 18:20", 1, "2027-11-22 18:20"),
    ],
)
def test_a_text_says_the_days_of_a_later_year(text: str, years: int, moved: str) -> None:
    assert move_days(text, years, date(2026, 11, 1)) == moved


def test_a_story_told_relative_to_today_never_moves() -> None:
    cast = loader.read("cast")
    assert move(cast, 5) == cast
