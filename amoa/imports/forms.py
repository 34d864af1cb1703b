"""Forms of an import of requirements: the mapping of its columns, the start."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from amoa.imports.columns import CATEGORY, COLUMNS, CONSTANT, NOTE, build_choices
from amoa.imports.models import ImportJob
from core.file_checks import MIB
from core.tables.forms import DOWNLOAD_FIRST, ColumnsForm

LIMITS = format_lazy(
    _("Excel (.xlsx), OpenDocument (.ods), CSV or ReqIF, {most} MiB and 20,000 lines at most."),
    most=settings.EVIDENCE_MAX_BYTES // MIB,
)


class RequirementColumnsForm(ColumnsForm):
    """Form of the mapping to the fields of a requirement; a title, a statement or a code is enough."""

    def __init__(self, job: ImportJob, data: Any = None) -> None:
        missing = _("Choose the column with the titles, the statements or the codes.")
        super().__init__(
            job,
            data,
            columns=COLUMNS,
            needed=("title", "statement", "code"),
            missing=missing,
            note=NOTE,
            category=CATEGORY,
            constant=CONSTANT,
            choices=build_choices(),
        )


class StartForm(forms.Form):
    """Form to start the import; leaving out lines in error must be ticked."""

    leave_out = forms.BooleanField(label=_("Leave out the lines in error"), required=False, help_text=DOWNLOAD_FIRST)
