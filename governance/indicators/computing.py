"""What Ouvrage reads of a project itself, for the indicators that are marked as computed."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum

from governance.figures import musts, pending, uncovered
from governance.means.reading import percent
from governance.models import Condition, Proposal
from governance.schedule.reading import largest_slip, milestones_of
from projects.indicators.enums import Computed
from projects.models import BudgetLine, Defect, Project, Requirement


def figures(project: Project, today: date) -> dict[str, Decimal | None]:
    """The value of each computed indicator today; None where nothing can be computed. Two queries."""
    milestones = list(milestones_of(project))
    due = [one for one in milestones if one.baseline_on <= today]
    reached = sum(one.actual_on is not None for one in due)
    slip = largest_slip(milestones, project.ends_on, today)
    counts = _counts(project, today)
    return {
        Computed.DELAY: None if slip is None else Decimal(slip),
        Computed.PROGRESS: percent(Decimal(reached), Decimal(len(due))),
        Computed.BUDGET: None if counts["committed"] is None else percent(counts["committed"], project.budget),
        Computed.DEFECTS_OPEN: Decimal(counts["unsettled"] or 0),
        Computed.DEFECTS_CLOSED: percent(
            Decimal((counts["reported"] or 0) - (counts["unsettled"] or 0)), Decimal(counts["reported"] or 0)
        ),
        Computed.DECISIONS_PENDING: Decimal(counts["pending"] or 0),
        Computed.COVERAGE: percent(
            Decimal((counts["musts"] or 0) - (counts["untested"] or 0)), Decimal(counts["musts"] or 0)
        ),
        Computed.CONDITIONS_OVERDUE: Decimal(counts["overdue"] or 0),
    }


def _counts(project: Project, today: date) -> dict[str, Any]:
    """What is counted of the other parts of the project, in one query."""
    defects = Defect.objects.filter(project=OuterRef("pk"))
    written = Requirement.objects.filter(project=OuterRef("pk"))
    overdue = Condition.objects.overdue(today).filter(decision__project=OuterRef("pk"))
    spent = BudgetLine.objects.filter(project=OuterRef("pk")).order_by().values("project")
    found: Any = (
        Project.objects.filter(pk=project.pk)
        .annotate(
            unsettled=_number(defects.unsettled()),
            reported=_number(defects),
            pending=_number(pending(Proposal.objects.filter(project=OuterRef("pk")))),
            musts=_number(musts(written)),
            untested=_number(uncovered(written)),
            overdue=_number(overdue, "decision__project"),
            committed=Subquery(spent.annotate(sum=Sum("committed")).values("sum")),
        )
        .values("unsettled", "reported", "pending", "musts", "untested", "overdue", "committed")
        .get()
    )
    return dict(found)


def _number(rows: QuerySet[Any], project: str = "project") -> Subquery:
    return Subquery(rows.order_by().values(project).annotate(n=Count("pk")).values("n"))
