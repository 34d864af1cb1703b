"""A register: the fields of its rows, the addresses of its pages, and the list that a query string asks for."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from core.capabilities import import_from_capabilities
from core.pages.lists.columns import Column, Control, Text, selection
from core.pages.lists.filters import Asked, Filter, contains, read_filters
from core.pages.lists.pages import SIZES, Listing
from core.pages.register.fields import Field
from core.tables.columns import Column as FileColumn


@dataclass(frozen=True, kw_only=True)
class Searched:
    """Fields of a row that hold its code, its title and its texts; `others` count in the list alone."""

    title: str
    code: str = ""
    texts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """List the fields in which a list looks for words."""
        return [name for name in (self.code, self.title, *self.texts, *self.others) if name]


class Register:
    """A kind of rows that a project keeps as a list.

    - `name`: among all registers; `title`: of the list; `permission`: on the project, to change rows.
    - `fields`: in the order of a file that is brought in. `typed` names those of the form of a row, in its
      order; `columns` those that come first in the list, `file` in a file of all of them.
    - `sort`: the order without a choice, `tie` a field without duplicates, `size` the rows of a page.
    - `list_url` and the other names of addresses; `row_url`: of the page or the form of a row. `importer`: name of the
      import. What a register has not is empty.
    """

    name: ClassVar[str]
    title: ClassVar[Text]
    permission: ClassVar[str]
    fields: ClassVar[tuple[Field, ...]]
    searched: ClassVar[Searched]
    sort: ClassVar[str]
    typed: ClassVar[tuple[str, ...]] = ()
    columns: ClassVar[tuple[str, ...]] = ()
    file: ClassVar[tuple[str, ...]] = ()
    tie: ClassVar[str] = "pk"
    size: ClassVar[int] = SIZES[0]
    list_url: ClassVar[str]
    row_url: ClassVar[str] = ""
    grid_url: ClassVar[str] = ""
    change_url: ClassVar[str] = ""
    undo_url: ClassVar[str] = ""
    paste_url: ClassVar[str] = ""
    copy_url: ClassVar[str] = ""
    importer: ClassVar[str] = ""
    #: Whether the page of a row leads to its neighbours in the list.
    leads_on: ClassVar[bool] = False

    @property
    def abilities(self) -> dict[str, bool]:
        """Return what one can do with its rows, beside what every list has."""
        return {
            "search": bool(self.searched.names),
            "filters": bool(self.list_filters()),
            "grid": bool(self.grid_url),
            "bulk change": bool(self.change_url),
            "undo": bool(self.undo_url),
            "paste": bool(self.paste_url),
            "import": bool(self.importer),
            "copy": bool(self.copy_url),
            "previous and next": self.leads_on,
        }

    @cached_property
    def ordered(self) -> list[Field]:
        """List the fields in the order of the list."""
        return sort_by_name(self.fields, self.columns, attrgetter("column_name"))

    def list_of(self, project: Any) -> Any:
        """Return the rows of a project."""
        raise NotImplementedError

    def load(self, rows: Any) -> Any:
        """Add to the rows of a page what their cells read."""
        return rows

    def get_name(self, row: Any) -> str:
        """Return the name of a row, for a box and a cell of it."""
        code: str = row.code
        return code

    def get_row_url(self, row: Any) -> str:
        """Return the address of a row."""
        return reverse(self.row_url, args=[row.pk])

    def list_controls(self) -> list[Control]:
        """List the cells with acts on a row, for those who may change it."""
        return []

    def read(self, query: QueryDict) -> Asked:
        """Read the words and filters of a query string."""
        return read_filters(query, self.list_filters())

    def narrow(self, rows: Any, asked: Asked) -> Any:
        """Return the rows that match the words and filters."""
        return self.find(asked.narrow(rows), asked.words) if asked.words else asked.narrow(rows)

    def find(self, rows: Any, words: str) -> Any:
        """Return the rows with these words."""
        return rows.filter(contains(words, self.searched.names))

    def list_filters(self) -> list[Filter]:
        """List the filters."""
        return [each.build_filter(each.filtered) for each in self.ordered if each.filtered]

    def list_columns(self, lang: str, without: Collection[str] = ()) -> list[Column]:
        """List the columns for a project in this language."""
        return [
            each.build_column(each.listed, lang) for each in self.ordered if each.listed and each.name not in without
        ]

    def build(self, project: Any, query: QueryDict, *, changes: bool = False) -> tuple[Listing, Asked]:
        """Build the list of a project that a query string asks for, and what it asks for.

        `changes` adds what its readers may do to rows.
        """
        listing, asked = self.build_among(self.list_of(project), query, project.language)
        if not changes:
            return listing, asked
        boxes = [selection("bulk", self.get_name)] if self.change_url else []
        url = reverse(self.change_url, args=[project.code]) if self.change_url else ""
        return replace(listing, before=boxes, change_url=url, after=self.list_controls()), asked

    def build_among(
        self, rows: QuerySet[Any], query: QueryDict, lang: str, without: Collection[str] = ()
    ) -> tuple[Listing, Asked]:
        """Build the list of these rows that a query string asks for, `without` some fields, and what it asks for."""
        asked = self.read(query)
        listing = Listing(
            rows=self.narrow(rows, asked),
            among=rows,
            columns=self.list_columns(lang, without),
            query=query,
            sort=self.sort,
            tie=self.tie,
            size=self.size,
            load=self.load,
            chips=asked.chips,
        )
        return listing, asked

    def build_file(self, project: Any, query: QueryDict, kind: str) -> Listing:
        """Build the file of this kind of the list that a query string asks for, with all columns."""
        listing, _asked = self.build(project, query)
        [head] = [each.label for each in self.fields if each.listed and each.listed.head]
        columns = [replace(column, label=head) if column.head else column for column in listing.columns]
        whole = query.copy()
        whole["export"] = kind
        whole.setlist("column", [column.name for column in columns])
        columns = sort_by_name(columns, self.file, attrgetter("name"))
        return replace(listing, columns=columns, query=whole)

    @classmethod
    def build_form_field(cls, name: str) -> forms.Field:
        """Return a field for a form."""
        return next(each for each in cls.fields if each.name == name).build()

    @classmethod
    def list_file_columns(cls) -> tuple[FileColumn, ...]:
        """List the columns of a file that is brought in."""
        return tuple(each.build_file_column() for each in cls.fields if each.headers)

    @classmethod
    def list_synonyms(cls) -> Mapping[str, Mapping[str, str]]:
        """List further words of the values of enumerated fields, by field."""
        return {each.name: each.synonyms for each in cls.fields if each.synonyms}


def with_fields[F: type[forms.Form]](register: Register, *names: str) -> Callable[[F], F]:
    """Give a form these fields of a register, in this order, after what it inherits.

    A field that the form has under the same name takes the place of that of the register.
    """

    def give(form: F) -> F:
        had = form.base_fields
        given = {name: had[name] if name in had else register.build_form_field(name) for name in names}
        form.base_fields = form.declared_fields = {n: each for n, each in had.items() if n not in given} | given
        return form

    return give


def sort_by_name[T](items: Sequence[T], names: Sequence[str], name_of: Callable[[T], str]) -> list[T]:
    """Return the items in the order of these names; the others follow as they are."""
    places = {name: place for place, name in enumerate(names)}
    return sorted(items, key=lambda item: places.get(name_of(item), len(places)))


def acts(render: Callable[[Any], str]) -> Control:
    """Return the cell of the acts on a row."""
    return Control(format_html('<span class="vh">{}</span>', gettext("Acts")), render)


_REGISTERS: dict[str, Register] = {}


def declare[R: Register](register: R) -> R:
    """Add a register to those of the product, and return it. Raises ValueError when its name is taken."""
    if register.name in _REGISTERS:
        raise ValueError(f"The register {register.name!r} is declared twice.")
    _REGISTERS[register.name] = register
    return register


def all_registers() -> list[Register]:
    """List the registers by name, those of every `register.py` of a capability."""
    import_from_capabilities("register")
    return [_REGISTERS[name] for name in sorted(_REGISTERS)]
