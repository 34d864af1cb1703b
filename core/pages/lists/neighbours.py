"""The previous and the next row of an object in the list that led to its page, or was read last."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.http import HttpRequest, QueryDict

from core.pages.lists.pages import BaseListing, build_query

#: Rows beyond which no place is told.
MOST = 20_000
#: Session key of the query strings of the lists read last, by path; how many, and how long each may be.
LISTS, MOST_LISTS, LONGEST = "lists", 20, 1_000


@dataclass(frozen=True)
class Neighbours:
    """Place of an object in its list, from 1, and the addresses of its neighbours and of the list.

    `place` is 0 when the list does not show it, `back` is empty when no list was read; `whole` then leads to its place
    in the whole list.
    """

    back: str = ""
    place: int = 0
    total: int = 0
    previous: str = ""
    next: str = ""
    whole: str = ""


def find_neighbours(
    request: HttpRequest, build: Callable[[QueryDict], BaseListing], pk: Any, back: str, url: Callable[[Any], str]
) -> Neighbours:
    """Return the neighbours of the row `pk` in the list at `back` that led to its page, else in the one read last.

    `build` builds the list of a query string. It comes from the Referer, so that no row of the list repeats it; the
    links to the neighbours carry it on, and the session keeps it while the reader acts on the object. A reader who
    comes by another way is offered the whole list: computing it for each page would cost every reader.
    """
    query = request.GET if "list" in request.GET else _read_referer(request, back)
    if query is None:
        query = _recall(request, back)
    else:
        _remember(request, back, build_query(query))
    if query is None:
        return Neighbours(whole="?list=1")
    asked = build_query(query)
    shown = f"{back}?{asked}" if asked else back
    keys = build(query).list_keys(MOST)
    if pk not in keys:
        return Neighbours(shown, whole="?list=1" if asked else "")
    place = keys.index(pk)
    trail = "&".join(filter(None, ("?list=1", asked)))
    previous = f"{url(keys[place - 1])}{trail}" if place else ""
    following = f"{url(keys[place + 1])}{trail}" if place + 1 < len(keys) else ""
    return Neighbours(shown, place + 1, len(keys), previous, following)


def read_query(address: str) -> QueryDict:
    """Return the query string of an address; empty when it is unreadable."""
    return QueryDict(_split(address).query)


def _read_referer(request: HttpRequest, back: str) -> QueryDict | None:
    """Return the query string of the list that the reader comes from; None from another page."""
    address = _split(request.headers.get("Referer", ""))
    is_list = address.path == back and address.netloc == request.get_host()
    return QueryDict(address.query) if is_list else None


def _recall(request: HttpRequest, back: str) -> QueryDict | None:
    """Return the query string of the list as it was read last in this session; None when it was not."""
    asked = request.session.get(LISTS, {}).get(back)
    return None if asked is None else QueryDict(asked)


def _remember(request: HttpRequest, back: str, asked: str) -> None:
    """Keep the query string of a list in the session, which is written only when it changes."""
    lists = request.session.get(LISTS, {})
    if lists.get(back) != asked and len(asked) <= LONGEST:
        others = {path: query for path, query in lists.items() if path != back}
        request.session[LISTS] = dict(list(others.items())[1 - MOST_LISTS :]) | {back: asked}


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
