"""Forms of a question, an answer and an estimate."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import AmountField, NumberField, ProseField
from core.record.erasure import display_text
from projects.models import DocumentVersion, Project

LONGEST, LONGEST_CHOICE = 4_000, 200


class QuestionForm(forms.Form):
    """Form of a question to the other side."""

    text = ProseField(
        label=_("Your question"),
        rows=4,
        max_length=LONGEST,
        error_messages={"required": _("Write the question.")},
        help_text=_("One question at a time. All project members can read it."),
    )


class AnswerForm(forms.Form):
    """Form of the answer to a question."""

    text = ProseField(
        label=_("Your answer"),
        rows=4,
        max_length=LONGEST,
        error_messages={"required": _("Write the answer.")},
        help_text=_("You cannot edit the answer later. If it changes the requirement, edit the requirement too."),
    )


class EstimateRowForm(forms.Form):
    """Estimate of one requirement in a table; an empty row is left out. It carries the version that was read.

    The note is a text area: a form that has one keeps a draft (core.pages.drafts).
    """

    #: Code of the requirement, which names the row in the list of errors.
    row_code = ""

    days = NumberField(label=_("Workload (days)"), max_digits=8, decimal_places=1, min_value=0, required=False)
    cost = AmountField(label=_("Cost (€)"), required=False)
    note = ProseField(label=_("Design note"), rows=2, max_length=LONGEST, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def content(self) -> dict[str, Any]:
        """Return what was typed; empty for an empty row."""
        typed = {name: self.cleaned_data[name] for name in ("days", "cost", "note")}
        return typed if any(value not in (None, "") for value in typed.values()) else {}


class EstimateForm(forms.Form):
    """Form of an estimate by the provider."""

    days = NumberField(label=_("Workload (days)"), max_digits=8, decimal_places=1, min_value=0, required=False)
    cost = AmountField(label=_("Cost (€)"), required=False)
    note = ProseField(
        label=_("Design note"),
        rows=4,
        max_length=LONGEST,
        required=False,
        help_text=_("How it would be built, what it depends on, what makes it cheaper or dearer."),
    )
    document = forms.ChoiceField(label=_("Design document"), required=False)

    def __init__(self, data: Any = None, *, project: Project) -> None:
        super().__init__(data)
        self.versions = {str(version.pk): version for version in _list_newest_versions(project)}
        named = [
            (key, f"{display_text(version.document.name)}, {version.number}") for key, version in self.versions.items()
        ]
        self.fields["document"].choices = [("", "—"), *named]  # type: ignore[attr-defined]

    def clean_document(self) -> DocumentVersion | None:
        """Return the chosen version."""
        return self.versions.get(self.cleaned_data["document"])


def _list_newest_versions(project: Project) -> list[DocumentVersion]:
    """List the newest version of each document of the project, by name."""
    rows = DocumentVersion.objects.filter(document__project=project).newest().select_related("document")
    return list(rows.order_by("document__name")[:LONGEST_CHOICE])
