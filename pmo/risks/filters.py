"""Filters of the risk register, kept in the query string. Invalid values are ignored."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone

from pmo.risks.enums import OPEN, Band, Category, Rated, RiskStatus
from pmo.risks.models import Risk
from projects.models import Project

SIZE = 50
LONGEST_WORDS = 200
#: Value of `status` that matches every open status.
STILL_OPEN = "open"
#: Values of `matter`: problems of a risk.
MATTERS = ("overdue", "expired", "unaccepted")


@dataclass(frozen=True)
class Filter:
    """Filter of the register; the default matches every risk.

    `of` selects the rating for band, likelihood and impact: initial or residual.
    """

    q: str = ""
    status: str = ""
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

        return cls(
            q=" ".join(address.get("q", "").replace("\x00", " ").split())[:LONGEST_WORDS],
            status=among("status", [STILL_OPEN, *RiskStatus.values]),
            band=among("band", Band.values),
            category=among("category", Category.values),
            role=address.get("role", "").replace("\x00", "")[:30],
            matter=among("matter", MATTERS),
            of=among("of", Rated.values) or Rated.RESIDUAL,
            likelihood=grade("likelihood"),
            impact=grade("impact"),
        )

    @property
    def is_narrow(self) -> bool:
        """Tell whether the filter excludes anything."""
        return any(
            (self.q, self.status, self.band, self.category, self.role, self.matter, self.likelihood, self.impact)
        )

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
            rows = rows.filter(
                Q(code__icontains=self.q)
                | Q(title__icontains=self.q)
                | Q(cause__icontains=self.q)
                | Q(event__icontains=self.q)
                | Q(effect__icontains=self.q)
            )
        if self.status:
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


@dataclass(frozen=True)
class Rows:
    """Page of the register; `next_key` starts the next page, empty on the last one."""

    rows: list[Risk]
    next_key: str


def get_page(rows: QuerySet[Risk], after: str) -> Rows:
    """Return the page after the key `after`; an invalid key means the first page."""
    level, _, key = after.partition("-")
    if level.isascii() and level.isdecimal() and key.isascii() and key.isdecimal() and len(key) < 10 > len(level):
        rows = rows.filter(Q(at_level__lt=int(level)) | Q(at_level=int(level), pk__gt=int(key)))
    risks: list[Any] = list(rows.select_related("scale", "acceptance")[: SIZE + 1])
    shown = risks[:SIZE]
    return Rows(shown, f"{shown[-1].at_level}-{shown[-1].pk}" if len(risks) > SIZE else "")
