"""Forms of an import of a list: the mapping of its columns, the start."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.file_checks import MIB
from core.tables.forms import ColumnsForm
from projects.imports.models import ListImport
from projects.imports.registry import Importer
from projects.imports.services import MOST_LINES

LIMITS = format_lazy(
    _("Excel (.xlsx), OpenDocument (.ods) or CSV; {most} MiB and {lines} lines at most."),
    most=settings.EVIDENCE_MAX_BYTES // MIB,
    lines=MOST_LINES,
)


class ListColumnsForm(ColumnsForm):
    """Form of the mapping to the fields of a list; one of those that identify a row is needed."""

    def __init__(self, job: ListImport, data: Any = None, *, importer: Importer[Any]) -> None:
        needed = dict.fromkeys(name for key in importer.keys for name in key)
        labels = [str(column.label) for column in importer.columns if column.name in needed]
        missing = _("Select at least one of these columns: %(columns)s.") % {"columns": ", ".join(labels)}
        super().__init__(job, data, columns=importer.columns, needed=list(needed), missing=missing)


class WriteForm(forms.Form):
    """Form to write a checked file; leaving out lines in error must be ticked."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    leave_out = forms.BooleanField(label=_("Leave out the lines in error"), required=False)
