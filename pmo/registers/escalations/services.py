"""Acts on escalated risks: escalate one, rate it on the scale above, answer it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, act_time
from core.pages.refusals.exceptions import MovedOn
from governance.decide.obligations.working_days import read_calendar
from pmo.authorities import PRODUCER_OF_RISKS
from pmo.enums import Act, Reason
from pmo.registers.escalations.enums import DAYS_TO_ANSWER, EscalationState
from pmo.registers.escalations.models import Escalation
from pmo.registers.escalations.queries import find_fault
from pmo.registers.risks.models import Risk, RiskScale
from pmo.registers.risks.services import create_risk, ensure_grades, record_raised
from projects.enums import Level
from projects.ledger.models import LedgerEvent
from projects.ledger.services import record
from projects.models import Project
from projects.notices.services import notify
from projects.organisation_settings.queries import today
from projects.seats.mandates.holders import owners
from projects.seats.mandates.predicates import role_code_of
from roles.models import User

#: Texts of the risk below that the risk of the level above begins with.
TEXTS = ("title", "cause", "event", "effect", "category")


@act("pmo.escalate_risk", on="risk", lock="above")
def escalate_risk(*, actor: User, risk: Risk, above: Project, because: str) -> Escalation:
    """Escalate a risk to the level above, whose office rates it again and whose owner answers.

    Raise ValidationError where the level above does not take it.
    """
    risk = Risk.objects.select_related("project").get(pk=risk.pk)
    if fault := find_fault(risk, above):
        raise ValidationError(fault)
    row = Escalation.objects.create(
        project=above,
        risk=risk,
        title=risk.title,
        because=because,
        raised_by=actor,
        raised_by_role=role_code_of(actor, risk.project),
        raised_at=act_time(),
        answer_by=read_calendar().add_working_days(today(), DAYS_TO_ANSWER[Level(above.level)]),
    )
    event = _record(Act.ESCALATE_RISK, row, role=row.raised_by_role)
    people = {seat.person for seat in (*owners(above), *PRODUCER_OF_RISKS.holders(row))}
    notify(event=event, reason=Reason.RISK_ESCALATED, about=row, people=sorted(people, key=lambda user: user.pk))
    return row


@act("pmo.examine_escalation", on="escalation")
def examine_escalation(*, actor: User, escalation: Escalation, likelihood: int, impact: int) -> Escalation:
    """Rate an escalated risk on the scale of its level, while it waits for an answer.

    Raise MovedOn, and ValidationError on a grade outside the scale ("likelihood" or "impact").
    """
    if not escalation.is_waiting:
        raise MovedOn(escalation)
    scale = RiskScale.objects.in_force_for(escalation.project)
    ensure_grades(scale, {"likelihood": likelihood, "impact": impact})
    escalation.scale, escalation.likelihood, escalation.impact = scale, likelihood, impact
    escalation.save()
    _record(Act.EXAMINE_ESCALATION, escalation, role=role_code_of(actor, escalation.project))
    return escalation


@act("pmo.answer_escalation", on="escalation")
def answer_escalation(*, actor: User, escalation: Escalation, state: EscalationState, answer: str) -> Escalation:
    """Accept an escalated risk at this level, hand it back, or take it over as an own risk of the level.

    The person who escalated it and the owner below are told. Raise MovedOn, and ValidationError on one that is
    accepted or taken over without a rating ("state").
    """
    if not escalation.is_waiting:
        raise MovedOn(escalation)
    if state != EscalationState.HANDED_BACK and escalation.level is None:
        raise ValidationError({"state": _("It is rated on the scale of this level first.")})
    if state == EscalationState.TAKEN_OVER:
        escalation.own = _take_over(actor, escalation)
    escalation.state, escalation.answer = state, answer
    escalation.answered_by, escalation.answered_at = actor, act_time()
    escalation.save()
    event = _record(Act.ANSWER_ESCALATION, escalation, role=role_code_of(actor, escalation.project), detail=state)
    people = {escalation.raised_by, *(seat.person for seat in owners(escalation.risk.project))}
    reason = Reason.ESCALATION_ANSWERED
    notify(event=event, reason=reason, about=escalation, people=sorted(people, key=lambda user: user.pk))
    return escalation


def _take_over(actor: User, escalation: Escalation) -> Risk:
    """Raise the risk in the register of the level, in the words and with the rating of the escalated one."""
    texts = {name: getattr(escalation.risk, name) for name in TEXTS}
    rating = {"likelihood": escalation.likelihood, "impact": escalation.impact}
    own = create_risk(actor, role_code_of(actor, escalation.project), escalation.project, texts | rating)
    record_raised(own)
    return own


def _record(what: Act, row: Escalation, *, role: str, detail: str = "") -> LedgerEvent:
    return record(what, row, role=role, detail=detail, below=row.risk.project.code, risk=row.risk.code)
