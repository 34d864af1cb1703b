"""Registry of what may still be open when a project is closed or abandoned; each capability announces its rows here.

The core announces its own in governance/workspace.py, a workspace in its workspace.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from governance.decide.kinds.base import DemandGroup
from governance.decide.kinds.items import ITEM_LABELS
from projects.enums import Workspace


@dataclass(frozen=True)
class OpenText:
    """The text of an open row, the code of the role it waits for, and whether it needs a word of its own."""

    text: str
    role: str = ""
    alone: bool = False


@dataclass(frozen=True)
class OpenRows:
    """Rows of one kind that may be open at the closing of a project.

    `name` begins the keys of its items, such as `condition-12`. `sql` selects the primary keys that are open on the
    project `{project}`, or makes that query at the installation; the database asks the same when the project is closed.
    `describe` takes the primary keys and returns their texts. Rows of a `workspace` count while it is switched on.
    """

    name: str
    group: DemandGroup
    label: Any
    sql: str | Callable[[], str]
    describe: Callable[[list[int]], dict[int, OpenText]]
    workspace: Workspace | None = None

    def query(self, project: str) -> str:
        """Return the query on `project`, a SQL expression of its primary key."""
        rows = (self.sql if isinstance(self.sql, str) else self.sql()).format(project=project)
        if self.workspace is None:
            return rows
        switched_on = f"SELECT id FROM public.projects_project WHERE '{self.workspace}' = ANY (workspaces)"  # noqa: S608
        return f"SELECT of_workspace.id FROM ({rows}) AS of_workspace WHERE {project} IN ({switched_on})"  # noqa: S608


#: Announced by each capability.
AT_CLOSURE: list[OpenRows] = []


def announce(*rows: OpenRows) -> None:
    """Announce rows that may be open at the closing, and the label of their items."""
    AT_CLOSURE.extend(rows)
    ITEM_LABELS.update({one.name: one.label for one in rows})
