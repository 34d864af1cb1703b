"""Pages by key: the next page starts after the last row seen, so that no page costs more than the first."""

from dataclasses import dataclass

from django.db.models import Model, QuerySet
from django.http import HttpRequest

SIZE = 25
LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Page[M: Model]:
    """Rows of one page, in the order of their key, and the key from which the next one goes on; None at the end."""

    rows: list[M]
    next_key: int | None


def page_after[M: Model](request: HttpRequest, rows: QuerySet[M], key: str, size: int = SIZE) -> Page[M]:
    """The page of `rows` whose `key` is above the `after` of the address, oldest first; unreadable: the first page."""
    after = request.GET.get("after", "")
    if after.isdecimal() and after.isascii():
        rows = rows.filter(**{f"{key}__gt": min(int(after[:12]), LARGEST)})
    found = list(rows.order_by(key)[: size + 1])
    shown = found[:size]
    return Page(shown, getattr(shown[-1], key) if len(found) > size else None)


def page_before[M: Model](
    request: HttpRequest, rows: QuerySet[M], key: str, size: int = SIZE, param: str = "before"
) -> Page[M]:
    """The page of `rows` whose `key` is below the `param` of the address; an unreadable one means the first page."""
    before = request.GET.get(param, "")
    if before.isdecimal() and before.isascii():
        rows = rows.filter(**{f"{key}__lt": min(int(before[:12]), LARGEST)})
    found = list(rows.order_by(f"-{key}")[: size + 1])
    shown = found[:size]
    return Page(shown, getattr(shown[-1], key) if len(found) > size else None)
