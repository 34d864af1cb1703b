"""Acts: ask to move a project under another parent, accept, refuse or take back the move."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, act_time
from core.pages.refusals.exceptions import MovedOn
from core.record.meaning import TOO_LITTLE, is_meaningful
from governance.enums import Act, Reason
from governance.life.moves.enums import MoveState
from governance.life.moves.models import Move
from governance.life.moves.queries import find_open_move, list_targets
from governance.life.required_workspaces.effects import require_below, require_on
from projects.ledger.models import LedgerEvent
from projects.ledger.services import record
from projects.models import Project
from projects.notices.services import notify
from projects.seats.mandates.holders import owners
from projects.seats.mandates.predicates import is_owner, role_code_of
from roles.models import User


@act("governance.ask_move", on="project")
def ask_move(*, actor: User, project: Project, target: Project) -> Move:
    """Ask to move the project under `target`; the owners of its present and of its next parent are told.

    Raises ValidationError on a project that has ended or has an open move, and on a target of no higher level, that is
    at rest, or that is its parent ("target").
    """
    if find_open_move(project):
        raise ValidationError(_("A move of this project is already pending."))
    _ensure_fits(project, target)
    move = Move(project=project, parent=project.parent, target=target, asked_by=actor, asked_at=act_time())
    move.save(force_insert=True)
    event = _record(Act.ASK_MOVE, move, role=role_code_of(actor, project))
    _tell(event, Reason.MOVE_ASKED, move)
    return move


@act("governance.accept_move", on="move")
def accept_move(*, actor: User, move: Move) -> Move:
    """Accept the move as the owner of a node above; the last acceptance moves the project.

    What the standards above require is then switched on, in the project and in what is part of it.

    Raises MovedOn, and ValidationError on a project or a parent that has ended since.
    """
    mine = [name for name, node in move.open_sides() if is_owner(actor, node)] if move.is_open else []
    if not mine:
        raise MovedOn(move)
    for name in mine:
        setattr(move, name, actor)
    is_done = not move.open_sides()
    if is_done:
        _ensure_fits(move.project, move.target)
        move.state, move.ended_by = MoveState.DONE, actor
        move.project.parent = move.target
        move.project.save()
    move.save()
    event = _record(Act.ACCEPT_MOVE, move, role=_role_above(actor, move), sides=",".join(mine))
    if is_done:
        _tell(event, Reason.MOVE_SETTLED, move, detail=MoveState.DONE)
        require_on(move.project)
        require_below(move.project, actor)
    return move


@act("governance.refuse_move", on="move")
def refuse_move(*, actor: User, move: Move, because: str) -> Move:
    """Refuse the move as the owner of a node above. Raises MovedOn, and ValidationError on `because`."""
    if not is_meaningful(because):
        raise ValidationError({"because": TOO_LITTLE})
    return _end(actor, move, MoveState.REFUSED, Act.REFUSE_MOVE, _role_above(actor, move), because)


@act("governance.take_back_move", on="move")
def take_back_move(*, actor: User, move: Move) -> Move:
    """Take the move back as the owner of the project. Raises MovedOn."""
    return _end(actor, move, MoveState.TAKEN_BACK, Act.TAKE_BACK_MOVE, role_code_of(actor, move.project), "")


def _end(actor: User, move: Move, state: MoveState, what: Act, role: str, because: str) -> Move:
    if not move.is_open:
        raise MovedOn(move)
    move.state, move.ended_by, move.because = state, actor, because
    move.save()
    _tell(_record(what, move, role=role), Reason.MOVE_SETTLED, move, detail=state)
    return move


def _ensure_fits(project: Project, target: Project) -> None:
    if project.is_over:
        raise ValidationError(_("The project has ended: it stays where it is."))
    if not list_targets(project).filter(pk=target.pk).exists():
        sentence = _("Select a programme or portfolio of a higher level that is neither suspended nor over.")
        raise ValidationError({"target": sentence})


def _role_above(actor: User, move: Move) -> str:
    return next((role_code_of(actor, node) for _name, node in move.sides() if is_owner(actor, node)), "")


def _record(what: Act, move: Move, **facts: Any) -> LedgerEvent:
    nodes: dict[str, Any] = {"leaves": move.parent.code if move.parent else "", "joins": move.target.code}
    return record(what, move, **nodes, **facts)


def _tell(event: LedgerEvent, reason: Reason, move: Move, detail: str = "") -> None:
    nodes = [move.project, *(node for _name, node in move.sides())]
    people = [seat.holder for node in nodes for seat in owners(node)]
    notify(event=event, reason=reason, about=move, people=people, detail=detail)
