"""A filter by the keys of a person's projects that PostgreSQL answers from an index, however many rows there are."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, QuerySet

from roles.prepared import Keys


def among(column: str, keys: QuerySet[Any, Any] | Keys) -> Func:
    """That `column` is one of `keys`, a queryset of one column that does not depend on the row.

    It says what `column__in=keys` says. That one may be joined in any order, and beside a condition whose share of the
    rows PostgreSQL cannot guess it reads the whole table first; this array is read once, and its rows by their index.
    """
    array = ArraySubquery(keys) if isinstance(keys, QuerySet) else keys
    return Func(F(column), array, template="(%(expressions)s))", arg_joiner=" = ANY(", output_field=BooleanField())
