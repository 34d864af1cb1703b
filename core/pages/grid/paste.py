"""New rows pasted from a spreadsheet: shown as cells, then written by one act."""

import re
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy

from core.acts import NotSent, is_showing_only
from core.forms import ProseField, add_errors, forget_errors
from core.pages.drafts.views import is_saving, read_draft, save_draft
from core.pages.form_views import UNPROCESSABLE, ActFormView, Text
from core.pages.grid.rows import RowsWritten
from core.pages.grid.views import Row, as_cells
from core.tables.columns import Column, Words, fold, fold_header, guess_mapping, list_known_headers
from core.tables.delimited import read_delimited
from core.tables.words import NO, YES

NEW = re.compile(r"n(\d{1,2})-\w{1,40}")
TOO_MANY = gettext_lazy("Paste at most %(most)s rows at once. Import a longer list as a file.")


class PasteForm(forms.Form):
    """A block of cells, as a spreadsheet copies it."""

    pasted = ProseField(
        label=gettext_lazy("Rows of a spreadsheet"),
        rows=10,
        max_length=200_000,
        strip=False,
        error_messages={"required": gettext_lazy("Paste at least one row.")},
    )


def read_pasted(
    text: str, columns: Sequence[Column], words: Mapping[str, Words]
) -> tuple[list[dict[str, str]], list[str]]:
    """Return the cells of each row by field, and the names of the columns without a field.

    The first row may name the columns; else they follow in the order of `columns`. `words` are those of the enumerated
    fields: an unknown word stays as it is. Raises ValidationError.
    """
    known = set(chain.from_iterable(map(list_known_headers, columns)))
    text = text.lstrip("\r\n")
    first = [cell for cell in text.partition("\n")[0].split("\t") if cell.strip()]
    is_headed = 2 * sum(fold_header(cell) in known for cell in first) >= len(first)
    labels = "\t".join(str(column.label) for column in columns)
    content = text if is_headed else f"{labels}\n{text}"
    table = read_delimited(content.encode(), encoding="utf-8", separator="\t", header_line=1)
    mapping = guess_mapping(columns, words, table.header, table.rows)
    rows = [
        {name: _read_cell(cell, words.get(name)) for name, cell in zip(mapping, row, strict=True) if name}
        for row in table.rows
    ]
    left_out = [head for head, name in zip(table.header, mapping, strict=True) if not name]
    return rows, left_out


def _read_cell(cell: str, words: Words | None) -> str:
    return words.get(fold(cell), cell) if words and cell else cell


def show_unknown_words(form: forms.Form) -> None:
    """Show a word that is no choice as it was pasted: a list without it would show, and send, its first choice."""
    for name, field in form.fields.items():
        word = form[name].value()
        if isinstance(field, forms.ChoiceField) and word and not field.valid_value(word):
            choices: Any = field.choices
            field.widget.choices = [(word, word), *choices]


