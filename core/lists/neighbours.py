"""The previous and the next row of an object in the list that led to its page."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import QueryDict

from core.lists.pages import BaseListing, build_query, build_trail

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
    query: QueryDict, build: Callable[[], BaseListing], pk: int, back: str, url: Callable[[int], str]
) -> Neighbours | None:
    """Return the neighbours of the row `pk` when a list led to its page and still shows it; `build` builds the list."""
    if "list" not in query:
        return None
    listing = build()
    keys = listing.list_keys(MOST)
    if pk not in keys:
        return None
    place, trail, asked = keys.index(pk), build_trail(query), build_query(query)
    previous = f"{url(keys[place - 1])}{trail}" if place else ""
    following = f"{url(keys[place + 1])}{trail}" if place + 1 < len(keys) else ""
    return Neighbours(place + 1, len(keys), previous, following, f"{back}?{asked}" if asked else back)
