"""Annotate projects with the inputs of the automatic checks (automatic_checks.py)."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import DateTimeField, Exists, Field, Func, OuterRef, Prefetch, Q, QuerySet, TextField
from django.db.models.functions import JSONObject

from core.sql.subqueries import count_rows
from governance.decide.decisions.models import Decision
from pmo.registers.risks.models import Risk, RiskReview
from pmo.registers.success_criteria.models import SuccessCriterion
from pmo.registers.weather.models import WeatherReport
from pmo.standards.conformity.due import effects_on_gates
from projects.models import Document, OrganisationSettings, Project
from projects.organisation_settings.queries import day_of
from projects.seats.launch.checklist import prefetch_seats

#: Interval within which each risk must be reviewed.
A_MONTH = timedelta(days=31)
#: The project that the query of the inputs reads.
PROJECT = OuterRef("pk")

#: What a check reads of a project: annotations by the name of their attribute.
type Inputs = dict[str, Any]


def load_inputs(projects: QuerySet[Project], names: Iterable[str], at: datetime) -> list[Any]:
    """Return `projects`, annotated with the inputs of the named checks.

    The matrix is loaded. Unknown names are ignored. One query, plus one each for mandates and requirement texts when a
    check reads them.
    """
    rows = projects.select_related("matrix")
    for name in names:
        if name in INPUTS:
            rows = rows.annotate(**INPUTS[name](at, day_of(at)))
        if name in PREFETCHES:
            rows = rows.prefetch_related(PREFETCHES[name](at))
    return list(rows)


def _read_charters(at: datetime, day: date) -> Inputs:
    # matches the French word, and the start of the English one
    return {"charters_": count_rows(Document.objects.filter(project=PROJECT, name__icontains="charte"))}


def _read_criteria(at: datetime, day: date) -> Inputs:
    criteria = SuccessCriterion.objects.filter(project=PROJECT)
    return {"criteria_": ArraySubquery(criteria.order_by().values("state"))}


def _read_gates(at: datetime, day: date) -> Inputs:
    effects = effects_on_gates(at, decision__project=PROJECT)
    return {"effects_": _array_of_rows(effects, TextField(), "field", "before", "after")}


def _read_reviews(at: datetime, day: date) -> Inputs:
    risks = Risk.objects.filter(project=PROJECT).open().filter(raised_at__lte=at)
    reviews = RiskReview.objects.filter(risk=OuterRef("pk"), acted_at__gt=at - A_MONTH, acted_at__lte=at)
    reviewed = risks.filter(Q(Exists(reviews)) | Q(raised_at__gt=at - A_MONTH))
    return {"risks_": count_rows(risks), "reviewed_": count_rows(reviewed)}


def _read_weather(at: datetime, day: date) -> Inputs:
    weather = WeatherReport.objects.filter(project=PROJECT, acted_at__lte=at)
    return {"published_": ArraySubquery(weather.order_by().values("month").distinct())}


def _read_decisions(at: datetime, day: date) -> Inputs:
    decisions = Decision.objects.filter(project=PROJECT, acted_at__lte=at)
    listed = decisions.filter(entered_afterwards=False).order_by()
    return {
        "decisions_": _array_of_rows(listed, DateTimeField(), "acted_at", "recorded_at"),
        "afterwards_": count_rows(decisions.filter(entered_afterwards=True)),
        "deadlines_": ArraySubquery(_list_deadlines()),
    }


def _list_deadlines() -> QuerySet[Any, Any]:
    """Select the days to record a decision as the settings said them, with the moment of each change, in order."""
    history: Any = OrganisationSettings.history
    changes: QuerySet[Any, Any] = history.order_by("history_date", "history_id")
    return changes.values(row=JSONObject(since="history_date", days="list_days"))


def _array_of_rows(rows: QuerySet[Any, Any], of: "Field[Any, Any]", *columns: str) -> ArraySubquery:
    """Return these columns of each row, all of type `of`, in row order."""
    row = Func(*columns, template="ARRAY[%(expressions)s]", output_field=ArrayField(of))
    return ArraySubquery(rows.values(row=row))


#: What checks read, by their names, as of an instant and its day; business_checks.py adds its own.
INPUTS: dict[str, Callable[[datetime, date], Inputs]] = {
    "charter_attached": _read_charters,
    "success_criteria_approved": _read_criteria,
    "gates_decided_in_order": _read_gates,
    "risks_reviewed_monthly": _read_reviews,
    "dashboard_published_monthly": _read_weather,
    "decisions_listed_in_time": _read_decisions,
}
#: Rows that checks read, as of an instant.
PREFETCHES: dict[str, Callable[[datetime], "Prefetch[Any]"]] = {"roles_defined": prefetch_seats}
