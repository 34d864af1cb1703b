"""Form of a budget line."""

from django.utils.translation import gettext_lazy as _

from core.forms import AmountField, ProseField, RowForm, TextField


class BudgetLineForm(RowForm):
    """Describe a budget line, in EUR."""

    label = TextField(label=_("Label"), error_messages={"required": _("Enter a label.")})
    envelope = AmountField(label=_("Allocated (€)"), error_messages={"required": _("Enter the allocated amount.")})
    committed = AmountField(label=_("Committed (€)"), error_messages={"required": _("Enter the committed amount.")})
    forecast = AmountField(
        label=_("Forecast at completion (€)"), error_messages={"required": _("Enter the forecast at completion.")}
    )
    note = TextField(label=_("Note"), max_length=300, required=False, help_text=_("What has changed, and why."))


class BudgetCellsForm(BudgetLineForm):
    """Cells of a budget line: its figures and a note. Its label names the row.

    The note is a text area: a grid that has one keeps a draft (core.drafts).
    """

    kept = ("label",)

    note = ProseField(label=_("Note"), max_length=300, rows=2, required=False)
