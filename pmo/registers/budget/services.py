"""Acts on the budget (EUR)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, act_time
from core.pages.grid.rows import RowChange, RowsWritten, write_rows
from core.pages.lists.undo import BulkResult
from pmo.enums import Act
from pmo.registers.budget.models import BudgetLine, BudgetReading
from projects.models import Project
from projects.project.rows import get_row_to_write, save_fields
from projects.seats.mandates.events import record_in_role
from projects.undo import give_back
from roles.models import User


@act("pmo.plan_means", on="project")
def write_budget_line(
    *,
    actor: User,
    project: Project,
    fields: Mapping[str, Any],
    row: BudgetLine | None = None,
    seen: str = "",
    note: str = "",
) -> BudgetLine:
    """Add a budget line, or record its new figures (EUR): `envelope`, `committed`, `forecast`.

    Unchanged figures are recorded again when there is a `note`. Raise ValidationError on a taken label ("label"). Raise
    Outdated.
    """
    row = get_row_to_write(BudgetLine, project, row, seen)
    if save_budget_line(actor, row, fields, note):
        record_in_role(Act.PLAN_MEANS, row)
    return row


@act("pmo.plan_means", on="project")
def edit_budget_lines(*, actor: User, project: Project, changes: Mapping[int, RowChange]) -> RowsWritten[BudgetLine]:
    """Record new figures of many budget lines, by primary key: each as `write_budget_line` does, or refused alone."""

    def write(row: BudgetLine, fields: Mapping[str, Any]) -> bool:
        row.project = project
        figures = {name: value for name, value in fields.items() if name != "note"}
        is_written = save_budget_line(actor, row, figures, fields.get("note", ""))
        if is_written:
            record_in_role(Act.PLAN_MEANS, row)
        return is_written

    return write_rows(project.budget_lines.all(), changes, write)


@act("pmo.plan_means", on="project")
def undo_budget_lines(*, actor: User, project: Project, seq: int) -> BulkResult:
    """Undo the change of budget lines that begins at entry `seq`; see `give_back`."""

    def restore(row: BudgetLine, _differing: set[str]) -> None:
        row.save()
        _create_reading(actor, row, "")
        record_in_role(Act.PLAN_MEANS, row)

    return give_back(project=project, actor=actor, rows=project.budget_lines.all(), seq=seq, restore=restore)


def save_budget_line(actor: User, row: BudgetLine, fields: Mapping[str, Any], note: str = "") -> bool:
    """Write the figures of a budget line inside an act and return whether it did; raise as `write_budget_line`."""
    project = row.project
    if project.budget_lines.filter(label=fields.get("label", row.label)).exclude(pk=row.pk).exists():
        raise ValidationError({"label": _("This label is already used. Enter another label.")})
    if not save_fields(row, fields) and not note:
        return False
    _create_reading(actor, row, note)
    return True


def _create_reading(actor: User, row: BudgetLine, note: str) -> None:
    BudgetReading.objects.create(
        project=row.project,
        line=row,
        envelope=row.envelope,
        committed=row.committed,
        forecast=row.forecast,
        note=note,
        read_by=actor,
        acted_at=act_time(),
    )
