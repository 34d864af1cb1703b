"""Statements of every request, put into SQL once: putting such a one together takes longer than its answer.

A queryset that asks for `ANYBODY` at `ANY_TIME` becomes a statement that is sent for one person and one instant. Only
its text is kept between requests, never what it found.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, Func, Model, QuerySet
from django.db.models.expressions import RawSQL

from roles import acting

#: What stands for a person and an instant.
ANYBODY, ANY_TIME = -1, datetime.max.replace(tzinfo=UTC)

type Prepared = tuple[str, tuple[Any, ...]]


@contextmanager
def at_any_time() -> Iterator[None]:
    """Let querysets made inside ask for ANY_TIME where they would ask for the instant of the act."""
    with acting.supposing(ANY_TIME):
        yield


def prepare(rows: QuerySet[Any, Any]) -> Prepared:
    """The statement that reads `rows`, made inside `at_any_time` or with ANYBODY and ANY_TIME as its values."""
    return rows.query.sql_with_params()


def read(statement: Prepared, user_id: int) -> list[tuple[Any, ...]]:
    """What the statement finds for the person with that number at the instant of the act, as the driver gives it."""
    sql, params = statement
    with connection.cursor() as cursor:
        cursor.execute(sql, _given(params, user_id))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


class Keys(Func):
    """What a statement of one column finds for the person with that number at the instant of the act, as an array."""

    template = "ARRAY%(expressions)s"

    def __init__(self, statement: Prepared, user_id: int) -> None:
        sql, params = statement
        super().__init__(
            RawSQL(sql, _given(params, user_id)),  # noqa: S611 — the SQL is the ORM's own
            output_field=ArrayField(BigIntegerField()),
        )


def expression(model: type[Model], made: Any) -> RawSQL:
    """The expression `made` on rows of `model`, put into SQL: for querysets of that model itself, without an alias."""
    query = model._default_manager.annotate(made=made).query
    compiler = query.get_compiler(connection=connection)
    compiler.pre_sql_setup()
    resolved = query.annotations["made"]
    sql, params = compiler.compile(resolved)
    return RawSQL(sql, params, resolved.output_field)  # noqa: S611 — the SQL is the ORM's own


def filled(made: RawSQL, given: Mapping[Any, Any]) -> RawSQL:
    """What `expression` put into SQL, with each value of `given` in the place of what stood for it."""
    return RawSQL(made.sql, [_filled(value, given) for value in made.params], made.output_field)  # noqa: S611


def _given(params: tuple[Any, ...], user_id: int) -> list[Any]:
    given: dict[Any, Any] = {ANYBODY: user_id, ANY_TIME: acting.at()}
    return [_filled(value, given) for value in params]


def _filled(value: Any, given: Mapping[Any, Any]) -> Any:
    if isinstance(value, list):
        return [given.get(one, one) for one in value]
    return given.get(value, value)
