"""Import of the budget lines; each change of a figure is kept as a reading."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from pmo.registers.budget.forms import BudgetLineForm
from pmo.registers.budget.models import BudgetLine
from pmo.registers.budget.services import save_budget_line
from projects.imports.registry import Batch, Importer, column, register
from projects.models import Project


@register
class BudgetImporter(Importer[BudgetLine]):
    """Budget lines, matched by their label."""

    name = "budget-lines"
    title = _("Import budget lines")
    back_label = _("Budget")
    back_url_name = "pmo:budget:means"
    permission = "pmo.plan_means"
    keys = (("label",),)
    fixed = frozenset(("label",))
    notes = frozenset(("note",))
    note = "note"
    shown = ("label", "envelope", "committed", "forecast")
    columns = (
        column(
            "label",
            _("Label"),
            "label|line|ligne|libelle|intitule|nom|name|poste|poste de depense|nature de depense|nature|rubrique"
            "|designation|budget line|ligne budgetaire|depense|objet",
        ),
        column(
            "envelope",
            _("Allocated (€)"),
            "envelope|allocated|budget|enveloppe|montant alloue|budget initial|budget prevu|montant prevu|montant"
            "|amount|alloue|initial|prevu|planned",
        ),
        column(
            "committed",
            _("Committed (€)"),
            "committed|commitments|engage|engagement|montant engage|depense engagee|engage a date|commande|ordered",
        ),
        column(
            "forecast",
            _("Forecast at completion (€)"),
            "forecast|at completion|atterrissage|au terme|estimation a terminaison|cout a terminaison|reestime"
            "|prevision a fin|prevision|estimate at completion|eac",
        ),
        column("note", _("Note"), "note|comment|commentaire|remarque|observation"),
    )

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
