"""Registry of what workspaces add to shared pages; each app fills it from its workspace.py."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

#: Seats that a waiting list concerns: deciding ones, others, any.
DECIDING, ADVISING, ANY = "deciding", "advising", "any"


@dataclass(frozen=True)
class Entry:
    """A navigation link, sorted by `place`; `within` lists the namespaces and views that mark it as active."""

    place: int
    label: Any
    icon: str
    view: str
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class WaitingList:
    """A section of the inbox: rows that wait for holders of such a `seat`, shown by the template `row`.

    `rows` takes the person and, unless it is now, the instant. `summary` returns a sentence with the count.
    """

    name: str
    heading: Any
    seat: str
    rows: Callable[..., QuerySet[Any]]
    shown: Callable[[QuerySet[Any]], QuerySet[Any]]
    row: str
    summary: Callable[[int], str]


@dataclass(frozen=True)
class Announcements:
    """Rows that announce a decision to people, shown by the template `row`."""

    heading: Any
    find: Callable[[Any], QuerySet[Any]]
    row: str


#: Links for everyone, for a project, and for administrators.
EVERYWHERE: list[Entry] = []
OF_PROJECT: list[Entry] = []
ADMINISTRATION: list[Entry] = []
WAITING: list[WaitingList] = []
ANNOUNCEMENTS: list[Announcements] = []


def in_order(entries: list[Entry]) -> list[Entry]:
    """Sort these entries in display order."""
    return sorted(entries, key=lambda entry: entry.place)
