"""Move a story by whole weeks, so that it ends within the year before the day on which it is entered.

Its days, those in its texts included, stay the same days of the week and, but for a few days, of the year.
"""

import re
from datetime import date, timedelta
from typing import Any

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
#: The day by which the stories are over.
WRITTEN = date(2026, 12, 1)
MONTHS = {
    name: (number, language)
    for language, names in {
        "en": "January February March April May June July August September October November December",
        "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    }.items()
    for number, name in enumerate(names.split(), start=1)
}
#: `2026-03-02`, `24 to 28 August 2026`, `1er mars`, `2028`, in this order.
DATE = re.compile(
    r"\b(?P<iso>20\d\d-\d\d-\d\d)\b"
    r"|\b(?:(?P<first>\d{1,2})(?:er)?(?P<to> (?:to|and|au|et) ))?(?P<day>\d{1,2})(?:er)?[ \u00a0]"
    rf"(?P<month>{'|'.join(MONTHS)})\b(?: (?P<in>20\d\d)\b)?"
    r"|\b(?P<year>20\d\d)\b"
)


def years_since(today: date) -> int:
    """Return how many whole years the stories are old."""
    return max(0, today.year - WRITTEN.year - ((today.month, today.day) < (WRITTEN.month, WRITTEN.day)))


def weeks_in(years: int) -> timedelta:
    """Return the weeks nearest to so many years: at most two days fewer, as reports of a month come on its third."""
    return timedelta(weeks=round((WRITTEN.replace(year=WRITTEN.year + years) - WRITTEN + DAY) / WEEK))


def move(source: dict[str, Any], years: int) -> dict[str, Any]:
    """Return a scenario so many years later; unchanged if its days are relative to today."""
    if not years or not str(source["acts"][0]["at"]).startswith("20"):
        return source
    told = {part: move_days(value, years, WRITTEN) for part, value in source.items() if part != "acts"}
    acts = [move_days(entry, years, date.fromisoformat(str(entry["at"])[:10])) for entry in source["acts"]]
    return told | {"acts": acts}


def move_days(value: Any, years: int, told_on: date) -> Any:
    """Return a value with every day in it moved; a text told on a day writes those next to it without their year."""
    if isinstance(value, dict):
        return {name: move_days(part, years, told_on) for name, part in value.items()}
    if isinstance(value, list):
        return [move_days(part, years, told_on) for part in value]
    if isinstance(value, date):
        return value + weeks_in(years)
    return DATE.sub(lambda found: _move(found, years, told_on), value) if isinstance(value, str) else value


def _move(found: re.Match[str], years: int, told_on: date) -> str:
    if found["iso"]:
        return str(date.fromisoformat(found["iso"]) + weeks_in(years))
    if found["year"]:
        return str(int(found["year"]) + years)
    month, language = MONTHS[found["month"]]
    possible = [int(found["in"])] if found["in"] else [told_on.year - 1, told_on.year, told_on.year + 1]
    days = [date(year, month, int(found["day"])) for year in possible]
    last = min(days, key=lambda day: abs(day - told_on))
    moved = last + weeks_in(years)
    text = _write(moved, language) + (f" {moved.year}" if found["in"] else "")
    if not found["to"]:
        return text
    first = last.replace(day=int(found["first"])) + weeks_in(years)
    start = _write(first, language) if first.month != moved.month else _write(first, language).split()[0]
    return f"{start}{found['to']}{text}"


def _write(day: date, language: str) -> str:
    names = [name for name, (_number, spoken) in MONTHS.items() if spoken == language]
    return f"{'1er' if (day.day, language) == (1, 'fr') else day.day} {names[day.month - 1]}"
