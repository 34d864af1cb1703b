"""What to act on today in a group of projects: the reader’s tasks, red risks and late obligations, by project."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from governance.inbox.queries import WEEK, Task, list_tasks, load_details
from pmo.dashboards.figures import Line, sum_figure
from pmo.dashboards.obligations import Obligation, RedRisk
from pmo.dashboards.scope import Scope, list_url
from projects.models import Project
from roles.models import User

#: Most items of the block, and of one project while others have some.
MOST, MOST_OF_ONE = 10, 3


@dataclass(frozen=True)
class Item:
    """Something to act on: what, the page where it is done, its last day. `role` is that of others; empty if mine."""

    verb: Any
    code: str
    title: str
    url: str
    due: date | None
    role: str = ""
    language: str = ""


type One = Task | RedRisk | Obligation


@dataclass(frozen=True)
class Today:
    """The items by project, the most urgent first, how many are left out, and all late obligations with their list."""

    groups: list[tuple[Project, list[Item]]]
    left_out: int
    late: int
    late_url: str


def load_today(
    user: User, scope: Scope, lines: Sequence[Line], obligations: Sequence[Obligation], red: Sequence[RedRisk]
) -> Today:
    """Choose the most urgent items of the scope: late tasks, red risks, late obligations, other tasks of the week.

    `obligations` and `red` are those of `list_with_red`. One query for the tasks that are listed.
    """
    projects = {line.project.pk: line.project for line in lines}
    mine = sorted(
        (task for task in list_tasks(user) if task.project_id in projects and _is_asked(task, scope.today)),
        key=lambda task: task.due or date.max,
    )
    late = [task for task in mine if task.is_late(scope.today)]
    owed = _list_owed(obligations, scope.today, {task.key for task in list_tasks(user)})
    week = [task for task in mine if not task.is_late(scope.today)]
    items: list[One] = [*late, *red, *owed, *week]
    chosen = [(_find_code(one, projects), one) for one in items]
    shown = _spread(chosen)
    load_details([one for _code, one in shown if isinstance(one, Task)], projects)
    by_code = {project.code: project for project in projects.values()}
    languages = {code: project.language for code, project in by_code.items()}
    groups: dict[str, list[Item]] = {}
    for code, one in shown:
        groups.setdefault(code, []).append(_describe(one, languages))
    red_left = max(sum_figure(lines, "red") - len(red), 0)
    return Today(
        [(by_code[code], items) for code, items in groups.items()],
        len(chosen) - len(shown) + red_left,
        sum(row.count_late(scope.today) for row in obligations),
        list_url(scope, "obligations", late=1),
    )


def _is_asked(task: Task, day: date) -> bool:
    """Return whether a task is late, due within a week, or has no last day."""
    return not task.is_snoozed(day) and (task.due is None or task.due <= day + WEEK)


def _list_owed(obligations: Iterable[Obligation], day: date, own: set[str]) -> list[Obligation]:
    """List the late obligations that are no task of the reader, the oldest of each source only."""
    oldest: dict[tuple[str, ...], Obligation] = {}
    for row in obligations:
        if row.is_late(day):
            oldest.setdefault((row.project, row.role, row.kind, row.source), row)
    return [row for row in oldest.values() if row.key not in own]


def _find_code(one: One, projects: Mapping[int, Project]) -> str:
    return projects[one.project_id or 0].code if isinstance(one, Task) else one.project


def _spread(chosen: Sequence[tuple[str, One]]) -> list[tuple[str, One]]:
    """Choose the first items, few of each project while others have some; the order stays."""
    counts, first, rest = Counter[str](), list[int](), list[int]()
    for place, (code, _one) in enumerate(chosen):
        counts[code] += 1
        (first if counts[code] <= MOST_OF_ONE else rest).append(place)
    return [chosen[place] for place in sorted([*first, *rest][:MOST])]


def _describe(one: One, languages: Mapping[str, str]) -> Item:
    if isinstance(one, Task):
        return Item(one.kind.verb, one.code, one.title, one.url, one.due, language=one.language)
    if isinstance(one, RedRisk):
        url = reverse("pmo:risks:risk", args=[one.pk])
        return Item(_("Red risk"), one.code, one.title, url, None, one.role, languages[one.project])
    return Item("", one.source, one.text, one.href, one.due_on, one.role)
