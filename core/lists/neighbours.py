"""The previous and the next row of an object in the list that led to its page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.http import HttpRequest, QueryDict

from core.lists.pages import BaseListing, build_query

#: Rows beyond which no place is told.
MOST = 20_000


@dataclass(frozen=True)
class Neighbours:
    """Place of an object in its list, from 1, and the addresses of its neighbours and of the list."""

    place: int
    total: int
    previous: str
    next: str
    back: str


def find_neighbours(
    request: HttpRequest, build: Callable[[QueryDict], BaseListing], pk: Any, back: str, url: Callable[[Any], str]
) -> Neighbours | None:
    """Return the neighbours of the row `pk` when the list at `back` led to its page and still shows it.

    `build` builds the list of a query string. It comes from the Referer, so that no row of the list repeats it; the
    links to the neighbours carry it on.
    """
    query = request.GET if "list" in request.GET else _read_referer(request, back)
    if query is None:
        return None
    keys = build(query).list_keys(MOST)
    if pk not in keys:
        return None
    place, asked = keys.index(pk), build_query(query)
    trail = "&".join(filter(None, ("?list=1", asked)))
    previous = f"{url(keys[place - 1])}{trail}" if place else ""
    following = f"{url(keys[place + 1])}{trail}" if place + 1 < len(keys) else ""
    return Neighbours(place + 1, len(keys), previous, following, f"{back}?{asked}" if asked else back)


def read_query(address: str) -> QueryDict:
    """Return the query string of an address; empty when it is unreadable."""
    return QueryDict(_split(address).query)


def _read_referer(request: HttpRequest, back: str) -> QueryDict | None:
    """Return the query string of the list that the reader comes from; None from another page."""
    address = _split(request.headers.get("Referer", ""))
    is_list = address.path == back and address.netloc == request.get_host()
    return QueryDict(address.query) if is_list else None


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
