"""Tasks of one kind on one project as one row of the page, beyond a few."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from governance.inbox.filters import Filter
from governance.inbox.obligations import OBLIGATIONS
from governance.inbox.queries import Task
from governance.workspace_registry import RowTasks, TaskKind

#: Most tasks of one kind, project and group that the page lists one by one.
FEW = 5


@dataclass(frozen=True)
class Fold:
    """Many tasks of one kind on one project, in one group of the page. The first one has the earliest last day."""

    first: Task
    count: int
    code: str
    project_title: str
    url: str

    @property
    def kind(self) -> TaskKind:
        """Return their kind."""
        return self.first.kind

    @property
    def due(self) -> date | None:
        """Return the last day of the first one."""
        return self.first.due

    @property
    def together_url(self) -> str:
        """Return the page where they are done at once; empty without one."""
        kind = self.kind
        return kind.together(self.code) if isinstance(kind, RowTasks) and kind.together else ""


def fold(
    asked: Filter, tasks: Sequence[Task], projects: Mapping[int | None, tuple[str, str]]
) -> list[tuple[Task, Fold | None]]:
    """List what the page shows of sorted tasks: each task, or the first of many with their fold.

    A filter by kind asks for each of them. What a person is reminded of by name is a row each, save obligations.
    """
    if asked.kind:
        return [(task, None) for task in tasks]
    keys = [(asked.find_group_key(task), task.kind.name, task.project_id) for task in tasks]
    counts, folded = Counter(keys), set[Any]()
    shown: list[tuple[Task, Fold | None]] = []
    for task, key in zip(tasks, keys, strict=True):
        is_named = task.kind.is_reminded and task.kind is not OBLIGATIONS
        if is_named or counts[key] <= (task.kind.few or FEW):
            shown.append((task, None))
        elif key not in folded:
            folded.add(key)
            code, title = projects.get(task.project_id, ("", ""))
            when = asked.when if asked.group else task.period
            query = {"when": when, "project": code, "kind": task.kind.name, "group": asked.group}
            url = reverse("governance:inbox:inbox", query={name: value for name, value in query.items() if value})
            shown.append((task, Fold(task, counts[key], code, title, url)))
    return shown
