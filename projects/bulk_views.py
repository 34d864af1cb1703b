"""Change rows that are ticked in a list, in any cell of its grid, and undo it for ten minutes."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from core.access import reader
from core.acts import is_showing_only
from core.form_views import UNPROCESSABLE
from core.forms import forget_errors
from core.grid.many import ManyForm, build_data, describe_errors, list_closed, list_differences
from core.grid.rows import RowChange, RowsWritten
from core.history import version_of
from core.lists.selection import EDITED, build_back_query, list_chosen, list_fields
from core.refusals.views import cannot_undo
from projects.form_views import ProjectGridView
from projects.project.models import Project
from projects.undo import find_first_seq, find_former, list_undoable

#: Maximum number of rows that one act changes.
MOST = 500
#: Most rows that the form names.
NAMED = 8


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
        query = build_back_query(self.request, changed, EDITED)
        return reverse(self.view.back_url_name, args=[self.project.code], query=query)

    def finish(
        self, rows: Sequence[Any], done: RowsWritten[Any], refused: Mapping[int, str], said: str
    ) -> HttpResponse:
        """Return to the list, or show which of these rows were refused; `said` is empty when it may be undone."""
        seq = find_first_seq(self.project, reader(self.request), done.saved) if done.saved else 0
        if not refused:
            if said or not done.saved:
                messages.success(self.request, said or _("Nothing has changed."))
            return redirect(self.get_back_url(0 if said else seq))
        unchanged = [row for row in rows if row.pk in refused]
        names = [(self.view.get_name(row), self.view.get_row_url(row), refused[row.pk]) for row in unchanged]
        undo_url = reverse(self.view.undo_url_name, args=[self.project.code, seq]) if seq and not said else ""
        shown = said or (self.view.get_done(len(done.saved)) if done.saved else _("Nothing has changed."))
        return self.show(refused=names, done=shown, undo_url=undo_url)

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
            "undo_url": "",
        }
        return render(self.request, self.template_name, given | context, status=status)


class ChangeRowsView(ManyRowsView):
    """Set cells of the ticked rows, or of all that the filter of the list matches.

    The list posts which rows; the form that is shown then posts them again with its values.
    """

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, or change the rows."""
        self.view.prepare()
        numbers = list_chosen(request, lambda query: self.view.get_listing(query)[0].rows, MOST)
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
        done, refused = self._change(rows, form)
        return self.finish(rows, done, refused, "")

    def _name_rows(self, rows: Sequence[Any]) -> str:
        """Return the names of the first rows, and how many others there are."""
        names = ", ".join(self.view.get_name(row) for row in rows[:NAMED])
        others = len(rows) - NAMED
        if others <= 0:
            return names
        return ngettext("%(names)s and %(n)s other", "%(names)s and %(n)s others", others) % {
            "names": names,
            "n": others,
        }

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
    """Give the rows of a change of many back what they were; one that was changed since stays."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Undo the change."""
        self.view.prepare()
        events = list_undoable(self.project, reader(request), self._model, self.kwargs["seq"])
        if not events:
            return cannot_undo(request, self.get_back_url(), str(self.view.back_label))
        rows = self.view.find(list(dict.fromkeys(event.subject_id for event in events)))
        former = find_former(self.project, events, rows)
        done = self.view.write(self._build_changes([row for row in rows if row.pk in former], former))
        refused = {row.pk: _("It was changed since.") for row in rows if row.pk not in former}
        refused |= {pk: _describe(error) for pk, error in done.refused.items()}
        return self.finish(rows, done, refused, _say_undone(len(done.saved)))

    @property
    def _model(self) -> Any:
        return self.view.get_rows().model

    def _build_changes(self, rows: Sequence[Any], former: Mapping[int, Any]) -> dict[int, RowChange]:
        """Return what gives these rows the cells of their former versions."""
        earlier = [former[row.pk] for row in rows]
        prefetch_related_objects(earlier, *self._list_references())
        forms = zip(rows, self.view.build_forms(earlier), self.view.build_forms(rows), strict=True)
        return {
            row.pk: RowChange(self.view.get_undo_fields(list_differences(before, now)), version_of(row))
            for row, before, now in forms
        }

    def _list_references(self) -> list[str]:
        """List the cells that refer to another row."""
        cells = self.grid.form_class.base_fields
        return [field.name for field in self._model._meta.concrete_fields if field.is_relation and field.name in cells]


def _say_undone(count: int) -> str:
    if not count:
        return _("Nothing has changed.")
    return ngettext("%(n)s row is as it was before.", "%(n)s rows are as they were before.", count) % {"n": count}


def _describe(error: Any) -> str:
    """Return why a row was refused."""
    return " ".join(error.messages) if isinstance(error, ValidationError) else _("It was changed meanwhile.")
