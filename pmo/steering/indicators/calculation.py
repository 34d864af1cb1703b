"""Values of the computed indicators, read from the rows of a project."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery, Sum

from core.sql.subqueries import count_rows
from governance.models import Condition, Proposal
from pmo import business_side
from pmo.registers.budget.models import BudgetLine
from pmo.registers.budget.queries import percent
from pmo.registers.schedule.queries import largest_slip, list_milestones
from pmo.steering.dashboards.figures import filter_pending
from pmo.steering.indicators.enums import Computed
from projects.models import Project


def compute_figures(project: Project, today: date) -> dict[str, Decimal | None]:
    """Return today's value of each computed indicator; None where it cannot be computed. Two queries."""
    milestones = list(list_milestones(project))
    due = [milestone for milestone in milestones if milestone.baseline_on <= today]
    reached = sum(milestone.actual_on is not None for milestone in due)
    slip = largest_slip(milestones, project.ends_on, today)
    counts = _counts(project, today)
    return {
        Computed.DELAY: None if slip is None else Decimal(slip),
        Computed.PROGRESS: percent(Decimal(reached), Decimal(len(due))),
        Computed.BUDGET: None if counts["committed"] is None else percent(counts["committed"], project.budget),
        Computed.DEFECTS_OPEN: Decimal(counts["unsettled"]),
        Computed.DEFECTS_CLOSED: percent(
            Decimal(counts["reported"] - counts["unsettled"]), Decimal(counts["reported"])
        ),
        Computed.DECISIONS_PENDING: Decimal(counts["pending"]),
        Computed.COVERAGE: percent(Decimal(counts["musts"] - counts["untested"]), Decimal(counts["musts"])),
        Computed.CONDITIONS_OVERDUE: Decimal(counts["overdue"]),
    }


def _counts(project: Project, today: date) -> dict[str, Any]:
    """Count the rows of the other capabilities, in one query."""
    overdue = Condition.objects.overdue(today).filter(decision__project=OuterRef("pk"))
    spent = BudgetLine.objects.filter(project=OuterRef("pk")).order_by().values("project")
    counts: Any = (
        Project.objects.filter(pk=project.pk)
        .annotate(
            unsettled=business_side.count_unsettled_defects(),
            reported=business_side.count_defects(),
            pending=count_rows(filter_pending(Proposal.objects.filter(project=OuterRef("pk")))),
            musts=business_side.count_musts(),
            untested=business_side.count_uncovered(),
            overdue=count_rows(overdue, "decision__project"),
            committed=Subquery(spent.annotate(sum=Sum("committed")).values("sum")),
        )
        .values("unsettled", "reported", "pending", "musts", "untested", "overdue", "committed")
        .get()
    )
    return dict(counts)
