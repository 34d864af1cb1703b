"""Forms of the risk register: risk, ratings, action, review, issue, scale."""

from copy import deepcopy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.forms import DayField, NumberField, ProseField, RowForm, TextField
from core.history import version_of
from core.pages.register.registers import with_fields
from pmo.registers.risks.enums import (
    DEFAULT,
    FOUR,
    ISSUE_FOLLOWS,
    TO_OPPORTUNITIES,
    TO_THREATS,
    Grades,
    IssueState,
    RiskStatus,
)
from pmo.registers.risks.fields import GradeField
from pmo.registers.risks.filters import STILL_OPEN
from pmo.registers.risks.models import Issue, Risk, RiskAction
from pmo.registers.risks.register import ISSUES, RISKS
from pmo.registers.risks.services import RATINGS
from projects.models import Project

type Choices = list[tuple[str, str]]


def grade_choices(grades: Grades, name: str) -> list[tuple[int, str]]:
    """Return the grades with their words in the reader's language, from 1 on."""
    words = getattr(grades, f"{name}_{'fr' if (get_language() or '').startswith('fr') else 'en'}")
    return [(number, f"{number} · {capfirst(word)}") for number, word in enumerate(words, start=1)]


def role_choices(project: Project) -> Choices:
    """Return the roles in force, as choices."""
    return [("", "—"), *((role.code, f"{role.code} · {role.name}") for role in project.roles())]


@with_fields(RISKS, *RISKS.typed)
class RiskTextForm(RowForm):
    """Describe a risk; `row` is an existing one, at the version carried by the form."""

    def __init__(self, data: Any = None, *, project: Project, row: Risk | None = None, **initial: Any) -> None:
        super().__init__(data, project=project, row=row, **initial)
        if row is not None and row.response:
            del self.fields["opportunity"]


@with_fields(RISKS, "likelihood", "impact", "owner_role", "review_on")
class NewRiskForm(RiskTextForm):
    """Describe a new risk with its first rating, owner role and next review."""

    likelihood = GradeField(label=_("Likelihood"), error_messages={"required": _("Choose how likely it is.")})
    impact = GradeField(
        label=pgettext_lazy("risk", "Impact"), error_messages={"required": _("Choose how serious it would be.")}
    )
    review_on = DayField(label=_("Next review"), required=False)

    def __init__(
        self, data: Any = None, *, project: Project, grades: Grades, roles: Choices | None = None, **given: Any
    ) -> None:
        super().__init__(data, project=project, **given)
        del self.fields["seen"]
        set_grade_choices(self, grades)
        self.fields["owner_role"].choices = roles or role_choices(project)  # type: ignore[attr-defined]


@with_fields(RISKS, "status", "action", "due_on", "code", "response", "residual_likelihood", "residual_impact")
class ImportedRiskForm(NewRiskForm):
    """Describe a risk of another register, which may be assessed and treated there."""

    status = forms.ChoiceField(label=_("Status"), required=False)
    action = ProseField(label=_("Action"), rows=2, required=False)
    due_on = DayField(label=_("Due date of the action"), future=False, required=False)

    def __init__(self, data: Any = None, **given: Any) -> None:
        super().__init__(data, **given)
        statuses = [(STILL_OPEN, pgettext_lazy("risk", "open")), *RiskStatus.choices]
        self.fields["status"].choices = [("", "—"), *((value, capfirst(label)) for value, label in statuses)]  # type: ignore[attr-defined]


@with_fields(
    RISKS,
    *("likelihood", "impact", "response", "treated", "residual_likelihood", "residual_impact"),
    *("owner_role", "review_on"),
)
class AssessmentFields(forms.Form):
    """Fields of an assessment."""

    treated = forms.BooleanField(
        label=_("It is treated"), required=False, help_text=_("The treatment is decided and under way.")
    )

    def set_choices(self, risk: Risk, grades: Grades, roles: Choices) -> None:
        """Offer the grades, the responses that suit the risk, and the roles."""
        set_grade_choices(self, grades)
        meant = TO_OPPORTUNITIES if risk.opportunity else TO_THREATS
        self.fields["response"].choices = [("", "—"), *((response, capfirst(response.label)) for response in meant)]  # type: ignore[attr-defined]
        self.fields["owner_role"].choices = roles  # type: ignore[attr-defined]


