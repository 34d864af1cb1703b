"""Rows that a reader ticked in a list, or all that its filter matches, and the way back to the list as it was left."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from core.pages.lists.order import read_key

#: Parameter of a list that names the first ledger entry of a change of many.
EDITED = "edited"


def read_filter(request: HttpRequest) -> QueryDict:
    """Return the query string of the list, as the form of its selection carries it."""
    return QueryDict(request.POST.get("filter", ""), mutable=True)


def list_chosen(request: HttpRequest, load: Callable[[QueryDict], QuerySet[Any]], most: int) -> list[int]:
    """List the primary keys of the ticked rows, or of all rows that `load` returns for the filter.

    At most one more than `most`, so that the caller sees the excess.
    """
    if request.POST.get("all"):
        return list(load(read_filter(request)).values_list("pk", flat=True)[: most + 1])
    keys = map(read_key, request.POST.getlist("one"))
    return list(dict.fromkeys(key for key in keys if key is not None))[: most + 1]


def list_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """List the fields, as (name, value), by which a form keeps the selection."""
    return [(name, value) for name in ("one", "all", "filter") for value in request.POST.getlist(name)]


def build_back_query(request: HttpRequest, changed: int = 0) -> QueryDict | None:
    """Return the query string of the list with the filter it was left with, and the entry of a change to undo."""
    query = read_filter(request)
    query.pop(EDITED, None)
    if changed:
        query[EDITED] = str(changed)
    return query or None
