"""Tasks of one kind on one project as one row of the page, beyond a few."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.urls import reverse

from governance.desk.inbox.filters import BY_DATE, BY_PROJECT, BY_WEIGHT, Filter
from governance.desk.inbox.obligations import OBLIGATIONS
from governance.desk.inbox.task import Task
from governance.desk.inbox.weights import PROMISED
from governance.workspace_registry import RowTasks, TaskKind

#: Most tasks of one kind, project and group that the page lists one by one; projects whose tasks of a kind are one row.
FEW, SEVERAL = 5, 4


@dataclass(frozen=True)
class Fold:
    """Many tasks of one kind on one project or on several, in one group of the page; `first` is listed first."""

    first: Task
    count: int
    code: str
    project_title: str
    url: str
    projects: int = 1

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
        return kind.together(self.code) if self.code and isinstance(kind, RowTasks) and kind.together else ""


def fold(
    asked: Filter, tasks: Sequence[Task], projects: Mapping[int | None, tuple[str, str]]
) -> list[tuple[Task, Fold | None]]:
    """List what the page shows of sorted tasks: each task, or the first of many with their fold.

    Many are more than a few of one project; by importance, also those of several projects that hold nobody up. A filter
    by kind asks for each of them. What a person is reminded of by name is a row each, save obligations.
    """
    if asked.kind:
        return [(task, None) for task in tasks]
    keys = _list_keys(asked, tasks)
    counts, folded = Counter(keys), set[Any]()
    shown: list[tuple[Task, Fold | None]] = []
    for task, key in zip(tasks, keys, strict=True):
        if key is None or (key.project is not None and counts[key] <= (task.kind.few or FEW)):
            shown.append((task, None))
        elif key not in folded:
            folded.add(key)
            code, title = projects.get(key.project, ("", "")) if key.project is not None else ("", "")
            when = task.period if asked.group == BY_DATE else asked.when
            group = BY_PROJECT if key.project is None else asked.group
            query = {"when": when, "project": code or asked.project, "kind": task.kind.name, "group": group}
            url = reverse("governance:inbox:inbox", query={name: value for name, value in query.items() if value})
            shown.append((task, Fold(task, counts[key], code, title, url, key.projects)))
    return shown


class Key(NamedTuple):
    """What the tasks of a fold have in common: `project` is None, and `projects` their number, for several."""

    group: str
    kind: str
    project: int | None
    projects: int = 1


def _list_keys(asked: Filter, tasks: Sequence[Task]) -> list[Key | None]:
    """List what may fold each task; None for a task that has a row of its own."""
    keys = [
        None
        if task.kind.is_reminded and task.kind is not OBLIGATIONS
        else Key(asked.find_group_key(task), task.kind.name, task.project_id or 0)
        for task in tasks
    ]
    if asked.group != BY_WEIGHT:
        return keys
    light = {key for task, key in zip(tasks, keys, strict=True) if key and task.weight.number <= PROMISED.number}
    several = Counter((key.group, key.kind) for key in light)
    return [
        Key(key.group, key.kind, None, several[key.group, key.kind])
        if key and task.weight.number <= PROMISED.number and several[key.group, key.kind] >= SEVERAL
        else key
        for task, key in zip(tasks, keys, strict=True)
    ]
