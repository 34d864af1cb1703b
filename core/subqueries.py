"""Correlated COUNT and SUM subqueries for `annotate()`.

`rows` is filtered by an OuterRef, and `by` names the column it compares.
"""

from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce


def count_rows(rows: QuerySet[Any], by: str = "project") -> Any:
    """Return a subquery that counts `rows`, 0 for none."""
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def sum_column(rows: QuerySet[Any], name: str, by: str = "project") -> Any:
    """Return a subquery that sums the column `name` over `rows`, 0 for none."""
    summed = rows.order_by().values(by).annotate(n=Sum(name)).values("n")
    return Coalesce(Subquery(summed, output_field=IntegerField()), 0)
