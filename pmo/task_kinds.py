"""Tasks of the project office: risks, checks, waivers, benefits, dependencies and the weather of the month."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.sql.compiled_sql import DAY
from core.sql.references import plain_reference, reference
from governance.workspace_registry import DECIDING, TASKS, Mine, RowTasks, goes_on
from pmo.enums import Act
from pmo.registers.escalations.models import Escalation
from pmo.registers.risks.enums import OPEN, RiskStatus
from pmo.registers.risks.models import Risk, RiskAction
from pmo.registers.schedule.models import Milestone
from pmo.registers.schedule.queries import list_to_confirm
from pmo.registers.success_criteria.models import SuccessCriterion
from pmo.registers.success_criteria.readings import AHEAD, with_reading
from pmo.registers.weather.models import WeatherReport
from pmo.standards.conformity.enums import FAILED
from pmo.standards.conformity.models import ConformityCheck, Waiver
from pmo.standards.standards.models import StandardCheckpoint, StandardVersion
from pmo.steering.levels.overruns import DAYS_TO_ANSWER, MonthStart, filter_overruns
from projects.enums import Level, ProjectState, Workspace
from projects.models import Project
from projects.project.gates import AS_A_PROJECT, GATES, OF_A_PROJECT, LevelGate
from roles.enums import Gate

#: A review of a risk is a task so long before its day; a waiver and an acceptance so long before their end.
REVIEW, ENDING = timedelta(days=7), timedelta(days=30)
#: How long before its end a programme or portfolio is asked for the checks of its last gate.
TO_END = timedelta(days=90)


def _find_next_gate(say: Callable[[LevelGate], str]) -> Case:
    """Build the expression of the gate that a project goes towards (Project.next_gate); NULL after the last one."""

    def find(gates: Sequence[LevelGate]) -> Case:
        first, *others = gates
        return Case(
            When(gate="", state=ProjectState.DRAFT, then=Value(say(first))),
            *(When(gate__lt=gate.place.value, then=Value(say(gate))) for gate in others),
            output_field=TextField(),
        )

    return Case(
        *(When(Q(level=level) & ~AS_A_PROJECT, then=find(gates)) for level, gates in GATES.items()),
        default=find(OF_A_PROJECT),
        output_field=TextField(),
    )


#: Place of the next gate of a project, and its code at the level of the project.
NEXT_GATE, NEXT_GATE_CODE = _find_next_gate(lambda gate: gate.place.value), _find_next_gate(lambda gate: gate.code)


class LastOfMonth(Func):
    """Last day of the month of a day."""

    template = "(date_trunc('month', %(expressions)s::date) + interval '1 month - 1 day')::date"
    output_field = DateField()


def _list_to_review(mine: Mine) -> QuerySet[Risk]:
    due = Q(review_on__lte=mine.day + REVIEW) & (Q(reviewed_on=None) | Q(reviewed_on__lt=F("review_on")))
    return Risk.objects.open().filter(goes_on(), due)


def _list_actions(mine: Mine) -> QuerySet[RiskAction]:
    """Filter the actions to do by a role of the reader, and the late ones of the registers they keep."""
    late = Q(due_on__lt=mine.day) & Q(mine.may("pmo.assess_risk"))
    to_do = RiskAction.objects.filter(goes_on(), done_on=None, risk__status__in=OPEN)
    return to_do.filter(mine.has_seat(), Q(mine.holds("role")) | late)


def _list_ending_acceptances(mine: Mine) -> QuerySet[Risk]:
    return Risk.objects.filter(goes_on(), status=RiskStatus.ACCEPTED, acceptance__valid_until__lte=mine.day + ENDING)


def _list_ending_waivers(mine: Mine) -> QuerySet[Waiver]:
    return Waiver.objects.in_force(mine.day).filter(goes_on(), ends_on__lte=mine.day + ENDING)


def _list_actions_after_checks(mine: Mine) -> QuerySet[ConformityCheck]:
    """Filter the actions of checks that rule and failed, to do by a role of the reader or late where they check."""
    late = Q(action_due__lt=mine.day) & Q(mine.may("pmo.check_conformity"))
    to_do = ConformityCheck.objects.filter(goes_on(), result__in=sorted(FAILED)).exclude(action="")
    return to_do.filter(mine.has_seat(), Q(mine.holds("action_role")) | late).without_later()


def _distance(library: str, depth: int) -> Case:
    """Return the distance of a library from the project `depth` queries above; see `library_distance`."""
    project, parent = Value(0), Value(1)
    key, above = _outer("pk", depth), _outer("parent", depth)
    return Case(
        When(**{library: key}, then=project),
        When(**{library: above}, then=parent),
        default=Value(2),
        output_field=IntegerField(),
    )


def _outer(name: str, depth: int) -> Any:
    return OuterRef(name) if depth == 1 else OuterRef(_outer(name, depth - 1))


def _versions(mine: Mine, depth: int) -> QuerySet[Any]:
    """Filter the versions in force for the project `depth` queries above, each with its `distance`."""
    key, above, top = (_outer(name, depth) for name in ("pk", "parent", "parent__parent"))
    rows = StandardVersion.objects.in_force(mine.day).alias(
        level_=ExpressionWrapper(_outer("level", depth), CharField())
    )
    libraries = Q(standard__project=key) | Q(standard__project=above) | Q(standard__project=top)
    return rows.filter(libraries, levels__contains=[F("level_")]).annotate(
        distance=_distance("standard__project", depth)
    )


def _list_to_check(mine: Mine) -> QuerySet[Project]:
    """Filter the projects with checkpoints due at the next gate that nobody has answered and no waiver covers.

    Of standards with one code, one rules: see `filter_holding`. Automatic checks answer themselves. The end of a
    programme or portfolio, which is years ahead once it is open, asks for its checks in the last months.
    """
    version = OuterRef("pk")
    overruling = _versions(mine, 2).filter(standard__code=OuterRef("standard__code")).exclude(pk=OuterRef("pk"))
    farther = Q(mandatory=True, distance__gt=OuterRef("distance"))
    nearer = Q(distance__lt=OuterRef("distance"))
    overruled = Exists(overruling.filter(farther)) | Q(mandatory=False) & Exists(
        overruling.filter(Q(mandatory=True) | nearer)
    )
    answered = ConformityCheck.objects.filter(checkpoint=OuterRef("pk"), project=OuterRef(OuterRef(OuterRef("pk"))))
    waived = Waiver.objects.in_force(mine.day).filter(
        project=OuterRef(OuterRef(OuterRef("pk"))), checkpoints__contains=[OuterRef("pk")]
    )
    open_points = StandardCheckpoint.objects.filter(version=version, computed="")
    unanswered = Exists(open_points.filter(~Exists(answered), ~Exists(waived)))
    due = _versions(mine, 1).filter(~Q(overruled), unanswered, from_gate__lte=OuterRef("next_gate_"))
    far = Q(level__in=GATES, next_gate_=Gate.G5.value, ends_on__gt=mine.day + TO_END)
    return Project.objects.alias(next_gate_=NEXT_GATE).filter(~far, goes_on("pk"), Exists(due))


def _gate_day() -> Subquery:
    """Return the day on which the next gate of a project is expected; NULL without its milestone."""
    ahead = Milestone.objects.filter(project=OuterRef("pk"), gate=OuterRef("next_gate_"), actual_on=None)
    return Subquery(ahead.order_by("forecast_on").values("forecast_on")[:1])


def _list_readings(mine: Mine) -> QuerySet[SuccessCriterion]:
    """Filter the benefits whose reading is due, of their owner and of those who measure them, also after the end."""
    measured = Q(mine.may("pmo.measure_criterion")) | Q(mine.has_seat(), owner=mine.reader)
    goes_on_or_closed = goes_on() | Q(project__archived=False, project__state=ProjectState.CLOSED)
    due = with_reading(SuccessCriterion.objects.filter(goes_on_or_closed)).filter(reading_on__lte=mine.day + AHEAD)
    return due.filter(measured)


def _list_with_dependencies(mine: Mine) -> QuerySet[Project]:
    """Filter the projects with dependencies to confirm between projects that the reader sees."""
    seen = Project.objects.visible_to(mine.reader)
    due = list_to_confirm(mine.day).filter(project=OuterRef("pk"), needs__in=seen.values("pk"))
    return Project.objects.filter(goes_on("pk"), Exists(due))


def _list_without_weather(mine: Mine) -> QuerySet[Project]:
    published = WeatherReport.objects.filter(project=OuterRef("pk"), month=TruncMonth(mine.day))
    return Project.objects.filter(goes_on("pk"), ~Exists(published), level=Level.PROJECT, state=ProjectState.ACTIVE)


RISK: dict[str, Any] = {"code": "code", "title": "title", "workspace": Workspace.RISKS}
ESCALATED: dict[str, Any] = {"code": "risk__code", "title": "title", "workspace": Workspace.RISKS}

TASKS += [
    RowTasks(
        name="risks",
        heading=_("Risks to assess"),
        verb=_("Assess the risk"),
        rows=lambda mine: Risk.objects.filter(goes_on(), status=RiskStatus.PROPOSED),
        since="raised_at",
        permission="pmo.assess_risk",
        link=lambda task: reverse("pmo:risks:risk_assess", args=[task.row]),
        together=lambda code: reverse("pmo:risks:risks_grid", args=[code], query={"status": RiskStatus.PROPOSED}),
        together_label=_("Edit in a grid"),
        **RISK,
    ),
    RowTasks(
        name="escalations",
        heading=_("Escalated risks to rate"),
        verb=_("Rate the escalated risk"),
        rows=lambda mine: Escalation.objects.waiting().filter(goes_on(), likelihood=None),
        since="raised_at",
        permission="pmo.examine_escalation",
        link=lambda task: reverse("pmo:escalations:escalation_examine", args=[task.row]),
        **ESCALATED,
    ),
    RowTasks(
        name="escalation_answers",
        heading=_("Escalated risks to answer"),
        verb=_("Answer the escalated risk"),
        rows=lambda mine: Escalation.objects.waiting().filter(goes_on()),
        due="answer_by",
        since="raised_at",
        permission="pmo.answer_escalation",
        link=lambda task: reverse("pmo:escalations:escalation_answer", args=[task.row]),
        is_reminded=True,
        **ESCALATED,
    ),
    RowTasks(
        name="risk_reviews",
        heading=_("Risks to review"),
        verb=_("Review the risk"),
        rows=_list_to_review,
        due="review_on",
        permission="pmo.review_risks",
        link=lambda task: reverse("pmo:risks:risk_review", args=[task.row]),
        **RISK,
    ),
    RowTasks(
        name="risk_actions",
        heading=_("Actions on risks"),
        verb=_("Act on the risk"),
        rows=_list_actions,
        code="risk__code",
        title="text",
        due="due_on",
        role="role",
        target="risk",
        workspace=Workspace.RISKS,
        link=lambda task: reverse("pmo:risks:risk", args=[task.target]),
    ),
    RowTasks(
        name="risk_acceptances",
        heading=_("Risk acceptances that end"),
        verb=_("Propose the acceptance again"),
        rows=_list_ending_acceptances,
        due="acceptance__valid_until",
        permission="pmo.assess_risk",
        link=lambda task: reverse("pmo:risks:risk", args=[task.row]),
        **RISK,
    ),
    RowTasks(
        name="checks",
        heading=_("Checks of the next gate"),
        verb=_("Answer the checks"),
        rows=_list_to_check,
        code=NEXT_GATE_CODE,
        title=("title_fr", "title_en"),
        presses=_gate_day(),
        project="pk",
        permission="pmo.check_conformity",
        workspace=Workspace.STANDARDS,
        link=lambda task: reverse("pmo:conformity:conformity", args=[task.project.code]),
    ),
    RowTasks(
        name="check_actions",
        heading=_("Actions after checks"),
        verb=_("Act on the check"),
        rows=_list_actions_after_checks,
        code="checkpoint__version__standard__code",
        title="action",
        due="action_due",
        role="action_role",
        target="checkpoint",
        workspace=Workspace.STANDARDS,
        link=lambda task: reverse("pmo:conformity:conformity_checkpoint", args=[task.project.code, task.target]),
    ),
    RowTasks(
        name="waivers",
        heading=_("Waivers that end"),
        verb=_("Prepare the end of the waiver"),
        rows=_list_ending_waivers,
        code=reference("W", "number"),
        title=("version__title_fr", "version__title_en"),
        due="ends_on",
        permission="pmo.close_waiver",
        workspace=Workspace.STANDARDS,
        link=lambda task: reverse("pmo:waivers:waiver", args=[task.row]),
    ),
    RowTasks(
        name="benefits",
        heading=_("Benefits to measure"),
        verb=_("Measure the benefit"),
        rows=_list_readings,
        code=plain_reference("SC-"),
        title="text",
        due="reading_on",
        workspace=Workspace.STEERING,
        is_reminded=True,
        link=lambda task: reverse("pmo:success_criteria:criterion_measure", args=[task.row]),
    ),
    RowTasks(
        name="dependencies",
        heading=_("Dependencies to confirm"),
        verb=_("Confirm the dependencies"),
        rows=_list_with_dependencies,
        title=("title_fr", "title_en"),
        project="pk",
        permission="pmo.confirm_dependencies",
        workspace=Workspace.STEERING,
        does=Act.CONFIRM_DEPENDENCIES,
        link=lambda task: reverse("pmo:schedule:schedule", args=[task.project.code]),
    ),
    RowTasks(
        name="overruns",
        heading=_("Forecasts above the share for two months"),
        verb=_("Raise the share, or confirm it with reasons"),
        seat=DECIDING,
        rows=lambda mine: filter_overruns(mine.day).filter(goes_on()),
        code="part__code",
        title=("part__title_fr", "part__title_en"),
        due=MonthStart(DAY, later=DAYS_TO_ANSWER),
        workspace=Workspace.STEERING,
        link=lambda task: reverse("governance:place:place", args=[task.project.code]),
        is_reminded=True,
    ),
    RowTasks(
        name="weather",
        heading=_("Weather of the month"),
        verb=_("Publish the weather"),
        rows=_list_without_weather,
        title=("title_fr", "title_en"),
        due=LastOfMonth(DAY),
        project="pk",
        permission="pmo.publish_weather",
        workspace=Workspace.STEERING,
        does=Act.PUBLISH_WEATHER,
        link=lambda task: reverse("pmo:weather:weather_publish", args=[task.project.code]),
    ),
]
