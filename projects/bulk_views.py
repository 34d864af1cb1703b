"""Change rows that are ticked in a list, in any cell of its grid, and undo it for ten minutes."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from core.access import reader
from core.acts import is_showing_only
from core.forms import forget_errors
from core.history import Outdated, version_of
from core.pages.form_views import UNPROCESSABLE
from core.pages.grid.many import ManyForm, build_data, describe_errors, list_closed
from core.pages.grid.rows import RowChange, RowsWritten
from core.pages.lists.order import read_key
from core.pages.lists.selection import build_back_query, list_chosen, list_fields
from core.pages.lists.undo import Effects, Unconfirmed, name_first
from core.pages.refusals.views import cannot_undo
from projects.form_views import ProjectGridView
from projects.project.models import Project
from projects.undo import find_first_seq

#: Maximum number of rows that one act changes.
MOST = 500
#: Field that names the rows in force which a change leaves out.
WITHOUT = "without"


class ManyRowsView(View):
    """A change of many rows by the form, the act and the rules of a grid."""

    http_method_names = ["post"]
    template_name = "projects/rows_changed.html"

    #: The grid whose cells are changed.
    grid: type[ProjectGridView] = ProjectGridView

    view: ProjectGridView

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Set up the grid on the same request."""
        super().setup(request, *args, **kwargs)
        self.view = self.grid()
        self.view.setup(request, *args, **kwargs)

    @property
    def project(self) -> Project:
        """Return the project of the address."""
        return self.view.project

    def get_back_url(self, changed: int = 0) -> str:
        """Return the address of the list as it was left, with the entry of a change to undo."""
        query = build_back_query(self.request, changed)
        return reverse(self.view.back_url_name, args=[self.project.code], query=query)

    def finish(self, rows: Sequence[Any], done: RowsWritten[Any], refused: Mapping[int, str]) -> HttpResponse:
        """Return to the list, or show which of these rows were refused."""
        seq = find_first_seq(self.project, reader(self.request), done.saved) if done.saved else 0
        if not refused:
            if not done.saved:
                messages.success(self.request, _("Nothing has changed."))
            return redirect(self.get_back_url(seq))
        unchanged = [row for row in rows if row.pk in refused]
        names = [(self.view.get_name(row), self.view.get_row_url(row), refused[row.pk]) for row in unchanged]
        undo = self.view.describe_undo(seq) if seq else None
        shown = self.view.get_done(len(done.saved)) if done.saved else _("Nothing has changed.")
        return self.show(refused=names, done=shown, undo=undo)

    def show(self, status: int = 200, **context: Any) -> HttpResponse:
        """Render the form, or what was refused."""
        given = {
            "project": self.project,
            "view": self.view,
            "form": None,
            "chosen": 0,
            "named": "",
            "most": MOST,
            "keep": list_fields(self.request),
            "back": self.get_back_url(),
            "refused": [],
            "done": "",
            "undo": None,
            "is_undo": False,
        }
        return render(self.request, self.template_name, given | context, status=status)


