"""A page that writes one row of a project, new or read at a version: the form, and the service that writes it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from governance.one_form import Words, one_form, posted
from roles.access import reader
from roles.forms import TextField
from roles.history import version_of


class RowForm(forms.Form):
    """The fields of a row; a row that is changed carries the version that was read, and keeps its `kept` fields."""

    kept: tuple[str, ...] = ()
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, project: Any, row: models.Model | None = None, **given: Any) -> None:
        names = [name for name in self.base_fields if name != "seen"]
        read = {name: getattr(row, name) for name in names if hasattr(row, name)} if row else {}
        super().__init__(data, initial=read | ({"seen": version_of(row)} if row else {}) | given)
        self.order_fields([name for name in self.fields if name != "seen"])
        for name in self.kept if row is not None else ():
            del self.fields[name]


class OfCodeField[M: models.Model](TextField):
    """A row typed as its code; `rows` are set by the form."""

    rows: Any = None

    def clean(self, value: Any) -> M | None:
        """The row of this code; a form error when there is none."""
        code = super().clean(value)
        if not code:
            return None
        found: M | None = self.rows.filter(code__iexact=code).first()
        if found is None:
            raise ValidationError(self.error_messages["unknown"])
        return found

    def prepare_value(self, value: Any) -> Any:
        """The code of a row."""
        return getattr(value, "code", value)


def labelled(choices: Any) -> Any:
    """The choices with capitals, in the reader's language."""
    return lambda: [(value, capfirst(label)) for value, label in choices]


def optional(choices: Any) -> Any:
    """The same, or none of them."""
    return lambda: [("", "—"), *labelled(choices)()]


def planned(
    request: HttpRequest, project: Any, form: type[RowForm], row: Any, words: Words, service: Any, **more: Any
) -> HttpResponse:
    """The form of a row, new or known, and the service that writes it; fields named in `more` go to it on their own."""

    def run(typed: dict[str, Any]) -> Any:
        seen = typed.pop("seen")
        beside = {name: typed.pop(name) for name in more}
        return service(actor=reader(request), project=project, fields=typed, row=row, seen=seen, **beside)

    return one_form(request, project, form(posted(request), project=project, row=row), words, run)


def visible_row[M: models.Model](request: HttpRequest, model: type[M], number: int, *related: str) -> M:
    """The row with its project, or 404 when absent or on a project that is not for this reader."""
    rows: Any = model._default_manager
    found: M = get_object_or_404(rows.visible_to(request.user).select_related("project", *related), pk=number)
    return found


#: Kept here so that forms say it the same way.
GIVE_NAME = _("Give a name.")
