"""Forms of acceptance: deliverables, tests, campaigns, runs, defects and corrections."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from amoa.acceptance.enums import MOST_UNAVAILABLE, Result, Severity, Stage
from amoa.acceptance.models import Deliverable
from amoa.acceptance.register import TESTS
from amoa.acceptance.services import ensure_criterion
from amoa.requirements.models import AcceptanceTest, Requirement
from core.forms import CodeField, DayField, NumberField, ProseField, RowForm, TextField, label_choices
from core.pages.register.registers import with_fields
from projects.models import Project


class DeliverableForm(RowForm):
    """Form of a deliverable."""

    kept = ("code",)

    code = TextField(label=_("Code"), max_length=30, error_messages={"required": _("Enter a code.")})
    name = TextField(label=_("Name"), error_messages={"required": _("Enter a name.")})
    lot = TextField(label=_("Lot"), max_length=40, required=False)
    due_on = DayField(label=_("Due"), future=False, required=False)
    delivered_on = DayField(label=_("Delivered on"), future=False, required=False)


@with_fields(TESTS, *TESTS.typed)
class AcceptanceTestForm(RowForm):
    """Form of a test of a requirement or of one criterion."""

    kept = ("code",)

    requirement: CodeField[Requirement] = CodeField(
        label=_("Requirement"),
        max_length=30,
        required=False,
        help_text=_("Its code. Leave it empty for a test of the whole."),
        error_messages={"unknown": _("The project has no requirement of this code.")},
    )
    retired = forms.BooleanField(
        label=_("Retired"), required=False, help_text=_("It is no longer run. Its results are kept.")
    )

    def __init__(self, data: Any = None, *, project: Project, row: models.Model | None = None, **given: Any) -> None:
        super().__init__(data, project=project, row=row, **given)
        self.fields["requirement"].rows = project.requirements.all()  # type: ignore[attr-defined]
        if row is None:
            del self.fields["retired"]


class ImportedTestForm(AcceptanceTestForm):
    """Form of a test in a file: its requirement is a code of the project."""

    requirement = TextField(label=_("Requirement"), max_length=30, required=False)  # type: ignore[assignment]

    def __init__(self, *, project: Project) -> None:
        super().__init__(project=project)
        self.project = project

    @cached_property
    def requirements(self) -> dict[str, tuple[str, list[str]]]:
        """Return the code and the numbers of the criteria of each requirement, by its code in lower case."""
        rows = self.project.requirements.values_list("code", "criteria").order_by("code")
        return {code.lower(): (code, [entry["number"] for entry in criteria]) for code, criteria in rows}

    def clean_requirement(self) -> str:
        """Return the code as the project writes it."""
        code: str = self.cleaned_data["requirement"]
        if code and code.lower() not in self.requirements:
            raise ValidationError(_("The project has no requirement of this code."), code="unknown")
        return self.requirements[code.lower()][0] if code else ""

    def clean(self) -> dict[str, Any]:
        """Refuse a criterion that the requirement does not have."""
        data: dict[str, Any] = super().clean() or {}
        code, criterion = data.get("requirement"), data.get("criterion", "")
        if code is not None:
            try:
                ensure_criterion(criterion, self.requirements[code.lower()][1] if code else [])
            except ValidationError as error:
                self.add_error(None, error)
        return data


class TestCellsForm(AcceptanceTestForm):
    """Cells of a test; `known` maps the codes of requirements that are typed."""

    __test__ = False  # keeps pytest from collecting it

    def __init__(self, data: Any = None, *, known: Mapping[str, Requirement] | None = None, **given: Any) -> None:
        super().__init__(data, **given)
        self.fields["requirement"].known = known  # type: ignore[attr-defined]


class ChosenField(forms.MultipleChoiceField):
    """Criteria as coverage.Untested.value; one that has a test meanwhile is no error."""

    def valid_value(self, value: str) -> bool:
        """Return whether it is a key of a requirement and the number of a criterion."""
        return bool(re.fullmatch(r"[0-9]{1,9}:[0-9]{0,4}", value))


class MissingTestsForm(forms.Form):
    """Form of the missing tests: the criteria that get one, and how the codes begin."""

    chosen = ChosenField(
        label=_("Criteria without a test"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Select at least one criterion.")},
    )
    stem = TextField(
        label=_("Beginning of the codes"),
        max_length=20,
        help_text=_("A number follows it, like T-001."),
        error_messages={"required": _("Enter the beginning of the codes.")},
    )

    def clean_chosen(self) -> list[tuple[int, str]]:
        """Return the keys of the criteria."""
        pairs = (value.partition(":") for value in self.cleaned_data["chosen"])
        return [(int(pk), number) for pk, _colon, number in pairs]


class CampaignForm(RowForm):
    """Form of a campaign: interim check, fitness check (VABF), regular-service check (VSR)."""

    stage = forms.ChoiceField(label=_("What it checks"), choices=label_choices(Stage.choices))
    title = TextField(label=_("Title"), error_messages={"required": _("Enter a title.")})
    deliverable: "forms.ModelChoiceField[Deliverable]" = forms.ModelChoiceField(
        queryset=None, label=_("Deliverable"), required=False, empty_label="—"
    )
    starts_on = DayField(label=_("First day"), future=False, error_messages={"required": _("Enter the first day.")})
    ends_on = DayField(label=_("Last day"), future=False, error_messages={"required": _("Enter the last day.")})
    unavailability = NumberField(
        label=_("Unavailability (%)"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        required=False,
        help_text=format_lazy(
            _("For a regular-service check: share of the observed time, at most {most}."), most=MOST_UNAVAILABLE
        ),
    )

    def __init__(self, data: Any = None, *, project: Project, row: models.Model | None = None, **given: Any) -> None:
        super().__init__(data, project=project, row=row, **given)
        self.fields["deliverable"].queryset = project.deliverables.order_by("code")  # type: ignore[attr-defined]


class RunForm(forms.Form):
    """Form of the result of one run."""

    result = forms.ChoiceField(
        label=_("Result"), choices=Result.choices, error_messages={"required": _("Choose a result.")}
    )
    note = ProseField(label=_("What was seen"), rows=1, max_length=4000, required=False)

    def clean(self) -> dict[str, Any]:
        """Require a note when the test did not pass."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("result") in {Result.FAILED, Result.BLOCKED} and not data.get("note") and "note" not in self.errors:
            self.add_error("note", _("Describe what was seen."))
        return data


class DefectForm(forms.Form):
    """Form of a defect."""

    title = TextField(label=_("Title"), error_messages={"required": _("Enter a title.")})
    description = ProseField(
        label=_("Description"), required=False, help_text=_("What was done, what was seen, what was expected.")
    )
    severity = forms.ChoiceField(
        label=_("Severity"),
        choices=label_choices(Severity.choices),
        widget=forms.RadioSelect,
        initial=Severity.MAJOR,
        error_messages={"required": _("Choose how severe it is.")},
    )
    test: CodeField[AcceptanceTest] = CodeField(
        label=_("Test"),
        max_length=30,
        required=False,
        help_text=_("Its code, if a test showed it."),
        error_messages={"unknown": _("The project has no test of this code.")},
    )

    def __init__(self, data: Any = None, *, project: Project, **given: Any) -> None:
        super().__init__(data, **given)
        self.fields["test"].rows = project.tests.all()  # type: ignore[attr-defined]


class CorrectionForm(forms.Form):
    """Form of a correction."""

    correction = ProseField(
        label=_("Correction"),
        rows=3,
        error_messages={"required": _("Describe what was done.")},
        help_text=_("Describe what was corrected, and in which version."),
    )
