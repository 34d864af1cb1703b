"""Forms of success criteria: wording, set, measure."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayField, ProseField, RowForm, TextField, label_choices
from pmo.registers.success_criteria.enums import CriterionState, Met
from projects.models import Project
from roles.enums import Gate

DUE = [choice for choice in Gate.choices if choice[0] in {Gate.G4, Gate.G5}]


class CriterionForm(RowForm):
    """Describe a criterion or a benefit, with its measure."""

    text = ProseField(label=_("Criterion"), rows=2, error_messages={"required": _("Write the criterion.")})
    measure = ProseField(
        label=_("How it is measured"),
        rows=2,
        error_messages={"required": _("Describe how it is measured.")},
        help_text=_("By whom, on what, over which period."),
    )
    target = TextField(label=_("Target"), max_length=60, error_messages={"required": _("Enter the target.")})
    unit = TextField(label=_("Unit"), max_length=20, required=False)
    due_gate = forms.ChoiceField(label=_("Due at gate"), choices=lambda: DUE)
    months_after = forms.IntegerField(
        label=_("Months after the gate"),
        min_value=0,
        max_value=120,
        initial=0,
        error_messages={"invalid": _("Enter a whole number of months.")},
    )


class FreezeForm(forms.Form):
    """Choose the approved criteria to leave out of the next set, if any is approved."""

    leaving_out = forms.TypedMultipleChoiceField(
        label=_("Approved criteria to leave out"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They stay approved until the owner approves the set without them."),
    )

    def __init__(self, data: Any = None, *, project: Project) -> None:
        super().__init__(data)
        approved = project.success_criteria.filter(state=CriterionState.APPROVED).order_by("number")
        self.fields["leaving_out"].choices = [  # type: ignore[attr-defined]
            (criterion.number, f"{criterion.reference} · {criterion.text}") for criterion in approved
        ]
        if not self.fields["leaving_out"].choices:  # type: ignore[attr-defined]
            del self.fields["leaving_out"]


class MeasureForm(forms.Form):
    """Record a measure."""

    measured_on = DayField(label=_("Day"), future=False, error_messages={"required": _("Enter the day.")})
    value = TextField(label=_("Value"), max_length=60, error_messages={"required": _("Enter the value.")})
    met = forms.ChoiceField(
        label=_("Result"),
        choices=label_choices(Met.choices),
        widget=forms.RadioSelect,
        error_messages={"required": _("Select whether the target is met.")},
    )
    note = TextField(label=_("Note"), max_length=300, required=False)
