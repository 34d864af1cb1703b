"""Import of the budget lines; each change of a figure is kept as a reading."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from pmo.registers.budget.forms import BudgetLineForm
from pmo.registers.budget.models import BudgetLine
from pmo.registers.budget.register import BUDGET_LINES
from pmo.registers.budget.services import save_budget_line
from projects.imports.registry import Batch, Importer, register
from projects.models import Project


@register
class BudgetImporter(Importer[BudgetLine]):
    """Budget lines, matched by their label."""

    name = BUDGET_LINES.importer
    title = _("Import budget lines")
    back_label = _("Budget")
    back_url_name = BUDGET_LINES.list_url
    permission = BUDGET_LINES.permission
    keys = (("label",),)
    fixed = frozenset(("label",))
    notes = frozenset(("note",))
    note = "note"
    shown = ("label", "envelope", "committed", "forecast")
    columns = BUDGET_LINES.list_file_columns()

    def build_form(self, project: Project) -> BudgetLineForm:
        return BudgetLineForm(project=project)

    def list_rows(self, project: Project) -> Iterable[BudgetLine]:
        return project.budget_lines.order_by("pk")

    def get_value(self, row: BudgetLine, name: str) -> Any:
        """Return the value of a field; the notes of earlier figures stay with them."""
        return "" if name == "note" else getattr(row, name)

    def create(self, batch: Batch, fields: dict[str, Any]) -> BudgetLine:
        """Write a line and its first figures."""
        row = BudgetLine(project=batch.project)
        save_budget_line(batch.actor, row, fields, fields.pop("note", ""))
        return row

    def change(self, batch: Batch, row: BudgetLine, fields: dict[str, Any]) -> None:
        """Write the new figures."""
        row.project = batch.project
        save_budget_line(batch.actor, row, fields, fields.pop("note", ""))
