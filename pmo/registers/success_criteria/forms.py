"""Forms of success criteria: wording, set, measure."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.forms import DayField, ProseField, RowForm, TextField, label_choices
from core.pages.register.registers import with_fields
from pmo.registers.success_criteria.enums import CriterionState, Met
from pmo.registers.success_criteria.register import BENEFITS
from projects.models import Project
from roles.enums import Gate
from roles.models import User

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


@with_fields(BENEFITS, *BENEFITS.typed)
class BenefitForm(RowForm):
    """Describe a benefit: its value before, its target on a day, its owner, and the project that delivers it."""

    due_gate = CriterionForm.base_fields["due_gate"]
    months_after = CriterionForm.base_fields["months_after"]
    owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        queryset=None,
        label=_("Benefit owner"),
        required=False,
        empty_label="—",
        help_text=_("The person who gains from it and confirms the measures. People with a role here are listed."),
    )
    delivered_by: "forms.ModelChoiceField[Project]" = forms.ModelChoiceField(
        queryset=None, label=_("Project that delivers it"), required=False, empty_label="—"
    )

    def __init__(self, data: Any = None, *, project: Project, row: Any = None, **given: Any) -> None:
        super().__init__(data, project=project, row=row, **given)
        self.order_fields([*BENEFITS.typed, "owner", "delivered_by"])
        seats = project.mandates.active().values("holder")
        now = row.owner_id if row else None
        people = User.objects.filter(Q(pk__in=seats) | Q(pk=now)).order_by("name", "pk")
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        below = Q(parent=project.pk) | Q(parent__parent=project.pk)
        self.fields["delivered_by"].queryset = Project.objects.filter(below).order_by("code")  # type: ignore[attr-defined]
        if not project.has_parts:
            del self.fields["delivered_by"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if bool(cleaned.get("baseline")) != bool(cleaned.get("baseline_on")):
            missing = "baseline_on" if cleaned.get("baseline") else "baseline"
            self.add_error(missing, _("Enter both the value before and its day, or neither."))
        return cleaned


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
