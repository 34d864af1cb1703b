"""Filters of a list, kept in the query string. Invalid values are ignored."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.pages.lists.columns import Text, fold
from core.templatetags.ui import day

LONGEST_WORDS = 200
CHOSEN = mark_safe(" selected")


@dataclass(frozen=True)
class Filter:
    """A filter by one of `choices`, (value, label); `every` is the label of no choice.

    `where` is the condition of a value, `keeps` tells whether a computed row has it; by default the field `name` is it.
    """

    name: str
    every: Text
    choices: Sequence[tuple[Any, Text]] = ()
    where: Callable[[str], Q] | None = None
    is_day: bool = False
    keeps: Callable[[Any, str], bool] | None = None

    def read(self, query: QueryDict) -> str:
        """Return the value of the query string; empty when it is not a choice."""
        value = query.get(self.name, "")
        return value if any(value == str(known) for known, _label in self.choices) else ""

    def condition(self, value: str) -> Q:
        """Return the condition of this value."""
        return self.where(value) if self.where else Q(**{self.name: value})

    def is_kept(self, row: Any, value: str) -> bool:
        """Return whether a computed row has this value."""
        return self.keeps(row, value) if self.keeps else bool(getattr(row, self.name) == value)

    def label_of(self, value: str) -> str:
        """Return the words of this value."""
        return capfirst(str(next(label for known, label in self.choices if str(known) == value)))


@dataclass(frozen=True)
class DayFilter(Filter):
    """A filter by a day; `every` is the label of its field."""

    is_day: bool = True

    def read(self, query: QueryDict) -> str:
        value = query.get(self.name, "")
        try:
            return date.fromisoformat(value).isoformat() if len(value) == 10 else ""
        except ValueError:
            return ""

    def label_of(self, value: str) -> str:
        return f"{self.every} {day(date.fromisoformat(value))}"


@dataclass(frozen=True)
class Field:
    """A filter as a field of the form: the chosen value, and (value, label) of its choices."""

    name: str
    label: Text
    value: str
    choices: list[tuple[str, str]]
    is_day: bool

    @property
    def options(self) -> SafeString:
        """Render the choices; a template would take five nodes for each of dozens."""
        return format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((value, CHOSEN if value == self.value else "", label) for value, label in self.choices),
        )


@dataclass(frozen=True)
class Asked:
    """What the query string asks for: the words, and the value of each filter, empty when it is not in use."""

    words: str
    values: dict[str, str]
    filters: Sequence[Filter]

    @property
    def is_narrow(self) -> bool:
        """Return whether any filter is in use."""
        return bool(self.words or any(self.values.values()))

    @property
    def in_use(self) -> int:
        """Return how many filters are in use, the words left aside."""
        return sum(map(bool, self.values.values()))

    @property
    def fields(self) -> list[Field]:
        """List the fields of the form."""
        return [self._build_field(each, self.values[each.name]) for each in self.filters]

    @property
    def chips(self) -> list[tuple[str, str]]:
        """List (parameter, label) of what is in use."""
        chips = [("q", quote(self.words))] if self.words else []
        return chips + [
            (each.name, each.label_of(self.values[each.name])) for each in self.filters if self.values[each.name]
        ]

    @staticmethod
    def _build_field(each: Filter, value: str) -> Field:
        choices = [(str(known), capfirst(str(label))) for known, label in each.choices]
        return Field(each.name, each.every, value, choices, each.is_day)

    def narrow[M: Model](self, rows: QuerySet[M], search: Sequence[str] = ()) -> QuerySet[M]:
        """Return the rows that match; the words are searched for in the fields `search`, if any."""
        for each in self.filters:
            if value := self.values[each.name]:
                rows = rows.filter(each.condition(value))
        return rows.filter(contains(self.words, search)) if self.words and search else rows

    def select[R](self, rows: Iterable[R], text_of: Callable[[R], str]) -> list[R]:
        """Return the computed rows that match; the words are searched for in the text of a row."""
        used = [(each, value) for each in self.filters if (value := self.values[each.name])]
        words = fold(self.words).split()
        return [
            row
            for row in rows
            if all(each.is_kept(row, value) for each, value in used)
            and (not words or all(word in fold(text_of(row)) for word in words))
        ]


def read_filters(query: QueryDict, filters: Sequence[Filter]) -> Asked:
    """Read what the query string asks for."""
    return Asked(read_words(query), {each.name: each.read(query) for each in filters}, filters)


def quote(words: str) -> str:
    """Return the words in the quotation marks of the reader's language."""
    return _("“%(words)s”") % {"words": words}


def read_words(query: QueryDict) -> str:
    """Return the words to search for."""
    return " ".join(query.get("q", "").replace("\x00", " ").split())[:LONGEST_WORDS]


def contains(words: str, fields: Sequence[str]) -> Q:
    """Return the condition that each word is in one of the fields, whatever its case and accents."""
    condition = Q()
    for word in words.split():
        condition &= Q(*((f"{field}__unaccent__icontains", word) for field in fields), _connector=Q.OR)
    return condition
