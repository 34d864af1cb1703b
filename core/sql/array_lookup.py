"""Filter by an array of keys, so that PostgreSQL uses an index whatever the number of rows."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Expression, F, Func, QuerySet

from core.sql.compiled_sql import CompiledArray


def in_array(column: str, keys: QuerySet[Any, Any] | CompiledArray | F) -> Func:
    """Return the condition that `column` is one of `keys`, an array or a queryset of one column of no row around it.

    It means the same as `column__in=keys`, whose join order PostgreSQL is free to choose. Beside a condition of unknown
    selectivity it scans the whole table first. An array is read once, and its rows by index.
    """
    array = ArraySubquery(keys) if isinstance(keys, QuerySet) else keys
    return Func(F(column), array, template="(%(expressions)s))", arg_joiner=" = ANY(", output_field=BooleanField())


def is_one_of(value: Any, keys: Expression, kind: str) -> Func:
    """Return the condition that `value` is an element of `keys`, an array of this SQL type."""
    template = f"(%(expressions)s::{kind}[]))"
    return Func(value, keys, template=template, arg_joiner=" = ANY(", output_field=BooleanField())
