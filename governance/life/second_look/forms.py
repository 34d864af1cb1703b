"""Form of a second look."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import AmountField, DayField, NumberField, ProseField
from governance.life.second_look.enums import LookAnswer

ANSWERS = {
    LookAnswer.KEPT: _("I keep this decision"),
    LookAnswer.CORRECTED: _("It must be corrected by a new proposal"),
    LookAnswer.REGRETTED: _("I would not take it again"),
}


class SecondLookForm(forms.Form):
    """What was measured, and what the owner says of it. Figures that nobody expected are not asked for."""

    measured_cost = AmountField(label=_("Measured cost (€)"), required=False)
    measured_on = DayField(label=_("Reached on"), future=False, required=False)
    measured_value = NumberField(label=_("Measured value"), required=False, max_digits=14, decimal_places=2)
    answer = forms.ChoiceField(
        label=_("What do you say of it now?"),
        choices=list(ANSWERS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Select an answer.")},
    )
    role = forms.ChoiceField(
        label=_("Role that proposes the correction"),
        required=False,
        help_text=_("Only for a correction. Its holders find the request in their tasks."),
    )
    reasons = ProseField(label=_("Reasons"), rows=4, error_messages={"required": _("Enter your reasons.")})

    def __init__(self, *args: Any, roles: list[tuple[str, str]], asked: frozenset[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = [("", "—"), *roles]  # type: ignore[attr-defined]
        for name in ("measured_cost", "measured_on", "measured_value"):
            if name not in asked:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Require a role for a correction."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("answer") == LookAnswer.CORRECTED and not data.get("role") and "role" not in self.errors:
            self.add_error("role", _("Select the role that proposes the correction."))
        return data
