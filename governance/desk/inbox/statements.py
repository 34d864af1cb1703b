"""Statements of the tasks of a person, compiled once for any reader.

Every page counts tasks: those of all kinds are read at once, with what decides which of them count.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, DateField, DateTimeField, Expression, F, TextField, Value
from django.db.models.functions import Cast

from core.acts import act_time
from core.sql.array_lookup import is_one_of
from core.sql.compiled_sql import AT, DAY, READER, Compiled, Named, Parameter, compile_query, execute
from governance.desk.inbox.models import Snooze
from governance.desk.inbox.reader import CODES, KEYS, list_informed, list_permitted_projects, list_roles, list_seated
from governance.desk.inbox.task import Task
from governance.desk.inbox.versions import list_versions
from governance.workspace_registry import Mine, RowTasks
from projects.models import Notification
from projects.organisation_settings.queries import today
from roles.models import User

#: Highest count that pages show.
CAP = 99
#: The reader of the statements; a parameter has the name of the permission whose projects it holds.
ANYBODY = Mine(
    reader=READER,
    at=AT,
    day=DAY,
    roles=Parameter("roles", CODES),
    kinds=Parameter("kinds", CODES),
    seated=Parameter("seated", KEYS),
    permitted=lambda permission: Parameter(permission, KEYS),
)


#: Columns of the tasks of a kind.
COLUMNS = ("kind", "key", "project", "due", "presses", "role")


class Found(NamedTuple):
    """Tasks of a person, versions of their projects, what they put off until when, and their unread notices.

    `until` has the keys of tasks.
    """

    tasks: list[Task]
    versions: dict[int, str]
    until: dict[str, date]
    unread: int


def find_tasks(user: User, kinds: Sequence[RowTasks], most: int, projects: Iterable[int]) -> Found:
    """Return the tasks of `user`, at most so many of each of these kinds, and versions of projects. One query."""
    values: dict[str, Any] = {
        "reader": user.pk,
        "at": act_time(),
        "day": today(),
        "roles": list_roles(user),
        "kinds": list_informed(user),
        "seated": list_seated(user),
        "projects": sorted(projects),
    }
    sql, params = _join([_compile_kind(kind, most) for kind in kinds])
    permissions = {param.name for param in params if isinstance(param, Named)} - values.keys()
    values |= {permission: list_permitted_projects(user, permission) for permission in permissions}
    [(rows, versions, until, unread)] = execute((sql, params), **values)
    by_name = {kind.name: kind for kind in kinds}
    tasks = [
        Task(by_name[kind], key, project, _day(due), role or "", _day(presses))
        for kind, key, project, due, presses, role in rows
    ]
    return Found(tasks, dict(versions), {task: date.fromisoformat(day) for task, day in until}, unread)


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _join(kinds: Sequence[Compiled]) -> Compiled:
    """Return the statement of one row that has the tasks of these kinds, and the rest of `Found`."""
    tasks = " UNION ALL ".join(f"({sql})" for sql, _params in kinds)
    versions, snoozes, unread = _compile_rest()
    parts = (
        _write_rows(tasks, COLUMNS),
        _write_rows(versions[0], ("project", "version")),
        _write_rows(snoozes[0], ("task", "until")),
        f"(SELECT count(*) FROM ({unread[0]}) AS notices)",  # noqa: S608 — the SQL is the ORM's own
    )
    return f"SELECT {', '.join(parts)}", tuple(
        param for _sql, params in (*kinds, versions, snoozes, unread) for param in params
    )


def _write_rows(sql: str, columns: Iterable[str]) -> str:
    """Return SQL for all rows of a statement as one value: a list of lists."""
    names = ", ".join(columns)
    rows = f"FROM ({sql}) AS found({names})"
    return f"(SELECT coalesce(json_agg(json_build_array({names})), '[]') {rows})"


@cache
def _compile_kind(kind: RowTasks, most: int) -> Compiled:
    """Compile the query of the tasks of a kind, with these COLUMNS.

    Gains 50 ms of 76 on My tasks of an owner, which asks for 25 kinds.
    """
    rows = kind.rows_of(ANYBODY).order_by()
    known = rows.annotate(
        task_kind=Value(kind.name, TextField()),
        task_key=Cast("pk", TextField()),
        task_project=_as(kind.project, BigIntegerField()),
        task_due=_as(kind.due, DateField()),
        task_presses=_as(kind.presses, DateField()),
        task_role=_as(kind.role, TextField()),
    )
    return compile_query(known.values_list(*(f"task_{name}" for name in COLUMNS))[:most])


@cache
def _compile_rest() -> tuple[Compiled, Compiled, Compiled]:
    """Compile the queries of versions of projects, what the reader has put off, unread notices that pages count.

    Gains 2 ms of 28 on My tasks of an owner.
    """
    versions = list_versions(Parameter("projects", KEYS))
    snoozes = Snooze.objects.filter(person=READER, until__gt=DAY).values_list("task", "until")
    unread = Notification.objects.filter(recipient=READER).unread().values_list("pk")[: CAP + 1]
    return compile_query(versions), compile_query(snoozes), compile_query(unread)


def _as(value: Any, output_field: Any) -> Expression:
    """Return an expression, or the field of this name, as that type; None and "" mean NULL."""
    if not value:
        return Cast(Value(None), output_field)
    return Cast(F(value) if isinstance(value, str) else value, output_field)


class Details(NamedTuple):
    """What a page says of a task: code, title, title in English if the title has two texts, since when, target."""

    code: str
    title: str
    title_en: str | None
    since: datetime | None
    target: str


def find_details(keys: Mapping[RowTasks, Sequence[int]]) -> dict[tuple[str, str], Details]:
    """Map name of the kind and key of the rows of these keys to their details. One query."""
    statements = [_compile_details(kind) for kind in keys]
    sql = " UNION ALL ".join(f"({sql})" for sql, _params in statements)
    params = chain.from_iterable(params for _sql, params in statements)
    found = execute((sql, tuple(params)), **{kind.name: rows for kind, rows in keys.items()})
    return {
        (kind, key): Details(code or "", title or "", title_en, since, target or "")
        for kind, key, code, title, title_en, since, target in found
    }


@cache
def _compile_details(kind: RowTasks) -> Compiled:
    """Compile the query of the details of tasks of a kind, whose keys the parameter of its name holds.

    Gains 15 ms of 41 on My tasks of an owner, which shows 6 kinds.
    """
    title, title_en = kind.title if isinstance(kind.title, tuple) else (kind.title, None)
    keys = Parameter(kind.name, KEYS)
    rows = kind.rows(ANYBODY).model._default_manager.filter(is_one_of(F("pk"), keys, "bigint"))
    known = rows.annotate(
        task_kind=Value(kind.name, TextField()),
        task_key=Cast("pk", TextField()),
        task_code=_as(kind.code, TextField()),
        task_title=_as(title, TextField()),
        task_title_en=_as(title_en, TextField()),
        task_since=_as(kind.since, DateTimeField()),
        task_target=_as(kind.target, TextField()),
    )
    names = ("kind", "key", *Details._fields)
    return compile_query(known.order_by().values_list(*(f"task_{name}" for name in names)))
