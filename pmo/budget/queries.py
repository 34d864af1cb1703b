"""Queries of the budget page: lines and totals."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from pmo.budget.models import BudgetLine, BudgetReading
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


def totals_by_project(projects: Iterable[Project]) -> dict[int, Totals]:
    """Return the totals of these projects by primary key; projects without lines are left out. One query.

    Does not check visibility: pass visible projects only.
    """
    rows = BudgetLine.objects.filter(project__in=[project.pk for project in projects]).order_by()
    sums = rows.values_list("project").annotate(Count("pk"), Sum("envelope"), Sum("committed"), Sum("forecast"))
    return {project: Totals(*figures) for project, *figures in sums}


def project_totals(project: Project) -> Totals:
    """Return the totals of one project; zeros without lines."""
    return totals_by_project([project]).get(project.pk, Totals(0, NOTHING, NOTHING, NOTHING))


def list_readings(project: Project) -> list[BudgetReading]:
    """List the latest readings, newest first."""
    rows = BudgetReading.objects.filter(project=project).select_related("line", "read_by").order_by("-pk")
    return list(rows[:MOST_READINGS])
