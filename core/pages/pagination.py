"""Keyset pagination: the next page starts after the last key, so that every page costs the same."""

from dataclasses import dataclass

from django.db.models import Model, QuerySet
from django.http import HttpRequest

SIZE = 25
LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Page[M: Model]:
    """Rows of one page in the order of their key, and the last key; None on the last page."""

    rows: list[M]
    next_key: int | None


def page_after[M: Model](request: HttpRequest, rows: QuerySet[M], key: str, size: int = SIZE) -> Page[M]:
    """Return the rows whose `key` is above `after` of the URL, in ascending order. An invalid value is ignored."""
    return _read_page(rows, request.GET.get("after", ""), f"{key}__gt", key, size)


def page_before[M: Model](
    request: HttpRequest, rows: QuerySet[M], key: str, size: int = SIZE, param: str = "before"
) -> Page[M]:
    """Return the rows whose `key` is below `param` of the URL, in descending order. An invalid value is ignored."""
    return _read_page(rows, request.GET.get(param, ""), f"{key}__lt", f"-{key}", size)


def _read_page[M: Model](rows: QuerySet[M], place: str, beyond: str, order: str, size: int) -> Page[M]:
    if place.isdecimal() and place.isascii():
        rows = rows.filter(**{beyond: min(int(place[:12]), LARGEST)})
    page_rows = list(rows.order_by(order)[: size + 1])
    shown = page_rows[:size]
    return Page(shown, getattr(shown[-1], order.removeprefix("-")) if len(page_rows) > size else None)
