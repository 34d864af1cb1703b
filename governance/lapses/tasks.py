"""Nightly task: apply the lapse of conditions that were not met in time. Idempotent."""

import logging

from celery import shared_task
from django.db import DatabaseError
from django.db.models import Exists, OuterRef
from django.utils import timezone

from core.access import Refused
from core.acts import NotRecorded
from governance.decisions.effects import CannotTakeEffect
from governance.decisions.models import Condition, Decision
from governance.enums import ProposalState
from governance.lapses.services import lapse
from projects.mandates.holders import owners
from projects.notices.models import Reason
from projects.notices.services import notify_once

logger = logging.getLogger(__name__)


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
        notify_once(reason=Reason.LAPSE_PREVENTED, about=decision.proposal, people=people)
    return False
