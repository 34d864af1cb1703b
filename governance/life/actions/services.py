"""Acts: give actions, change them, say that they are done or dropped."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, act_time
from core.history import ensure_unchanged
from core.pages.grid.rows import RowChange, RowsWritten, write_rows
from core.pages.lists.undo import BulkResult
from core.pages.refusals.exceptions import MovedOn
from core.record.meaning import TOO_LITTLE, is_meaningful
from governance.enums import Act, Reason
from governance.life.actions.enums import FOLLOWS, ActionState
from governance.life.actions.models import Action
from governance.life.actions.sources import Origin
from projects.ledger.models import LedgerEvent
from projects.models import DocumentVersion, Project
from projects.notices.services import notify
from projects.project.rows import get_row_to_write, save_fields
from projects.seats.mandates.events import record_in_role
from projects.undo import Change, Limits, give_back
from roles.models import User


@act("governance.give_action", on="project")
def write_action(
    *,
    actor: User,
    project: Project,
    fields: Mapping[str, Any],
    row: Action | None = None,
    seen: str = "",
    origin: Origin | None = None,
) -> Action:
    """Give an action (`text`, `seat`, `due_on`) that comes from `origin`, or change one that is open; tell its person.

    Raise ValidationError on a person without that role on the project ("seat"). Raise MovedOn and Outdated.
    """
    action = get_row_to_write(Action, project, row, seen)
    action.project = project
    if not action.is_open:
        raise MovedOn(action)
    before = action.holder_id
    if origin:
        action.source, action.source_id, action.source_code = origin
    if save_action(actor, action, fields):
        event = record_given(action)
        announce([(event, action)] if action.holder_id != before else [])
    return action


def save_action(actor: User, action: Action, fields: Mapping[str, Any]) -> bool:
    """Write an action inside an act, and return whether it was saved; raise as `write_action`."""
    given = {name: value for name, value in fields.items() if name != "seat"}
    if "seat" in fields:
        given["role"], _sign, key = fields["seat"].rpartition("-")
        given["holder_id"] = int(key)
        seats = action.project.mandates.active().filter(role__code=given["role"], holder=given["holder_id"])
        if fields["seat"] != (action.seat if action.pk else "") and not seats.exists():
            raise ValidationError({"seat": _("This person holds no such role here now.")})
    if not action.pk:
        given |= {"number": action.project.actions.count() + 1, "given_by": actor, "given_at": act_time()}
    return save_fields(action, given)


def record_given(action: Action) -> LedgerEvent:
    """Record that an action was given or changed."""
    return record_in_role(Act.GIVE_ACTION, action, detail=action.reference)


def announce(given: Sequence[tuple[LedgerEvent, Action]]) -> None:
    """Tell each person once what is theirs to do now: the first of these actions."""
    told: dict[int, tuple[LedgerEvent, Action]] = {}
    for event, action in given:
        told.setdefault(action.holder_id, (event, action))
    for event, action in told.values():
        notify(event=event, reason=Reason.ACTION_GIVEN, about=action, people=[action.holder])


@act("governance.settle_action", on="action")
def settle_action(
    *, actor: User, action: Action, state: ActionState, outcome: str, document: DocumentVersion | None, seen: str = ""
) -> Action:
    """Say that an action is done, or dropped with a word, or take it up again; tell its person and who gave it.

    Raise ValidationError when it is dropped without a word ("outcome"). Raise MovedOn and Outdated.
    """
    if state not in FOLLOWS[ActionState(action.state)]:
        raise MovedOn(action)
    if seen:
        ensure_unchanged(action, seen)
    if state == ActionState.DROPPED and not is_meaningful(outcome):
        raise ValidationError({"outcome": TOO_LITTLE})
    is_over = state != ActionState.OPEN
    action.state, action.outcome, action.document = state, outcome if is_over else "", document if is_over else None
    action.settled_by, action.settled_at = (actor, act_time()) if is_over else (None, None)
    action.save()
    event = record_in_role(Act.SETTLE_ACTION, action, detail=state)
    people = [action.holder, action.given_by]
    notify(event=event, reason=Reason.ACTION_SETTLED, about=action, people=people, detail=f"action_{state}")
    return action


@act("governance.give_action", on="project")
def edit_actions(*, actor: User, project: Project, changes: Mapping[int, RowChange]) -> RowsWritten[Action]:
    """Change many actions, by primary key: each as by `write_action`, or refused alone."""
    given: list[tuple[LedgerEvent, Action]] = []

    def write(row: Action, fields: Mapping[str, Any]) -> bool:
        row.project, before = project, row.holder_id
        if not row.is_open:
            raise ValidationError(_("It is “%(state)s” now.") % {"state": row.get_state_display()})
        is_written = save_action(actor, row, fields)
        if is_written:
            event = record_given(row)
            given.extend([(event, row)] if row.holder_id != before else [])
        return is_written

    done = write_rows(project.actions.all(), changes, write)
    announce(given)
    return done


@act("governance.give_action", on="project")
def give_actions(*, actor: User, project: Project, rows: Mapping[int, Mapping[str, Any]]) -> RowsWritten[Action]:
    """Give an action for each of these fields, by the number of its line: each is written, or refused alone."""
    done, given = RowsWritten[Action](), []
    for number, fields in rows.items():
        action = Action(project=project)
        try:
            save_action(actor, action, fields)
        except ValidationError as error:
            done.refused[number] = error
        else:
            given.append((record_given(action), action))
            done.saved.append(action)
    announce(given)
    return done


@act("governance.give_action", on="project")
def undo_actions(*, actor: User, project: Project, seq: int) -> BulkResult:
    """Undo the change of actions that begins at entry `seq`; see `give_back`."""

    def restore(row: Action, _differing: set[str]) -> None:
        row.save()
        record_given(row)

    rows = project.actions.all()
    return give_back(project=project, actor=actor, rows=rows, seq=seq, restore=restore, read_limits=read_limits)


def read_limits(project: Project, _change: Change) -> Limits:
    """Return why an undo cannot give back an action."""
    seats = set(project.mandates.active().values_list("role__code", "holder"))

    def why_kept(former: Any, row: Action) -> str:
        if not row.is_open or former.state != ActionState.OPEN:
            return _("It is “%(state)s” now.") % {"state": row.get_state_display()}
        is_there = former.seat == row.seat or (former.role, former.holder_id) in seats
        return "" if is_there else _("This person holds no such role here now.")

    return why_kept
