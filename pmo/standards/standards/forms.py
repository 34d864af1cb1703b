"""Forms of the library: standard with checkpoints, method or tool."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.forms import ProseField, RowForm, RowsFormSet, TextField, forget_errors, label_choices, one_more_row
from core.history import version_of
from core.pages.drafts.views import ASKED
from core.words.characters import ensure_visible
from governance.decide.evidence.forms import EvidenceField
from pmo.standards.standards.content import CHECKPOINT, TEXTS
from pmo.standards.standards.enums import Computed, EntryKind, Family
from pmo.standards.standards.models import LEVELS, LibraryEntry, StandardCheckpoint, StandardVersion
from projects.models import DocumentVersion, Project
from projects.workspaces import add_required, installed, list_choices
from roles.enums import Gate

MOST_CHECKPOINTS = 12
LONGEST_CHOICE = 200
PREFIX = "checkpoints"


class DocumentChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Newest version of a document of the library; the form calls `offer`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=DocumentVersion.objects.none(), required=False, empty_label="—", **options)

    def offer(self, project: Project, present: DocumentVersion | None) -> None:
        """Offer the newest version of each document, and the current choice."""
        newest = DocumentVersion.objects.newest().filter(document__project=project).order_by("document__name")
        numbers = [*newest.values_list("pk", flat=True)[:LONGEST_CHOICE], *([present.pk] if present else [])]
        rows = DocumentVersion.objects.filter(pk__in=numbers).select_related("document")
        self.queryset = rows.order_by("document__name", "number")

    def label_from_instance(self, obj: DocumentVersion) -> str:
        """Return the document name with its version."""
        return str(_("%(name)s, version %(version)s") % {"name": obj.document.name, "version": obj.number})


class VersionForm(forms.Form):
    """Describe a version of a standard; code and family are set once, with the first version."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    code = TextField(
        label=_("Code"),
        max_length=20,
        error_messages={"required": _("Enter a code.")},
        help_text=_("Capitals, digits and hyphens, such as STD-RISK. It never changes."),
    )
    family = forms.ChoiceField(label=_("Family"), choices=label_choices(Family.choices))
    title_fr = TextField(label=_("Title in French"), error_messages={"required": _("Enter a title in French.")})
    title_en = TextField(label=_("Title in English"), error_messages={"required": _("Enter a title in English.")})
    purpose_fr = ProseField(label=_("Purpose in French"), rows=3, max_length=4000, required=False)
    purpose_en = ProseField(label=_("Purpose in English"), rows=3, max_length=4000, required=False)
    source = TextField(
        label=_("Origin"),
        max_length=300,
        required=False,
        help_text=_("A method, a law, a lesson learned."),
    )
    mandatory = forms.BooleanField(
        label=_("Mandatory"), required=False, help_text=_("A project needs a waiver of the owner not to follow it.")
    )
    levels = forms.MultipleChoiceField(
        label=_("Levels it is for"),
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(level.value, capfirst(level.label)) for level in LEVELS],
        error_messages={"required": _("Choose a level at least.")},
    )
    from_gate = forms.ChoiceField(label=_("Due from gate"), choices=Gate.choices)
    requires = forms.MultipleChoiceField(
        label=_("Workspaces required below"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: label_choices(list_choices(installed()))(),
        help_text=_("For a mandatory standard. Open projects below get them once the owner has adopted it."),
    )
    template = DocumentChoice(label=_("Document template"), help_text=_("A document of the library."))
    file = EvidenceField(required=False)

    def __init__(
        self, data: Any = None, files: Any = None, *, project: Project, version: StandardVersion | None = None
    ) -> None:
        filled: dict[str, Any] = {"levels": ["project"], "mandatory": True}
        if version:
            names = (*TEXTS, "mandatory", "levels", "from_gate", "template", "requires")
            filled = {name: getattr(version, name) for name in names} | {"seen": version_of(version)}
        super().__init__(data, files, initial=filled)
        self.fields["template"].offer(project, version.template if version else None)  # type: ignore[attr-defined]
        self.fields["file"].label = _("Or another file, which joins the documents of the library")
        if version:
            del self.fields["code"], self.fields["family"]
        if not project.has_parts:
            del self.fields["requires"]

    def clean_code(self) -> str:
        """Return the code in capitals. Raise ValidationError on other characters."""
        code = str(self.cleaned_data["code"]).upper()
        if not code.isascii() or not code.replace("-", "").isalnum() or code.startswith("-"):
            raise ValidationError(_("Use capitals, digits and hyphens."))
        return code

    def clean_requires(self) -> list[str]:
        """Return the workspaces in display order."""
        return add_required(self.cleaned_data["requires"], ())

    def content(self) -> dict[str, Any]:
        """Return the fields of the version."""
        left_out = {"seen", "code", "family", "file"}
        return {name: value for name, value in self.cleaned_data.items() if name not in left_out}


class CheckpointForm(forms.Form):
    """Describe a checkpoint; empty ones are ignored."""

    needed: ClassVar = {"text_fr": "", "text_en": ""}

    text_fr = ProseField(label=_("Text in French"), rows=2, max_length=1000, required=False)
    text_en = ProseField(label=_("Text in English"), rows=2, max_length=1000, required=False)
    computed = forms.ChoiceField(
        label=_("Computed by the system"),
        required=False,
        choices=lambda: [("", _("No: the reviewer answers")), *((c.value, capfirst(c.label)) for c in Computed)],
    )
    waivable = forms.BooleanField(label=_("A waiver can be asked for"), required=False)

    def clean(self) -> dict[str, Any]:
        """Require the text in both languages, or in none."""
        data: dict[str, Any] = super().clean() or {}
        for name, other in (("text_fr", "text_en"), ("text_en", "text_fr")):
            if data.get(other) and not data.get(name) and name not in self.errors:
                self.add_error(name, _("Enter it in both languages."))
        return data


CheckpointFormSet = forms.formset_factory(
    CheckpointForm,
    formset=RowsFormSet,
    extra=0,
    min_num=1,
    max_num=MOST_CHECKPOINTS,
    absolute_max=MOST_CHECKPOINTS,
    validate_max=True,
)


class StandardText:
    """Form of a version with its checkpoint forms, bound to the request or filled from the version."""

    def __init__(
        self,
        data: Any,
        files: Any,
        project: Project,
        version: StandardVersion | None = None,
        rows: Sequence[StandardCheckpoint] = (),
    ) -> None:
        self.is_shown_again = data is not None and bool({"add_checkpoint", ASKED} & set(data))
        if data is not None and "add_checkpoint" in data:
            data = one_more_row(data, PREFIX, MOST_CHECKPOINTS)
        self.form = VersionForm(data, files if data is not None else None, project=project, version=version)
        filled = [{name: getattr(row, name) for name in CHECKPOINT} for row in rows] or [{"waivable": True}]
        self.checkpoints = CheckpointFormSet(data, prefix=PREFIX, initial=filled)
        if data is None:
            self.checkpoints.extra = max(0, len(filled) - 1)

    @property
    def parts(self) -> list[Any]:
        """List the forms."""
        return [self.form, self.checkpoints]

    def is_complete(self) -> bool:
        """Tell whether a valid text was submitted, rather than a request for one more row or for a draft."""
        if self.is_shown_again:
            forget_errors(*self.parts)
            return False
        judged = [part.is_bound and part.is_valid() for part in self.parts]
        return all(judged)

    def rows(self) -> list[dict[str, Any]]:
        """Return the filled checkpoints, in order."""
        typed = [getattr(form, "cleaned_data", {}) for form in self.checkpoints.forms]
        return [{name: row[name] for name in CHECKPOINT} for row in typed if row.get("text_fr") and row.get("text_en")]

    def typed(self) -> list[tuple[str, str]]:
        """Return (label, text) of the typed fields, for the conflict page."""
        fields = [field for form in (self.form, *self.checkpoints.forms) for field in form.visible_fields()]
        texts = [bound for bound in fields if isinstance(bound.field, TextField)]
        return [(str(bound.label), str(bound.value())) for bound in texts if bound.value()]


class EntryForm(RowForm):
    """Describe a method or a tool: text in both languages, link or document."""

    kind = forms.ChoiceField(label=_("Kind"), choices=label_choices(EntryKind.choices))
    family = forms.ChoiceField(label=_("Family"), choices=label_choices(Family.choices))
    title_fr = TextField(label=_("Title in French"), error_messages={"required": _("Enter a title in French.")})
    title_en = TextField(label=_("Title in English"), error_messages={"required": _("Enter a title in English.")})
    text_fr = ProseField(label=_("Text in French"), rows=5, required=False)
    text_en = ProseField(label=_("Text in English"), rows=5, required=False)
    link = forms.URLField(
        label=_("Link"), max_length=500, required=False, assume_scheme="https", validators=[ensure_visible]
    )
    document = DocumentChoice(
        label=_("Document"), help_text=_("A document of the library. Others are added on its page of documents.")
    )
    retired = forms.BooleanField(
        label=_("Retired"), required=False, help_text=_("It stays on record and is no longer offered.")
    )

    def __init__(self, data: Any = None, *, project: Project, row: LibraryEntry | None = None) -> None:
        super().__init__(data, project=project, row=row)
        self.fields["document"].offer(project, row.document if row else None)  # type: ignore[attr-defined]
        if row is None:
            del self.fields["retired"]
