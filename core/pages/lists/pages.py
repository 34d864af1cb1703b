"""Pages of a list: rows, columns, order and size as the query string asks. Invalid values are ignored.

A `Listing` reads its rows from the database. A `ComputedListing` has rows that Python derives and no table holds.

Parameters: `sort` (a column, after a minus when descending), `size`, `column` (once for each), `after` or `before` (the
row that the page follows or precedes). All others belong to the filters.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet, Value
from django.http import QueryDict
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

from core.pages.lists.columns import Column, Control
from core.pages.lists.order import Order, read_key
from core.sql.compiled_sql import planned_for_all
from core.sql.subqueries import count_rows

NO_ATTRIBUTES = SafeString()
SIZES = (20, 50, 100, 200)
#: Parameters of one page, and of the display.
PLACE = ("after", "before", "export", "edit", "edited", "list", "display")
DISPLAY = ("sort", "size", "column")


@dataclass(frozen=True)
class Slice:
    """Rows of one page, the number of all that match, and whether some come before and after."""

    rows: list[Any]
    found: int
    has_previous: bool
    has_next: bool


@dataclass(frozen=True, kw_only=True)
class BaseListing:
    """A list: its columns, and what the query string asks for.

    `sort` is the order without a choice, `chips` are the (parameter, label) of the filters in use, `kept` the
    parameters that the form of the filters keeps beside those of the display. `attributes` renders those of a row.
    `change_url` is the address that changes the selected rows; empty on a list without boxes. `is_on_paper` tells that
    it can be had as PDF and DOCX too.
    """

    columns: Sequence[Column]
    query: QueryDict
    sort: str
    size: int = SIZES[0]
    chips: Sequence[tuple[str, str]] = ()
    kept: Sequence[str] = ()
    before: Sequence[Control] = ()
    after: Sequence[Control] = ()
    change_url: str = ""
    is_on_paper: bool = False
    attributes: Callable[[Any], SafeString] = field(default=lambda row: NO_ATTRIBUTES)

    def read_slice(self) -> Slice:
        """Read the page."""
        raise NotImplementedError

    def list_rows(self, most: int) -> Iterable[Any]:
        """List the first rows of all pages with what their cells read."""
        raise NotImplementedError

    def list_keys(self, most: int) -> list[Any]:
        """List the keys of the first rows of all pages."""
        raise NotImplementedError

    @cached_property
    def sorted_by(self) -> str:
        """Return the order asked for."""
        asked = self.query.get("sort", "")
        return asked if asked.removeprefix("-") in {column.name for column in self.columns} else self.sort

    @property
    def descends(self) -> bool:
        """Return whether the order is descending."""
        return self.sorted_by.startswith("-")

    @property
    def sort_column(self) -> Column:
        """Return the column that sorts."""
        name = self.sorted_by.removeprefix("-")
        return next(column for column in self.columns if column.name == name)

    @cached_property
    def shown(self) -> list[Column]:
        """Return the chosen columns, or the usual ones; the one that names the row always."""
        chosen = set(self.query.getlist("column"))
        return [c for c in self.columns if c.head or (c.usual if self.is_usual else c.name in chosen)]

    @cached_property
    def is_usual(self) -> bool:
        """Return whether the address chooses no column."""
        return {column.name for column in self.columns}.isdisjoint(self.query.getlist("column"))

    @cached_property
    def page_size(self) -> int:
        """Return the number of rows of a page."""
        asked = self.query.get("size", "")
        return next((size for size in SIZES if asked == str(size)), self.size)

    def render_row(self, row: Any) -> SafeString:
        """Render one row of the table."""
        columns: list[Column | Control] = [*self.before, *self.shown, *self.after]
        cells = "".join(column.cell(row) for column in columns)
        attributes = conditional_escape(self.attributes(row))
        return mark_safe(f'<tr data-row id="row-{escape(row.pk)}"{attributes}>{cells}</tr>')  # noqa: S308 — escaped


@dataclass(frozen=True, kw_only=True)
class Listing(BaseListing):
    """A list of rows of the database: those that match the filter, `among` all they are chosen from.

    `tie` is a field without duplicates, `load` adds to the rows what their cells read, `build` turns those of a page
    into what its cells show, `found` is the number of rows when it is known.
    """

    rows: QuerySet[Any]
    among: QuerySet[Any]
    tie: str = "pk"
    load: Callable[[QuerySet[Any]], QuerySet[Any]] = field(default=lambda rows: rows)
    build: Callable[[Sequence[Any]], Sequence[Any]] = field(default=lambda rows: rows)
    found: int | None = None

    @cached_property
    def order(self) -> Order:
        """Return the order asked for."""
        return Order(self.sort_column.sort, self.descends, self.tie)

    def read_slice(self) -> Slice:
        """Read the page. Two queries: the rows with their number, and the row the page starts after."""
        size = self.page_size
        after, before = (read_key(self.query.get(name, "")) for name in ("after", "before"))
        backwards = after is None and before is not None
        key = before if backwards else after
        rows = None
        if key is not None:
            rows = self.order.beyond(self.rows, self.among, key, backwards=backwards)
        starts = rows is None
        chosen = self.order.sort(self.rows) if rows is None else rows
        backwards = backwards and not starts
        wanted = self.load(chosen)
        if self.found is None:
            wanted = wanted.annotate(matching=_count(self.rows))
        with planned_for_all():
            found = list(wanted[: size + 1])
        more, shown = len(found) > size, found[:size]
        if backwards:
            shown.reverse()
        counted = self.found
        if counted is None:
            counted = found[0].matching if found else self.rows.count()
        return Slice(list(self.build(shown)), counted, more if backwards else not starts, backwards or more)

    def list_rows(self, most: int) -> Iterable[Any]:
        return self.build(list(self.load(self.order.sort(self.rows))[:most]))

    def list_keys(self, most: int) -> list[Any]:
        return list(self.order.sort(self.rows).values_list("pk", flat=True)[:most])


@dataclass(frozen=True, kw_only=True)
class ComputedListing(BaseListing):
    """A list of rows that are derived in Python. Each has a `pk` of its own; among equals their order stays."""

    rows: Sequence[Any]

    def sort_rows(self) -> list[Any]:
        """Sort the rows, those with an empty value last."""
        keys = [(self.sort_column.key(row), row) for row in self.rows]
        filled = [pair for pair in keys if pair[0] is not None]
        filled.sort(key=itemgetter(0), reverse=self.descends)
        return [row for _key, row in filled] + [row for key, row in keys if key is None]

    def read_slice(self) -> Slice:
        """Return the page; the first one when the row it starts after no longer matches."""
        rows, size = self.sort_rows(), self.page_size
        places = {str(row.pk): place for place, row in enumerate(rows)}
        start = places.get(self.query.get("after", ""), -1) + 1
        if "after" not in self.query:
            start = max(places.get(self.query.get("before", ""), 0) - size, 0)
        return Slice(rows[start : start + size], len(rows), start > 0, start + size < len(rows))

    def list_rows(self, most: int) -> Iterable[Any]:
        return self.sort_rows()[:most]

    def list_keys(self, most: int) -> list[Any]:
        return [row.pk for row in self.list_rows(most)]


@dataclass(frozen=True)
class Head:
    """Head of a column: its label, the address that sorts by it, and how it is sorted."""

    label: Any
    url: str = ""
    sorted: str = ""
    numeric: bool = False
    spare: bool = False


@dataclass(frozen=True)
class Page:
    """One page of a list, with the addresses of the others."""

    listing: BaseListing
    rows: list[Any]
    found: int
    previous: str
    next: str

    @cached_property
    def body(self) -> SafeString:
        """Render the rows."""
        return mark_safe("\n".join(map(self.listing.render_row, self.rows)))  # noqa: S308 — escaped there

    @property
    def heads(self) -> list[Head]:
        """List the heads: a click sorts, another one turns the order round."""
        by = self.listing.sorted_by
        heads = [Head(control.label) for control in self.listing.before]
        for column in self.listing.shown:
            turned = f"-{column.name}" if by == column.name else column.name
            how = {column.name: "ascending", f"-{column.name}": "descending"}.get(by, "")
            heads.append(Head(column.label, self._url(sort=turned), how, column.numeric, column.spare))
        return heads + [Head(control.label) for control in self.listing.after]

    @property
    def columns(self) -> list[tuple[Column, bool]]:
        """List the columns that can be chosen, and whether each is shown."""
        shown = self.listing.shown
        return [(column, column in shown) for column in self.listing.columns if not column.head]

    @property
    def orders(self) -> list[tuple[str, Any, bool]]:
        """List (value, label, whether in use) of the columns to sort by."""
        by = self.listing.sorted_by.removeprefix("-")
        return [(column.name, column.label, column.name == by) for column in self.listing.columns]

    @property
    def sizes(self) -> list[tuple[int, bool]]:
        """List the sizes of a page, and whether each is in use."""
        return [(size, size == self.listing.page_size) for size in SIZES]

    @property
    def chips(self) -> list[tuple[str, str]]:
        """List (label, address without it) of the filters in use."""
        return [(label, self._url(**{name: None})) for name, label in self.listing.chips]

    @property
    def kept_by_filters(self) -> list[tuple[str, str]]:
        """List the (name, value) that the form of the filters keeps."""
        return [(name, value) for name, value in self._pairs() if name in {*DISPLAY, *self.listing.kept}]

    @property
    def kept_by_display(self) -> list[tuple[str, str]]:
        """List the (name, value) that the form of the display keeps."""
        return [(name, value) for name, value in self._pairs() if name not in DISPLAY]

    @property
    def descends(self) -> bool:
        """Return whether the order is descending."""
        return self.listing.descends

    @property
    def display(self) -> str:
        """Return the address of the page with the form of its display."""
        return self._url(display=1)

    @property
    def shows_display(self) -> bool:
        """Return whether the page was asked for with that form."""
        return "display" in self.listing.query

    @property
    def csv(self) -> str:
        """Return the address of what is shown as CSV."""
        return self._url(export="csv")

    @property
    def xlsx(self) -> str:
        """Return the address of what is shown as XLSX."""
        return self._url(export="xlsx")

    @property
    def papers(self) -> list[tuple[str, str]]:
        """List (name, address) of what is shown on paper; empty for a list that is on the screen only."""
        kinds = ("pdf", "docx") if self.listing.is_on_paper else ()
        return [(kind.upper(), self._url(export=kind)) for kind in kinds]

    @property
    def first(self) -> str:
        """Return the address of the first page."""
        return self._url()

    @property
    def query(self) -> str:
        """Return the query string of the first page, as a saved view holds it."""
        return build_query(self.listing.query)

    def _pairs(self) -> list[tuple[str, str]]:
        query = self.listing.query
        return [(name, value) for name in query if name not in PLACE for value in query.getlist(name)]

    def _url(self, **changes: Any) -> str:
        return _build_url(self.listing.query, **changes)


def build_page(listing: BaseListing) -> Page:
    """Read one page, with the addresses of its neighbours."""
    part = listing.read_slice()
    rows = part.rows
    return Page(
        listing,
        rows,
        part.found,
        _build_url(listing.query, before=rows[0].pk) if rows and part.has_previous else "",
        _build_url(listing.query, after=rows[-1].pk) if rows and part.has_next else "",
    )


def _count(rows: QuerySet[Any]) -> Any:
    """Return a subquery that counts `rows`."""
    among = rows.model._default_manager.filter(pk__in=rows.order_by().values("pk"))
    return count_rows(among.annotate(every=Value(1)), by="every")


def build_query(query: QueryDict) -> str:
    """Return the query string of a list without its page."""
    return _build_url(query).removeprefix("?")


def _build_url(query: QueryDict, **changes: Any) -> str:
    """Return the query string with these changes; the page is left out."""
    left_out = {*PLACE, *changes}
    kept = {name: values for name, values in query.lists() if name not in left_out and any(values)}
    kept |= {name: [str(value)] for name, value in changes.items() if value is not None}
    return f"?{urlencode(kept, doseq=True)}"
