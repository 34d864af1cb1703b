"""How a feed names risks, checks, milestones and the other rows of the project office, and links to their pages."""

from typing import Any

from django.db.models import TextField, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from core.sql.references import plain_reference
from governance.event_subjects import to_project, to_row
from governance.life.actions.sources import SOURCES
from governance.workspace_registry import EVENT_SUBJECTS, EventSubject
from pmo.registers.escalations.enums import EscalationState
from pmo.registers.weather.enums import Sky
from pmo.standards.conformity.enums import Result

RISK, ISSUE = to_row("pmo:risks:risk"), to_row("pmo:risks:issue")
SCHEDULE, SUCCESS = to_project("pmo:schedule:schedule"), to_project("pmo:success_criteria:success")
OBLIGATIONS = to_project("governance:obligations:obligation_list")
INDICATORS, BUDGET = to_project("pmo:indicators:steering_indicators"), to_project("pmo:budget:means")
#: Reference of a checkpoint, such as STD-SEC.1#2.
CHECKPOINT = Concat(
    "checkpoint__version__standard__code",
    Value("."),
    Cast("checkpoint__version__number", TextField()),
    Value("#"),
    Cast("checkpoint__number", TextField()),
    output_field=TextField(),
)

SOURCES |= {"pmo.risk": "project", "pmo.conformitycheck": "project"}


def _describe_answer(state: str) -> Any:
    return EscalationState(state).label if state in EscalationState.values else ""


EVENT_SUBJECTS |= {
    "pmo.conformitycheck": EventSubject(
        code=CHECKPOINT,
        target="checkpoint",
        link=lambda target, code: reverse("pmo:conformity:conformity_checkpoint", args=[code, target]),
        detail=lambda result: Result(result).label,
    ),
    "pmo.risk": EventSubject(code="code", title="title", link=RISK),
    "pmo.riskaction": EventSubject(code="risk__code", title="text", target="risk", link=RISK),
    "pmo.riskreview": EventSubject(link=to_project("pmo:risks:risk_list")),
    "pmo.escalation": EventSubject(
        code="risk__code", title="title", link=to_row("pmo:escalations:escalation"), detail=_describe_answer
    ),
    "pmo.issue": EventSubject(code=plain_reference("ISS-"), title="title", link=ISSUE),
    "pmo.standard": EventSubject(code="code", link=to_row("pmo:standards:standard")),
    "pmo.milestone": EventSubject(code="code", title="name", link=SCHEDULE),
    "pmo.milestoneforecast": EventSubject(code="milestone__code", title="milestone__name", link=SCHEDULE),
    "pmo.dependency": EventSubject(link=SCHEDULE),
    "pmo.indicator": EventSubject(code="code", title="name", link=INDICATORS),
    "pmo.indicatorreading": EventSubject(code="indicator__code", title="indicator__name", link=INDICATORS),
    "pmo.budgetline": EventSubject(title="label", link=BUDGET),
    "pmo.budgetreading": EventSubject(title="line__label", link=BUDGET),
    "pmo.successcriterion": EventSubject(title="text", link=SUCCESS),
    "pmo.successcriteriaset": EventSubject(link=SUCCESS),
    "pmo.criterionmeasure": EventSubject(title="criterion__text", link=SUCCESS),
    "pmo.lessonlearned": EventSubject(title="title", link=to_project("pmo:lessons:lessons")),
    "pmo.weatherreport": EventSubject(
        link=to_project("pmo:weather:weather"), detail=lambda sky: Sky(sky).label if sky in Sky.values else ""
    ),
    "pmo.reminder": EventSubject(code="role", link=OBLIGATIONS),
    "pmo.review": EventSubject(link=to_row("pmo:reviews:review")),
}
