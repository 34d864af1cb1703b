"""What is promised on the projects and still to be done: by which role, until when, and where it stands.

Conditions the owner set, actions on risks, and the actions that follow from a check that is not conform.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from governance.conformity_checks.enums import FAILED
from governance.conformity_checks.models import ConformityCheck
from governance.dashboards.scope import Scope
from governance.decisions.models import Condition
from projects.models import Project, RiskAction
from projects.risks.enums import OPEN


@dataclass(frozen=True)
class Obligation:
    """One thing to do: `kind` in words, what it comes from with its address, the role that answers and its day."""

    kind: str
    project: Project
    source: str
    href: str
    text: str
    role: str
    due_on: date | None

    def is_late(self, today: date) -> bool:
        """Whether its day is over."""
        return self.due_on is not None and self.due_on < today


def obligations(scope: Scope) -> list[Obligation]:
    """All of the scope, those due first, those without a day last. Three queries."""
    found = [*_of_conditions(scope), *_of_risks(scope), *_of_checks(scope)]
    return sorted(found, key=lambda one: (one.due_on or date.max, one.project.code, one.source))


def by_role(scope: Scope) -> dict[str, tuple[int, int]]:
    """For each role that answers for any how many are late and how many are still in time, by its code. One query."""
    conditions, *others = (
        _counted(rows, role, due, scope.today)
        for rows, role, due in (
            (_conditions(scope), "role", "due_on"),
            (_risk_actions(scope), "role", "due_on"),
            (_check_actions(scope), "action_role", "action_due"),
        )
    )
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for role, late, in_all in conditions.union(*others, all=True).order_by():
        counts[role][0] += late
        counts[role][1] += in_all - late
    return {role: (late, in_time) for role, (late, in_time) in sorted(counts.items())}


def _counted(rows: QuerySet[Any], role: str, due: str, today: date) -> Any:
    """For each role how many are late, and how many there are."""
    late = Count("pk", filter=Q(**{f"{due}__lt": today}))
    return rows.order_by().values_list(role).annotate(late=late, in_all=Count("pk"))


def _conditions(scope: Scope) -> QuerySet[Condition]:
    return Condition.objects.open().filter(decision__project__in=scope.projects)


def _risk_actions(scope: Scope) -> QuerySet[RiskAction]:
    """Of the risks that may still happen: what has ended leaves nothing to do."""
    return RiskAction.objects.filter(project__in=scope.projects, done_on=None, risk__status__in=OPEN)


def _check_actions(scope: Scope) -> QuerySet[ConformityCheck]:
    """Of the checks that rule: one that found it conform since leaves nothing to do."""
    ruling = ConformityCheck.objects.filter(project__in=scope.projects).ruling()
    return ConformityCheck.objects.filter(pk__in=ruling.values("pk"), result__in=FAILED).exclude(action="")


def _of_conditions(scope: Scope) -> Iterable[Obligation]:
    for row in _conditions(scope).select_related("decision__project").order_by("pk"):
        decision = row.decision
        yield Obligation(
            _("condition"),
            decision.project,
            decision.reference,
            decision.get_absolute_url(),
            row.text,
            row.role,
            row.due_on,
        )


def _of_risks(scope: Scope) -> Iterable[Obligation]:
    for row in _risk_actions(scope).select_related("project", "risk").order_by("pk"):
        yield Obligation(
            _("action on a risk"),
            row.project,
            row.risk.code,
            row.risk.get_absolute_url(),
            row.text,
            row.role,
            row.due_on,
        )


def _of_checks(scope: Scope) -> Iterable[Obligation]:
    for row in _check_actions(scope).select_related("project", "checkpoint__version__standard").order_by("pk"):
        code = row.checkpoint.version.standard.code
        yield Obligation(
            _("action after a check"), row.project, code, _checkpoint(row), row.action, row.action_role,
            row.action_due,
        )  # fmt: skip


def _checkpoint(row: ConformityCheck) -> str:
    return reverse("governance:conformity_checkpoint", args=[row.project.code, row.checkpoint_id])
