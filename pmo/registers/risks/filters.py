"""Filters of the risk register, kept in the query string. Invalid values are ignored."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst

from core.lists.filters import contains, quote, read_words
from pmo.registers.risks.enums import OPEN, Band, Category, Rated, RiskStatus
from pmo.registers.risks.models import Risk
from projects.models import Project

#: Values of `status` that match every open status, and every status.
STILL_OPEN, EVERY = "open", "all"
#: Values of `matter`: problems of a risk.
MATTERS = ("overdue", "expired", "unaccepted")


@dataclass(frozen=True)
class Filter:
    """Filter of the register; a query string that names no status and no problem asks for the open risks.

    `of` selects the rating for band, likelihood and impact: initial or residual.
    """

    q: str = ""
    status: str = EVERY
    band: str = ""
    category: str = ""
    role: str = ""
    matter: str = ""
    of: str = Rated.RESIDUAL
    likelihood: int = 0
    impact: int = 0

    @classmethod
    def from_query_string(cls, address: QueryDict) -> "Filter":
        """Parse the query string."""

        def among(name: str, known: Any) -> str:
            value = address.get(name, "")
            return value if value in known else ""

        def grade(name: str) -> int:
            value = address.get(name, "")
            return int(value) if value in {"1", "2", "3", "4", "5"} else 0

        matter = among("matter", MATTERS)
        return cls(
            q=read_words(address),
            status=among("status", [STILL_OPEN, EVERY, *RiskStatus.values]) or (EVERY if matter else STILL_OPEN),
            band=among("band", Band.values),
            category=among("category", Category.values),
            role=address.get("role", "").replace("\x00", "")[:30],
            matter=matter,
            of=among("of", Rated.values) or Rated.RESIDUAL,
            likelihood=grade("likelihood"),
            impact=grade("impact"),
        )

    @property
    def is_narrow(self) -> bool:
        """Tell whether the filter excludes anything."""
        narrow = (self.q, self.band, self.category, self.role, self.matter, self.likelihood, self.impact)
        return self.status != EVERY or any(narrow)

    def list_chips(self) -> list[tuple[str, str]]:
        """List (parameter, label) of the filters of the form in use; the others have chips of their own."""
        labels = {
            "q": quote(self.q) if self.q else "",
            "category": dict(Category.choices).get(self.category, ""),
            "role": self.role,
        }
        return [(name, capfirst(str(label))) for name, label in labels.items() if label]

    def rows(self, project: Project) -> QuerySet[Risk]:
        """List the matching risks of `project` with their levels, highest first."""
        rows: Any = project.risks.with_levels().annotate(
            at_likelihood=F("likelihood")
            if self.of == Rated.INITIAL
            else Coalesce("residual_likelihood", "likelihood"),
            at_impact=F("impact") if self.of == Rated.INITIAL else Coalesce("residual_impact", "impact"),
            at_level=F("at_likelihood") * F("at_impact"),
        )
        if self.q:
            rows = rows.filter(contains(self.q, ("code", "title", "cause", "event", "effect")))
        if self.status != EVERY:
            rows = rows.filter(status__in=OPEN if self.status == STILL_OPEN else [self.status])
        for name, value in (
            ("category", self.category),
            ("raised_by_role", self.role),
            ("at_likelihood", self.likelihood),
            ("at_impact", self.impact),
        ):
            if value:
                rows = rows.filter(**{name: value})
        if self.band:
            rows = rows.in_band(self.band, "at_level")
        risks: QuerySet[Risk] = _filter_matter(rows, self.matter).order_by("-at_level", "pk")
        return risks


def _filter_matter(rows: Any, matter: str) -> Any:
    today = timezone.localdate()
    if matter == "overdue":
        return rows.overdue(today)
    if matter == "expired":
        return rows.filter(acceptance__valid_until__lt=today)
    return rows.unaccepted(today) if matter == "unaccepted" else rows
