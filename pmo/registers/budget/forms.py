"""Forms of a budget line."""

from django.utils.translation import gettext_lazy as _

from core.forms import ProseField, RowForm
from core.pages.register.registers import with_fields
from pmo.registers.budget.register import BUDGET_LINES


@with_fields(BUDGET_LINES, *BUDGET_LINES.typed)
class BudgetLineForm(RowForm):
    """Describe a budget line, in EUR."""


class BudgetCellsForm(BudgetLineForm):
    """Cells of a budget line: its figures and a note. Its label names the row.

    The note is a text area: a grid that has one keeps a draft (core.pages.drafts).
    """

    kept = ("label",)

    note = ProseField(label=_("Note"), max_length=300, rows=2, required=False)
