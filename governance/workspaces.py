"""What workspaces add to the pages they share. Each fills it from the workspace.py of its app, which Django finds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

#: Which seats can make something wait for their holder: one that decides, one that does not, any.
DECIDING, ADVISING, ANY = "deciding", "advising", "any"


@dataclass(frozen=True)
class Entry:
    """A link of the navigation, in the order of its `place`; `within` lists the namespaces and views it stands for."""

    place: int
    label: Any
    icon: str
    view: str
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class WaitingList:
    """A section of the inbox: rows that wait for a person with such a seat, each shown by the template `row`.

    `rows` takes the person, and the instant if it is not now. `summary` is the sentence that says how many.
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
    """Rows that announce a decision to people, each shown by the template `row`."""

    heading: Any
    find: Callable[[Any], QuerySet[Any]]
    row: str


#: Links for everyone, of a project, and of the administration, which is for those who may configure.
EVERYWHERE: list[Entry] = []
OF_PROJECT: list[Entry] = []
ADMINISTRATION: list[Entry] = []
WAITING: list[WaitingList] = []
ANNOUNCEMENTS: list[Announcements] = []


def in_order(entries: list[Entry]) -> list[Entry]:
    """Return these entries in the order in which they are shown."""
    return sorted(entries, key=lambda entry: entry.place)
