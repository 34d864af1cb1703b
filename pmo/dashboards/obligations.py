"""Open obligations of the projects: role, due date and source.

They are conditions of decisions, actions on risks, and actions of failed conformity checks.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from governance.decisions.models import Condition, decision_reference
from pmo.conformity.enums import FAILED
from pmo.conformity.models import ConformityCheck
from pmo.dashboards.scope import Scope
from pmo.risks.enums import OPEN
from pmo.risks.models import RiskAction
from projects.enums import AT_REST, Workspace

#: Sources of an obligation.
CONDITION, RISK, CHECK = "condition", "risk", "check"


@dataclass(frozen=True)
class Obligation:
    """Something to do: `kind` in words, source with its URL, responsible role, due date.

    `project` is the code of its project.
    """

    kind: str
    project: str
    source: str
    href: str
    text: str
    role: str
    due_on: date | None
    at_rest: bool

    def is_late(self, today: date) -> bool:
        """Tell whether its due date has passed, on a project that goes on."""
        return self.due_on is not None and self.due_on < today and not self.at_rest


def list_obligations(scope: Scope) -> list[Obligation]:
    """List the obligations of the scope by due date, those without one last. One query."""
    none: Any = Value("")
    conditions = _select_columns(
        _list_conditions(scope),
        Value(CONDITION),
        "decision__project",
        F("decision"),
        F("decision__number"),
        none,
        F("text"),
        F("role"),
        F("due_on"),
    )
    actions = _select_columns(
        _list_risk_actions(scope),
        Value(RISK),
        "project",
        F("risk"),
        Value(0),
        F("risk__code"),
        F("text"),
        F("role"),
        F("due_on"),
    )
    checks = _select_columns(
        _list_check_actions(scope),
        Value(CHECK),
        "project",
        F("checkpoint"),
        Value(0),
        F("checkpoint__version__standard__code"),
        F("action"),
        F("action_role"),
        F("action_due"),
    )
    obligations = [_build_obligation(*row) for row in conditions.union(actions, checks, all=True).order_by()]
    return sorted(
        obligations, key=lambda obligation: (obligation.due_on or date.max, obligation.project, obligation.source)
    )


def _select_columns(rows: QuerySet[Any], what: Any, project: str, *columns: Any) -> Any:
    """Return the arguments of `_build_obligation`: code, prefix and state of the project, then the columns."""
    of = (f"{project}__code", f"{project}__prefix", f"{project}__state")
    return rows.order_by().values_list(what, *of, *columns)


def _build_obligation(
    what: str,
    code: str,
    prefix: str,
    state: str,
    key: int,
    number: int,
    source: str,
    text: str,
    role: str,
    due_on: date | None,
) -> Obligation:
    if what == CONDITION:
        kind, source = _("condition"), decision_reference(prefix, number)
        href = reverse("governance:records:decision_record", args=[key])
    elif what == RISK:
        kind, href = _("action on a risk"), reverse("pmo:risks:risk", args=[key])
    else:
        kind, href = _("action after a check"), reverse("pmo:conformity:conformity_checkpoint", args=[code, key])
    return Obligation(kind, code, source, href, text, role, due_on, state in AT_REST)


def count_by_role(scope: Scope) -> dict[str, tuple[int, int]]:
    """Count the late and the timely obligations of each role. One query."""
    conditions, *others = (
        _count_each_role(rows, role, due, project, scope.today)
        for rows, role, due, project in (
            (_list_conditions(scope), "role", "due_on", "decision__project"),
            (_list_risk_actions(scope), "role", "due_on", "project"),
            (_list_check_actions(scope), "action_role", "action_due", "project"),
        )
    )
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for role, late, in_all in conditions.union(*others, all=True).order_by():
        counts[role][0] += late
        counts[role][1] += in_all - late
    return {role: (late, in_time) for role, (late, in_time) in sorted(counts.items())}


def _count_each_role(rows: QuerySet[Any], role: str, due: str, project: str, today: date) -> Any:
    """Count the late rows, and all rows, of each role; nothing of a project at rest is late."""
    late = Count("pk", filter=Q(**{f"{due}__lt": today}) & ~Q(**{f"{project}__state__in": AT_REST}))
    return rows.order_by().values_list(role).annotate(late=late, in_all=Count("pk"))


def _list_conditions(scope: Scope) -> QuerySet[Condition]:
    return Condition.objects.open().filter(decision__project__in=scope.projects)


def _list_risk_actions(scope: Scope) -> QuerySet[RiskAction]:
    """Return the pending actions on open risks; closed risks leave nothing to do."""
    return RiskAction.objects.filter(project__in=scope.using(Workspace.RISKS), done_on=None, risk__status__in=OPEN)


def _list_check_actions(scope: Scope) -> QuerySet[ConformityCheck]:
    """Return the failed last checks that have an action; a later conform check ends it."""
    ruling = ConformityCheck.objects.filter(project__in=scope.using(Workspace.STANDARDS)).ruling()
    return ConformityCheck.objects.filter(pk__in=ruling.values("pk"), result__in=FAILED).exclude(action="")
