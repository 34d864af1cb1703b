"""Read cells as offices write them: days with their name, amounts in thousands, totals, a title made of a sentence."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from core.tables.columns import fold

#: Characters of a title that is made of a sentence.
HEADLINE = 90
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier|janv|january|jan",
            "fevrier|fevr|fev|february|feb",
            "mars|mar|march",
            "avril|avr|april|apr",
            "mai|may",
            "juin|june|jun",
            "juillet|juil|july|jul",
            "aout|august|aug",
            "septembre|sept|sep|september",
            "octobre|oct|october",
            "novembre|nov|november",
            "decembre|dec|december",
        ),
        1,
    )
    for name in names.split("|")
}
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "lundi|lun|monday|mon",
            "mardi|mar|tuesday|tue|tues",
            "mercredi|mer|wednesday|wed",
            "jeudi|jeu|thursday|thu|thur|thurs",
            "vendredi|ven|friday|fri",
            "samedi|sam|saturday|sat",
            "dimanche|dim|sunday|sun",
        )
    )
    for name in names.split("|")
}
#: Words of a day that is not set: Microsoft Project writes NA in English and NC in French.
NO_DAY = frozenset(("na", "n a", "nc", "n c", "s o", "so", "neant", "sans objet", "none", "tbd", "a definir"))
NUMBERS = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})")
IN_WORDS = re.compile(r"(\d{1,2})(?:er|st|nd|rd|th)? ([a-z]+) (\d{2,4})")
TIME = re.compile(r"[ T]\d{1,2}[:hH]\d{0,2}(?::\d{2})?\s*(?:am|pm)?$", re.IGNORECASE)
#: Header of a column of amounts in thousands or in millions of euros.
UNIT = re.compile(r"\b([km])\s?(?:€|eur|euros?\b)", re.IGNORECASE)
UNITS = {"k": 1_000, "m": 1_000_000}
#: First cell of a row that adds up others, folded.
TOTAL = re.compile(
    r"(?:sous |grand |sub ?)?(?:total|totaux)"
    r"(?: (?:general|global|overall|projet|budget|ht|ttc|tf|hors|taxes?|lots?|phases?|de|du|des|par|\d+))*"
)
#: First cell of a row that adds up a group, followed by the name of the group.
SUBTOTAL = re.compile(r"(?:sous |sub ?)(?:total|totaux) .*")
NUMBER = re.compile(r"[-+]?[\d\s.,\u00a0\u202f]*\d[\d\s.,\u00a0\u202f]*(?:%|k?€)?")


def read_day(text: str) -> str:
    """Return a day as ISO, "" for a word that says there is none, and any other text as it is.

    Days come before months, as in France, unless the name of the weekday says otherwise.
    """
    if fold(text) in NO_DAY or not text.strip("-–— "):
        return ""
    plain, weekday = TIME.sub("", text.strip()), None
    name, _space, rest = plain.partition(" ")
    if fold(name) in WEEKDAYS:
        plain, weekday = rest.strip(), WEEKDAYS[fold(name)]
    days = _list_days(plain)
    if weekday is None:  # nothing tells 3/25/26 from a slip of the hand
        return days[0].isoformat() if days and days[0] else text
    return next((day.isoformat() for day in days if day and day.weekday() == weekday), text)


def _list_days(text: str) -> list[date | None]:
    """List the days that a text may mean, the French reading first; None for one that is no day."""
    numbers, words = NUMBERS.fullmatch(text), IN_WORDS.fullmatch(fold(text))
    orders: list[tuple[int, int, int]] = []
    if numbers:
        first, second, third = (int(number) for number in numbers.groups())
        orders = [(first, second, third)] if len(numbers[1]) == 4 else [(third, second, first), (third, first, second)]
    elif words and words[2] in MONTHS:
        orders = [(int(words[3]), MONTHS[words[2]], int(words[1]))]
    return [_build_day(*order) for order in orders]


def _build_day(year: int, month: int, day: int) -> date | None:
    with suppress(ValueError):
        return date(year + 2000 if year < 100 else year, month, day)
    return None


def find_unit(header: str) -> int:
    """Return by how much the amounts of a column are multiplied: 1,000 for "Budget (k€)", 1 for most columns."""
    found = UNIT.search(header)
    return UNITS[found[1].lower()] if found else 1


def is_total(row: Sequence[str]) -> bool:
    """Return whether a row adds up others: its only words say so, beside figures."""
    filled = [cell for cell in row if cell]
    words = [cell for cell in filled if not NUMBER.fullmatch(cell)]
    if len(words) != 1 or len(filled) < 2:
        return False
    text = fold(words[0])
    return bool(TOTAL.fullmatch(text) or SUBTOTAL.fullmatch(text))


def build_headline(text: str, most: int = HEADLINE) -> str:
    """Return the first sentence of a text, or its first words with an ellipsis."""
    line = " ".join((text.strip().splitlines() or [""])[0].split())
    sentence = re.split(r"(?<=[.!?;])\s", line, maxsplit=1)[0].rstrip(".;")
    if len(sentence) <= most:
        return sentence
    return sentence[: most - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
