"""Rows of a list as a table of cells: a form for each row, one act for those that were changed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from core.access import Account, ensure, reader
from core.acts import NotSent
from core.forms import RowForm, add_errors, forget_errors
from core.history import Outdated, annotate_versions, version_of
from core.pages.conflicts import find_version, merge_row
from core.pages.drafts.views import drafted, is_about_draft, is_saving, read_draft, save_draft
from core.pages.form_views import CONFLICT, UNPROCESSABLE, Text
from core.pages.grid.rows import RowChange, RowsWritten
from core.pages.lists.filters import Asked
from core.pages.lists.pages import Listing, Page, build_page
from core.pages.lists.undo import Effects, Unconfirmed, Undo, name_first
from core.pages.pagination import LARGEST
from core.pages.register.registers import Register

SEEN = re.compile(r"r(\d{1,10})-seen")


def prefix_of(row: Any) -> str:
    """Return the prefix of the fields of a row."""
    return f"r{row.pk}"


def as_cells(form: forms.Form, code: str) -> None:
    """Make the fields of a form cells: one line high, named by their column and the code of the row."""
    form.row_code = code  # type: ignore[attr-defined]
    for name, field in form.fields.items():
        if field.widget.is_hidden:
            continue
        field.help_text = ""
        if isinstance(field, forms.ChoiceField):
            keep_choice(form, name, field)
        field.widget.attrs |= {"aria-label": f"{field.label}, {code}", "autocomplete": "off"}
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 1


def keep_choice(form: forms.Form, name: str, field: forms.ChoiceField) -> None:
    """Offer the saved value of a cell even if it is no longer a choice: a cell that nobody touches stays as it is."""
    value = field.prepare_value(form.get_initial_for_field(field, name))
    choices: Any = field.choices
    if value not in (None, "") and str(value) not in {str(known) for known, _label in choices}:
        field.choices = [*choices, (value, str(value))]


@dataclass
class Row:
    """A row of the table and its form; `is_outdated` when both the reader and somebody else changed it."""

    row: Any
    form: forms.Form
    is_outdated: bool = False


class GridView(View):
    """Edit a page of rows at once; the query string filters and sorts them as in their list.

    Only rows with a changed cell are sent to the act, which writes or refuses each alone (core.pages.grid.rows). A
    refused one comes back with what was typed, one that somebody else changed with both texts.
    """

    http_method_names = ["get", "post"]
    template_name = "core/grid.html"

    register: ClassVar[Register]
    form_class: type[RowForm]
    title: Text
    lede: Text
    button: Text
    caption: Text
    #: Label of the filters, and what is said of a list without rows, when the page has filters.
    filter_label: Text = ""
    empty: Text = ""
    back_label: Text
    #: Head of the column that names the rows, and the classes of their names.
    name_label: Text = gettext_lazy("Code")
    name_css: ClassVar[str] = "mono nowrap"
    #: Rows of a page: a request has a thousand fields at most.
    size: ClassVar[int] = 50
    #: What cannot be undone, when the rules of the rows keep some changes.
    undo_note: Text = ""
    #: Cells that each row has for itself: a change of many rows does not offer them.
    own: ClassVar[tuple[str, ...]] = ()

    object: Any

    @property
    def actor(self) -> Account:
        """Return the signed-in reader."""
        return reader(self.request)

    @property
    def permission(self) -> str:
        """Return the permission to change rows."""
        return self.register.permission

    def get_object(self) -> Any:
        """Return the object that the permission is about. Raises Http404."""
        raise NotImplementedError

    def get_back_url(self) -> str:
        """Return the address of the list."""
        raise NotImplementedError

    def get_rows(self) -> Any:
        """Return all rows that the page may write."""
        return self.register.list_of(self.object)

    def get_listing(self, query: QueryDict) -> tuple[Listing, Asked | None]:
        """Return the list that the query string asks for, and its filters when the page shows them."""
        return self.register.build(self.object, query)[0], None

    def get_name(self, row: Any) -> str:
        """Return the name of a row."""
        return self.register.get_name(row)

    def get_row_url(self, row: Any) -> str:
        """Return the address of a row."""
        return self.register.get_row_url(row)

    def load(self, rows: Any) -> Any:
        """Add to the rows what their forms read."""
        return rows

    def get_form_kwargs(self, data: QueryDict | None, rows: Sequence[Any]) -> dict[str, Any]:
        """Return the arguments that the forms of these rows share."""
        return {}

    def get_fields(self, form: forms.Form) -> dict[str, Any]:
        """Return what the act may write of a valid form: the changed cells."""
        return {name: form.cleaned_data[name] for name in form.changed_data if name != "seen"}

    def write(self, changes: Mapping[int, RowChange]) -> RowsWritten[Any]:
        """Run the act."""
        raise NotImplementedError

    def get_done(self, count: int) -> str:
        """Say how many rows were written."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep a draft of what is typed (core.pages.drafts)."""
        return drafted(super().dispatch)(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page that the query string asks for."""
        self.prepare()
        return self.show(None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Write the rows that were changed, or show what was typed."""
        self.prepare()
        rows = self.read(request.POST)
        parts = [row.form for row in rows]
        if is_saving(request):
            return save_draft(request, *parts)
        try:
            if is_about_draft(request):
                raise NotSent
            done = self.write(self.list_changes(rows))
        except NotSent:
            forget_errors(*parts)
            return self.show(rows)
        except Unconfirmed as error:
            return self.show(rows, effects=error.effects)
        return self.answer(rows, done)

    def prepare(self) -> None:
        """Load the object and ensure the permission on it."""
        self.object = self.get_object()
        ensure(self.request.user, self.permission, self.object)

    def build_forms(self, rows: Sequence[Any], data: QueryDict | None = None) -> list[forms.Form]:
        """Return the form of each row."""
        given = self.get_form_kwargs(data, rows)
        built: list[forms.Form] = []
        for row in rows:
            built.append(self.form_class(data=data, row=row, prefix=prefix_of(row), **given))
            as_cells(built[-1], self.get_name(row))
            built[-1].row_url = self.get_row_url(row)  # type: ignore[attr-defined]
        return built

    def find(self, numbers: Sequence[int]) -> list[Any]:
        """List these rows of the object, in this order."""
        found = {row.pk: row for row in self.load(annotate_versions(self.get_rows().filter(pk__in=numbers)))}
        return [found[number] for number in numbers if number in found]

    def read(self, data: QueryDict) -> list[Row]:
        """Return the rows that were posted, in the order of the page."""
        numbers = dict.fromkeys(int(match[1]) for name in data if (match := SEEN.fullmatch(name)))
        rows = self.find([number for number in numbers if number <= LARGEST][: self.size])
        return [Row(row, form) for row, form in zip(rows, self.build_forms(rows, data), strict=True)]

    def list_changes(self, rows: Sequence[Row]) -> dict[int, RowChange]:
        """List what the act may write; mark the rows that somebody else changed as well."""
        changes = {}
        for row in rows:
            seen = self.request.POST[f"{row.form.prefix}-seen"]
            if seen != version_of(row.row):
                opened = find_version(row.row, seen)
                row.is_outdated = opened is None or bool(self.get_typed(opened))
                forget_errors(row.form)
            elif not row.form.has_changed():
                forget_errors(row.form)
            elif row.form.is_valid():
                changes[row.row.pk] = RowChange(self.get_fields(row.form), seen)
        return changes

    def get_typed(self, opened: Any) -> set[str]:
        """Return the cells that the reader changed of a row, as it was when they opened it."""
        [form] = self.build_forms([opened], self.request.POST)
        return set(form.changed_data) - {"seen"}

    def answer(self, rows: list[Row], done: RowsWritten[Any]) -> HttpResponse:
        """Redirect when all is written; else show the rows, with what was typed in the refused ones."""
        for row in rows:
            error = done.refused.get(row.row.pk)
            row.is_outdated |= isinstance(error, Outdated)
            if isinstance(error, ValidationError):
                add_errors(row.form, error)
        count = len(done.saved)
        outdated, is_refused = any(row.is_outdated for row in rows), any(row.form.errors for row in rows)
        if not (outdated or is_refused):
            return self.finish(done)
        fresh = {row.pk: row for row in self.find([row.row.pk for row in rows])}
        shown = [self.show_again(row, fresh[row.row.pk], self.request.POST) for row in rows]
        status = CONFLICT if outdated else UNPROCESSABLE
        return self.show(shown, status, saved=self.get_done(count) if count else "")

    def finish(self, done: RowsWritten[Any]) -> HttpResponse:
        """Show the page again, with how many rows were written."""
        count = len(done.saved)
        messages.success(self.request, self.get_done(count) if count else _("Nothing has changed."))
        return redirect(self.request.get_full_path())

    def find_undo(self) -> Undo | None:
        """Return the change of rows that led to the page, while the reader may undo it."""
        return None

    def show_again(self, row: Row, fresh: Any, data: QueryDict) -> Row:
        """Return a row as it is shown after the act: as it is saved, unless it was refused or is outdated."""
        if row.form.errors and not row.is_outdated:
            return row
        [now] = self.build_forms([fresh])
        if not row.is_outdated:
            return Row(fresh, now)
        seen = data.get(f"{prefix_of(fresh)}-seen", "")
        merged = merge_row(data, fresh, seen, lambda sent, version: self.build_forms([version], sent)[0])
        return Row(fresh, merged, is_outdated=True)

    @property
    def confirmed(self) -> str:
        """Return the effects on rows in force that the author has confirmed (core.pages.lists.undo.Effects.key)."""
        return str(self.request.POST.get("confirmed", ""))

    def show(
        self, rows: list[Row] | None, status: int = 200, *, saved: str = "", effects: Effects | None = None
    ) -> HttpResponse:
        """Render these rows, or those that the query string asks for; ask to confirm the effects of a change."""
        query = self.request.GET.copy()
        query.pop("size", None)
        listing, asked = self.get_listing(query)
        page: Page = build_page(replace(listing, size=self.size, load=lambda rows: self.load(annotate_versions(rows))))
        if not rows:
            found = page.rows
            rows = [Row(row, form) for row, form in zip(found, self.build_forms(found), strict=True)]
        parts = sorted((row.form for row in rows), key=lambda form: not form.is_bound)
        context = {
            "view": self,
            "project": self.object,
            "page": page,
            "asked": asked,
            "rows": rows,
            "heads": [field.label for field in parts[0].visible_fields()] if parts else [],
            "forms": parts,
            "saved": saved,
            "undo": self.find_undo(),
            "effects": effects,
            "names": name_first([self.get_name(row.row) for row in rows if effects and row.row.pk in effects.rows]),
            "is_refused": any(form.errors for form in parts),
            "form_draft": read_draft(self.request, self.request.path, *parts) if parts else None,
        }
        return render(self.request, self.template_name, context, status=status)