class PasteView(ActFormView):
    """Add rows pasted from a spreadsheet: they are shown as cells with what is wrong, and written once they are sent.

    Each row is written or refused alone; a refused one comes back with what was typed.
    """

    template_name = "core/paste.html"
    form_class = PasteForm
    lede = gettext_lazy("Copy rows in your spreadsheet and paste them here. You check them before they are recorded.")
    button = gettext_lazy("Show the rows")
    row_form_class: type[forms.Form]
    caption: Text
    #: Button that writes the rows.
    add_button: Text
    #: Rows of one paste: a request has a thousand fields at most.
    most: ClassVar[int] = 60

    def get_columns(self) -> Sequence[Column]:
        """Return the columns of a paste, with the headers that others use."""
        raise NotImplementedError

    def get_words(self) -> Mapping[str, Words]:
        """Return the folded words of the enumerated fields, with the value of each."""
        raise NotImplementedError

    def get_row_kwargs(self) -> dict[str, Any]:
        """Return the arguments that the forms of new rows share."""
        return {}

    def write(self, rows: Mapping[int, Mapping[str, Any]]) -> RowsWritten[Any]:
        """Run the act on the fields of each row."""
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what was pasted as cells, or write the rows."""
        self.prepare()
        if "pasted" not in request.POST:
            return self.post_rows(request.POST)
        form = self.get_form()
        if not form.is_valid():
            return self.show_form(form)
        try:
            rows, left_out = read_pasted(form.cleaned_data["pasted"], self.get_columns(), self.get_words())
            if len(rows) > self.most:
                raise ValidationError(TOO_MANY % {"most": self.most})
        except ValidationError as error:
            form.add_error("pasted", error.messages)
            return self.show_form(form)
        return self.show_rows(self.build_rows(self.as_posted(rows), range(len(rows))), left_out=left_out)

    def as_posted(self, rows: Sequence[Mapping[str, str]]) -> QueryDict:
        """Return the pasted rows as a browser would post their cells."""
        data = QueryDict(mutable=True)
        for number, row in enumerate(rows):
            for name, cell in row.items():
                field = self.row_form_class.base_fields[name]
                if isinstance(field, forms.BooleanField):
                    cell = "on" if fold(cell) in YES else "" if fold(cell) in NO else cell
                if cell:
                    data[f"n{number}-{name}"] = cell
        return data

    def build_rows(self, data: QueryDict, numbers: Sequence[int]) -> list[Row]:
        """Return the rows of these numbers, with what is wrong in each."""
        rows, given = [], self.get_row_kwargs()
        for number in numbers:
            form = self.row_form_class(data=data, prefix=f"n{number}", **given)
            as_cells(form, str(number + 1))
            show_unknown_words(form)
            rows.append(Row(None, form))
        return rows

    def list_numbers(self, data: QueryDict) -> list[int]:
        """List the numbers of the rows that were posted and are not left out."""
        posted = sorted({int(match[1]) for name in data if (match := NEW.fullmatch(name))})
        return [number for number in posted if f"n{number}-out" not in data][: self.most]

    def answer_draft(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save the draft of the rows, or show them with it; before there are rows, that of the pasted text."""
        self.prepare()
        rows = self.build_rows(request.POST, self.list_numbers(request.POST))
        if not rows:
            return super().answer_draft(request, *args, **kwargs)
        parts = [row.form for row in rows]
        if is_saving(request):
            return save_draft(request, *parts)
        forget_errors(*parts)
        return self.show_rows(rows)

    def post_rows(self, data: QueryDict) -> HttpResponse:
        """Write the rows that are right; show the others again."""
        numbers = self.list_numbers(data)
        if not numbers:
            return self.show_form(self.get_form())
        rows = self.build_rows(data, numbers)
        right = [(number, row) for number, row in zip(numbers, rows, strict=True) if row.form.is_valid()]
        try:
            done = self.write({number: row.form.cleaned_data for number, row in right})
        except NotSent:
            return self.show_rows(rows)
        for number, row in right:
            error = done.refused.get(number)
            if isinstance(error, ValidationError):
                add_errors(row.form, error)
        refused = [row for row in rows if row.form.errors]
        saved = str(self.get_done(done.saved)) if done.saved or not refused else ""
        if refused:
            return self.show_rows(refused, saved=saved)
        messages.success(self.request, saved)
        return redirect(self.get_success_url(done.saved))

    def show_rows(self, rows: Sequence[Row], *, left_out: Sequence[str] = (), saved: str = "") -> HttpResponse:
        """Render the rows as cells."""
        parts = [row.form for row in rows]
        if is_showing_only():
            forget_errors(*parts)
        is_refused = any(form.errors for form in parts)
        context = self.get_context_data(PasteForm()) | {
            "rows": rows,
            "heads": [field.label for field in parts[0].visible_fields()] if parts else [],
            "forms": parts,
            "left_out": left_out,
            "saved": saved,
            "is_refused": is_refused,
            "form_draft": read_draft(self.request, self.request.path, *parts),
        }
        return render(self.request, self.template_name, context, status=UNPROCESSABLE if is_refused else 200)
