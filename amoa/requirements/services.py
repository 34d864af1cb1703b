"""Acts on requirements: write one, change many, mark as built, freeze a baseline.

Imports, pages and scenarios call these. An act on many requirements records one ledger event, and one history row
each. Only a decision of the owner approves (governance/decide/kinds, kind requirement_baseline).
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amoa.enums import Act
from amoa.requirements import versions, workflow
from amoa.requirements.enums import RequirementState
from amoa.requirements.models import Requirement, RequirementBaseline
from amoa.requirements.reversal import describe_effects, find_way_back, read_limits
from amoa.requirements.seals import mark_rewritten
from core.acts import act, act_time
from core.history import Outdated, save_many
from core.pages.grid.rows import RowChange, RowsWritten, write_rows
from core.pages.lists.undo import BulkResult, ensure_confirmed
from governance.decide.decisions.review_notices import withdraw_undone
from projects.models import LedgerEvent, Project
from projects.seats.mandates.events import record_in_role
from projects.undo import find_change, give_back
from roles.models import User

#: Fields that `change_many` may set, as columns.
IN_BULK = (
    "state",
    "priority",
    "lot",
    "kind",
    "category",
    "criticality",
    "verification",
    "source",
    "recipients",
    "parent_id",
    "deliverable_id",
)
NOT_FROM_THERE = gettext_lazy("%(code)s is “%(state)s” and cannot change to this state.")


class NothingToFreeze(Exception):
    """Raised when no requirement is proposed, in review or approved."""


@act("amoa.write_requirements", on="project")
def write_requirement(*, actor: User, project: Project, fields: Mapping[str, Any]) -> Requirement:
    """Add a need or a requirement; an empty `code` takes the next one of its kind.

    `fields` are those of the model. Raises ValidationError on a code in use ("code"), a parent that does not fit
    ("parent") and a state that is not an initial one ("state").
    """
    return _create(actor, project, fields)


def _create(actor: User, project: Project, fields: Mapping[str, Any]) -> Requirement:
    requirement = Requirement(project=project, author=actor, changed_at=act_time(), **fields)
    requirement.code = requirement.code or versions.next_code(project, requirement.kind)
    if project.requirements.filter(code=requirement.code).exists():
        raise ValidationError({"code": _("This code is already used. Enter another code.")})
    if requirement.state not in workflow.INITIAL:
        raise ValidationError({"state": _("A new requirement is a draft, proposed or deferred.")})
    _ensure_parent_fits(requirement)
    requirement.save()
    _record(Act.WRITE_REQUIREMENTS, actor, project, requirement, [requirement])
    return requirement


@act("amoa.write_requirements", on="requirement.project")
def edit_requirement(*, actor: User, requirement: Requirement, seen: str, fields: Mapping[str, Any]) -> Requirement:
    """Edit the working version read at `seen`, its `changed_at` in ISO format.

    See `versions.revise` for the effect on version and state. Raises Outdated, and ValidationError as
    write_requirement does.
    """
    if requirement.changed_at.isoformat() != seen:
        raise Outdated
    state = fields.get("state", requirement.state)
    if state != requirement.state and not can_become(requirement, state):
        raise ValidationError({"state": NOT_FROM_THERE % _get_message_params(requirement)})
    frozen = bool(versions.list_frozen([requirement]))
    if versions.revise(requirement, fields, frozen=frozen):
        _ensure_parent_fits(requirement)
        requirement.save()
        _record(Act.WRITE_REQUIREMENTS, actor, requirement.project, requirement, [requirement])
    return requirement


@act("amoa.write_requirements", on="project")
def edit_requirements(
    *, actor: User, project: Project, changes: Mapping[int, RowChange], confirmed: str | None = None
) -> RowsWritten[Requirement]:
    """Edit cells of many requirements, by primary key: each is written or refused alone, with an event of its own.

    Raises Unconfirmed unless `confirmed` is None or names the effects on those in force.
    """
    frozen = versions.list_frozen(list(project.requirements.filter(pk__in=changes)))
    changed: set[str] = set()
    before: dict[int, Requirement] = {}

    def write(row: Requirement, fields: Mapping[str, Any]) -> bool:
        if reason := _why_not(row, fields):
            raise ValidationError(reason)
        before[row.pk] = copy(row)
        differing = versions.revise(row, fields, frozen=row.pk in frozen)
        changed.update(differing)
        return bool(differing)

    done = write_rows(project.requirements.all(), changes, write)
    save_many(done.saved, sorted(changed | {"state", "version", "changed_at"}))
    for row in done.saved:
        _record(Act.WRITE_REQUIREMENTS, actor, project, row, [row])
    ensure_confirmed(describe_effects(project, before, done.saved), confirmed)
    return done


@act("amoa.write_requirements", on="project")
def write_requirements(
    *, actor: User, project: Project, rows: Mapping[int, Mapping[str, Any]]
) -> RowsWritten[Requirement]:
    """Add many requirements: each as `write_requirement` does, or refused alone, by its key in `rows`.

    A title that a requirement of the project has is refused: a list that is sent twice is written once.
    """
    done = RowsWritten[Requirement]()
    known = {title.casefold() for title in project.requirements.values_list("title", flat=True)}
    for number, fields in rows.items():
        try:
            if fields["title"].casefold() in known:
                raise ValidationError({"title": _("This title is already used. Enter another title.")})
            requirement = _create(actor, project, fields)
        except ValidationError as error:
            done.refused[number] = error
            continue
        known.add(requirement.title.casefold())
        done.saved.append(requirement)
    return done


@act("amoa.write_requirements", on="project")
def change_many(
    *,
    actor: User,
    project: Project,
    numbers: Sequence[int],
    fields: Mapping[str, Any],
    confirmed: str | None = None,
) -> BulkResult:
    """Set the same fields of IN_BULK on many requirements, given by primary key.

    A requirement that cannot follow is skipped with the reason. Every changed one gets one history row. Raises
    Unconfirmed as `edit_requirements`.
    """
    fields = {name: value for name, value in fields.items() if name in {*IN_BULK, "parent"}}
    rows = _lock_requirements(project, numbers)
    done, frozen, before = BulkResult(), versions.list_frozen(rows), {row.pk: copy(row) for row in rows}
    for row in rows:
        if reason := _why_not(row, fields):
            done.skipped.append((row, reason))
        elif versions.revise(row, fields, frozen=row.pk in frozen):
            done.changed.append(row)
        else:
            done.skipped.append((row, _("%(code)s is already in this state.") % {"code": row.code}))
    if done.changed:
        save_many(done.changed, (*(name.removesuffix("_id") for name in IN_BULK), "version", "changed_at"))
        event = _record(Act.WRITE_REQUIREMENTS, actor, project, done.changed[0], done.changed)
        ensure_confirmed(describe_effects(project, before, done.changed), confirmed)
        done = replace(done, seq=event.seq)
    return done


@act("amoa.write_requirements", on="project")
def undo_requirements(*, actor: User, project: Project, seq: int) -> BulkResult:
    """Undo the change of requirements that begins at entry `seq`; see `give_back`."""
    names: set[str] = set()

    def restore(row: Requirement, differing: set[str]) -> None:
        _ensure_parent_fits(row)
        state = row.state
        for step in find_way_back(states_now[row.pk], state) or []:
            row.state, row.changed_at = step, act_time()
            if step != state:
                row.save()
        names.update(differing)

    rows = project.requirements.all()
    change = find_change(project, actor, rows, seq)
    at = change.at if change else act_time()
    states_now = dict(rows.values_list("pk", "state"))
    done = give_back(project=project, actor=actor, rows=rows, seq=seq, restore=restore, read_limits=read_limits)
    if done.changed:
        for row in done.changed:
            row.changed_at = act_time()
        save_many(done.changed, sorted(names | {"changed_at"}))
        _record(Act.WRITE_REQUIREMENTS, actor, project, done.changed[0], done.changed, is_undo=True)
        withdraw_undone(project, at)
    return done


@act("amoa.implement", on="project")
def implement(*, actor: User, project: Project, numbers: Sequence[int]) -> BulkResult:
    """Mark approved requirements as built by the provider; skip those that are not approved."""
    done = BulkResult()
    for row in _lock_requirements(project, numbers):
        if row.state != RequirementState.APPROVED:
            done.skipped.append((row, NOT_FROM_THERE % _get_message_params(row)))
            continue
        row.state, row.changed_at = RequirementState.IMPLEMENTED, act_time()
        done.changed.append(row)
    if done.changed:
        save_many(done.changed, ("state", "changed_at"))
        _record(Act.IMPLEMENT, actor, project, done.changed[0], done.changed)
    return done


@act("amoa.freeze_baseline", on="project")
def freeze_baseline(*, actor: User, project: Project, reason: str = "", seen: str = "") -> RequirementBaseline:
    """Freeze the working version of every candidate requirement as the next baseline.

    Candidates are proposed, in review or approved. The baseline comes into force once the owner approves a proposal
    that names it. `seen` is the fingerprint the actor read; empty skips the comparison. Raises NothingToFreeze,
    Outdated.
    """
    if not project.requirements.filter(state__in=workflow.CANDIDATES).exists():
        raise NothingToFreeze
    if seen and seen != versions.fingerprint_candidates(project):
        raise Outdated
    baseline = versions.freeze(project, actor, reason)
    record_in_role(Act.FREEZE_BASELINE, baseline, detail=str(baseline.number), hash=baseline.hash)
    return baseline


def can_become(requirement: Requirement, state: str) -> bool:
    """Return whether a writer may move the requirement to `state` without a decision (workflow.py)."""
    return state in workflow.WRITTEN and workflow.is_allowed(requirement.state, state)


def _why_not(row: Requirement, fields: Mapping[str, Any]) -> str:
    """Return why `row` cannot take these fields; empty when it can."""
    if fields.get("state", row.state) != row.state and not can_become(row, fields["state"]):
        return str(NOT_FROM_THERE % _get_message_params(row))
    if not {"parent", "parent_id", "kind"} & set(fields):
        return ""
    trial = copy(row)
    for name in {"parent", "parent_id", "kind"} & set(fields):
        setattr(trial, name, fields[name])
    try:
        _ensure_parent_fits(trial)
    except ValidationError as error:
        return f"{row.code} : {error.messages[0]}"
    return ""


def _get_message_params(requirement: Requirement) -> dict[str, str]:
    return {"code": requirement.code, "state": requirement.get_state_display()}


def _lock_requirements(project: Project, numbers: Sequence[int] | QuerySet[Any, Any]) -> list[Requirement]:
    """Lock these requirements of `project` and list them by code."""
    rows = project.requirements.select_for_update(of=("self",)).filter(pk__in=numbers)
    return list(rows.order_by("code"))


def _ensure_parent_fits(requirement: Requirement) -> None:
    """Refuse a parent in another project, a need below a requirement, and a cycle."""
    above, seen = requirement.parent, {requirement.pk}
    if above and (above.project_id != requirement.project_id or (requirement.is_need and not above.is_need)):
        raise ValidationError(
            {"parent": _("A need refines a need. A requirement answers a need or refines a requirement.")}
        )
    while above:
        if above.pk in seen:
            raise ValidationError({"parent": _("This would make a circle: choose another one above it.")})
        seen.add(above.pk)
        above = above.parent


def _record(
    what: Act,
    actor: User,
    project: Project,
    subject: Requirement,
    rows: Sequence[Requirement],
    *,
    is_undo: bool = False,
) -> LedgerEvent:
    event = record_in_role(what, subject, detail=str(len(rows)), version=subject.version if len(rows) == 1 else "")
    if what == Act.WRITE_REQUIREMENTS:
        mark_rewritten(actor, project, is_undo=is_undo)
    return event
