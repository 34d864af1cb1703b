"""Forms of an import of a list: the mapping of its columns, the start."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.file_checks import MIB
from core.tables.forms import DOWNLOAD_FIRST, ColumnsForm
from projects.imports.choices import read_choices
from projects.imports.models import Import
from projects.imports.registry import Importer


def describe_limits(importer: Importer[Any]) -> str:
    """Return which files are read, in the reader's language."""
    most, lines = settings.EVIDENCE_MAX_BYTES // MIB, number_format(importer.most_lines, force_grouping=True)
    return str(importer.limits).format(most=most, lines=lines)


class ListColumnsForm(ColumnsForm):
    """Form of the mapping to the fields of a list; one of those that identify a row is needed."""

    def __init__(self, job: Import, data: Any = None, *, importer: Importer[Any]) -> None:
        identifying = [name for name in importer.needed if name not in importer.made]
        labels = [str(column.label) for column in importer.columns if column.name in identifying]
        form = importer.build_form(job.project)
        required = {name for name, field in form.fields.items() if field.required} - importer.made
        missing = _("Select at least one of these columns: %(columns)s.") % {"columns": ", ".join(labels)}
        super().__init__(
            job,
            data,
            columns=importer.all_columns,
            needed=importer.needed,
            missing=missing,
            note=importer.note,
            category=importer.category,
            constant=importer.constant,
            required=required,
            choices=read_choices(importer, job.project),
        )


class WriteForm(forms.Form):
    """Form to write a checked file; leaving out lines in error must be ticked."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    leave_out = forms.BooleanField(
        label=gettext_lazy("Leave out the lines in error"), required=False, help_text=DOWNLOAD_FIRST
    )
