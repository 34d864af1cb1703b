"""Acts on success criteria: propose, freeze a set, measure.

Only a decision of the owner approves a set (kinds scope and gate, term `criteria`).
"""

from collections.abc import Collection, Mapping
from copy import copy
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.acts import act, act_time
from governance.decide.decisions.seal_breaks import mark_next_version
from pmo.enums import Act, Reason
from pmo.registers.success_criteria.announcements import tell_owner, tell_owner_of_change
from pmo.registers.success_criteria.enums import CriterionKind, CriterionState, Met
from pmo.registers.success_criteria.models import CriterionMeasure, SuccessCriteriaSet, SuccessCriterion, hash_of
from projects.models import Project
from projects.project.rows import get_row_to_write, save_fields
from projects.seats.mandates.events import record_in_role
from projects.seats.mandates.predicates import role_code_of
from roles.models import User


class NothingToFreeze(Exception):
    """Raised when no criterion is proposed or approved, or the newest set is the same."""


@act("pmo.propose_criterion", on="project")
def write_criterion(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: SuccessCriterion | None = None, seen: str = ""
) -> SuccessCriterion:
    """Propose a success criterion, or reword one that is not approved yet.

    Raise ValidationError on an approved or dropped one ("text"). Raise Outdated.
    """
    return _write_row(Act.PROPOSE_CRITERION, CriterionKind.CRITERION, actor, project, fields, row, seen)


@act("pmo.propose_benefit", on="project")
def write_benefit(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: SuccessCriterion | None = None, seen: str = ""
) -> SuccessCriterion:
    """Propose a benefit, or reword one that is not approved yet. Raise as `write_criterion`.

    Raise ValidationError on a value before without its day ("baseline_on") and on a project that is not below
    ("delivered_by").
    """
    return _write_row(Act.PROPOSE_BENEFIT, CriterionKind.BENEFIT, actor, project, fields, row, seen)


@act("pmo.freeze_criteria", on="criterion")
def drop_criterion(*, actor: User, criterion: SuccessCriterion) -> SuccessCriterion:
    """Drop a proposed criterion or benefit; dropping an approved one takes a decision.

    Raise ValidationError on one that is not proposed.
    """
    if criterion.state != CriterionState.PROPOSED:
        raise ValidationError(_("Only what is proposed can be left out. The owner decides on what is approved."))
    criterion.state = CriterionState.DROPPED
    criterion.save()
    record_in_role(Act.PROPOSE_CRITERION, criterion, detail=CriterionState.DROPPED)
    return criterion


@act("pmo.freeze_criteria", on="project")
def freeze_criteria(*, actor: User, project: Project, leaving_out: Collection[int] = ()) -> SuccessCriteriaSet:
    """Freeze the proposed and approved criteria as the next set, with its hash.

    Approved criteria in `leaving_out` (numbers) are left out: the approval of the set drops them. Raise
    NothingToFreeze.
    """
    rows = project.success_criteria.exclude(state__in=[CriterionState.DROPPED, CriterionState.OBTAINED])
    rows = rows.select_related("owner", "delivered_by").order_by("number")
    rows = rows.exclude(state=CriterionState.APPROVED, number__in=leaving_out)
    content = [row.plain() for row in rows]
    newest = project.criteria_sets.order_by("-number").first()
    if not content or (newest and newest.content == content):
        raise NothingToFreeze
    number = newest.number + 1 if newest else 1
    frozen = SuccessCriteriaSet.objects.create(
        project=project,
        number=number,
        content=content,
        hash=hash_of(number, content),
        made_by=actor,
        acted_at=act_time(),
    )
    record_in_role(Act.FREEZE_CRITERIA, frozen, detail=str(number), hash=frozen.hash)
    mark_next_version(frozen, "criteria")
    return frozen


@act("pmo.measure_criterion", on="criterion")
def measure_criterion(
    *, actor: User, criterion: SuccessCriterion, measured_on: date, value: str, met: Met, note: str = ""
) -> CriterionMeasure:
    """Record a measure of an approved criterion; a correction is another measure.

    Raise ValidationError on a criterion that is not approved ("value") and a future day ("measured_on").
    """
    if not criterion.is_measured:
        raise ValidationError(
            {"value": _("The owner has not approved this criterion. It can be measured once approved.")}
        )
    if measured_on > localtime(act_time()).date():
        raise ValidationError({"measured_on": _("Enter a day that is not in the future.")})
    measure = CriterionMeasure.objects.create(
        project=criterion.project,
        criterion=criterion,
        measured_on=measured_on,
        value=value,
        met=met,
        note=note,
        measured_by=actor,
        acted_at=act_time(),
    )
    event = record_in_role(Act.MEASURE_CRITERION, measure, detail=met)
    tell_owner(event, Reason.BENEFIT_MEASURED, criterion)
    return measure


def _write_row(
    what: Act,
    kind: CriterionKind,
    actor: User,
    project: Project,
    fields: Mapping[str, Any],
    row: SuccessCriterion | None,
    seen: str,
) -> SuccessCriterion:
    row = get_row_to_write(SuccessCriterion, project, row, seen)
    before = copy(row)
    if save_criterion(kind, role_code_of(actor, project), row, fields):
        tell_owner_of_change(record_in_role(what, row), before, row)
    return row


def save_criterion(kind: CriterionKind, role: str, row: SuccessCriterion, fields: Mapping[str, Any]) -> bool:
    """Write a criterion or benefit inside an act and return whether it was saved; raise as `write_criterion`."""
    if row.pk:
        ensure_proposed(kind, row)
    else:
        row.kind, row.proposed_by_role = kind, role
        row.number = row.project.success_criteria.count() + 1
    if kind == CriterionKind.BENEFIT:
        ensure_benefit(row, fields)
    return save_fields(row, fields)


def ensure_benefit(row: SuccessCriterion, fields: Mapping[str, Any]) -> None:
    """Raise ValidationError on a value before without its day, and on a project that is not at or below its own."""
    now = {name: fields.get(name, getattr(row, name)) for name in ("baseline", "baseline_on", "delivered_by")}
    if bool(now["baseline"]) != bool(now["baseline_on"]):
        raise ValidationError({"baseline_on": _("Enter both the value before and its day, or neither.")})
    project = now["delivered_by"]
    above = {project.pk, project.parent_id, project.parent and project.parent.parent_id} if project else set()
    if project and row.project_id not in above:
        raise ValidationError({"delivered_by": _("Choose a project below this one.")})


def ensure_proposed(kind: CriterionKind, row: SuccessCriterion) -> None:
    """Raise ValidationError on a criterion that is approved or dropped, or of another kind ("text")."""
    if row.state != CriterionState.PROPOSED or row.kind != kind:
        raise ValidationError(
            {"text": _("You cannot edit a criterion that is approved or dropped. Propose a new one.")}
        )
