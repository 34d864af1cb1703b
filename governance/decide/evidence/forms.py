"""Forms to upload, attach and replace documents."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.files.checks import LONGEST_NAME, MIB, TYPES, Upload, check_upload
from core.forms import ProseField, TextField


class EvidenceField(forms.FileField):
    """A file field that checks name, size and content (core.files.checks); cleans to an Upload."""

    def __init__(self, **options: Any) -> None:
        accepted = ",".join(f".{extension}" for extension in TYPES)
        super().__init__(
            label=_("File"),
            help_text=format_lazy(
                _("PDF, image, office document without macros, or text, {most} MiB at most."),
                most=settings.EVIDENCE_MAX_BYTES // MIB,
            ),
            error_messages={"required": _("Choose a file.")},
            widget=forms.FileInput(attrs={"accept": accepted}),
            **options,
        )

    def to_python(self, data: Any) -> Upload | None:  # type: ignore[override]
        """Return the checked file; None without a file."""
        return None if data in self.empty_values else check_upload(data)


class AddForm(forms.Form):
    """A new document."""

    file = EvidenceField()
    name = TextField(
        label=_("Name of the document"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=_("Leave empty to use the file name."),
    )


class ReplaceForm(forms.Form):
    """The next version of a document."""

    file = EvidenceField()
    why = ProseField(
        label=_("Why it is replaced"),
        rows=2,
        max_length=2_000,
        error_messages={"required": _("Enter the reasons.")},
        help_text=_("Shown to everyone whose decision was based on the previous version."),
    )


class AttachForm(forms.Form):
    """Choose a document of the project; `choices` are (number, name) pairs."""

    document = forms.ChoiceField(
        label=_("Document of the project"), error_messages={"required": _("Choose a document.")}
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["document"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
