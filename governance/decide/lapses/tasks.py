"""Nightly tasks: apply the lapse of conditions that were not met in time, and tell of overdue ones. Idempotent."""

import logging
from datetime import timedelta

from celery import shared_task
from django.db import DatabaseError
from django.db.models import Exists, OuterRef
from django.utils import timezone

from core.access import Refused
from core.acts import NotRecorded
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.decisions.models import Condition, Decision
from governance.decide.decisions.notices import ConditionNotice
from governance.decide.decisions.seal_breaks import DecisionNotice
from governance.decide.lapses.services import lapse
from governance.enums import OnLapse, ProposalState
from governance.workspace_registry import goes_on
from projects.notices.enums import Reason
from projects.notices.services import notify_once
from projects.organisation_settings.queries import today
from projects.seats.mandates.holders import owners

logger = logging.getLogger(__name__)

#: Older ones are not announced: a night may be missed, and a new installation announces nothing of the past.
RECENT = timedelta(days=7)


@shared_task(name="governance.announce_late_conditions")
def announce_late_conditions() -> int:
    """Notify owners once of conditions overdue for at most a week, without evidence; return the number of notices.

    The role that answers is reminded of its task (governance.desk.inbox). A lapse, and evidence, have notices of their
    own.
    """
    day = today()
    late = Condition.objects.overdue(day).filter(goes_on("decision__project"), proof="", on_lapse=OnLapse.STAYS)
    recent = late.filter(due_on__gte=day - RECENT, decision__superseded_by=None)
    running = recent.select_related("decision__project", "decision__proposal").order_by("pk")
    return sum(
        notify_once(
            reason=Reason.CONDITION_LATE,
            about=ConditionNotice(condition),
            people=[seat.holder for seat in owners(condition.decision.project)],
        )
        for condition in running
    )


@shared_task(name="governance.apply_lapses")
def apply_lapses() -> int:
    """Apply every lapse that is due; return the number of decisions that lapsed.

    A decision whose effects cannot be undone keeps its conditions, overdue, and its owners are told once.
    """
    late = Condition.objects.lapsing(timezone.localdate()).filter(decision=OuterRef("pk"))
    decisions = Decision.objects.filter(Exists(late), superseded_by=None, proposal__state=ProposalState.CONDITIONS_OPEN)
    related = ("decided_by", "project", "proposal__project", "proposal__current", "proposal__draft")
    return sum([_apply(decision) for decision in decisions.select_related(*related).order_by("pk")])


def _apply(decision: Decision) -> bool:
    try:
        return lapse(actor=decision.decided_by, decision=decision)
    except NotRecorded:
        logger.warning("Decision %s: its project is busy, its lapse waits for the next night", decision.pk)
    except (CannotTakeEffect, Refused, DatabaseError):
        logger.exception("Decision %s: its effects cannot be undone", decision.pk)
        people = [seat.holder for seat in owners(decision.project)]
        notify_once(reason=Reason.LAPSE_PREVENTED, about=DecisionNotice(decision), people=people)
    return False
