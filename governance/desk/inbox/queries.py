"""Tasks of a person: what asks something of them now, of every registered kind, and of their obligations.

They are computed. Each kind is one compiled statement; those of a reader run as one query.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import chain, islice
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    DateTimeField,
    Expression,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Concat

from core.access import all_permissions
from core.acts import act_time, cached
from core.array_lookup import is_one_of
from core.compiled_sql import (
    AT,
    DAY,
    READER,
    Compiled,
    CompiledValue,
    Named,
    OuterKey,
    Parameter,
    compile_part,
    compile_query,
    execute,
)
from core.language import in_reader_language
from governance.decide.obligations.proofs import PROOFS
from governance.decide.obligations.queries import Obligation, Progress
from governance.desk.inbox.models import Snooze
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
from governance.desk.inbox.weights import REGULAR, Scale, Weight, explain
from governance.workspace_registry import (
    ADVISING,
    ANY,
    DECIDING,
    KINDS,
    PROJECTS,
    SEATED,
    SEATS,
    TASKS,
    Mine,
    RowTasks,
    TaskKind,
)
from projects.mandates.seats import HypotheticalUser, Seat, seats_of, suppose
from projects.models import LedgerEvent, Notification, Project
from projects.organisation_settings.queries import today
from roles.enums import FOLLOWING_KINDS
from roles.models import User

#: Highest count that pages show.
CAP = 99
#: Most tasks that a person can put off; each count reads so many rows more.
MOST_SNOOZED = 100
#: Most tasks of one kind on the page.
MOST = 10_000
#: A task is due soon within so many days.
WEEK = timedelta(days=7)
KEYS = "keys of "
#: Rows of the same query that are no tasks.
VERSION, SNOOZE, UNREAD = "version of a project", "snooze", "unread"
COLUMNS = ("task_kind", "task_row", "task_project", "task_due", "task_presses", "task_role")


@dataclass(slots=True)
class Task:
    """A task of a person: its kind, its row, its project if any, its last day, and the role of the person asked.

    `code`, `title`, `since` and `target` are read for those that a page shows; `period` is its chip there, `late_role`
    another role that has not done it. `weight` is set by `sort_by_weight`. `more` are the later obligations that it
    stands for besides its own.
    """

    kind: TaskKind
    row: str
    project_id: int | None
    due: date | None
    role: str
    presses: date | None = None
    snoozed: date | None = None
    period: str = ""
    late_role: str = ""
    code: str = ""
    title: str = ""
    since: Any = None
    target: str = ""
    project: Any = None
    obligation: Obligation | None = None
    more: tuple[Obligation, ...] = ()
    weight: Weight = REGULAR

    @property
    def key(self) -> str:
        """Return its key, the same for everybody."""
        return f"{self.kind.name}-{self.row}"

    @property
    def others(self) -> tuple[date, ...]:
        """Return the last days of the later obligations that it stands for."""
        return tuple(row.due_on for row in self.more if row.due_on)

    @property
    def why(self) -> str:
        """Return why it is listed, and when it is due."""
        return explain(self.weight, self.due, today())

    def is_late(self, day: date) -> bool:
        """Return whether its last day is over."""
        return self.due is not None and self.due < day

    def is_snoozed(self, day: date) -> bool:
        """Return whether it is left out until later. What only one person can do comes back once it is late."""
        return self.snoozed is not None and self.snoozed > day and not (self.kind.is_own and self.is_late(day))

    @property
    def language(self) -> str:
        """Return the language of its title; empty for that of the reader."""
        is_written = isinstance(self.kind, RowTasks) and not isinstance(self.kind.title, tuple)
        return self.project.language if self.project and is_written else ""

    @property
    def url(self) -> str:
        """Return the address of the page where it is done."""
        return self.kind.link(self)


# — what the seats of a reader allow —


def _standing(user: User) -> frozenset[str]:
    """Return which kinds of seats `user` has, to skip queries that must be empty."""
    seats = seats_of(user)
    answers = {DECIDING: any(seat.decides for seat in seats), ADVISING: not all(seat.decides for seat in seats)}
    return frozenset(name for name, holds in {**answers, ANY: bool(seats)}.items() if holds)


def list_permitted_projects(user: User, permission: str) -> list[int]:
    """List the projects on which the seats of `user` give a permission of the project. No query."""

    def ask() -> list[int]:
        who = all_permissions()[permission].who
        return [project.pk for project, holder in _group_seats(user) if who.holds(holder, project)]

    return cached(("permitted projects", user.pk, permission), ask)


def _group_seats(user: User) -> list[tuple[Project, HypotheticalUser]]:
    """List the projects of `user`, known by their keys alone, each with `user` as a holder of the seats on it."""

    def group() -> list[tuple[Project, HypotheticalUser]]:
        by_project: dict[int, list[Seat]] = {}
        for seat in seats_of(user):
            by_project.setdefault(seat.project_id, []).append(seat)
        return [(Project(pk=pk), suppose(user, seats)) for pk, seats in by_project.items()]

    return cached(("seats by project", user.pk), group)


def _list_array(user: User, name: str) -> list[Any]:
    """Return an array of `Mine` for `user`. No query."""
    if name == SEATED:
        return [project.pk for project, _holder in _group_seats(user)]
    if name.startswith(PROJECTS):
        return list_permitted_projects(user, name.removeprefix(PROJECTS))
    return cached(("array", user.pk, name), lambda: _ARRAYS[name](_list_acting_seats(user)))


def _list_acting_seats(user: User) -> list[Seat]:
    return [seat for seat in seats_of(user) if not (seat.is_delegated or seat.is_tied)]


def _list_informed(seats: Iterable[Seat]) -> list[str]:
    """List the kinds of decision that each seat has to read."""
    lettered = {(seat.project_id, kind) for seat in seats for kind in seat.kinds_to_read()}
    following = {(project, kind) for project, of in lettered for kind, like in FOLLOWING_KINDS.items() if like == of}
    return sorted(f"{project}:{kind}" for project, kind in lettered | following)


_ARRAYS: dict[str, Callable[[list[Seat]], list[str]]] = {
    SEATS: lambda seats: sorted(f"{seat.project_id}:{seat.role}" for seat in seats),
    KINDS: _list_informed,
}


def _field(name: str) -> "ArrayField[Any, Any]":
    return ArrayField(BigIntegerField() if name.startswith((PROJECTS, KEYS)) else CharField())


def mine_of(user: User) -> Mine:
    """Return `user` now, as the reader of tasks."""
    return Mine(
        user, act_time(), Value(today(), DateField()), lambda name: Value(_list_array(user, name), _field(name))
    )


#: The reader of compiled statements.
_ANYBODY = Mine(READER, AT, DAY, lambda name: Parameter(name, _field(name)))


def list_rows(kind: RowTasks, user: User) -> QuerySet[Any]:
    """Return the rows of this kind that ask something of `user`."""
    rows = kind.rows_of(mine_of(user))
    return rows if not kind.seat or kind.seat in _standing(user) else rows.none()


# — compiled statements —


def _as(value: Any, output_field: Any) -> Expression:
    """Return an expression, or the field of this name, as that type; None and "" mean NULL."""
    if not value:
        return Cast(Value(None), output_field)
    return Cast(F(value) if isinstance(value, str) else value, output_field)


@cache
def _compile_tasks(kind: RowTasks, most: int) -> Compiled:
    """Compile the query of the tasks of a kind: every page counts them."""
    rows = (
        kind.rows_of(_ANYBODY)
        .order_by()
        .annotate(
            task_kind=Value(kind.name, TextField()),
            task_row=Cast("pk", TextField()),
            task_project=_as(kind.project, BigIntegerField()),
            task_due=_as(kind.due, DateField()),
            task_presses=_as(kind.presses, DateField()),
            task_role=_as(kind.role, TextField()),
        )
    )
    return compile_query(rows.values_list(*COLUMNS)[:most])


@cache
def _compile_details(kind: RowTasks) -> Compiled:
    """Compile the query of what a page says of the tasks of a kind, by key."""
    titles = kind.title if isinstance(kind.title, tuple) else (kind.title, None)
    keys = Parameter(KEYS + kind.name, _field(KEYS))
    rows = (
        kind.rows(_ANYBODY)
        .model._default_manager.filter(is_one_of(F("pk"), keys, "bigint"))
        .annotate(
            task_kind=Value(kind.name, TextField()),
            task_row=Cast("pk", TextField()),
            task_code=_as(kind.code, TextField()),
            task_title=_as(titles[0], TextField()),
            task_second_title=_as(titles[1], TextField()),
            task_since=_as(kind.since, DateTimeField()),
            task_target=_as(kind.target, TextField()),
        )
    )
    names = ("kind", "row", "code", "title", "second_title", "since", "target")
    return compile_query(rows.order_by().values_list(*(f"task_{name}" for name in names)))


def _write_version() -> Concat:
    """Return the newest version of a project, with its newest event and those of its parents.

    What is derived from a project is kept by them: its obligations, and the gaps at its next gate.
    """
    history: Any = Project.history
    version = history.filter(id=OuterRef("pk")).order_by("-history_id").values("history_id")[:1]
    parts: list[Any] = [Subquery(version)]
    for project in ("pk", "parent", "parent__parent"):
        event = LedgerEvent.objects.filter(project=OuterRef(project)).order_by("-seq").values("pk")[:1]
        parts += [Value("."), Subquery(event)]
    return Concat(*(Cast(part, TextField()) for part in parts), output_field=TextField())


def with_version(projects: QuerySet[Project]) -> QuerySet[Any]:
    """Annotate projects with their `version`, for `list_open_duties`."""
    return projects.annotate(version=CompiledValue(_compile_version(), TextField()))


@cache
def _compile_version() -> Compiled:
    """Compile the version of a project as a part of a query that reads the project."""
    rows = Project.objects.filter(pk=OuterKey(Project._meta.db_table))
    return compile_part(rows.order_by().values(version=_write_version()))


@cache
def _compile_versions() -> Compiled:
    """Compile the query of the versions of projects."""
    keys = Parameter(KEYS + VERSION, _field(KEYS))
    rows = Project.objects.filter(is_one_of(F("pk"), keys, "bigint")).annotate(
        task_kind=Value(VERSION, TextField()),
        task_row=_write_version(),
        task_project=F("pk"),
        task_due=_as(None, DateField()),
        task_presses=_as(None, DateField()),
        task_role=_as(None, TextField()),
    )
    return compile_query(rows.values_list(*COLUMNS))


@cache
def _compile_snoozes() -> Compiled:
    """Compile the query of what the reader has put off."""
    rows = Snooze.objects.filter(person=READER, until__gt=DAY).annotate(
        task_kind=Value(SNOOZE, TextField()),
        task_row=F("task"),
        task_project=_as(None, BigIntegerField()),
        task_due=F("until"),
        task_presses=_as(None, DateField()),
        task_role=_as(None, TextField()),
    )
    return compile_query(rows.values_list(*COLUMNS))


@cache
def _compile_unread() -> Compiled:
    """Compile the query of the unread notices of the reader, as many as pages count."""
    rows = (
        Notification.objects.filter(recipient=READER)
        .unread()
        .annotate(
            task_kind=Value(UNREAD, TextField()),
            task_row=Cast("pk", TextField()),
            task_project=_as(None, BigIntegerField()),
            task_due=_as(None, DateField()),
            task_presses=_as(None, DateField()),
            task_role=_as(None, TextField()),
        )
    )
    return compile_query(rows.values_list(*COLUMNS)[: CAP + 1])


def _run(statements: Sequence[Compiled], **values: Any) -> list[tuple[Any, ...]]:
    """Run compiled statements of the same columns as one query."""
    params = tuple(param for _sql, own in statements for param in own)
    names = {param.name for param in params if isinstance(param, Named)}
    sql = " UNION ALL ".join(f"({sql})" for sql, _own in statements)
    return execute((sql, params), **{name: value for name, value in values.items() if name in names})


# — the tasks of a person —


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
    standing, day, at = _standing(user), today(), act_time()
    held = [seat for seat in _list_acting_seats(user) if not seat.archived]
    kinds = [
        kind
        for kind in TASKS
        if (not kind.seat or kind.seat in standing)
        and (not kind.permission or list_permitted_projects(user, kind.permission))
    ]
    statements = [_compile_tasks(kind, most) for kind in kinds]
    names = {param.name for _sql, params in statements for param in params if isinstance(param, Named)}
    arrays = {name: _list_array(user, name) for name in names if name in _ARRAYS or name.startswith(PROJECTS)}
    rows = _run(
        [*statements, _compile_versions(), _compile_snoozes(), _compile_unread()],
        reader=user.pk,
        at=at,
        day=day,
        **{KEYS + VERSION: sorted({seat.project_id for seat in held})},
        **arrays,
    )
    by_name = {kind.name: kind for kind in kinds}
    tasks = [
        Task(by_name[kind], row, project, due, role or "", presses)
        for kind, row, project, due, presses, role in rows
        if kind in by_name
    ]
    versions = {project: row for kind, row, project, *_rest in rows if kind == VERSION}
    tasks += _list_obligation_tasks(held, versions, tasks, at, day)
    put_off = {row: until for kind, row, _project, until, *_rest in rows if kind == SNOOZE}
    for task in tasks if put_off else ():
        task.snoozed = put_off.get(task.key)
    return Reading(tasks, versions, sum(kind == UNREAD for kind, *_ in rows))


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
    return known[project.pk] if project.pk in known else _read_versions([project.pk])[project.pk]


def read_progress(user: User, project: Project) -> tuple[Progress, ...]:
    """Return the progress of each role of a project in its obligations, in their order. Queries: see `find_version`.

    One more when something has happened on the project since this process last asked.
    """
    return list_progress({project.pk: find_version(user, project)}, act_time(), today())[project.pk]


def _read_versions(projects: Iterable[int]) -> dict[int, str]:
    rows = _run([_compile_versions()], **{KEYS + VERSION: sorted(projects)})
    return {project: row for _kind, row, project, *_rest in rows}


def read_open_obligations(projects: Iterable[int]) -> list[Obligation]:
    """List the obligations of the responsibilities of these projects that are late or due within a month.

    One query, and one for projects on which something has happened since this process last asked. Does not check
    visibility: pass visible projects only.
    """
    versions = _read_versions(projects)
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
    named: dict[tuple[str, str], tuple[Any, ...]] = {}
    if by_kind:
        keys = {KEYS + kind.name: rows for kind, rows in by_kind.items()}
        for kind, row, *details in _run([_compile_details(kind) for kind in by_kind], **keys):
            named[kind, row] = tuple(details)
    projects = (
        Project.objects.in_bulk({task.project_id for task in tasks if task.project_id}) if known is None else known
    )
    for task in tasks:
        task.project = projects.get(task.project_id or 0)
        if task.obligation:
            task.code, task.title = describe_duty(OpenDuty(task.obligation, task.more))
        elif isinstance(task.kind, RowTasks) and (task.kind.name, task.row) in named:
            task.code, first, second, task.since, task.target = named[task.kind.name, task.row]
            task.title = in_reader_language(first, second) if second else first
            task.title = task.kind.say(task) if task.kind.say else task.title
