"""Pages that the palette opens: those of the menu, and those that begin something and that the reader may open."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.access import Person, can
from core.pages.lists.columns import fold
from core.search_index.sources import STARTS
from core.words.addresses import address
from governance import workspace_registry
from governance.workspace_registry import in_order
from projects.models import Project
from projects.workspaces import is_on

#: Pages shown for some words, and before anything is typed.
MOST, MOST_FIRST = 5, 60


@dataclass(frozen=True)
class Page:
    """A page to open, with its icon; `starts` says that something begins there."""

    label: str
    url: str
    icon: str
    of: str = ""
    starts: bool = False


def list_pages(user: Person, project: Project | None, words: str) -> list[Page]:
    """List the pages whose name has all words, of the project at hand first."""
    wanted = fold(words).split()
    pages = [page for page in _list_all(user, project) if all(word in fold(page.label) for word in wanted)]
    return pages[: MOST if wanted else MOST_FIRST]


def _list_all(user: Person, project: Project | None) -> Iterator[Page]:
    if project:
        for start in STARTS:
            if is_on(start.view, project) and can(user, start.permission, project):
                yield Page(str(start.title), address(start.view, project.code), "plus", project.code, starts=True)
        yield from (
            Page(str(entry.label), address(entry.view, project.code), entry.icon, project.code)
            for entry in in_order(workspace_registry.OF_PROJECT)
            if not entry.workspace or entry.workspace in project.workspaces
        )
    everywhere: list[Any] = in_order(workspace_registry.EVERYWHERE)
    if can(user, "roles.configure"):
        everywhere += in_order(workspace_registry.ADMINISTRATION)
    yield from (Page(str(entry.label), address(entry.view), entry.icon) for entry in everywhere)