class AssessForm(AssessmentFields):
    """Rate a risk and choose its response and owner role."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, risk: Risk, grades: Grades) -> None:
        names = [name for name in self.base_fields if name not in {"seen", "treated"}]
        initial = {name: getattr(risk, name) for name in names} | {"treated": risk.status == RiskStatus.TREATED}
        super().__init__(data, initial=initial | {"seen": version_of(risk)})
        self.set_choices(risk, grades, role_choices(risk.project))


class RiskCellsForm(RiskTextForm, AssessmentFields):
    """Cells of a risk: its text and, while it is open, its assessment."""

    ASSESSED = tuple(AssessmentFields.base_fields)

    def __init__(self, data: Any = None, *, row: Risk, grades: Grades, roles: Choices, **given: Any) -> None:
        super().__init__(data, row=row, treated=row.status == RiskStatus.TREATED, **given)
        self.set_choices(row, grades, roles)
        for name in () if row.is_open else self.ASSESSED:
            self.fields[name].disabled = True
        if "opportunity" not in self.fields:
            self.fields["opportunity"] = deepcopy(self.base_fields["opportunity"])
            self.fields["opportunity"].disabled = True
        self.order_fields(["title", *self.ASSESSED, "category", "proximity", "opportunity", "cause", "event", "effect"])


def set_grade_choices(form: forms.Form, grades: Grades) -> None:
    """Set the choices of the rating fields from the scale."""
    for name in RATINGS:
        if name in form.fields:
            field: Any = form.fields[name]
            field.choices = [("", "—"), *grade_choices(grades, name.removeprefix("residual_"))]


class SettleForm(forms.Form):
    """Give the reason for the new status of a risk."""

    because = ProseField(label=_("Reason"), rows=3, error_messages={"required": _("Enter the reasons.")})


class BulkRiskForm(forms.Form):
    """Change many risks; an empty field leaves the value as it is."""

    status = forms.ChoiceField(label=_("Status"), required=False)
    because = ProseField(label=_("Reason"), rows=1, required=False)
    owner_role = forms.ChoiceField(label=_("Responsible role"), required=False)
    review_on = DayField(label=_("Next review"), required=False)

    def __init__(self, data: Any = None, *, project: Project) -> None:
        super().__init__(data, auto_id="bulk_%s")
        statuses = [(RiskStatus.CLOSED, pgettext_lazy("risk", "Close")), (RiskStatus.ASSESSED, _("Reopen"))]
        self.fields["status"].choices = [("", "—"), *statuses]  # type: ignore[attr-defined]
        self.fields["owner_role"].choices = role_choices(project)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a change of nothing, and a new status without its reason."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.content():
            raise ValidationError(_("Choose what changes: a status, a role or a review."))
        if data.get("status") and not data.get("because"):
            self.add_error("because", _("Enter the reasons."))
        return data

    def content(self) -> dict[str, Any]:
        """Return the fields that change."""
        names = ("status", "owner_role", "review_on")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}


class ActionForm(RowForm):
    """Describe an action on a risk."""

    text = ProseField(label=_("Action"), rows=2, error_messages={"required": _("Describe the action.")})
    role = forms.ChoiceField(label=_("Responsible role"), error_messages={"required": _("Choose the role.")})
    due_on = DayField(label=_("Due"), future=False, error_messages={"required": _("Enter the due date.")})
    done_on = DayField(label=_("Done on"), future=False, required=False)

    def __init__(self, data: Any = None, *, project: Project, row: RiskAction | None = None) -> None:
        super().__init__(data, project=project, row=row)
        self.fields["role"].choices = role_choices(project)  # type: ignore[attr-defined]


class ImportedActionForm(ActionForm):
    """Describe an action on a risk of the register, named by its code."""

    risk = TextField(label=_("Risk"), max_length=30, error_messages={"required": _("Enter the code of the risk.")})


class ReviewForm(forms.Form):
    """Record a review of one risk, or of the register."""

    note = ProseField(label=_("Finding"), rows=3, required=False)
    review_on = DayField(label=_("Next review"), required=False, help_text=_("Leave empty to keep the current date."))


@with_fields(ISSUES, *ISSUES.typed)
class IssueForm(forms.Form):
    """Describe an issue."""

    def __init__(self, data: Any = None, *, project: Project, **given: Any) -> None:
        super().__init__(data, initial=given)
        self.fields["owner_role"].choices = role_choices(project)  # type: ignore[attr-defined]


@with_fields(ISSUES, "state", "resolution", "due_on", "seen")
class SettleIssueForm(forms.Form):
    """Choose the next state of an issue, with its resolution."""

    resolution = ProseField(
        label=_("Resolution"), rows=3, required=False, help_text=_("How it was resolved, or why it is postponed.")
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, issue: Issue) -> None:
        initial = {"resolution": issue.resolution, "due_on": issue.due_on, "seen": version_of(issue)}
        super().__init__(data, initial=initial)
        follows = ISSUE_FOLLOWS[IssueState(issue.state)]
        self.fields["state"].choices = [("", "—"), *((state, capfirst(state.label)) for state in follows)]  # type: ignore[attr-defined]


@with_fields(ISSUES, "state", "resolution", "due_on")
class IssueCellsForm(RowForm):
    """Cells of an issue: its state, with the resolution, and its term. A closed one stays as it is."""

    resolution = ProseField(label=_("Resolution"), rows=3, required=False)

    def __init__(self, data: Any = None, *, row: Issue, **given: Any) -> None:
        super().__init__(data, row=row, **given)
        state = IssueState(row.state)
        follows = (state, *ISSUE_FOLLOWS[state])
        self.fields["state"].choices = [(value, capfirst(value.label)) for value in follows]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.disabled = not ISSUE_FOLLOWS[state]


class WordsField(TextField):
    """Words of the grades separated by commas, lowest first; cleans to a list."""

    def clean(self, value: Any) -> Any:
        """Return the words. Raise ValidationError on a word over 40 characters."""
        words = [word.strip() for word in str(super().clean(value)).split(",") if word.strip()]
        if any(len(word) > 40 for word in words):
            raise ValidationError(_("Enter a word of at most 40 characters for each grade."), code="long")
        return words

    def prepare_value(self, value: Any) -> Any:
        """Join the words by commas."""
        return ", ".join(value) if isinstance(value, list | tuple) else value


class ScaleForm(forms.Form):
    """Define the grades of likelihood and impact, and the bounds of amber and red."""

    likelihood_en = WordsField(label=_("Grades of likelihood in English"), help_text=_("Four or five, lowest first."))
    likelihood_fr = WordsField(label=_("Grades of likelihood in French"))
    impact_en = WordsField(label=_("Grades of impact in English"))
    impact_fr = WordsField(label=_("Grades of impact in French"))
    amber_from = NumberField(
        label=_("Amber from level"), decimal_places=0, help_text=_("A level is likelihood × impact.")
    )
    red_from = NumberField(label=_("Red from level"), decimal_places=0)

    def __init__(self, data: Any = None, *, grades: Grades, preset: str = "") -> None:
        shown = {"4": FOUR, "5": DEFAULT}.get(preset, grades)
        super().__init__(data, initial={name: getattr(shown, name) for name in self.base_fields})

    def clean(self) -> dict[str, Any]:
        """Require lists of equal length, and bounds in ascending order."""
        data: dict[str, Any] = super().clean() or {}
        lengths = {
            len(data[name]) for name in ("likelihood_en", "likelihood_fr", "impact_en", "impact_fr") if name in data
        }
        if not self.errors:
            size = len(data["likelihood_en"])
            if len(lengths) > 1 or size not in {4, 5}:
                self.add_error("likelihood_en", _("Enter four words in each list, or five in each."))
            if not 1 < data["amber_from"] < data["red_from"] <= size * size:
                self.add_error("red_from", _("Amber begins above 1, red above amber, and within the scale."))
        if not self.errors:
            data |= {"size": size, "amber_from": int(data["amber_from"]), "red_from": int(data["red_from"])}
        return data
