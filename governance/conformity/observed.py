"""Annotate projects with the inputs of the automatic checks (computed.py)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    DateTimeField,
    Exists,
    Field,
    Func,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextField,
)

from governance.conformity.due import effects_on_gates
from governance.decisions.models import Decision
from governance.standards.days import day_of
from projects.acceptance.coverage import musts, uncovered
from projects.change_plan.enums import ActionState
from projects.matrix.launch import seated
from projects.models import (
    AcceptanceCampaign,
    AcceptanceTest,
    CommunicationAction,
    Document,
    Project,
    RecipientGroup,
    Requirement,
    RequirementBaseline,
    Risk,
    RiskReview,
    SuccessCriterion,
    WeatherReport,
)
from projects.requirements.enums import RequirementState
from roles.counting import counted

#: Requirements that nobody will build.
GIVEN_UP = (RequirementState.REJECTED, RequirementState.WITHDRAWN, RequirementState.DEFERRED)
#: Within which a risk is reviewed.
A_MONTH = timedelta(days=31)


def observed(projects: QuerySet[Project], names: Iterable[str], at: datetime) -> list[Any]:
    """Return `projects`, each with the inputs of the checks of these names as further attributes (see `_inputs`).

    Matrix and baseline are loaded. Unknown names are ignored. One query, and one each for the mandates and the texts
    of requirements where a check reads them.
    """
    rows, known = projects.select_related("matrix", "baseline_in_force__baseline"), _inputs(at)
    for inputs in (known[name] for name in names if name in known):
        columns = {name: made for name, made in inputs.items() if not isinstance(made, Prefetch)}
        rows = rows.annotate(**columns).prefetch_related(*(one for one in inputs.values() if isinstance(one, Prefetch)))
    return list(rows)


def _inputs(at: datetime) -> dict[str, dict[str, Any]]:
    """Return by the name of a check the columns and the related rows it reads."""
    mine, month_ago = {"project": OuterRef("pk")}, at - A_MONTH
    texts = Requirement.objects.exclude(state__in=GIVEN_UP).order_by()
    texts = texts.only("project", "title", "statement", "criteria", "kind")
    risks = Risk.objects.filter(**mine).open().filter(raised_at__lte=at)
    reviews = RiskReview.objects.filter(risk=OuterRef("pk"), acted_at__gt=month_ago, acted_at__lte=at)
    decisions = Decision.objects.filter(**mine, acted_at__lte=at).order_by()
    gates = effects_on_gates(at, decision__project=OuterRef("pk"))
    weather = WeatherReport.objects.filter(**mine, acted_at__lte=at)
    tests = AcceptanceTest.history.filter(**mine, history_type="+")
    campaigns = AcceptanceCampaign.objects.filter(**mine, starts_on__lte=day_of(at))
    groups = RecipientGroup.objects.filter(**mine)
    planned = CommunicationAction.objects.filter(group=OuterRef("pk")).exclude(state=ActionState.CANCELLED)
    required = Requirement.objects.filter(**mine)
    return {
        "roles_defined": {"seats_": seated(at)},
        "charter_attached": {  # in French, and as the English word begins
            "charters_": counted(Document.objects.filter(**mine, name__icontains="charte")),
        },
        "success_criteria_approved": {"criteria_": _values(SuccessCriterion.objects.filter(**mine), "state")},
        "requirements_linted": {"texts_": Prefetch("requirements", texts, "texts_")},
        "baseline_in_force": {"baselines_": counted(RequirementBaseline.objects.filter(**mine))},
        "gates_decided_in_order": {
            "effects_": _rows(gates, TextField(), "field", "before", "after"),
        },
        "risks_reviewed_monthly": {
            "risks_": counted(risks),
            "reviewed_": counted(risks.filter(Q(Exists(reviews)) | Q(raised_at__gt=month_ago))),
        },
        "dashboard_published_monthly": {"published_": _values(weather.distinct(), "month")},
        "decisions_listed_in_time": {
            "decisions_": _rows(decisions.filter(entered_afterwards=False), DateTimeField(), "acted_at", "recorded_at"),
            "afterwards_": counted(decisions.filter(entered_afterwards=True)),
        },
        "acceptance_planned_before": {
            "tests_": counted(tests),
            "first_test_": Subquery(tests.order_by().values("project").annotate(m=Min("history_date")).values("m")),
            "campaigns_": _values(campaigns, "starts_on"),
        },
        "communication_planned": {"groups_": counted(groups), "told_": counted(groups.filter(Exists(planned)))},
        "must_requirements_covered": {"musts_": counted(musts(required)), "uncovered_": counted(uncovered(required))},
    }


def _rows(rows: QuerySet[Any], of: "Field[Any, Any]", *columns: str) -> ArraySubquery:
    """Return an array of these columns of every row, all of the type `of`, in the order of the rows."""
    row = Func(*columns, template="ARRAY[%(expressions)s]", output_field=ArrayField(of))
    return ArraySubquery(rows.values(row=row))


def _values(rows: QuerySet[Any], column: str) -> ArraySubquery:
    return ArraySubquery(rows.order_by().values(column))
