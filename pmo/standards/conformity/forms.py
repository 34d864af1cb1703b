"""Forms of conformity checks."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayField, ProseField, label_choices, optional_choices
from pmo.standards.conformity.enums import Result
from projects.models import DocumentVersion, Project

LONGEST_CHOICE = 200


class DocumentField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Newest version of a document of the project."""

    def label_from_instance(self, obj: DocumentVersion) -> str:
        """Return its name and version."""
        return f"{obj.document.name} ({obj.number})"


#: When an optional field is needed, by name.
NEEDED = {"finding": _("needed unless conform")}


class AnswerForm(forms.Form):
    """Answer one checkpoint in its row, or several at once: a result and a finding of one line."""

    needed: ClassVar = NEEDED

    result = forms.ChoiceField(
        label=_("Result"),
        choices=optional_choices(Result.choices),
        error_messages={"required": _("Choose a result.")},
    )
    finding = ProseField(label=_("Finding"), rows=1, required=False)


class CheckForm(forms.Form):
    """Record the result of one checkpoint, with its evidence and what is to be done."""

    needed: ClassVar = NEEDED

    result = forms.ChoiceField(
        label=_("Result"),
        widget=forms.RadioSelect,
        choices=label_choices(Result.choices),
        error_messages={"required": _("Choose a result.")},
    )
    finding = ProseField(
        label=_("Finding"),
        rows=4,
        required=False,
        help_text=_("Describe what was seen. Optional if conform. If not applicable, enter the reason."),
    )
    evidence = DocumentField(queryset=None, label=_("Evidence"), required=False, empty_label="—")
    action = ProseField(label=_("Action"), rows=2, required=False, help_text=_("What is to be done, if anything."))
    action_role = forms.ChoiceField(label=_("Responsible role"), required=False)
    action_due = DayField(label=_("Due"), required=False)

    def __init__(self, data: Any = None, *, project: Project, **given: Any) -> None:
        super().__init__(data, **given)
        documents = DocumentVersion.objects.filter(document__project=project).newest().select_related("document")
        newest = list(documents.order_by("document__name").values_list("pk", flat=True)[:LONGEST_CHOICE])
        rows = DocumentVersion.objects.filter(pk__in=newest).select_related("document").order_by("document__name")
        self.fields["evidence"].queryset = rows  # type: ignore[attr-defined]
        roles = [(role.code, role.code) for role in project.roles()]
        self.fields["action_role"].choices = [("", "—"), *roles]  # type: ignore[attr-defined]
