"""Notices to the owner of a benefit: named, target or measure changed, measured. Called inside acts."""

from pmo.enums import Reason
from pmo.registers.success_criteria.models import SuccessCriterion
from projects.ledger.models import LedgerEvent
from projects.notices.services import notify

#: Fields whose change is a change of the target or of the measure.
PROMISED = ("measure", "target", "unit", "target_on", "due_gate", "months_after")


def tell_owner_of_change(event: LedgerEvent, before: SuccessCriterion, now: SuccessCriterion) -> None:
    """Notify the owner of a benefit who is named by a change, or whose target or measure it changes."""
    if before.owner_id != now.owner_id:
        tell_owner(event, Reason.BENEFIT_NAMED, now)
    elif any(getattr(before, name) != getattr(now, name) for name in PROMISED):
        tell_owner(event, Reason.BENEFIT_CHANGED, now)


def tell_owner(event: LedgerEvent, reason: Reason, benefit: SuccessCriterion) -> None:
    """Notify the owner of a benefit, if it has one."""
    if benefit.owner:
        notify(event=event, reason=reason, about=benefit, people=[benefit.owner])
