"""Acts: carry items over with the decision that closes a project; accept, decline, finish, refuse them in the other."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, act_time
from core.pages.refusals.exceptions import MovedOn
from core.record.meaning import TOO_LITTLE, is_meaningful
from governance.decide.decisions.models import Decision
from governance.decide.obligations.working_days import read_calendar
from governance.enums import Act, Reason, Settled
from governance.life.carry_overs.enums import NOT_DONE, CarryOverState
from governance.life.carry_overs.models import DAYS_TO_ANSWER, DAYS_TO_REFUSE, CarryOver
from projects.ledger.models import LedgerEvent
from projects.ledger.services import record
from projects.models import Project
from projects.notices.services import notify
from projects.organisation_settings.queries import today
from projects.seats.mandates.holders import owners
from projects.seats.mandates.predicates import role_code_of
from roles.models import User


def carry_over(actor: User, decision: Decision, holders: Mapping[str, User]) -> list[CarryOver]:
    """Ask the holder of each item that the decision carries over, inside its act; each holder is notified once."""
    words = [word for word in decision.settled if word["fate"] == Settled.CARRIED]
    if not words:
        return []
    targets = {project.code: project for project in Project.objects.filter(code__in={word["into"] for word in words})}
    calendar = read_calendar()
    due_on = calendar.add_working_days(calendar.day_of(decision.acted_at), DAYS_TO_ANSWER)
    told: dict[tuple[int, int], tuple[LedgerEvent, CarryOver]] = {}
    rows = []
    for word in words:
        row = CarryOver(
            project=decision.project,
            decision=decision,
            item=word["item"],
            group=word["group"],
            label=word["label"],
            text=word["text"],
            target=targets[word["into"]],
            holder=holders[word["item"]],
            due_on=due_on,
            asked_at=decision.acted_at,
        )
        row.save(force_insert=True)
        event = _record(Act.CARRY_OVER, actor, row)
        told.setdefault((row.target_id, row.holder_id), (event, row))
        rows.append(row)
    for event, row in told.values():
        people = [row.holder, *(seat.holder for seat in owners(row.target))]
        notify(event=event, reason=Reason.CARRIED_OVER, about=row, people=dict.fromkeys(people))
    return rows


@act("governance.accept_carry_over", on="carry_over")
def accept_carry_over(
    *, actor: User, carry_over: CarryOver, finish_on: date, with_others: bool = False
) -> list[CarryOver]:
    """Accept an item carried over, to be done by a day, as its holder in time, or as the owner it has returned to.

    `with_others` accepts all that the actor may accept of the same closing in the same project. Raises MovedOn.
    """
    if finish_on < today():
        raise ValidationError({"finish_on": _("Enter a date from today on.")})
    rows = [carry_over]
    if with_others:
        waiting = CarryOver.objects.awaiting(actor).filter(decision=carry_over.decision, target=carry_over.target)
        rows += waiting.exclude(pk=carry_over.pk).select_related("project", "target", "decision", "holder")
    for row in rows:
        row.finish_on = finish_on
        event = _answer(actor, row, CarryOverState.ACCEPTED, Act.ACCEPT_CARRY_OVER)
        if row is carry_over:
            _tell(event, row)
    return rows


@act("governance.decline_carry_over", on="carry_over")
def decline_carry_over(*, actor: User, carry_over: CarryOver, because: str) -> CarryOver:
    """Decline an item carried over: it returns to the owner of the project. Raises MovedOn."""
    if not is_meaningful(because):
        raise ValidationError({"because": TOO_LITTLE})
    carry_over.declined_because = because
    _tell(_answer(actor, carry_over, CarryOverState.DECLINED, Act.DECLINE_CARRY_OVER), carry_over)
    return carry_over


@act("governance.finish_carry_over", on="carry_over")
def finish_carry_over(*, actor: User, carry_over: CarryOver, outcome: str) -> CarryOver:
    """Record that an item carried over is done, with a word on what was done. Raises MovedOn."""
    if not is_meaningful(outcome):
        raise ValidationError({"outcome": TOO_LITTLE})
    if carry_over.is_done:
        raise MovedOn(carry_over)
    carry_over.state, carry_over.outcome = CarryOverState.DONE, outcome
    carry_over.done_by, carry_over.done_at = actor, act_time()
    calendar = read_calendar()
    carry_over.refuse_by = calendar.add_working_days(calendar.day_of(carry_over.done_at), DAYS_TO_REFUSE)
    carry_over.save()
    _tell(_record(Act.FINISH_CARRY_OVER, actor, carry_over), carry_over)
    return carry_over


@act("governance.refuse_carry_over", on="carry_over")
def refuse_carry_over(*, actor: User, carry_over: CarryOver, because: str) -> CarryOver:
    """Say that an item is not done: its follower goes on, and both words stay. Raises MovedOn."""
    if not is_meaningful(because):
        raise ValidationError({"because": TOO_LITTLE})
    if not carry_over.is_done:
        raise MovedOn(carry_over)
    carry_over.refused_outcome, carry_over.refused_because = carry_over.outcome, because
    carry_over.refused_by, carry_over.refused_at = actor, act_time()
    carry_over.state, carry_over.outcome = CarryOverState.ACCEPTED, ""
    carry_over.done_by = carry_over.done_at = carry_over.refuse_by = None
    carry_over.save()
    _tell(_record(Act.REFUSE_CARRY_OVER, actor, carry_over), carry_over, NOT_DONE)
    return carry_over


def _answer(actor: User, row: CarryOver, state: CarryOverState, what: Act) -> LedgerEvent:
    if row.is_accepted or row.state == state:
        raise MovedOn(row)
    row.state, row.answered_by, row.answered_at = state, actor, act_time()
    row.save()
    return _record(what, actor, row)


def _record(what: Act, actor: User, row: CarryOver) -> LedgerEvent:
    role = role_code_of(actor, row.project if what == Act.CARRY_OVER else row.target)
    facts: dict[str, Any] = {"item": row.item, "joins": row.target.code, "holder": str(row.holder.key)}
    return record(what, row, role=role, **facts)


def _tell(event: LedgerEvent, row: CarryOver, detail: str = "") -> None:
    """Tell the owners of both projects, the holder and the follower of the answer."""
    people = [row.holder, row.answered_by or row.holder]
    people += [seat.holder for node in (row.project, row.target) for seat in owners(node)]
    told = dict.fromkeys(people)
    notify(event=event, reason=Reason.CARRY_ANSWERED, about=row, people=told, detail=detail or f"carry_{row.state}")
