"""Fields of a register: each is declared once, and form, list, filter, import and export read what they need.

Every kind of field knows its form field and how it is shown and sorted. A field that differs says so by a function in
its `Listed` or `Filtered`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from operator import attrgetter
from typing import Any

from django import forms
from django.db.models import F, Q
from django.db.models import TextChoices as Enum
from django.utils.text import capfirst

from core.forms import AmountField, DayField, ProseField, TextField, label_choices
from core.pages.lists.columns import NOTHING, Column, Text, in_language, rank, text
from core.pages.lists.filters import Filter
from core.tables.columns import Column as FileColumn
from core.templatetags.ui import euros, role_badge


@dataclass(frozen=True, kw_only=True)
class Listed:
    """How a field is a column of the list; what is left out follows from the kind of the field.

    `name` is that of the column in addresses. `html` renders a row in the language of its project, `sort` returns what
    the database sorts by. The others are those of `Column`.
    """

    name: str = ""
    label: Text = ""
    value: Callable[[Any], Any] | None = None
    sort: Callable[[], Any] | None = None
    html: Callable[[Any, str], Any] | None = None
    usual: bool = True
    card: bool = False
    spare: bool = False
    head: bool = False
    numeric: bool = False
    css: str = ""


@dataclass(frozen=True)
class Filtered:
    """How a field is a filter: `every` is the label of no choice; `choices` are those of the field unless given.

    `where` is the condition of a value; by default the field has it.
    """

    every: Text
    choices: Sequence[tuple[Any, Text]] = ()
    where: Callable[[str], Q] | None = None


@dataclass(frozen=True)
class Field:
    """A field of a row; without a kind it is computed, or typed by the form that `build` returns.

    - `missing`: error of a form where it is left empty; `help_text`: below it.
    - `optional`: whether it may be left empty.
    - `headers`: usual names of its column in a file, folded and separated by bars, the surest first; without any, no
      file brings it in. `synonyms`: further words of its values, written likewise.
    """

    name: str
    label: Text
    _: KW_ONLY
    missing: Text = ""
    help_text: Text = ""
    optional: bool = False
    initial: Any = None
    listed: Listed | None = None
    filtered: Filtered | None = None
    headers: str = ""
    synonyms: Mapping[str, str] = field(default_factory=dict)

    def build(self) -> forms.Field:
        """Return the field of a form."""
        raise NotImplementedError

    def value(self, row: Any) -> Any:
        """Return what a list and its files show."""
        return getattr(row, self.name)

    def sort(self) -> Any:
        """Return what the database sorts by."""
        return self.name

    @property
    def html(self) -> Callable[[Any, str], Any] | None:
        """Return the function that renders a row in the language of its project; None for the escaped value."""
        return None

    @property
    def choices(self) -> Sequence[tuple[Any, Text]]:
        """List the values with their labels."""
        return ()

    @property
    def is_numeric(self) -> bool:
        """Return whether its column is aligned to the right."""
        return False

    @property
    def column_name(self) -> str:
        """Return the name of its column in addresses."""
        return (self.listed.name if self.listed else "") or self.name

    def build_column(self, how: Listed, lang: str) -> Column:
        """Return its column in the list of a project in this language."""
        html = how.html or self.html
        return Column(
            self.column_name,
            how.label or self.label,
            how.value or self.value,
            (how.sort or self.sort)(),
            html=(lambda row: html(row, lang)) if html else None,
            usual=how.usual,
            card=how.card,
            spare=how.spare,
            head=how.head,
            numeric=how.numeric or self.is_numeric,
            css=how.css,
        )

    def build_filter(self, how: Filtered) -> Filter:
        """Return its filter."""
        return Filter(self.name, how.every, how.choices or self.choices, how.where)

    def build_file_column(self) -> FileColumn:
        """Return its column in a file that is brought in."""
        return FileColumn(self.name, self.label, tuple(self.headers.split("|")))

    def say(self) -> dict[str, Any]:
        """Return what every field of a form takes."""
        errors = {"required": self.missing} if self.missing else {}
        return {
            "label": self.label,
            "required": not self.optional,
            "help_text": self.help_text,
            "initial": self.initial,
            "error_messages": errors,
        }


@dataclass(frozen=True)
class Line(Field):
    """One line in the language of the project."""

    _: KW_ONLY
    max_length: int = 200

    def build(self) -> forms.Field:
        return TextField(max_length=self.max_length, **self.say())

    def sort(self) -> Any:
        return text(self.name) if self.optional else self.name

    @property
    def html(self) -> Callable[[Any, str], Any] | None:
        return lambda row, lang: in_language(getattr(row, self.name), lang)


@dataclass(frozen=True)
class Code(Field):
    """The code of a row."""

    _: KW_ONLY
    max_length: int = 30

    def build(self) -> forms.Field:
        return TextField(max_length=self.max_length, **self.say())


@dataclass(frozen=True)
class Prose(Line):
    """Several sentences in the language of the project."""

    _: KW_ONLY
    max_length: int = 20_000
    rows: int = 4

    def build(self) -> forms.Field:
        return ProseField(rows=self.rows, max_length=self.max_length, **self.say())


@dataclass(frozen=True)
class Choice(Field):
    """One of the values of an enum, sorted in their order; `empty` is the label of none."""

    _: KW_ONLY
    of: type[Enum]
    empty: Text = "—"

    @property
    def choices(self) -> Sequence[tuple[Any, Text]]:
        return self.of.choices

    def build(self) -> forms.Field:
        none = [("", self.empty)] if self.optional else []
        return forms.ChoiceField(choices=lambda: [*none, *label_choices(self.choices)()], **self.say())

    def value(self, row: Any) -> Any:
        return capfirst(getattr(row, f"get_{self.name}_display")())

    def sort(self) -> Any:
        return rank(self.name, self.of.values)


@dataclass(frozen=True)
class Role(Field):
    """The code of a role of the project; the form sets the choices."""

    def build(self) -> forms.Field:
        return forms.ChoiceField(**self.say())

    def sort(self) -> Any:
        return text(self.name)

    @property
    def html(self) -> Callable[[Any, str], Any] | None:
        code = attrgetter(self.name)
        return lambda row, _lang: role_badge(code(row)) if code(row) else NOTHING


@dataclass(frozen=True)
class Day(Field):
    """A day; with `future`, not one that is past."""

    _: KW_ONLY
    future: bool = False

    def build(self) -> forms.Field:
        return DayField(future=self.future, **self.say())

    @property
    def is_numeric(self) -> bool:
        return True


@dataclass(frozen=True)
class Amount(Field):
    """Euros."""

    def build(self) -> forms.Field:
        return AmountField(**self.say())

    def sort(self) -> Any:
        return F(self.name)

    @property
    def html(self) -> Callable[[Any, str], Any] | None:
        return lambda row, _lang: euros(getattr(row, self.name))

    @property
    def is_numeric(self) -> bool:
        return True


@dataclass(frozen=True)
class Flag(Field):
    """Yes or no."""

    def build(self) -> forms.Field:
        return forms.BooleanField(**self.say() | {"required": False})
