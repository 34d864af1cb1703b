"""Give the same values to the cells of many rows: the form of the values, and what they make of each row."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from itertools import chain
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.pages.conflicts import list_values

#: Values of a box that many rows get.
TICKED, UNTICKED = "on", "off"


class ManyForm(forms.Form):
    """The fields of `cells`, the forms of the rows, without those that each row has for itself.

    An empty field leaves the rows as they are; `clear` names fields to empty.
    """

    clear = forms.MultipleChoiceField(
        label=gettext_lazy("Fields to empty"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: QueryDict | None, cells: Sequence[forms.Form], own: Collection[str]) -> None:
        super().__init__(data, auto_id="many_%s")
        shared = {field.name: field.field for field in cells[0].visible_fields() if field.name not in own}
        offers = {name: _relax(field) for name, field in shared.items()}
        for name, field in offers.items():
            if isinstance(shared[name], forms.ChoiceField):
                field.choices = _merge_choices([form.fields[name] for form in cells])  # type: ignore[attr-defined]
        self.fields = offers | self.fields
        held = {name: field for name, field in shared.items() if name in cells[0].initial}
        cleared = [(name, field.label) for name, field in held.items() if _may_be_emptied(field)]
        self.fields["clear"].choices = cleared  # type: ignore[attr-defined]

    @property
    def needed(self) -> dict[str, str]:
        """Mark no field as optional: the page says that all are."""
        return dict.fromkeys(self.fields, "")

    @property
    def value_fields(self) -> list[forms.BoundField]:
        """List the fields of values."""
        return [self[name] for name in self.fields if name != "clear"]

    def clean(self) -> dict[str, Any]:
        """Refuse a form without any value, and a value for a field that is emptied."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.values():
            raise ValidationError(_("Enter at least one new value."))
        for name in data.get("clear", ()):
            if self.data.get(name):
                self.add_error(name, _("Enter a value or empty the field, not both."))
        return data

    def values(self) -> dict[str, list[str]]:
        """Return what is typed for each field to change, as a browser posts it."""
        data: Any = self.data
        typed = {name: data.getlist(name) for name in self.fields if name != "clear" and any(data.getlist(name))}
        return {name: [""] for name in self.cleaned_data.get("clear", ())} | typed


def _relax(field: forms.Field) -> forms.Field:
    """Return a field that may stay empty; a box becomes a choice of yes, no or as it is, a long text one line."""
    if isinstance(field, forms.BooleanField):
        choices = [("", "—"), (TICKED, _("Yes")), (UNTICKED, _("No"))]
        return forms.ChoiceField(label=field.label, required=False, choices=choices)
    relaxed = deepcopy(field)
    relaxed.required, relaxed.disabled, relaxed.help_text = False, False, ""
    if isinstance(relaxed.widget, forms.Textarea):
        relaxed.widget = forms.TextInput()
    return relaxed


def _merge_choices(fields: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Return what any of these fields offers, after an empty choice."""
    offered = {value: label for field in fields for value, label in field.choices if value != ""}
    return [("", "—"), *offered.items()]


def _may_be_emptied(field: forms.Field) -> bool:
    return not (field.required or isinstance(field, forms.BooleanField))


def build_data(values: Mapping[str, list[str]], forms_of_rows: Iterable[forms.Form]) -> QueryDict:
    """Return what a browser would post for rows, given by their unbound forms, when each got these values."""
    data = QueryDict(mutable=True)
    for field in chain.from_iterable(forms_of_rows):
        typed = values.get(field.name, list_values(field))
        is_unticked = isinstance(field.field, forms.BooleanField) and typed == [UNTICKED]
        data.setlist(field.html_name, [] if is_unticked else typed)
    return data


def list_closed(form: forms.Form, names: Iterable[str]) -> list[str]:
    """List the labels of these cells that the state of the row closes."""
    return [str(form.fields[name].label) for name in names if form.fields[name].disabled]


def describe_errors(form: forms.Form) -> str:
    """Return why a row is refused, as one text."""
    named = [(name, str(message)) for name, messages in form.errors.items() for message in messages]
    return " ".join(message if name == "__all__" else _label(form, name, message) for name, message in named)


def _label(form: forms.Form, name: str, message: str) -> str:
    return _("%(field)s: %(message)s") % {"field": form.fields[name].label, "message": message}
