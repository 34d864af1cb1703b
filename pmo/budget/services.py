"""The acts on the means: budget lines, and every figure noted of them (EUR)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core import acts as acting
from core.acts import act
from pmo.budget.models import BudgetLine, BudgetReading
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import Project
from projects.project.rows import to_write, write
from projects.rules import role_held
from roles.models import User


@act("governance.plan_means", on="project")
def write_budget_line(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: BudgetLine | None = None, seen: str = "",
    note: str = "",
) -> BudgetLine:  # fmt: skip
    """Add a part of the budget, or note its figures anew (EUR): `envelope`, `committed`, `forecast`; all are kept.

    With a `note`, figures that are the same are noted once more. Raises ValidationError on a label that is taken
    ("label"); and Outdated.
    """
    row = to_write(BudgetLine, project, row, seen)
    if project.budget_lines.filter(label=fields.get("label", row.label)).exclude(pk=row.pk).exists():
        raise ValidationError({"label": _("The project already has a budget line of this label.")})
    if not write(row, fields) and not note:
        return row
    BudgetReading.objects.create(
        project=project, line=row, envelope=row.envelope, committed=row.committed, forecast=row.forecast, note=note,
        read_by=actor, acted_at=acting.act_time(),
    )  # fmt: skip
    record(act=Act.PLAN_MEANS, actor=actor, role=role_held(actor, project), project=project, subject=row)
    return row
