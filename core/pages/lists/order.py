"""Order of a list by any expression, and the rows after or before one of them (keyset pagination)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, Q, QuerySet

LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Order:
    """An order: by an expression, empty values last, and by the unique field `tie` among equals."""

    by: Any
    descending: bool = False
    tie: str = "pk"

    def sort[M: Model](self, rows: QuerySet[M], *, backwards: bool = False) -> QuerySet[M]:
        """Sort the rows; `backwards` from the last to the first."""
        ranked: Any = rows.annotate(sorted_by=F(self.by) if isinstance(self.by, str) else self.by)
        if self.descending == backwards:
            value = F("sorted_by").asc(**({"nulls_first": True} if backwards else {"nulls_last": True}))
        else:
            value = F("sorted_by").desc(**({"nulls_first": True} if backwards else {"nulls_last": True}))
        found: QuerySet[M] = ranked.order_by(value, f"-{self.tie}" if backwards else self.tie)
        return found

    def beyond[M: Model](
        self, rows: QuerySet[M], among: QuerySet[M], key: int, *, backwards: bool = False
    ) -> QuerySet[M] | None:
        """Return the sorted rows after the row `key` of `among`, or before it; None when there is no such row."""
        place = self.sort(among.filter(pk=key)).values_list("sorted_by", self.tie).first()
        if place is None:
            return None
        return self.sort(rows, backwards=backwards).filter(self._condition(*place, backwards=backwards))

    def _condition(self, value: Any, tie: Any, *, backwards: bool) -> Q:
        same = Q(**{f"{self.tie}__{'lt' if backwards else 'gt'}": tie})
        if value is None:
            condition = Q(sorted_by__isnull=True) & same
            return condition | Q(sorted_by__isnull=False) if backwards else condition
        compare = "gt" if self.descending == backwards else "lt"
        condition = Q(**{f"sorted_by__{compare}": value}) | (Q(sorted_by=value) & same)
        return condition if backwards else condition | Q(sorted_by__isnull=True)


def read_key(text: str) -> int | None:
    """Return the primary key of an address; None when it is unreadable."""
    return min(int(text), LARGEST) if text.isascii() and text.isdecimal() and len(text) < 20 else None
