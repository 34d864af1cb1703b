"""Annotate projects with the inputs of the automatic checks (automatic_checks.py)."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    DateTimeField,
    Exists,
    Field,
    Func,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    TextField,
)
from django.db.models.functions import JSONObject

from core.subqueries import count_rows
from governance.decisions.models import Decision
from pmo.conformity.due import effects_on_gates
from pmo.risks.models import Risk, RiskReview
from pmo.success_criteria.models import SuccessCriterion
from pmo.weather.models import WeatherReport
from projects.launch.checklist import prefetch_seats
from projects.models import Document, OrganisationSettings, Project

#: Interval within which each risk must be reviewed.
A_MONTH = timedelta(days=31)
#: Providers of further inputs: instant → inputs by check. business_checks.py adds its own.
INPUTS: list[Callable[[datetime], dict[str, dict[str, Any]]]] = []


def load_inputs(projects: QuerySet[Project], names: Iterable[str], at: datetime) -> list[Any]:
    """Return `projects`, annotated with the inputs of the named checks (see `_inputs`).

    The matrix is loaded. Unknown names are ignored. One query, plus one each for mandates and requirement texts when a
    check reads them.
    """
    rows, known = projects.select_related("matrix"), _inputs(at)
    for more in INPUTS:
        known |= more(at)
    for inputs in (known[name] for name in names if name in known):
        columns = {name: made for name, made in inputs.items() if not isinstance(made, Prefetch)}
        rows = rows.annotate(**columns).prefetch_related(
            *(prefetch for prefetch in inputs.values() if isinstance(prefetch, Prefetch))
        )
    return list(rows)


def _inputs(at: datetime) -> dict[str, dict[str, Any]]:
    """Return the annotations and prefetches of each check, by its name."""
    mine, month_ago = {"project": OuterRef("pk")}, at - A_MONTH
    risks = Risk.objects.filter(**mine).open().filter(raised_at__lte=at)
    reviews = RiskReview.objects.filter(risk=OuterRef("pk"), acted_at__gt=month_ago, acted_at__lte=at)
    decisions = Decision.objects.filter(**mine, acted_at__lte=at).order_by()
    gates = effects_on_gates(at, decision__project=OuterRef("pk"))
    weather = WeatherReport.objects.filter(**mine, acted_at__lte=at)
    return {
        "roles_defined": {"seats_": prefetch_seats(at)},
        "charter_attached": {  # matches the French word, and the start of the English one
            "charters_": count_rows(Document.objects.filter(**mine, name__icontains="charte")),
        },
        "success_criteria_approved": {"criteria_": array_of_values(SuccessCriterion.objects.filter(**mine), "state")},
        "gates_decided_in_order": {
            "effects_": array_of_rows(gates, TextField(), "field", "before", "after"),
        },
        "risks_reviewed_monthly": {
            "risks_": count_rows(risks),
            "reviewed_": count_rows(risks.filter(Q(Exists(reviews)) | Q(raised_at__gt=month_ago))),
        },
        "dashboard_published_monthly": {"published_": array_of_values(weather.distinct(), "month")},
        "decisions_listed_in_time": {
            "decisions_": array_of_rows(
                decisions.filter(entered_afterwards=False), DateTimeField(), "acted_at", "recorded_at"
            ),
            "afterwards_": count_rows(decisions.filter(entered_afterwards=True)),
            "deadlines_": ArraySubquery(_deadlines()),
        },
    }


def _deadlines() -> QuerySet[Any, Any]:
    """Select the days to record a decision as the settings said them, with the moment of each change, in order."""
    history: Any = OrganisationSettings.history
    changes: QuerySet[Any, Any] = history.order_by("history_date", "history_id")
    return changes.values(row=JSONObject(since="history_date", days="list_days"))


def array_of_rows(rows: QuerySet[Any], of: "Field[Any, Any]", *columns: str) -> ArraySubquery:
    """Build an array subquery of these columns of each row, all of type `of`, in row order."""
    row = Func(*columns, template="ARRAY[%(expressions)s]", output_field=ArrayField(of))
    return ArraySubquery(rows.values(row=row))


def array_of_values(rows: QuerySet[Any], column: str) -> ArraySubquery:
    return ArraySubquery(rows.order_by().values(column))
