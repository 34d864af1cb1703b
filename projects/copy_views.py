"""Copy rows of another project that the reader may read."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property

from core.pages.form_views import Text, post_data
from projects.form_views import ProjectFormView
from projects.project.models import Project
from projects.shortcuts import get_project_or_404


class CopyForm(forms.Form):
    """Choose rows of another project by tick."""

    one = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, data: QueryDict | None, *, rows: Sequence[Any], label: Text, missing: Text) -> None:
        super().__init__(data)
        field: Any = self.fields["one"]
        field.label, field.error_messages["required"] = label, missing
        field.choices = [(str(row.pk), row.title) for row in rows]


class CopyRowsView(ProjectFormView):
    """Copy ticked rows of another project here; `?of=` names the project, and a part of it after a slash.

    The rows of the only project to copy from are shown at once.
    """

    template_name = "projects/copy_rows.html"
    #: Template of the cells of a row after its title, with the labels of their columns.
    cells_template: ClassVar[str]
    heads: ClassVar[Sequence[Text]]
    rows_label: Text
    #: Label of the column with code and title.
    row_label: Text
    #: Button that shows the rows of a project, and what is said without a source, without a row and without a tick.
    show_label: Text
    no_source: Text
    no_row: Text
    missing: Text

    def list_sources(self) -> list[tuple[str, str]]:
        """List value and label of what the reader may copy from."""
        raise NotImplementedError

    def list_rows(self, source: Project, part: str) -> list[Any]:
        """List the rows of a project, or of a part of it, that may be copied."""
        raise NotImplementedError

    def list_known(self) -> set[str]:
        """Return the titles that the project has already."""
        raise NotImplementedError

    def copy(self, rows: list[Any]) -> list[Any]:
        """Copy these rows."""
        raise NotImplementedError

    @cached_property
    def sources(self) -> list[tuple[str, str]]:
        """List value and label of what the reader may copy from, once."""
        return self.list_sources()

    @cached_property
    def asked(self) -> str:
        """Return what the query string names, else the only source."""
        only = self.sources[0][0] if len(self.sources) == 1 else ""
        return self.request.GET.get("of", "").replace("\x00", "")[:60] or only

    @cached_property
    def source(self) -> Project | None:
        """Return the project of the query string. Raises Http404 when the reader may not read it."""
        code = self.asked.partition("/")[0]
        return get_project_or_404(self.request, code) if code else None

    @cached_property
    def rows(self) -> list[Any]:
        """List the rows to choose from."""
        return self.list_rows(self.source, self.asked.partition("/")[2]) if self.source else []

    def get_form(self) -> CopyForm:
        return CopyForm(post_data(self.request), rows=self.rows, label=self.rows_label, missing=self.missing)

    def get_context_data(self, form: forms.Form) -> dict[str, Any]:
        """Add the sources, the rows, and the titles that the project has already."""
        return super().get_context_data(form) | {
            "source": self.source,
            "sources": self.sources,
            "rows": self.rows,
            "known": self.list_known(),
            "chosen": set(self.request.POST.getlist("one")),
        }

    def act(self, data: dict[str, Any]) -> list[Any]:
        return self.copy([row for row in self.rows if row.pk in data["one"]])
