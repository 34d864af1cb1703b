"""Forms of the change plan: impacts, communications, training, indicators and feedback."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from amoa.change_plan.enums import ActionState, Aspect, Direction, FeedbackKind, Impact
from core.forms import DayField, NumberField, ProseField, RowForm, SuggestingInput, TextField, label_choices
from projects.models import Project, RecipientGroup

MOST_PEOPLE = 100_000_000
LONGEST_WAIT = 3650
LONGEST_CHOICE = 200


def build_people_field(label: Any) -> forms.IntegerField:
    """Build an optional field for a number of people."""
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_PEOPLE, required=False)


class PlanForm(RowForm):
    """Form of a row of the plan, about one group of the project."""

    group: "forms.ModelChoiceField[RecipientGroup]" = forms.ModelChoiceField(
        queryset=None, label=_("Group"), empty_label="—", error_messages={"required": _("Choose the group.")}
    )

    def __init__(self, data: Any = None, *, project: Project, row: models.Model | None = None, **initial: Any) -> None:
        super().__init__(data, project=project, row=row, **initial)
        self.fields["group"].queryset = project.recipient_groups.order_by("name")  # type: ignore[attr-defined]


class ImpactForm(PlanForm):
    """Form of the impact on a group in one aspect."""

    aspect = forms.ChoiceField(label=_("What changes"), choices=label_choices(Aspect.choices))
    level = forms.ChoiceField(label=_("Size of the change"), choices=label_choices(Impact.choices))
    before = ProseField(label=_("Before"), rows=2, required=False)
    after = ProseField(label=_("After"), rows=2, required=False)
    measure = ProseField(
        label=_("Measure"), rows=2, required=False, help_text=_("What is done so that the group gets there.")
    )

    def __init__(self, data: Any = None, *, project: Project, row: models.Model | None = None, **initial: Any) -> None:
        super().__init__(data, project=project, row=row, **initial)
        if row is not None:
            self.fields["group"].disabled = self.fields["aspect"].disabled = True


class CommunicationForm(PlanForm):
    """Form of a message to a group, due on a day or after a decision."""

    title = TextField(label=_("Title"), error_messages={"required": _("Enter a title.")})
    objective = ProseField(label=_("Objective"), rows=2, required=False)
    message = ProseField(label=_("Message"), rows=3, required=False)
    channel = TextField(
        label=_("Channel"),
        max_length=60,
        required=False,
        help_text=_("Meeting, email, intranet, poster, video, visit."),
    )
    sender = forms.ChoiceField(label=_("Role that sends it"), required=False)
    due_on = DayField(
        label=_("Day"), future=False, required=False, help_text=_("Or leave empty and select the proposal below.")
    )
    after = TextField(
        label=_("After the decision on proposal"),
        max_length=20,
        required=False,
        widget=SuggestingInput(),
        help_text=_("Its reference or its number. The day is known once the owner has decided."),
    )
    days_after = forms.IntegerField(
        label=_("Days after the decision"), min_value=0, max_value=LONGEST_WAIT, required=False
    )
    state = forms.ChoiceField(label=_("State"), choices=label_choices(ActionState.choices), initial=ActionState.PLANNED)
    done_on = DayField(label=_("Sent on"), future=False, required=False)
    reached = build_people_field(_("People reached"))
    feedback = ProseField(label=_("Feedback collected"), rows=2, required=False)

    def __init__(self, data: Any = None, *, project: Project, row: models.Model | None = None, **given: Any) -> None:
        super().__init__(data, project=project, row=row, **given)
        roles = [(role.code, f"{role.code} · {role.name}") for role in project.roles()]
        self.fields["sender"].choices = [("", "—"), *roles]  # type: ignore[attr-defined]
        numbers = project.proposals.filter(current__isnull=False).order_by("-number").values_list("number", flat=True)
        self.reference = f"{project.prefix}P-"
        self.fields["after"].widget.suggestions = [
            f"{self.reference}{number:02d}" for number in numbers[:LONGEST_CHOICE]
        ]
        if isinstance(self.initial.get("after"), int):
            self.initial["after"] = f"{self.reference}{self.initial['after']:02d}"

    def clean_after(self) -> int | None:
        """Return the number of the proposal, or None."""
        typed: str = self.cleaned_data["after"]
        match = re.fullmatch(rf"(?:{re.escape(self.reference)})?([0-9]{{1,6}})", typed.upper())
        if typed and match is None:
            raise ValidationError(_("The project has no proposal of this number."))
        return int(match[1]) if match else None

    def clean_days_after(self) -> int:
        """Return the number of days; empty means 0."""
        return self.cleaned_data["days_after"] or 0


class TrainingForm(PlanForm):
    """Form of a training session for a group."""

    title = TextField(label=_("Title"), error_messages={"required": _("Enter a title.")})
    content = ProseField(label=_("Content"), rows=3, required=False)
    format = TextField(
        label=_("Format"), max_length=60, required=False, help_text=_("Workshop, online, at the work place.")
    )
    place = TextField(label=_("Place"), max_length=100, required=False)
    held_on = DayField(label=_("Day"), future=False, error_messages={"required": _("Enter the day.")})
    expected = build_people_field(_("People expected"))
    state = forms.ChoiceField(label=_("State"), choices=label_choices(ActionState.choices), initial=ActionState.PLANNED)
    attended = build_people_field(_("People who came"))


class IndicatorForm(PlanForm):
    """Form of an indicator of adoption and its target."""

    name = TextField(label=_("Name"), error_messages={"required": _("Name the indicator.")})
    direction = forms.ChoiceField(label=_("The target is met"), choices=label_choices(Direction.choices))
    target = NumberField(
        label=_("Target"), max_digits=12, decimal_places=2, error_messages={"required": _("Enter the target.")}
    )
    unit = TextField(label=_("Unit"), max_length=20, required=False)

    def __init__(self, data: Any = None, *, project: Project, row: models.Model | None = None, **given: Any) -> None:
        super().__init__(data, project=project, row=row, **given)
        self.fields["group"].required = False


class ReadingForm(forms.Form):
    """Form of a reading of an indicator."""

    measured_on = DayField(label=_("Day"), future=False, error_messages={"required": _("Enter the day.")})
    value = NumberField(
        label=_("Value"), max_digits=12, decimal_places=2, error_messages={"required": _("Enter the value.")}
    )


class LinkedForm(forms.Form):
    """Form with optional links to a requirement and to a risk."""

    requirement = TextField(
        label=_("Requirement"),
        max_length=30,
        required=False,
        widget=SuggestingInput(),
        help_text=_("Its code, if it is about one."),
    )
    risk = TextField(label=_("Risk"), max_length=30, required=False, help_text=_("Its code, if it is about one."))

    def __init__(self, data: Any = None, *, project: Project, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        codes = project.requirements.order_by("code").values_list("code", flat=True)[:LONGEST_CHOICE]
        self.fields["requirement"].widget.suggestions = list(codes)


class FeedbackForm(LinkedForm):
    """Form of feedback from a recipient group."""

    group: "forms.ModelChoiceField[RecipientGroup]" = forms.ModelChoiceField(
        queryset=None, label=_("Group"), empty_label="—", error_messages={"required": _("Choose the group.")}
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=label_choices(FeedbackKind.choices))
    text = ProseField(
        label=_("What was said"),
        rows=3,
        max_length=4000,
        error_messages={"required": _("Enter the feedback.")},
        help_text=_("All project members can read it. Do not name anyone."),
    )
    field_order = ("group", "kind", "text", "requirement", "risk")

    def __init__(self, data: Any = None, *, project: Project, initial: Any = None) -> None:
        super().__init__(data, project=project, initial=initial)
        self.fields["group"].queryset = project.recipient_groups.order_by("name")  # type: ignore[attr-defined]


class AnswerForm(LinkedForm):
    """Form of the answer to feedback."""

    answer = ProseField(
        label=_("Answer"),
        rows=3,
        max_length=4000,
        error_messages={"required": _("Write the answer.")},
        help_text=_("Given once. All project members can read it."),
    )
    field_order = ("answer", "requirement", "risk")