class ChangeRowsView(ManyRowsView):
    """Set cells of the ticked rows, or of all that the filter of the list matches.

    The list posts which rows; the form that is shown then posts them again with its values.
    """

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, or change the rows."""
        self.view.prepare()
        left_out = list_left_out(request)
        chosen = list_chosen(request, lambda query: self.view.get_listing(query)[0].rows, MOST)
        numbers = [number for number in chosen if number not in left_out]
        rows = self.view.find(numbers) if len(numbers) <= MOST else []
        if not rows:
            return self.show(UNPROCESSABLE, chosen=len(numbers))
        typed = request.POST if "fields" in request.POST else None
        form = ManyForm(typed, self._build_cells(rows), self.view.own)
        if is_showing_only():
            forget_errors(form)
            return self.show(form=form, chosen=len(rows), named=self._name_rows(rows))
        if typed is None or not form.is_valid():
            status = UNPROCESSABLE if form.errors else 200
            return self.show(status, form=form, chosen=len(rows), named=self._name_rows(rows))
        try:
            done, refused = self._change(rows, form)
        except Unconfirmed as error:
            effects, back = error.effects, {"back": self.get_back_url(), "back_label": self.view.back_label}
            names = [self.view.get_name(row) for row in rows if row.pk in effects.rows]
            return render_effects(request, self.project, effects, names=names, **back)
        return self.finish(rows, done, refused)

    def _name_rows(self, rows: Sequence[Any]) -> str:
        return name_first([self.view.get_name(row) for row in rows])

    def _build_cells(self, rows: Sequence[Any]) -> list[Any]:
        given = self.view.get_form_kwargs(None, rows)
        return [self.view.form_class(None, row=row, **given) for row in rows]

    def _change(self, rows: Sequence[Any], form: ManyForm) -> tuple[RowsWritten[Any], dict[int, str]]:
        """Type the values into the cells of each row, and write the rows that take them."""
        values = form.values()
        data = build_data(values, self.view.build_forms(rows))
        changes, refused = {}, {}
        for row, cells in zip(rows, self.view.build_forms(rows, data), strict=True):
            closed = list_closed(cells, values)
            if closed:
                refused[row.pk] = _("Not editable in this row: %(fields)s.") % {"fields": ", ".join(closed)}
            elif not cells.is_valid():
                refused[row.pk] = describe_errors(cells)
            elif cells.has_changed():
                changes[row.pk] = RowChange(self.view.get_fields(cells), version_of(row))
        done = self.view.write(changes)
        return done, refused | {pk: _describe(error) for pk, error in done.refused.items()}


class UndoRowsView(ManyRowsView):
    """Give the rows of a change of many back what they were; one that cannot be given back stays, with the reason."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Undo the change."""
        self.view.prepare()
        try:
            done = self.view.undo(self.kwargs["seq"])
        except Outdated:
            return cannot_undo(request, self.get_back_url(), str(self.view.back_label))
        said = _say_undone(len(done.changed))
        if not done.skipped:
            messages.success(request, said)
            return redirect(self.get_back_url())
        kept = [(self.view.get_name(row), self.view.get_row_url(row), why) for row, why in done.skipped]
        return self.show(refused=kept, done=said, is_undo=True)


def grid_urls(route: str, grid: type[ProjectGridView]) -> list[URLPattern]:
    """Return the addresses of a grid, of a change of ticked rows and of its undo, as its register names them."""
    views: dict[str, Any] = {
        grid.register.grid_url: (route, grid.as_view()),
        grid.register.change_url: (f"{route}change/", ChangeRowsView.as_view(grid=grid)),
        grid.register.undo_url: (f"{route}undo/<int:seq>/", UndoRowsView.as_view(grid=grid)),
    }
    return [path(where, view, name=name.rpartition(":")[2]) for name, (where, view) in views.items()]


def render_effects(
    request: HttpRequest, project: Project, effects: Effects, *, names: Sequence[str], **context: Any
) -> HttpResponse:
    """Ask whether a change is meant that reaches rows in force; nothing is recorded.

    `names` are those of these rows. The page posts again what was posted.
    """
    ours = {"csrfmiddlewaretoken", "confirmed", WITHOUT}
    given = {
        "project": project,
        "effects": effects,
        "names": name_first(names),
        "keep": [(name, value) for name, values in request.POST.lists() if name not in ours for value in values],
    }
    return render(request, "core/change_confirm.html", given | context)


def list_left_out(request: HttpRequest) -> set[int]:
    """Return the primary keys of the rows in force that the author leaves as they are."""
    keys = map(read_key, request.POST.get(WITHOUT, "").split(","))
    return {key for key in keys if key is not None}


def _say_undone(count: int) -> str:
    return ngettext("%(n)s row is as it was before.", "%(n)s rows are as they were before.", count) % {"n": count}


def _describe(error: Any) -> str:
    """Return why a row was refused."""
    return " ".join(error.messages) if isinstance(error, ValidationError) else _("It was changed meanwhile.")
