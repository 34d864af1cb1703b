"""Act on an approval whose effect is known: the owner keeps it, has it corrected, or regrets it."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, act_time, open_act
from core.record.meaning import ensure_meaningful
from governance.decide.decisions.models import Decision
from governance.decide.decisions.seal_breaks import DecisionNotice
from governance.enums import Act, Reason
from governance.life.decision_reviews.effects import list_holders
from governance.life.second_look.enums import LookAnswer
from governance.life.second_look.models import SecondLook
from governance.life.second_look.queries import is_due
from projects.ledger.models import LedgerEvent
from projects.ledger.services import record
from projects.models import Project
from projects.notices.services import notify
from projects.organisation_settings.queries import day_of
from projects.seats.mandates.holders import owners, participants
from roles.models import User


class NothingToLookBackAt(Exception):
    """The decision is replaced, has lapsed, is looked back at already, or its day has not come."""


@open_act
def come_back(*, actor: User, decision: Decision) -> bool:
    """Tell the owners that a decision comes back to them, once; return whether that was still to be done."""
    project = Project.objects.locked(decision.project_id)
    told = LedgerEvent.objects.filter(project=project, act=Act.COME_BACK, subject_id=decision.proposal_id)
    if not is_due(decision, day_of(act_time())) or told.exists():
        return False
    event = record(
        Act.COME_BACK,
        decision.proposal,
        project=project,
        proposal_id=decision.proposal_id,
        detail=decision.reference,
        decision=decision.pk,
    )
    people = [seat.holder for seat in owners(project)]
    notify(event=event, reason=Reason.SECOND_LOOK, about=DecisionNotice(decision), people=people)
    return True


@act("governance.look_back", on="decision")
def look_back(
    *,
    actor: User,
    decision: Decision,
    answer: LookAnswer,
    reasons: str,
    measured_cost: Decimal | None = None,
    measured_on: date | None = None,
    measured_value: Decimal | None = None,
    role: str = "",
) -> SecondLook:
    """Record what the owner says of an approval, with what was measured; `role` proposes a correction.

    Raises NothingToLookBackAt, and ValidationError on `reasons`, `measured_on` and `role`.
    """
    today = day_of(act_time())
    if not is_due(decision, today):
        raise NothingToLookBackAt
    ensure_meaningful(reasons=reasons)
    if measured_on and measured_on > today:
        raise ValidationError({"measured_on": _("Enter a date that is not in the future.")})
    project, corrects = decision.project, answer == LookAnswer.CORRECTED
    asked = list_holders(project, role) if corrects else []
    if corrects and not asked:
        raise ValidationError({"role": _("Select a role that is filled.")})
    mandate = project.mandates.active().deciding().select_related("role").get(holder=actor)
    look = SecondLook.objects.create(
        decision=decision,
        answer=answer,
        measured_cost=measured_cost,
        measured_on=measured_on,
        measured_value=measured_value,
        role=role if corrects else "",
        reasons=reasons,
        looked_by=actor,
        mandate=mandate,
        acted_at=act_time(),
    )
    event = record(
        Act.LOOK_BACK,
        look,
        role=mandate.role.code,
        project=project,
        proposal_id=decision.proposal_id,
        detail=answer,
        decision=decision.pk,
    )
    about, team = DecisionNotice(decision), participants(project, decision.proposal.kind, decision.proposal.author_role)
    notify(event=event, reason=Reason.PROPOSE_AGAIN, about=about, people=asked)
    others = [seat.holder for seat in team if seat.holder not in asked]
    notify(event=event, reason=Reason.LOOKED_BACK, about=about, people=others, detail=answer)
    return look
