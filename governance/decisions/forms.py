"""What the owner answers, and the conditions attached to it."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.decisions.services import NewCondition
from governance.enums import Outcome
from roles.forms import DayField, ProseField, RowsFormSet, one_more_row

MOST_CONDITIONS = 10

ANSWERS = {
    Outcome.APPROVED: _("Approve"),
    Outcome.APPROVED_WITH_CONDITIONS: _("Approve with conditions"),
    Outcome.REWORK: _("Ask for rework"),
    Outcome.DEFERRED: _("Defer"),
    Outcome.REJECTED: _("Reject"),
}
NOTES = {
    Outcome.APPROVED: _("As recommended"),
    Outcome.APPROVED_WITH_CONDITIONS: _("Each condition gets a role that answers for it, and a date"),
    Outcome.REWORK: _("Returns to the authors; nothing is decided"),
    Outcome.DEFERRED: _("Decide later, on a date you set"),
    Outcome.REJECTED: _("Closes the proposal"),
}


class DecisionForm(forms.Form):
    """The answer to the revision named by its fingerprint."""

    needed: ClassVar = {"return_on": ""}

    fingerprint = forms.RegexField("^[0-9a-f]{64}$", widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[*ANSWERS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an outcome.")},
    )
    return_on = DayField(label=_("Decide again on"), required=False)
    reasons = ProseField(
        label=_("Reasoning"),
        error_messages={"required": _("Give the reasons of your decision.")},
        help_text=_("Kept in the register, word for word. Say why, and what you did with each advice."),
    )

    def clean(self) -> dict[str, Any]:
        """A deferral says until when; no other answer has a return date."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("outcome") != Outcome.DEFERRED:
            data["return_on"] = None
            self.errors.pop("return_on", None)
        elif not data.get("return_on") and "return_on" not in self.errors:
            self.add_error("return_on", _("Say on which date you decide again."))
        return data


class ConditionForm(forms.Form):
    """One condition; an empty row is no condition."""

    needed: ClassVar = dict.fromkeys(("text", "role", "due_on"), "")

    text = ProseField(label=_("What must be true"), rows=2, required=False)
    role = forms.ChoiceField(label=_("Role that answers for it"), required=False)
    due_on = DayField(label=_("Due"), required=False)

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = [("", "—"), *roles]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A condition has a text, a role and a date, or nothing at all."""
        data: dict[str, Any] = super().clean() or {}
        if not any(data.get(name) for name in self.fields) and not self.errors:
            return data
        for name, message in (
            ("text", _("Say what must be true.")),
            ("role", _("Choose the role that answers for it.")),
            ("due_on", _("Say by which date.")),
        ):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, message)
        return data


ConditionFormSet = forms.formset_factory(
    ConditionForm,
    formset=RowsFormSet,
    extra=0,
    min_num=1,
    max_num=MOST_CONDITIONS,
    absolute_max=MOST_CONDITIONS,
    validate_max=True,
)


class Answer:
    """The decision form and its conditions as one thing. `roles` are the (code, label) that may answer for one."""

    def __init__(self, data: Any = None, *, fingerprint: str, roles: list[tuple[str, str]]) -> None:
        if data is not None and "add_condition" in data:
            data = one_more_row(data, "conditions", MOST_CONDITIONS)
        self.form = DecisionForm(data, initial={"fingerprint": fingerprint})
        self.conditions = ConditionFormSet(data, prefix="conditions", form_kwargs={"roles": roles})

    def is_valid(self) -> bool:
        """Whether the answer can be recorded; conditions count only for an approval with conditions."""
        valid = self.form.is_valid()
        if self.form.data.get("outcome") == Outcome.APPROVED_WITH_CONDITIONS:
            valid = self._has_conditions() and valid
        return valid

    def _has_conditions(self) -> bool:
        if not self.conditions.is_valid():
            return False
        if not any(form.cleaned_data.get("text") for form in self.conditions.forms):
            self.conditions.forms[0].add_error("text", _("Give at least one condition, or approve without any."))
            return False
        return True

    @property
    def outcome(self) -> Outcome:
        """The answer chosen."""
        return Outcome(self.form.cleaned_data["outcome"])

    def new_conditions(self) -> list[NewCondition]:
        """The conditions to record; none unless the approval is with conditions."""
        if self.outcome != Outcome.APPROVED_WITH_CONDITIONS:
            return []
        rows = [form.cleaned_data for form in self.conditions.forms]
        return [NewCondition(row["text"], row["role"], row["due_on"]) for row in rows if row.get("text")]

    def typed(self) -> list[tuple[str, str]]:
        """(label, text) of what was typed, to hand back when it could not be recorded."""
        texts = [self.form["reasons"], *(form["text"] for form in self.conditions.forms)]
        return [(str(field.label), str(field.value() or "")) for field in texts if field.value()]


class LiftForm(forms.Form):
    """On which proof a condition is lifted."""

    proof = ProseField(label=_("Proof"), rows=2, error_messages={"required": _("Say on which proof.")})
