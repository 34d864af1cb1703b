"""Registry of what workspaces add to shared pages; each app fills it from its workspace.py."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from projects.enums import Workspace
from projects.workspaces import on_projects_using, workspace_of

#: Seats that a waiting list concerns: deciding ones, others, any; or it concerns people without a seat too.
DECIDING, ADVISING, ANY, EVERYBODY = "deciding", "advising", "any", ""


@dataclass(frozen=True)
class Entry:
    """A navigation link, sorted by `place`; `within` lists the namespaces and views that mark it as active."""

    place: int
    label: Any
    icon: str
    view: str
    within: tuple[str, ...] = ()

    @property
    def workspace(self) -> str:
        """Return the workspace that a project needs for it; empty without one."""
        return workspace_of(self.view) or ""


@dataclass(frozen=True)
class WaitingList:
    """A section of the inbox: rows that wait for holders of such a `seat`, shown by the template `row`.

    `rows` takes the person and, unless it is now, the instant. `summary` returns a sentence with the count.
    `project` is the lookup of the project of a row, empty for rows of none; `workspace` the one that the project needs.
    """

    name: str
    heading: Any
    seat: str
    rows: Callable[..., QuerySet[Any]]
    shown: Callable[[QuerySet[Any]], QuerySet[Any]]
    row: str
    summary: Callable[[int], str]
    project: str = "project"
    workspace: Workspace | None = None

    def rows_of(self, *reader: Any) -> QuerySet[Any]:
        """Return the rows that wait for the reader, on projects that have the workspace switched on."""
        rows = self.rows(*reader)
        return rows.filter(on_projects_using(self.workspace, self.project)) if self.workspace else rows


@dataclass(frozen=True)
class Announcements:
    """Rows that announce a decision to people, shown by the template `row`."""

    heading: Any
    find: Callable[[Any], QuerySet[Any]]
    row: str


@dataclass(frozen=True)
class ProjectColumn:
    """A column of the list of projects, sorted by `place`.

    `load` returns what the template `cell` shows, by project id, for the projects of a page. One query.
    """

    place: int
    label: Any
    load: Callable[[Sequence[Any]], dict[int, Any]]
    cell: str


#: Links for everyone, for a project, and for administrators.
EVERYWHERE: list[Entry] = []
OF_PROJECT: list[Entry] = []
ADMINISTRATION: list[Entry] = []
WAITING: list[WaitingList] = []
ANNOUNCEMENTS: list[Announcements] = []
PROJECT_COLUMNS: list[ProjectColumn] = []
#: Addresses of the page that the owner of a portfolio opens first; the first one counts.
PORTFOLIO_PAGES: list[Callable[[Any], str]] = []


def in_order[T: (Entry, ProjectColumn)](entries: list[T]) -> list[T]:
    """Sort these entries in display order."""
    return sorted(entries, key=lambda entry: entry.place)
