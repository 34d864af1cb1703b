"""Forms of the schedule: milestone, forecast, dependency."""

from copy import deepcopy
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.forms import CodeField, DayField, ProseField, ReasonField, RowForm, TextField, label_choices
from core.pages.register.registers import with_fields
from pmo.registers.schedule.enums import DependencyState
from pmo.registers.schedule.models import Milestone
from pmo.registers.schedule.register import MILESTONES
from projects.models import Project
from roles.models import User


@with_fields(MILESTONES, *MILESTONES.typed)
class MilestoneForm(RowForm):
    """Describe a milestone; code and baseline never change."""

    kept = ("code", "baseline_on")

    def __init__(self, data: Any = None, **given: Any) -> None:
        super().__init__(data, **given)
        gates = [(gate.place, capfirst(gate.label)) for gate in given["project"].gates]
        self.fields["gate"].choices = [("", "—"), *gates]  # type: ignore[attr-defined]
        if given.get("row") is None:
            del self.fields["actual_on"]


class ImportedMilestoneForm(MilestoneForm):
    """Describe a milestone of another schedule, which may have moved or been reached there."""

    forecast_on = DayField(label=_("Forecast date"), future=False, required=False)
    reason = ReasonField(label=_("Why it changes"), max_length=300, required=False)

    def __init__(self, data: Any = None, **given: Any) -> None:
        super().__init__(data, **given)
        self.fields["actual_on"] = deepcopy(self.base_fields["actual_on"])


@with_fields(MILESTONES, "forecast_on", "reason")
class MilestoneCellsForm(MilestoneForm):
    """Cells of a milestone; one that is reached keeps its forecast.

    The reason is a text area: a grid that has one keeps a draft (core.pages.drafts).
    """

    reason = ProseField(label=_("Why it changes"), max_length=300, rows=2, required=False)

    def __init__(self, data: Any = None, *, row: Milestone, **given: Any) -> None:
        super().__init__(data, row=row, **given)
        self.fields["forecast_on"].disabled = row.actual_on is not None
        self.order_fields(["name", "gate", "forecast_on", "reason", "actual_on"])


@with_fields(MILESTONES, "forecast_on", "reason")
class ForecastForm(forms.Form):
    """Give the new expected day of a milestone, and the reason."""

    reason = ReasonField(
        label=_("Why it changes"), max_length=300, error_messages={"required": _("Enter why it changes.")}
    )


class DependencyForm(RowForm):
    """Describe a dependency on another project that the writer sees."""

    kept = ("needs",)

    needs: CodeField[Project] = CodeField(
        label=_("Project this one depends on"),
        max_length=20,
        error_messages={
            "required": _("Enter the code of the project."),
            "unknown": _("You see no project of this code."),
        },
        help_text=_("Enter its code."),
    )
    what = TextField(label=_("What this project needs"), error_messages={"required": _("Describe what it needs.")})
    needed_on = DayField(label=_("Needed by"), future=False, error_messages={"required": _("Enter the day.")})
    milestone: "forms.ModelChoiceField[Milestone]" = forms.ModelChoiceField(
        queryset=None, label=_("For the milestone"), required=False, empty_label="—"
    )
    provided_by: "forms.ModelChoiceField[Milestone]" = forms.ModelChoiceField(
        queryset=None,
        label=_("Milestone that provides it"),
        required=False,
        empty_label="—",
        help_text=_("Of the other project: its forecast date counts."),
    )
    provided_on = DayField(
        label=_("Day that the other project forecasts"),
        future=False,
        required=False,
        help_text=_("Without such a milestone: the day that it gave."),
    )
    state = forms.ChoiceField(label=_("State"), choices=label_choices(DependencyState.choices))
    note = ProseField(label=_("Note"), rows=2, required=False)

    def __init__(self, data: Any = None, *, project: Project, reader: User, **given: Any) -> None:
        super().__init__(data, project=project, **given)
        milestones = project.milestones.order_by("baseline_on", "pk")
        self.fields["milestone"].queryset = milestones  # type: ignore[attr-defined]
        if row := given.get("row"):
            theirs = row.needs.milestones.order_by("baseline_on", "pk")
            self.fields["provided_by"].queryset = theirs  # type: ignore[attr-defined]
        else:
            del self.fields["provided_by"]
        if "needs" in self.fields:
            others = Project.objects.visible_to(reader).exclude(pk=project.pk)
            self.fields["needs"].rows = others  # type: ignore[attr-defined]
