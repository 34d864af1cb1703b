"""Filters of the risk register, kept in the query string. Invalid values are ignored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone

from core.pages.lists.filters import Asked, Filter, read_filters
from pmo.registers.risks.enums import OPEN, Band, Rated, RiskStatus

#: Values of `status` that match every open status, and every status.
STILL_OPEN, EVERY = "open", "all"
#: Values of `matter`: problems of a risk.
MATTERS = ("overdue", "expired", "unaccepted")


@dataclass(frozen=True)
class AskedRisks(Asked):
    """What is asked of the register; a query string that names no status and no problem asks for the open risks.

    `of` selects the rating for band, likelihood and impact: initial or residual.
    """

    status: str = EVERY
    band: str = ""
    role: str = ""
    matter: str = ""
    of: str = Rated.RESIDUAL
    likelihood: int = 0
    impact: int = 0

    @classmethod
    def read(cls, query: QueryDict, filters: Sequence[Filter]) -> "AskedRisks":
        """Parse the query string."""

        def among(name: str, known: Any) -> str:
            value = query.get(name, "")
            return value if value in known else ""

        def grade(name: str) -> int:
            value = query.get(name, "")
            return int(value) if value in {"1", "2", "3", "4", "5"} else 0

        matter, asked = among("matter", MATTERS), read_filters(query, filters)
        return cls(
            asked.words,
            asked.values,
            filters,
            status=among("status", [STILL_OPEN, EVERY, *RiskStatus.values]) or (EVERY if matter else STILL_OPEN),
            band=among("band", Band.values),
            role=query.get("role", "").replace("\x00", "")[:30],
            matter=matter,
            of=among("of", Rated.values) or Rated.RESIDUAL,
            likelihood=grade("likelihood"),
            impact=grade("impact"),
        )

    @property
    def is_narrow(self) -> bool:
        return (
            super().is_narrow
            or self.status != EVERY
            or any((self.band, self.role, self.matter, self.likelihood, self.impact))
        )

    @property
    def chips(self) -> list[tuple[str, str]]:
        """List (parameter, label) of the filters of the form in use; the others have chips of their own."""
        return [*super().chips, *([("role", self.role)] if self.role else [])]

    def narrow(self, rows: Any, search: Sequence[str] = ()) -> Any:
        rows = (
            super()
            .narrow(rows, search)
            .annotate(
                at_likelihood=F("likelihood")
                if self.of == Rated.INITIAL
                else Coalesce("residual_likelihood", "likelihood"),
                at_impact=F("impact") if self.of == Rated.INITIAL else Coalesce("residual_impact", "impact"),
                at_level=F("at_likelihood") * F("at_impact"),
            )
        )
        if self.status != EVERY:
            rows = rows.filter(status__in=OPEN if self.status == STILL_OPEN else [self.status])
        for name, value in (
            ("raised_by_role", self.role),
            ("at_likelihood", self.likelihood),
            ("at_impact", self.impact),
        ):
            if value:
                rows = rows.filter(**{name: value})
        if self.band:
            rows = rows.in_band(self.band, "at_level")
        return _filter_matter(rows, self.matter)


def _filter_matter(rows: Any, matter: str) -> Any:
    today = timezone.localdate()
    if matter == "overdue":
        return rows.overdue(today)
    if matter == "expired":
        return rows.filter(acceptance__valid_until__lt=today)
    return rows.unaccepted(today) if matter == "unaccepted" else rows
