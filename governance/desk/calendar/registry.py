"""Registry of the dates that calendars show: each app announces its rows in its `calendar_dates.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from projects.enums import Workspace
from projects.models import Project
from roles.models import User


@dataclass(frozen=True)
class Kind:
    """A kind of dates: name in addresses, label, icon, and colour (`data-tone`).

    `asks`: somebody has something to do by that day, so that feeds ring before it. `is_planned`: the roadmap has it.
    """

    name: str
    label: Any
    icon: str
    tone: str
    asks: bool = False
    is_planned: bool = False


@dataclass(frozen=True, kw_only=True)
class Dates:
    """Rows of one kind that have a day, on projects that their reader sees.

    - `rows` returns those that `reader` may read on such a project, or of no project at all where `project` is empty.
    - `day`, `title`, `about`, `until` (the last of several days) and `target` are fields or expressions.
    - `key` is the name of a row in feeds, and never changes: it holds `{row}`, the key of the row.
    - `link` returns the page of a row from its target and its project, `say` puts `about` into words.
    """

    kind: Kind
    rows: Callable[[User], QuerySet[Any]]
    day: Any
    title: Any
    key: str
    link: Callable[[str, Any], str]
    about: Any = None
    until: Any = None
    target: Any = "pk"
    project: str = "project"
    workspace: Workspace | None = None
    say: Callable[[Any, str], str] = lambda _project, about: about

    def list_projects(self, projects: dict[int, Project]) -> list[int]:
        """List the keys of those of these projects that have the workspace of the rows."""
        return [pk for pk, project in projects.items() if not self.workspace or self.workspace in project.workspaces]


#: In the order in which the entries of one day are listed.
DATES: list[Dates] = []


def announce(*dates: Dates) -> None:
    """Show these rows in calendars."""
    DATES.extend(dates)
