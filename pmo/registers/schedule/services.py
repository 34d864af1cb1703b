"""Acts on the schedule: milestones, forecasts, dependencies."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.acts import act, act_time
from core.pages.grid.rows import RowChange, RowsWritten, write_rows
from core.pages.lists.undo import BulkResult, ensure_confirmed
from core.record.meaning import is_meaningful
from pmo.enums import Act
from pmo.registers.schedule.enums import DependencyState
from pmo.registers.schedule.models import Dependency, Milestone, MilestoneForecast
from pmo.registers.schedule.seals import describe_effects, mark_expected_after_the_end, read_limits
from projects.models import Project
from projects.project.rows import get_row_to_write, save_fields
from projects.seats.mandates.events import record_in_role
from projects.undo import give_back
from roles.models import User


class NothingToConfirm(Exception):
    """Raised when no dependency is open."""


@act("pmo.plan_schedule", on="project")
def write_milestone(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: Milestone | None = None, seen: str = ""
) -> Milestone:
    """Add a milestone (`code`, `name`, `gate`, `baseline_on`), or change its name, gate or actual day.

    A new one is expected on its `baseline_on`, which never changes. Raise ValidationError on a taken code ("code") and
    a future actual day ("actual_on"). Raise Outdated.
    """
    row = get_row_to_write(Milestone, project, row, seen)
    is_new = not row.pk
    if save_milestone(actor, row, fields):
        record_in_role(Act.PLAN_SCHEDULE, row)
        if is_new:
            mark_expected_after_the_end(actor, row)
    return row


def save_milestone(actor: User, row: Milestone, fields: Mapping[str, Any]) -> bool:
    """Write a milestone inside an act and return whether it was saved; raise as `write_milestone`."""
    is_new, fields = not row.pk, dict(fields)
    if is_new and row.project.milestones.filter(code=fields["code"]).exists():
        raise ValidationError({"code": _("This code is already used. Enter another code.")})
    ensure_past(fields.get("actual_on"))
    if is_new:
        fields["forecast_on"] = fields["baseline_on"]
    else:
        fields = {name: value for name, value in fields.items() if name not in {"code", "baseline_on"}}
    saved = save_fields(row, fields)
    if saved and is_new:
        _create_forecast(actor, row, "")
    return saved


def ensure_past(actual_on: date | None) -> None:
    """Raise ValidationError on a day that has not come ("actual_on")."""
    if actual_on and actual_on > localtime(act_time()).date():
        raise ValidationError({"actual_on": _("Enter a day that is not in the future.")})


@act("pmo.plan_schedule", on="milestone")
def forecast(*, actor: User, milestone: Milestone, forecast_on: date, reason: str) -> MilestoneForecast:
    """Record a new expected day of a milestone, with its reason.

    Raise ValidationError on a reached milestone or an unchanged day ("forecast_on"), and without a reason ("reason").
    """
    if milestone.forecast_on == forecast_on:
        raise ValidationError({"forecast_on": _("This is already its forecast date.")})
    forecast_row = move_milestone(actor, milestone, forecast_on, reason)
    record_in_role(Act.PLAN_SCHEDULE, forecast_row)
    mark_expected_after_the_end(actor, milestone)
    return forecast_row


def move_milestone(actor: User, milestone: Milestone, forecast_on: date, reason: str) -> MilestoneForecast:
    """Write a new expected day inside an act; raise as `forecast`."""
    ensure_movable(milestone.actual_on, reason)
    milestone.forecast_on = forecast_on
    milestone.save()
    return _create_forecast(actor, milestone, reason)


def ensure_movable(actual_on: date | None, reason: str) -> None:
    """Raise ValidationError on a reached milestone ("forecast_on"), and without a reason ("reason")."""
    if actual_on:
        raise ValidationError({"forecast_on": _("This milestone is reached. You cannot change its forecast date.")})
    if not is_meaningful(reason):
        raise ValidationError({"reason": _("Enter why it changes.")})


@act("pmo.plan_schedule", on="project")
def edit_milestones(
    *, actor: User, project: Project, changes: Mapping[int, RowChange], confirmed: str | None = None
) -> RowsWritten[Milestone]:
    """Change many milestones, by primary key: each is written as by `write_milestone` and `forecast`, or refused alone.

    A reason without a new forecast date is refused ("forecast_on"). Raises Unconfirmed unless `confirmed` is None or
    names the effects on the decided end of the project.
    """
    moved = []

    def write(row: Milestone, fields: Mapping[str, Any]) -> bool:
        row.project = project
        expected_on, reason = fields.get("forecast_on", row.forecast_on), fields.get("reason", "")
        moves = expected_on != row.forecast_on
        ensure_past(fields.get("actual_on"))
        if moves or reason:
            ensure_movable(row.actual_on, reason)
        if reason and not moves:
            raise ValidationError({"forecast_on": _("Enter the new forecast date.")})
        is_written = save_milestone(actor, row, {name: fields[name] for name in ("name", "gate") if name in fields})
        if moves:
            record_in_role(Act.PLAN_SCHEDULE, move_milestone(actor, row, expected_on, reason))
            moved.append(row)
        if "actual_on" in fields:
            is_written |= save_milestone(actor, row, {"actual_on": fields["actual_on"]})
        if is_written or moves:
            record_in_role(Act.PLAN_SCHEDULE, row)
        return is_written or moves

    done = write_rows(project.milestones.all(), changes, write)
    for row in moved:
        mark_expected_after_the_end(actor, row)
    ensure_confirmed(describe_effects(project, moved, len(done.saved)), confirmed)
    return done


@act("pmo.plan_schedule", on="project")
def undo_milestones(*, actor: User, project: Project, seq: int) -> BulkResult:
    """Undo the change of milestones that begins at entry `seq`; see `give_back`."""

    def restore(row: Milestone, differing: set[str]) -> None:
        row.save()
        if "forecast_on" in differing:
            with override(project.language):
                reason = _("A change of several milestones is undone.")
            record_in_role(Act.PLAN_SCHEDULE, _create_forecast(actor, row, reason))
        record_in_role(Act.PLAN_SCHEDULE, row)

    rows = project.milestones.all()
    return give_back(project=project, actor=actor, rows=rows, seq=seq, restore=restore, read_limits=read_limits)


@act("pmo.plan_schedule", on="project")
def write_dependency(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: Dependency | None = None, seen: str = ""
) -> Dependency:
    """Add or change a dependency on another project that the actor sees.

    Raise ValidationError on an invisible project or the same one ("needs"), and on a milestone of another project than
    this one ("milestone") or than the one it needs ("provided_by"). Raise DoesNotExist when the other project of `row`
    is not visible. Raise Outdated.
    """
    if row is not None:
        Dependency.objects.visible_to(actor).get(pk=row.pk)
    row = get_row_to_write(Dependency, project, row, seen)
    fields = {name: value for name, value in fields.items() if name != "needs" or not row.pk}
    needs = fields.get("needs", project if not row.pk else None)
    if needs and (needs == project or not Project.objects.visible_to(actor).filter(pk=needs.pk).exists()):
        raise ValidationError({"needs": _("Choose another project that you see.")})
    milestone = fields.get("milestone")
    if milestone and milestone.project_id != project.pk:
        raise ValidationError({"milestone": _("Choose a milestone of this project.")})
    provides = fields.get("provided_by")
    if provides and provides.project_id != row.needs_id:
        raise ValidationError({"provided_by": _("Choose a milestone of the project it depends on.")})
    if save_fields(row, fields):
        record_in_role(Act.PLAN_SCHEDULE, row)
    return row


@act("pmo.confirm_dependencies", on="project")
def confirm_dependencies(*, actor: User, project: Project) -> list[Dependency]:
    """Confirm that the open dependencies that the actor sees are as they are written. Raise NothingToConfirm."""
    seen = Dependency.objects.visible_to(actor).filter(project=project, state=DependencyState.OPEN)
    rows = list(Dependency.objects.filter(pk__in=seen.values("pk")).select_for_update(of=("self",)).order_by("pk"))
    if not rows:
        raise NothingToConfirm
    for row in rows:
        row.confirmed_on = localtime(act_time()).date()
        row.save()
    record_in_role(Act.CONFIRM_DEPENDENCIES, project, detail=str(len(rows)))
    return rows


def _create_forecast(actor: User, milestone: Milestone, reason: str) -> MilestoneForecast:
    return MilestoneForecast.objects.create(
        project=milestone.project,
        milestone=milestone,
        forecast_on=milestone.forecast_on,
        reason=reason,
        made_by=actor,
        acted_at=act_time(),
    )
