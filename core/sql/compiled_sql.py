"""Cache of compiled SQL for queries that run on every request; compiling costs more than executing.

A queryset filtered by `Parameter` instead of a value is compiled once and executed with the values of each request.
At most eight statements are, and each says what it gains: tests/core/test_compiled_sql.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import BigIntegerField, DateField, DateTimeField, Expression, Field, Func, Model, QuerySet
from django.db.models.expressions import RawSQL

from core.access import Person

type Compiled = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Named:
    """Placeholder of a value in the parameters of a compiled statement."""

    name: str


class Parameter(Expression):
    """A value that is given by name when the compiled statement runs.

    It replaces a value, a row (compared by its key) or a key in a queryset.
    """

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    @property
    def pk(self) -> "Parameter":
        """Return the parameter itself, as the key of the row it replaces."""
        return self

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return one placeholder and the name of its value."""
        return "%s", (Named(self.name),)


#: A value, or its placeholder in a compiled statement.
type Reader = Person | Parameter
type Instant = datetime | Parameter

type Day = date | Parameter

#: The reader of a request, its time, and its day in the time zone of the organisation.
READER, AT = Parameter("reader", BigIntegerField()), Parameter("at", DateTimeField())
DAY = Parameter("day", DateField())


def compile_query(rows: QuerySet[Any, Any]) -> Compiled:
    """Return the compiled statement of `rows`."""
    return rows.query.sql_with_params()


@contextmanager
def planned_for_all() -> Iterator[None]:
    """Make PostgreSQL keep one plan of each statement inside, for all values.

    To plan the tasks of a person, or the joins of a list, takes longer than to find them. A row by its index counts as
    cheap, as it is in memory: otherwise a plan for all values reads the whole table of proposals for a few conditions.
    The tasks of an owner of 1,320 decisions took 15.7 ms, and take 8.8. The settings travel with the first statement,
    and are reset.
    """
    connection.ensure_connection()
    driver: Any = connection.connection
    with connection.wrap_database_errors, driver.pipeline():
        driver.execute("SET plan_cache_mode = force_generic_plan", prepare=False)
        driver.execute("SET random_page_cost = 1.1", prepare=False)
        try:
            yield
        finally:
            driver.execute("RESET plan_cache_mode", prepare=False)
            driver.execute("RESET random_page_cost", prepare=False)


def execute(statement: Compiled, **values: Any) -> list[tuple[Any, ...]]:
    """Run the statement with these values, planned for all; return its rows as the driver gives them.

    Raises KeyError when a parameter has no value.
    """
    sql, params = statement
    with connection.cursor() as cursor:
        with planned_for_all():
            cursor.execute(sql, _bind(params, values))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


class CompiledRows[M: Model]:
    """A compiled statement that gives instances, with what its queryset selects and prefetches."""

    def __init__(self, rows: QuerySet[M]) -> None:
        self._rows, self._compiler = rows, rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self._statement: Compiled = self._compiler.as_sql()

    def fetch(self, **values: Any) -> list[M]:
        """Run the statement with these values; return its rows."""
        sql, params = self._statement
        compiler, rows = copy(self._compiler), self._rows.all()
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # each thread has its own
        compiler.as_sql = lambda: (sql, _bind(params, values))
        rows.query.get_compiler = lambda using: compiler  # type: ignore[method-assign, misc, assignment]
        return list(rows)


class CompiledArray(Func):
    """The keys that a compiled statement finds, as an array."""

    template = "ARRAY%(expressions)s"

    def __init__(self, statement: Compiled, **values: Any) -> None:
        sql, params = statement
        keys = RawSQL(sql, _bind(params, values))  # noqa: S611 — the SQL is the ORM's own
        super().__init__(keys, output_field=ArrayField(BigIntegerField()))


@dataclass(frozen=True)
class Column:
    """A compiled expression of a row."""

    sql: str
    params: tuple[Any, ...]
    output_field: "Field[Any, Any]"


type Columns = dict[str, Column]


def compile_columns(rows: QuerySet[Any, Any]) -> Columns:
    """Compile what `rows` is annotated with, for querysets of the same model. They name no table joined to it."""
    compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    found: Columns = {}
    for name, value in rows.query.annotations.items():
        sql, params = compiler.compile(value)
        found[name] = Column(sql, tuple(params), value.output_field)
    return found


def fill_columns(columns: Columns, **values: Any) -> dict[str, RawSQL]:
    """Return compiled columns with these values, for `annotate`."""
    return {
        name: RawSQL(column.sql, _bind(column.params, values), column.output_field)  # noqa: S611 — the SQL is the ORM's own
        for name, column in columns.items()
    }


def _bind(params: tuple[Any, ...], values: dict[str, Any]) -> list[Any]:
    return [values[value.name] if isinstance(value, Named) else value for value in params]
