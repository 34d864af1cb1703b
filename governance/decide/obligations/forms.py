"""Forms to fulfil an obligation, and to excuse a role from it."""

from typing import Any

from django import forms
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from core.forms import ProseField
from governance.decide.obligations.enums import Verdict
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
        help_text=_(
            "Describe what was done and where to find it, in at least 40 characters, or choose a document. "
            "A shorter text, or that of an earlier answer, counts only once it is received."
        ),
    )
    document = DocumentField(queryset=None, label=_("Document"), required=False, empty_label="—")
    nothing = forms.BooleanField(
        label=_("Nothing to report"),
        required=False,
        help_text=_("Instead of a text, but not for three periods running."),
    )

    def __init__(self, data: Any = None, *, project: Project, may_report_nothing: bool = False) -> None:
        super().__init__(data)
        self.project = project
        if not may_report_nothing:
            del self.fields["nothing"]
        documents = DocumentVersion.objects.filter(document__project=project).newest().select_related("document")
        newest = list(documents.order_by("document__name").values_list("pk", flat=True)[:LONGEST_CHOICE])
        rows = DocumentVersion.objects.filter(pk__in=newest).select_related("document").order_by("document__name")
        self.fields["document"].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Write “nothing to report” as the text, in the language of the project."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.pop("nothing", False):
            if cleaned.get("note") or cleaned.get("document"):
                self.add_error("nothing", _("Tick this box or give evidence, not both."))
            with override(self.project.language):
                cleaned["note"] = gettext("Nothing to report")
        return cleaned


class CheckForm(forms.Form):
    """Word on evidence given by hand, with a reason when it was not received."""

    verdict = forms.ChoiceField(
        label=_("Was the evidence received?"),
        widget=forms.RadioSelect,
        choices=[(verdict.value, verdict.label) for verdict in (Verdict.RECEIVED, Verdict.NOT_RECEIVED)],
        error_messages={"required": _("Choose whether the evidence was received.")},
    )
    reason = ProseField(
        label=_("Reason"),
        rows=4,
        required=False,
        help_text=_("Required when it was not received. Describe what is missing."),
    )


class ExcuseForm(forms.Form):
    """Reason why the owner excuses a role."""

    reason = ProseField(label=_("Reason"), rows=4, error_messages={"required": _("Enter the reasons in a sentence.")})
