"""What Ouvrage reads of a project itself, for the indicators that are marked as computed."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Sum

from governance.enums import ProposalState
from governance.means.reading import percent
from governance.models import Condition, Proposal
from governance.requirements.filters import LAID_ASIDE
from governance.schedule.reading import largest_slip, milestones_of
from projects.indicators.enums import Computed
from projects.models import AcceptanceTest, BudgetLine, Defect, Project, Requirement
from projects.requirements.enums import Priority, RequirementKind


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
        Computed.COVERAGE: percent(Decimal(counts["tested"] or 0), Decimal(counts["musts"] or 0)),
        Computed.CONDITIONS_OVERDUE: Decimal(counts["overdue"] or 0),
    }


def _counts(project: Project, today: date) -> dict[str, Any]:
    """What is counted of the other parts of the project, in one query."""
    defects = Defect.objects.filter(project=OuterRef("pk"))
    musts = Requirement.objects.filter(project=OuterRef("pk"), priority=Priority.MUST)
    musts = musts.exclude(kind=RequirementKind.NEED).exclude(state__in=LAID_ASIDE)
    tests = AcceptanceTest.objects.in_use().filter(requirement=OuterRef("pk"))
    waiting = Proposal.objects.filter(project=OuterRef("pk"), state=ProposalState.READY_FOR_DECISION)
    overdue = Condition.objects.open().filter(decision__project=OuterRef("pk"), due_on__lt=today)
    spent = BudgetLine.objects.filter(project=OuterRef("pk")).order_by().values("project")
    counted = (
        Project.objects.filter(pk=project.pk)
        .annotate(
            unsettled=_number(defects.unsettled()),
            reported=_number(defects),
            pending=_number(waiting),
            musts=_number(musts),
            tested=_number(musts.filter(Exists(tests))),
            overdue=_number(overdue, "decision__project"),
            committed=Subquery(spent.annotate(sum=Sum("committed")).values("sum")),
        )
        .values("unsettled", "reported", "pending", "musts", "tested", "overdue", "committed")
        .get()
    )
    return dict(counted)


def _number(rows: QuerySet[Any], project: str = "project") -> Subquery:
    return Subquery(rows.order_by().values(project).annotate(n=Count("pk")).values("n"))
