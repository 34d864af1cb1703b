"""Acts that end a waiver early: the owner revokes it, a conformity checker closes it.

Only a decision grants a waiver (pmo.standards.waivers.kinds); expiry needs no act.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act
from core.pages.refusals.exceptions import MovedOn
from core.record.meaning import ensure_meaningful
from pmo.authorities import KEEPER_OF_STANDARDS
from pmo.enums import Act, Reason
from pmo.standards.conformity.enums import SETTLED, WaiverEnding
from pmo.standards.conformity.models import Waiver
from pmo.standards.conformity.queries import CheckpointStanding, list_standings
from pmo.standards.standards.references import list_checkpoints
from pmo.standards.waivers import effects
from pmo.standards.waivers.queries import list_covered_checkpoints
from projects.notices.services import notify
from projects.organisation_settings.queries import today
from projects.seats.mandates.events import record_in_role
from projects.seats.mandates.holders import holders, owners
from roles.models import User


@act("pmo.revoke_waiver", on="waiver")
def revoke_waiver(*, actor: User, waiver: Waiver, because: str) -> Waiver:
    """Revoke a waiver, with the owner's reason. Raise MovedOn."""
    _ensure_not_over(waiver)
    ensure_meaningful(because=because)
    return _end(actor, waiver, WaiverEnding.REVOKED, because)


@act("pmo.close_waiver", on="waiver")
def close_waiver(*, actor: User, waiver: Waiver, because: str = "") -> Waiver:
    """Close a waiver whose checkpoints are conform since it began, or no longer required.

    Raise MovedOn. Raise ValidationError with the checkpoints that still lack a conform check.
    """
    _ensure_not_over(waiver)
    due = {checkpoint.pk for checkpoint in list_checkpoints(waiver.project)}
    rows = list_standings(
        waiver.project, [checkpoint for checkpoint in list_covered_checkpoints(waiver) if checkpoint.pk in due]
    )
    if left := [row.name for row in rows if not _is_met(row, waiver)]:
        sentence = _("Not found conform since the waiver began: %(checkpoints)s. Record a check first.")
        raise ValidationError(sentence % {"checkpoints": ", ".join(left)})
    return _end(actor, waiver, WaiverEnding.CLOSED, because)


def _is_met(row: CheckpointStanding, waiver: Waiver) -> bool:
    """Tell whether this checkpoint no longer needs the waiver."""
    if row.without not in SETTLED:
        return False
    return row.computed is not None or (row.check is not None and row.check.acted_at >= waiver.began_at)


def _ensure_not_over(waiver: Waiver) -> None:
    """Raise MovedOn on a waiver that has expired or was ended."""
    if waiver.early_end is not None or waiver.ends_on < today():
        raise MovedOn(waiver)


def _end(actor: User, waiver: Waiver, ending: WaiverEnding, because: str) -> Waiver:
    project, revokes = waiver.project, ending == WaiverEnding.REVOKED
    end = effects.end(waiver, ending, actor, because)
    event = record_in_role(
        Act.REVOKE_WAIVER if revokes else Act.CLOSE_WAIVER,
        end,
        project=project,
        detail=waiver.reference,
        waiver=waiver.pk,
    )
    author = holders(project, waiver.revision.proposal.author_role)
    people = [seat.person for seat in (*owners(project), *KEEPER_OF_STANDARDS.holders(project), *author)]
    reason = Reason.WAIVER_REVOKED if revokes else Reason.WAIVER_CLOSED
    notify(event=event, reason=reason, about=waiver, people=people)
    return waiver
