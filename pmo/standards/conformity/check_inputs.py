"""Annotate projects with the inputs of the automatic checks (automatic_checks.py)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    CharField,
    Count,
    DateField,
    DateTimeField,
    Exists,
    Field,
    Func,
    IntegerField,
    JSONField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce, JSONObject

from core.compiled_sql import AT, Compiled, CompiledArray, CompiledValue, OuterKey, compile_part
from governance.decide.decisions.models import Decision
from pmo.registers.risks.models import Risk, RiskReview
from pmo.registers.success_criteria.models import SuccessCriterion
from pmo.registers.weather.models import WeatherReport
from pmo.standards.conformity.due import effects_on_gates
from projects.launch.checklist import prefetch_seats
from projects.models import Document, OrganisationSettings, Project
from projects.organisation_settings.queries import day_of

#: Interval within which each risk must be reviewed.
A_MONTH = timedelta(days=31)
#: The project that the query of the inputs reads.
PROJECT = OuterKey(Project._meta.db_table)


@dataclass(frozen=True)
class Input:
    """A column that a check reads of a project, as of `AT` and its day: a value, or an array of such values."""

    statement: Compiled
    field: "Field[Any, Any]"
    is_array: bool = False
    default: int | None = None

    def at(self, instant: datetime) -> Any:
        """Return the annotation as of `instant`."""
        values = {"at": instant, "day": day_of(instant)}
        if self.is_array:
            return CompiledArray(self.statement, self.field, **values)
        value = CompiledValue(self.statement, self.field, **values)
        return value if self.default is None else Coalesce(value, self.default)


type Load = Callable[[datetime], "Prefetch[Any]"]
#: What each check reads, by its name and that of the attribute.
type Inputs = Mapping[str, Mapping[str, Input | Load]]

#: Providers of further inputs, compiled once; business_checks.py adds its own.
INPUTS: list[Callable[[], Inputs]] = []


def load_inputs(projects: QuerySet[Project], names: Iterable[str], at: datetime) -> list[Any]:
    """Return `projects`, annotated with the inputs of the named checks (see `_compile_inputs`).

    The matrix is loaded. Unknown names are ignored. One query, plus one each for mandates and requirement texts when a
    check reads them.
    """
    rows, known = projects.select_related("matrix"), dict(_compile_inputs())
    for more in INPUTS:
        known |= more()
    for name, read in ((name, read) for check in names for name, read in known.get(check, {}).items()):
        rows = rows.annotate(**{name: read.at(at)}) if isinstance(read, Input) else rows.prefetch_related(read(at))
    return list(rows)


@cache
def _compile_inputs() -> Inputs:
    """Compile the inputs of each check."""
    risks = Risk.objects.filter(project=PROJECT).open().filter(raised_at__lte=AT)
    reviews = RiskReview.objects.filter(risk=OuterRef("pk"), acted_at__gt=AT - A_MONTH, acted_at__lte=AT)
    decisions = Decision.objects.filter(project=PROJECT, acted_at__lte=AT)
    listed = decisions.filter(entered_afterwards=False)
    weather = WeatherReport.objects.filter(project=PROJECT, acted_at__lte=AT)
    criteria = SuccessCriterion.objects.filter(project=PROJECT)
    return {
        "roles_defined": {"seats_": prefetch_seats},
        "charter_attached": {  # matches the French word, and the start of the English one
            "charters_": count_rows(Document.objects.filter(project=PROJECT, name__icontains="charte")),
        },
        "success_criteria_approved": {"criteria_": array_of_values(criteria, "state", CharField())},
        "gates_decided_in_order": {
            "effects_": _array_of_rows(
                effects_on_gates(AT, decision__project=PROJECT), TextField(), "field", "before", "after"
            ),
        },
        "risks_reviewed_monthly": {
            "risks_": count_rows(risks),
            "reviewed_": count_rows(risks.filter(Q(Exists(reviews)) | Q(raised_at__gt=AT - A_MONTH))),
        },
        "dashboard_published_monthly": {"published_": array_of_values(weather.distinct(), "month", DateField())},
        "decisions_listed_in_time": {
            "decisions_": _array_of_rows(listed.order_by(), DateTimeField(), "acted_at", "recorded_at"),
            "afterwards_": count_rows(decisions.filter(entered_afterwards=True)),
            "deadlines_": Input(compile_part(_deadlines()), JSONField(), is_array=True),
        },
    }


def _deadlines() -> QuerySet[Any, Any]:
    """Select the days to record a decision as the settings said them, with the moment of each change, in order."""
    history: Any = OrganisationSettings.history
    changes: QuerySet[Any, Any] = history.order_by("history_date", "history_id")
    return changes.values(row=JSONObject(since="history_date", days="list_days"))


def count_rows(rows: QuerySet[Any, Any]) -> Input:
    """Compile a count of `rows` of PROJECT."""
    counted = rows.order_by().values(one=Value(1)).annotate(n=Count("pk")).values("n")
    return Input(compile_part(counted), IntegerField(), default=0)


def array_of_values(rows: QuerySet[Any, Any], column: str, of: "Field[Any, Any]") -> Input:
    """Compile an array of a column of `rows` of PROJECT, in any order."""
    return Input(compile_part(rows.order_by().values(column)), of, is_array=True)


def _array_of_rows(rows: QuerySet[Any, Any], of: "Field[Any, Any]", *columns: str) -> Input:
    """Compile an array of these columns of each row of PROJECT, all of type `of`, in row order."""
    row = Func(*columns, template="ARRAY[%(expressions)s]", output_field=ArrayField(of))
    return Input(compile_part(rows.values(row=row)), ArrayField(of), is_array=True)
