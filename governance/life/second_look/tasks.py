"""Nightly task: tell owners of the decisions that come back to them. Idempotent."""

import logging

from celery import shared_task

from core.acts import NotRecorded
from governance.decide.decisions.models import Decision
from governance.enums import Act
from governance.life.second_look.services import come_back
from projects.ledger.models import LedgerEvent
from projects.organisation_settings.queries import today
from roles.models import User

logger = logging.getLogger(__name__)


@shared_task(name="governance.announce_second_looks")
def announce_second_looks() -> int:
    """Tell owners once of each decision that comes back to them; return the number of decisions."""
    told = LedgerEvent.objects.filter(act=Act.COME_BACK).values("proposal_id")
    due = Decision.objects.in_force().filter(second_look_on__lte=today(), second_look=None, project__archived=False)
    rows = due.exclude(proposal__in=told).select_related("project", "proposal", "revision", "second_look")
    return sum([_tell(decision) for decision in rows.order_by("pk")])


def _tell(decision: Decision) -> bool:
    try:
        return come_back(actor=User.objects.installation(), decision=decision)
    except NotRecorded:
        logger.warning("Decision %s: its project is busy, its second look is told the next night", decision.pk)
    return False
