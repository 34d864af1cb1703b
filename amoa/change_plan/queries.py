"""Queries of the change plan: impact matrix, due days of messages, attendance, indicators."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from amoa.change_plan.enums import ActionState, Aspect
from amoa.change_plan.models import (
    AdoptionIndicator,
    AdoptionReading,
    ChangeImpact,
    CommunicationAction,
    TrainingSession,
)
from governance.decide.proposals.models import proposal_reference
from governance.enums import Outcome
from governance.models import Decision
from projects.models import Project, RecipientGroup

#: Maximum number of groups in the matrix, and of readings of one indicator.
MOST_GROUPS = 100
MOST_READINGS = 60
#: Outcomes that settle nothing yet: messages tied to the decision keep waiting.
UNSETTLED = (Outcome.REWORK, Outcome.DEFERRED)


@dataclass(frozen=True)
class ImpactRow:
    """A group of the matrix with its impact for each aspect, or None when not assessed."""

    group: RecipientGroup
    cells: list[tuple[Aspect, ChangeImpact | None]]


@dataclass(frozen=True)
class Due:
    """A communication and its due day: its own, or counted from a decision once taken.

    `follows` is the reference of the proposal it waits for; empty when it has its own day.
    """

    action: CommunicationAction
    follows: str
    decision: Decision | None
    day: date | None

    @property
    def is_late(self) -> bool:
        """Return whether the day has passed without the message being sent."""
        waiting = self.action.state in {ActionState.PLANNED, ActionState.POSTPONED}
        return waiting and self.day is not None and self.day < timezone.localdate()


def build_impact_matrix(project: Project, impacts: Iterable[ChangeImpact]) -> list[ImpactRow]:
    """Build the matrix of groups and aspects from these impacts. One query."""
    known = {(impact.group_id, impact.aspect): impact for impact in impacts}
    groups = project.recipient_groups.order_by("name")[:MOST_GROUPS]
    return [ImpactRow(group, [(aspect, known.get((group.pk, aspect.value))) for aspect in Aspect]) for group in groups]


def list_dues(project: Project, actions: Iterable[CommunicationAction]) -> list[Due]:
    """Return these communications with their due day. One query."""
    actions = list(actions)
    numbers = {action.after for action in actions if action.after is not None}
    decided = Decision.objects.filter(project=project, proposal__number__in=numbers).exclude(outcome__in=UNSETTLED)
    answers = {
        decision.proposal.number: decision
        for decision in decided.select_related("proposal", "project").order_by("number")
    }
    return [_build_due(project, action, answers.get(action.after or 0)) for action in actions]


def _build_due(project: Project, action: CommunicationAction, decision: Decision | None) -> Due:
    if action.after is None:
        return Due(action, "", None, action.due_on)
    taken = timezone.localtime(decision.acted_at).date() if decision else None
    return Due(
        action,
        proposal_reference(project, action.after),
        decision,
        taken + timedelta(action.days_after) if taken else None,
    )


@dataclass(frozen=True)
class Attendance:
    """Number of people who came and who were expected, over the sessions held."""

    attended: int
    expected: int


def count_attendance(project: Project) -> Attendance:
    """Sum the attendance of sessions held with an expected number. One query."""
    sessions = TrainingSession.objects.filter(project=project, state=ActionState.DONE, expected__isnull=False)
    counted = list(sessions.values_list("attended", "expected"))
    return Attendance(sum(came or 0 for came, _ in counted), sum(due or 0 for _, due in counted))


def prefetch_readings(indicators: QuerySet[AdoptionIndicator]) -> QuerySet[AdoptionIndicator]:
    """Prefetch the newest readings of each indicator as `newest`."""
    newest = AdoptionReading.objects.order_by("-measured_on", "-pk")[:MOST_READINGS]
    return indicators.select_related("group").prefetch_related(Prefetch("readings", newest, to_attr="newest"))


@dataclass(frozen=True)
class Measure:
    """The last reading recorded for a day."""

    day: date
    value: Decimal
    is_met: bool


def list_measures(indicator: AdoptionIndicator) -> list[Measure]:
    """List the measures of an indicator loaded by `prefetch_readings`, oldest first."""
    by_day: dict[date, AdoptionReading] = {}
    for reading in indicator.newest:  # type: ignore[attr-defined]
        by_day.setdefault(reading.measured_on, reading)
    return [Measure(day, by_day[day].value, indicator.is_met(by_day[day].value)) for day in sorted(by_day)]
