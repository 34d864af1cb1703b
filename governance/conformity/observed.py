"""What the system's own checks look at (computed.py), read for any number of projects in one query."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject

from governance.conformity.due import effects_on_gates
from governance.decisions.models import Decision
from governance.standards.days import day_of
from projects.acceptance.coverage import musts, uncovered
from projects.change_plan.enums import ActionState
from projects.matrix.launch import seats
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
from roles.prepared import ANY_TIME, expression, filled

#: Requirements that nobody will build.
GIVEN_UP = (RequirementState.REJECTED, RequirementState.WITHDRAWN, RequirementState.DEFERRED)
#: Within which a risk is reviewed.
A_MONTH = timedelta(days=31)
#: What stands for an instant, its day, and the instant a month before.
NOW, TODAY, A_MONTH_AGO = ANY_TIME, date.max, ANY_TIME - timedelta(days=1)


def observed(projects: QuerySet[Project], names: Iterable[str], at: datetime) -> list[Any]:
    """Each of `projects`, with what the checks of these names look at as further attributes (see `_columns`).

    Its matrix and baseline are at hand. A name that is none of a check adds nothing. One query.
    """
    given = {NOW: at, TODAY: day_of(at), A_MONTH_AGO: at - A_MONTH}
    columns = {
        name: filled(made, given) for check in names for name, made in _columns().get(check, {}).items()
    }  # fmt: skip
    return list(projects.select_related("matrix", "baseline").annotate(**columns))


@cache
def _columns() -> dict[str, dict[str, RawSQL]]:
    """By the name of a check the columns it looks at, put into SQL once."""
    return {
        check: {name: expression(Project, made) for name, made in columns.items()} for check, columns in _made().items()
    }


def _made() -> dict[str, dict[str, Any]]:
    mine = {"project": OuterRef("pk")}
    texts = Requirement.objects.filter(**mine).exclude(state__in=GIVEN_UP)
    risks = Risk.objects.filter(**mine).open().filter(raised_at__lte=NOW)
    reviews = RiskReview.objects.filter(risk=OuterRef("pk"), acted_at__gt=A_MONTH_AGO, acted_at__lte=NOW)
    weather = WeatherReport.objects.filter(**mine, acted_at__lte=NOW)
    tests = AcceptanceTest.history.filter(**mine, history_type="+")
    campaigns = AcceptanceCampaign.objects.filter(**mine, starts_on__lte=TODAY)
    groups = RecipientGroup.objects.filter(**mine)
    told = CommunicationAction.objects.filter(group=OuterRef("pk")).exclude(state=ActionState.CANCELLED)
    required = Requirement.objects.filter(**mine)
    return {
        "roles_defined": {"seats_": seats(NOW)},
        "charter_attached": {  # in French, and as the English word begins
            "charters_": counted(Document.objects.filter(**mine, name__icontains="charte")),
        },
        "success_criteria_approved": {"criteria_": _values(SuccessCriterion.objects.filter(**mine), "state")},
        "requirements_linted": {
            "texts_": _rows(texts, title="title", statement="statement", criteria="criteria", kind="kind"),
        },
        "baseline_in_force": {"baselines_": counted(RequirementBaseline.objects.filter(**mine))},
        "gates_decided_in_order": {
            "effects_": ArraySubquery(
                effects_on_gates(NOW, decision__project=OuterRef("pk")).values(
                    told=JSONObject(field="field", before="before", after="after")
                )
            ),
        },
        "risks_reviewed_monthly": {
            "risks_": counted(risks),
            "reviewed_": counted(risks.filter(Q(Exists(reviews)) | Q(raised_at__gt=A_MONTH_AGO))),
        },
        "dashboard_published_monthly": {"published_": _values(weather.distinct(), "month")},
        "decisions_listed_in_time": {
            "decisions_": _rows(
                Decision.objects.filter(**mine, acted_at__lte=NOW),
                acted_at="acted_at", recorded_at="recorded_at", afterwards="entered_afterwards",
            ),
        },
        "acceptance_planned_before": {
            "tests_": counted(tests),
            "first_test_": Subquery(tests.order_by().values("project").annotate(m=Min("history_date")).values("m")),
            "campaigns_": _values(campaigns, "starts_on"),
        },
        "communication_planned": {"groups_": counted(groups), "told_": counted(groups.filter(Exists(told)))},
        "must_requirements_covered": {
            "musts_": counted(musts(required)), "uncovered_": counted(uncovered(required)),
        },
    }  # fmt: skip


def _rows(rows: QuerySet[Any], **columns: str) -> ArraySubquery:
    """These columns of every row, each row as an object."""
    return ArraySubquery(rows.order_by().values(told=JSONObject(**columns)))


def _values(rows: QuerySet[Any], column: str) -> ArraySubquery:
    return ArraySubquery(rows.order_by().values(column))
