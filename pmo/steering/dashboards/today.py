"""What to act on today in a group of projects: the reader’s tasks, red risks, and what others owe, by project."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.desk.inbox.queries import list_tasks, load_details
from governance.desk.inbox.task import WEEK, Task
from governance.desk.inbox.weights import OTHERS_DECIDE, RED, ROUTINE, Scale, Weight, explain
from pmo.steering.dashboards.figures import Line, sum_figure
from pmo.steering.dashboards.obligations import Obligation, RedRisk
from pmo.steering.dashboards.scope import Scope, list_url
from projects.models import Project
from roles.models import User

#: Most items of the block, of one project, and of routine.
MOST, MOST_OF_ONE, MOST_ROUTINE = 10, 3, 2
#: The least weight of what is listed of the projects below.
LEAST_BELOW = 75


@dataclass(frozen=True)
class Item:
    """Something to act on: what, the page where it is done, its last day, why. `role` is that of others; empty if mine.

    `why` says when it is due as well.
    """

    verb: Any
    code: str
    title: str
    url: str
    due: date | None
    why: str
    role: str = ""
    language: str = ""


class LateDecisions(NamedTuple):
    """The decisions of a project that its owner is late with; `project` is its code."""

    project: str
    late: int
    url: str


type One = Task | RedRisk | Obligation | LateDecisions


class Choice(NamedTuple):
    """Something that the block may list: the code of its project, its weight and its last day."""

    project: str
    weight: Weight
    due: date | None
    one: One


class Late(NamedTuple):
    """How many are late, and the list of them."""

    decisions: int
    decisions_url: str
    work: int
    work_url: str
    routine: int
    routine_url: str


@dataclass(frozen=True)
class Today:
    """The items by project, those that matter most first, how many are left out, and what is late."""

    groups: list[tuple[Project, list[Item]]]
    left_out: int
    late: Late


def load_today(
    user: User, scope: Scope, lines: Sequence[Line], obligations: Sequence[Obligation], red: Sequence[RedRisk]
) -> Today:
    """Choose what matters most in the scope: its own level first, then what is urgent below (`choose`).

    `obligations` and `red` are those of `list_with_red`. One query for the tasks that are listed.
    """
    projects = {line.project.pk: line.project for line in lines}
    listed, day, scale = list_tasks(user), scope.today, Scale.of(scope.today)
    mine = [task for task in listed if task.project_id in projects and _is_asked(task, day)]
    own_decisions = {task.project_id for task in mine if task.kind.name == "decide"}
    found = [
        *(
            Choice(
                projects[task.project_id or 0].code,
                scale.weigh(task.kind.name, task.presses or task.due),
                task.due,
                task,
            )
            for task in mine
        ),
        *(
            Choice(line.project.code, OTHERS_DECIDE, None, _describe_decisions(scope, line))
            for line in lines
            if line.late and line.project.pk not in own_decisions
        ),
        *(Choice(risk.project, RED, None, risk) for risk in red),
        *(
            Choice(row.project, scale.weigh(row.what, row.due_on), row.due_on, row)
            for row in _list_owed(obligations, day, {task.key for task in listed})
        ),
    ]
    offered = sort_choices(found, scope.root.code)
    shown = choose(offered)
    load_details([choice.one for choice in shown if isinstance(choice.one, Task)], projects)
    by_code = {project.code: project for project in projects.values()}
    groups: dict[str, list[Item]] = {}
    for choice in shown:
        groups.setdefault(choice.project, []).append(_describe(choice, day, by_code))
    red_left = max(sum_figure(lines, "red") - len(red), 0)
    return Today(
        [(by_code[code], items) for code, items in groups.items()],
        len(offered) - len(shown) + red_left,
        _count_late(scope, lines, obligations),
    )


def _is_asked(task: Task, day: date) -> bool:
    """Return whether a task is late, due within a week, or has no last day."""
    return not task.is_snoozed(day) and (task.due is None or task.due <= day + WEEK)


def _describe_decisions(scope: Scope, line: Line) -> LateDecisions:
    code = line.project.code
    return LateDecisions(code, line.late, list_url(scope, "pending", project=code, late=1))


def _list_owed(obligations: Iterable[Obligation], day: date, own: set[str]) -> list[Obligation]:
    """List the late obligations that are no task of the reader, the oldest of each source only."""
    oldest: dict[tuple[str, ...], Obligation] = {}
    for row in obligations:
        if row.is_late(day):
            oldest.setdefault((row.project, row.role, row.kind, row.source), row)
    return [row for row in oldest.values() if row.key not in own]


def sort_choices(choices: Iterable[Choice], own: str) -> list[Choice]:
    """Sort what may be listed: the level of its own code first, then what is urgent below; by weight, then due date."""
    offered = (choice for choice in choices if choice.project == own or choice.weight.number >= LEAST_BELOW)
    return sorted(offered, key=lambda choice: (choice.project != own, -choice.weight.number, choice.due or date.max))


def choose(offered: Iterable[Choice]) -> list[Choice]:
    """Choose the first items: few of each project, and very few that are routine."""
    by_project, routine, chosen = Counter[str](), 0, list[Choice]()
    for choice in offered:
        is_routine = choice.weight.number <= ROUTINE
        if by_project[choice.project] == MOST_OF_ONE or (is_routine and routine == MOST_ROUTINE):
            continue
        by_project[choice.project] += 1
        routine += is_routine
        chosen.append(choice)
        if len(chosen) == MOST:
            break
    return chosen


def _count_late(scope: Scope, lines: Sequence[Line], obligations: Iterable[Obligation]) -> Late:
    """Count what is late for somebody, and the routine of this level apart."""
    work = routine = 0
    for row in obligations:
        if row.is_routine and row.project == scope.root.code:
            routine += row.count_late(scope.today)
        elif row.is_routine:
            continue  # that of the projects below is counted there, and here by role (pmo.steering.levels)
        else:
            work += row.is_late(scope.today)
    return Late(
        sum_figure(lines, "late"),
        list_url(scope, "pending", late=1),
        work,
        list_url(scope, "obligations", late=1, routine=0),
        routine,
        list_url(scope, "obligations", project=scope.root.code, late=1, routine=1),
    )


def _describe(choice: Choice, day: date, projects: Mapping[str, Project]) -> Item:
    one, due, why = choice.one, choice.due, explain(choice.weight, choice.due, day)
    if isinstance(one, Task):
        why = ", ".join(filter(None, (why, one.age)))
        return Item(one.kind.verb, one.code, one.title, one.url, due, why, language=one.language)
    if isinstance(one, RedRisk):
        url = reverse("pmo:risks:risk", args=[one.pk])
        return Item(_("Red risk"), one.code, one.title, url, None, why, one.role, projects[one.project].language)
    if isinstance(one, LateDecisions):
        title = ngettext("%(n)s late decision", "%(n)s late decisions", one.late) % {"n": one.late}
        return Item("", "", title, one.url, None, why)
    return Item("", one.source, one.text, one.href, due, why, one.role)
