"""Correlated COUNT subqueries for `annotate()`."""

from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Subquery
from django.db.models.functions import Coalesce


def count_rows(rows: QuerySet[Any], by: str = "project") -> Any:
    """Return a subquery that counts `rows`, 0 for none.

    `rows` is filtered by an OuterRef, and `by` names the column it compares.
    """
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
