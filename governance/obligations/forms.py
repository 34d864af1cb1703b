"""Forms to fulfil an obligation, and to excuse a role from it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import ProseField
from projects.models import DocumentVersion, Project

LONGEST_CHOICE = 200


class DocumentField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Newest version of a document of the project."""

    def label_from_instance(self, obj: DocumentVersion) -> str:
        """Return its name and version."""
        return f"{obj.document.name} ({obj.number})"


class FulfilForm(forms.Form):
    """Evidence of an obligation: a text, a document, or both."""

    note = ProseField(
        label=_("Evidence"),
        rows=4,
        required=False,
        help_text=_("Describe what was done and where to find it, or choose a document."),
    )
    document = DocumentField(queryset=None, label=_("Document"), required=False, empty_label="—")

    def __init__(self, data: Any = None, *, project: Project) -> None:
        super().__init__(data)
        documents = DocumentVersion.objects.filter(document__project=project).newest().select_related("document")
        newest = list(documents.order_by("document__name").values_list("pk", flat=True)[:LONGEST_CHOICE])
        rows = DocumentVersion.objects.filter(pk__in=newest).select_related("document").order_by("document__name")
        self.fields["document"].queryset = rows  # type: ignore[attr-defined]


class ExcuseForm(forms.Form):
    """Reason why the owner excuses a role."""

    reason = ProseField(label=_("Reason"), rows=4, error_messages={"required": _("Enter the reasons in a sentence.")})
