"""Form views on a project and on its rows."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

from django import forms
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from core.pages.form_views import ActFormView, Text
from core.pages.grid.rows import RowsWritten
from core.pages.grid.views import GridView
from core.pages.lists.order import read_key
from core.pages.lists.pages import build_query
from core.pages.lists.selection import EDITED
from core.pages.lists.undo import BulkResult, Undo, describe_kept
from projects.project.models import Project
from projects.project.words import say_of
from projects.shortcuts import get_object_or_404, get_project_or_404
from projects.undo import Change, Limits, find_change, find_first_seq


def get_row_or_404[M: models.Model](request: HttpRequest, model: type[M], number: int, *related: str) -> M:
    """Return the row with its project. Raises Http404 when it is absent or on a project hidden from the reader."""
    rows: Any = model._default_manager
    row: M = get_object_or_404(rows.visible_to(request.user).select_related("project", *related), pk=number)
    return row


class ProjectFormView(ActFormView):
    """A form on the project whose `code` the address names."""

    #: The page of the project that the form leads back to.
    back_url_name = ""

    @property
    def project(self) -> Project:
        """Return the project of the address, or of the row."""
        project: Project = self.object if isinstance(self.object, Project) else self.object.project
        return project

    def get_object(self) -> Any:
        return get_project_or_404(self.request, self.kwargs["code"])

    def get_form(self) -> forms.Form:
        """Return the form in the words of the level of the project."""
        form = super().get_form()
        for field in getattr(form, "fields", {}).values():
            field.label, field.help_text = (say_of(text, self.project) for text in (field.label, field.help_text))
        return form

    def get_back_url(self) -> str:
        return reverse(self.back_url_name, args=[self.project.code])


class RowActView(ProjectFormView):
    """A form on a row of a project; `pk_url_kwarg` of the address is its primary key.

    The back link leads to the row, or to `back_url_name` when it is set.
    """

    model: type[models.Model]
    select_related: tuple[str, ...] = ()
    pk_url_kwarg: str

    row: Any = None

    def get_object(self) -> Any:
        self.row = self.get_row(self.kwargs[self.pk_url_kwarg])
        return self.row

    def get_versioned_row(self) -> Any:
        return self.row

    def get_row(self, number: int) -> Any:
        """Return the row. Raises Http404."""
        return get_row_or_404(self.request, self.model, number, *self.select_related)

    def get_back_url(self) -> str:
        url: str = super().get_back_url() if self.back_url_name else self.row.get_absolute_url()
        return url


class RowFormView(RowActView):
    """Create a row when the address has the `code` of a project, else edit the row it names.

    The form is a RowForm; `service` takes actor, project, fields, row and seen.
    """

    new_title: Text
    service: ClassVar[Callable[..., Any]]

    def get_object(self) -> Any:
        return get_project_or_404(self.request, self.kwargs["code"]) if "code" in self.kwargs else super().get_object()

    def get_title(self) -> Text:
        return self.title if self.row else self.new_title

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"project": self.project, "row": self.row}

    def act(self, data: dict[str, Any]) -> Any:
        """Write the row; `seen` detects concurrent changes."""
        seen = data.pop("seen")
        service = type(self).service
        return service(actor=self.actor, project=self.project, fields=data, row=self.row, seen=seen)


class ProjectGridView(GridView):
    """Rows of the project whose `code` the address names, as cells."""

    @property
    def back_url_name(self) -> str:
        """Return the name of the address of the list."""
        return self.register.list_url

    @property
    def undo_url_name(self) -> str:
        """Return the name of the address that undoes a change of rows (projects.bulk_views)."""
        return self.register.undo_url

    @property
    def project(self) -> Project:
        """Return the project of the address."""
        project: Project = self.object
        return project

    def undo(self, seq: int) -> BulkResult:
        """Undo the change of rows that begins at this entry. Raises Outdated."""
        raise NotImplementedError

    def read_limits(self, change: Change) -> Limits | None:
        """Return why an undo cannot give a row of this change back; None when it gives all back."""
        return None

    def find_undo(self) -> Undo | None:
        seq = read_key(self.request.GET.get(EDITED, ""))
        return self.describe_undo(seq) if seq and self.undo_url_name else None

    def describe_undo(self, seq: int) -> Undo | None:
        """Return a change of rows by its first entry, with the rows that an undo does not give back."""
        change = find_change(self.project, self.request.user, self.get_rows(), seq)
        if change is None:
            return None
        kept = change.list_kept(self.read_limits(change))
        url = reverse(self.undo_url_name, args=[self.project.code, seq]) if len(kept) < len(change.rows) else ""
        done = self.get_done(len(change.rows))
        return Undo(done, url, build_query(self.request.GET), describe_kept(kept, self.get_name))

    @classmethod
    def of_project(cls, request: HttpRequest, project: Project) -> Self:
        """Return the grid as another page of the project asks it."""
        view = cls()
        view.request, view.object = request, project
        return view

    @classmethod
    def find_undo_for(cls, request: HttpRequest, project: Project) -> Undo | None:
        """Return the change that led to the list of the grid, while the reader may undo it."""
        return cls.of_project(request, project).find_undo()

    def finish(self, done: RowsWritten[Any]) -> HttpResponse:
        """Show the page again, with how many rows were written and the button that undoes it."""
        if not done.saved:
            return super().finish(done)
        query = self.request.GET.copy()
        query[EDITED] = str(find_first_seq(self.project, self.actor, done.saved))
        return redirect(f"{self.request.path}?{query.urlencode()}")

    def get_object(self) -> Project:
        return get_project_or_404(self.request, self.kwargs["code"])

    def get_back_url(self) -> str:
        return reverse(self.back_url_name, args=[self.project.code], query=self.request.GET or None)

    def get_form_kwargs(self, data: QueryDict | None, rows: Sequence[Any]) -> dict[str, Any]:
        return {"project": self.project}
