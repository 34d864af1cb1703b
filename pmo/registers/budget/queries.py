"""Queries of the budget page: lines and totals."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, Sum

from pmo.registers.budget.models import BudgetLine, BudgetReading
from projects.models import Project

#: Limit of readings on a page.
MOST_READINGS = 40
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Totals:
    """Totals of the budget lines of a project, in EUR."""

    lines: int
    envelope: Decimal
    committed: Decimal
    forecast: Decimal

    def percent_of(self, budget: Decimal | None) -> Decimal | None:
        """Return the forecast in per cent of `budget`, or of the envelopes when `budget` is None."""
        return percent(self.forecast, self.envelope if budget is None else budget)


def percent(part: Decimal, whole: Decimal | None) -> Decimal | None:
    """Return `part` in per cent of `whole`, to one decimal; None without a whole."""
    return (100 * part / whole).quantize(Decimal("0.1")) if whole else None


def with_forecast(projects: QuerySet[Project], *more: str) -> QuerySet[Any]:
    """Annotate projects with the sums of their budget lines, for `forecast_percent`; NULL without lines."""
    rows = BudgetLine.objects.filter(project=OuterRef("pk")).order_by().values("project")
    sums = {name: rows.annotate(sum=Sum(name)).values("sum") for name in ("envelope", "forecast", *more)}
    return projects.annotate(**{f"lines_{name}": Subquery(sum_of) for name, sum_of in sums.items()})


def with_spending(projects: QuerySet[Project]) -> QuerySet[Any]:
    """Annotate projects as `with_forecast`, with what is committed and when the last figures were read."""
    read = BudgetReading.objects.filter(project=OuterRef("pk")).order_by().values("project")
    last = Subquery(read.annotate(at=Max("acted_at")).values("at"))
    rows: QuerySet[Any] = with_forecast(projects, "committed").annotate(lines_read_at=last)
    return rows


def forecast_percent(project: Any) -> Decimal | None:
    """Return the forecast in per cent of the budget of a project loaded `with_forecast`; None without lines."""
    if project.lines_forecast is None:
        return None
    return Totals(0, project.lines_envelope, NOTHING, project.lines_forecast).percent_of(project.budget)


def project_totals(project: Project) -> Totals:
    """Return the totals of one project; zeros without lines."""
    sums = BudgetLine.objects.filter(project=project).aggregate(
        lines=Count("pk"), **{name: Sum(name, default=NOTHING) for name in ("envelope", "committed", "forecast")}
    )
    return Totals(**sums)


def list_readings(project: Project) -> list[BudgetReading]:
    """List the latest readings, newest first."""
    rows = BudgetReading.objects.filter(project=project).select_related("line", "read_by").order_by("-pk")
    return list(rows[:MOST_READINGS])
