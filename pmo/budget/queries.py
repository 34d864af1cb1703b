"""The means as pages show them: the lines of the budget, and what they come to."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from pmo.budget.models import BudgetLine, BudgetReading
from projects.models import Project

#: The most readings that a page lists.
MOST_READINGS = 40
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Totals:
    """What the lines of a project come to, in EUR: `envelope`, `committed`, and `forecast` in the end."""

    lines: int
    envelope: Decimal
    committed: Decimal
    forecast: Decimal

    def percent_of(self, budget: Decimal | None) -> Decimal | None:
        """What is expected in the end, in per cent of `budget`, of the envelopes while none is decided; None of 0."""
        return percent(self.forecast, self.envelope if budget is None else budget)


def percent(part: Decimal, whole: Decimal | None) -> Decimal | None:
    """`part` in per cent of `whole`, to one decimal; None where there is no whole."""
    return (100 * part / whole).quantize(Decimal("0.1")) if whole else None


def totals(projects: Iterable[Project]) -> dict[int, Totals]:
    """What the budget lines of each of these projects come to, by its number; without lines it is left out. One query.

    The reader is expected to see these projects.
    """
    rows = BudgetLine.objects.filter(project__in=[one.pk for one in projects]).order_by()
    found = rows.values_list("project").annotate(Count("pk"), Sum("envelope"), Sum("committed"), Sum("forecast"))
    return {project: Totals(*figures) for project, *figures in found}


def total(project: Project) -> Totals:
    """What the lines of one project come to; nothing when it has none."""
    return totals([project]).get(project.pk, Totals(0, NOTHING, NOTHING, NOTHING))


def readings(project: Project) -> list[BudgetReading]:
    """The figures noted last, the newest first."""
    rows = BudgetReading.objects.filter(project=project).select_related("line", "read_by").order_by("-pk")
    return list(rows[:MOST_READINGS])
