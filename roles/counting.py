"""Rows of another table counted for each row of a queryset; such a column is usually put into SQL once (prepared.py).

`rows` are those of one row of the queryset: they are filtered by an OuterRef, `by` names the column it compares.
"""

from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce


def counted(rows: QuerySet[Any], by: str = "project") -> Any:
    """How many of `rows`, 0 for none."""
    found = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)


def summed(rows: QuerySet[Any], name: str, by: str = "project") -> Any:
    """The sum of that column over `rows`, 0 for none."""
    found = rows.order_by().values(by).annotate(n=Sum(name)).values("n")
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)
