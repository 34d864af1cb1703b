"""Tasks of a person: what asks something of them now, of every registered kind, and of their obligations.

They are computed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from typing import Any

from core.acts import act_time, cached
from core.words.language import in_reader_language
from governance.decide.obligations.proofs import PROOFS
from governance.decide.obligations.queries import Obligation, Progress
from governance.desk.inbox.obligations import (
    OBLIGATIONS,
    OpenDuty,
    describe_duty,
    find_key,
    fold_points,
    list_open_duties,
    list_open_obligations,
    list_progress,
)
from governance.desk.inbox.reader import list_acting_seats, list_permitted_projects, list_seats
from governance.desk.inbox.statements import CAP, Details, find_details, find_tasks
from governance.desk.inbox.task import Task
from governance.desk.inbox.versions import read_versions
from governance.desk.inbox.weights import Scale
from governance.workspace_registry import TASKS, RowTasks
from projects.models import Project
from projects.organisation_settings.queries import today
from projects.seats.mandates.seats import Seat
from roles.models import User

#: Most tasks that a person can put off; each count reads so many rows more.
MOST_SNOOZED = 100
#: Most tasks of one kind on the page.
MOST = 10_000


@dataclass(frozen=True)
class Reading:
    """The tasks of a person, also those put off, the versions of their projects, and the number of unread notices."""

    tasks: list[Task]
    versions: dict[int, str]
    unread: int

    def count_shown(self, day: date, cap: int) -> int:
        """Count the tasks that are not put off, up to `cap`."""
        return len(list(islice((task for task in self.tasks if not task.is_snoozed(day)), cap)))


def read_tasks(user: User, most: int = MOST) -> Reading:
    """Return the tasks of `user`, at most so many of each kind. One query, once per request, and one for obligations.

    The second one runs when something has happened on a project of theirs since this process last asked.
    """
    return cached(("tasks", user.pk, most), lambda: _read_tasks(user, most))


def _read_tasks(user: User, most: int) -> Reading:
    seats = list_seats(user)
    kinds = [
        kind
        for kind in TASKS
        if kind.seat in seats and (not kind.permission or list_permitted_projects(user, kind.permission))
    ]
    held = [seat for seat in list_acting_seats(user) if not seat.archived]
    found = find_tasks(user, kinds, most, {seat.project_id for seat in held})
    tasks = found.tasks + _list_obligation_tasks(held, found.versions, found.tasks, act_time(), today())
    for task in tasks if found.until else ():
        task.snoozed = found.until.get(task.key)
    return Reading(tasks, found.versions, found.unread)


def _list_obligation_tasks(
    held: Iterable[Seat], versions: dict[int, str], tasks: Iterable[Task], at: datetime, day: date
) -> list[Task]:
    """List what the roles of a person owe as tasks, without what a task listed already fulfils.

    All monthly obligations of a role on a project are one task, and all quarterly and yearly ones.
    """
    done = {(task.project_id, task.kind.does) for task in tasks if isinstance(task.kind, RowTasks) and task.kind.does}
    found = list_open_duties(versions, at, day)

    def list_owed(seat: Seat) -> list[OpenDuty]:
        owed = (duty for duty in found.get(seat.project_id, ()) if duty.oldest.role == seat.role)
        return fold_points(
            duty
            for duty in owed
            if not any((seat.project_id, act) in done for act in PROOFS.get(duty.oldest.duty.code, ()))
        )

    return [
        Task(OBLIGATIONS, find_key(row), seat.project_id, row.due_on, row.role, obligation=row, more=more)
        for seat in held
        for row, more in list_owed(seat)
    ]


def find_version(user: User, project: Project) -> str:
    """Return the version of a project, which what is derived from it follows from.

    It was read with the tasks of `user` if they hold a role there; else one query.
    """
    known = read_tasks(user).versions
    return known[project.pk] if project.pk in known else read_versions([project.pk])[project.pk]


def read_progress(user: User, project: Project) -> tuple[Progress, ...]:
    """Return the progress of each role of a project in its obligations, in their order. Queries: see `find_version`.

    One more when something has happened on the project since this process last asked.
    """
    return list_progress({project.pk: find_version(user, project)}, act_time(), today())[project.pk]


def read_open_obligations(projects: Iterable[int]) -> list[Obligation]:
    """List the obligations of the responsibilities of these projects that are late or due within a month.

    One query, and one for projects on which something has happened since this process last asked. Does not check
    visibility: pass visible projects only.
    """
    versions = read_versions(projects)
    return list(chain.from_iterable(list_open_obligations(versions, act_time(), today()).values()))


def list_tasks(user: User) -> list[Task]:
    """List the tasks of `user`, also those put off; the menu of the same page counts them from here."""
    reading = read_tasks(user)
    cached(("waiting", user.pk, CAP + 1), lambda: _cap(reading, CAP + 1))
    return reading.tasks


def sort_by_weight(tasks: Iterable[Task]) -> list[Task]:
    """Weigh tasks and sort them: weight, then days late, then due date."""
    listed, scale = list(tasks), Scale.of(today())
    for task in listed:
        task.weight = scale.weigh(task.kind.name, task.presses or task.due)
    return sorted(listed, key=lambda task: (-task.weight.number, task.due or date.max))


def count_waiting(user: User, cap: int) -> tuple[int, int]:
    """Count the tasks and the unread notices of `user`, each up to `cap`."""
    return cached(("waiting", user.pk, cap), lambda: _cap(read_tasks(user, cap + MOST_SNOOZED), cap))


def _cap(reading: Reading, cap: int) -> tuple[int, int]:
    return reading.count_shown(today(), cap), min(reading.unread, cap)


def count_by_project(user: User) -> dict[int, int]:
    """Count the tasks of `user` by project; projects without any are left out."""
    day = today()
    shown = (task.project_id for task in read_tasks(user).tasks if not task.is_snoozed(day))
    return dict(Counter(project for project in shown if project is not None))


def count_open_work(user: User) -> list[tuple[Any, int]]:
    """List the tasks of `user`, also those put off: (kind, number)."""
    counts = Counter(task.kind for task in read_tasks(user).tasks)
    return [(kind.heading, counts[kind]) for kind in (*TASKS, OBLIGATIONS)]


def load_details(tasks: Sequence[Task], known: Mapping[int, Project] | None = None) -> None:
    """Load code, title and project of the tasks that a page shows. Two queries; one if their projects are `known`."""
    by_kind: dict[RowTasks, list[int]] = {}
    for task in tasks:
        if isinstance(task.kind, RowTasks):
            by_kind.setdefault(task.kind, []).append(int(task.row))
    details = find_details(by_kind) if by_kind else {}
    keys = {task.project_id for task in tasks if task.project_id}
    projects = Project.objects.in_bulk(keys) if known is None else known
    for task in tasks:
        task.project = projects.get(task.project_id or 0)
        if task.obligation:
            task.code, task.title = describe_duty(OpenDuty(task.obligation, task.more))
        elif found := details.get((task.kind.name, task.row)):
            _describe(task, found)


def _describe(task: Task, found: Details) -> None:
    task.code, task.title, title_en, task.since, task.target = found
    if title_en:
        task.title = in_reader_language(task.title, title_en)
    if isinstance(task.kind, RowTasks) and task.kind.say:
        task.title = task.kind.say(task)
