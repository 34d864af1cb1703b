"""Two editors at once: fill a form with both, and say at each field what the other saved.

A field that only the other changed takes the other's value. A field that both changed keeps the reader's, with the
other's beside it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.db import models
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.forms import forget_errors
from core.record.erasure import display_text
from core.templatetags.ui import day


@dataclass(frozen=True)
class Change:
    """A version of a row: who saved it and when. `form.change` shows it above a form."""

    by: Any
    at: datetime


@dataclass(frozen=True)
class Saved:
    """A field that the other changed: what they saved or, when the field has `taken` it, what it was before."""

    text: str
    taken: bool


def find_version(row: Any, seen: str) -> Any:
    """Return the row as it was at the version of this key (core.history.version_of); None for an unknown one."""
    number = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 12 else 0
    version = row.history.filter(history_id=number).first()
    return version.instance if version else None


def find_change(row: Any) -> Change:
    """Return who saved the row last, and when."""
    last = row.history.select_related("history_user").latest("history_id")
    return Change(last.history_user, last.history_date)


def merge_form(data: QueryDict, before: forms.Form | None, now: forms.Form) -> dict[str, Saved]:
    """Put into `data` what only the other changed, and the new version; return what the other saved, by field.

    `before` is the unbound form of the version that the reader opened, `now` that of the present one. Without `before`
    every difference is the other's.
    """
    saved: dict[str, Saved] = {}
    for field in now.visible_fields():
        theirs, mine = list_values(field), data.getlist(field.html_name)
        opened = list_values(before[field.name]) if before and field.name in before.fields else None
        if _is_same(theirs, mine) or (opened is not None and _is_same(theirs, opened)):
            continue
        taken = before is not None and opened is not None and _is_same(mine, opened)
        if taken and before is not None:
            data.setlist(field.html_name, theirs)
            saved[field.name] = Saved(describe_value(before[field.name]), taken=True)
        else:
            saved[field.name] = Saved(describe_value(field), taken=False)
    for field in now.hidden_fields():
        data.setlist(field.html_name, list_values(field))
    return saved


def merge_row[F: forms.Form](data: QueryDict, row: Any, seen: str, build: Callable[[QueryDict | None, Any], F]) -> F:
    """Return the form of a row with what was typed and what somebody else saved since the version `seen`.

    `build` makes the form of the data, or None, and of a version of the row.
    """
    opened, posted = find_version(row, seen), data.copy()
    saved = merge_form(posted, build(None, opened) if opened else None, build(None, row))
    merged = build(posted, row)
    show_saved(merged, saved, find_change(row))
    return merged


type Rows = forms.BaseFormSet[Any]


def merge_rows(data: QueryDict, before: Rows | None, now: Rows) -> list[dict[str, Saved]]:
    """Do the same for the rows of a formset, one by one; return what the other saved in each row."""
    total = f"{now.prefix}-TOTAL_FORMS"
    longest = max(len(now.forms), len(before.forms) if before else 0)
    saved = [merge_form(data, _row(before, n) if before else None, _row(now, n)) for n in range(longest)]
    typed = data.get(total, "")
    count = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 0
    data[total] = str(min(max(count, len(now.forms)), now.max_num))
    return saved


def _row(rows: Rows, number: int) -> forms.Form:
    """Return a row of the formset; an empty one after its last."""
    row: forms.Form = rows.forms[number] if number < len(rows.forms) else rows.form(prefix=rows.add_prefix(number))
    return row


def show_saved(form: forms.Form, saved: dict[str, Saved], change: Change | None = None) -> None:
    """Show at each field what the other saved, without the errors of a form that was not sent."""
    forget_errors(form)
    form.change = change  # type: ignore[attr-defined]
    for name, value in saved.items():
        if name in form.fields:
            form.fields[name].saved = value  # type: ignore[attr-defined]


def list_values(field: forms.BoundField) -> list[str]:
    """List the values of a field as a browser posts them."""
    value = field.value()
    if isinstance(field.field, forms.BooleanField):
        return ["on"] if value else []
    shown = field.field.widget.format_value(value) if value is not None else None
    values = shown if isinstance(shown, list | tuple) else [shown]
    return [str(part) for part in values if part not in (None, "")]


def describe_value(field: forms.BoundField) -> str:
    """Return the value of a field as a person reads it: the labels of choices, days in the reader's language."""
    value = field.value()
    if isinstance(field.field, forms.BooleanField):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return day(value)
    values = list_values(field)
    if choices := getattr(field.field, "choices", None):
        labels = {str(key): str(label) for key, label in _flatten(choices)}
        return ", ".join(labels.get(key, key) for key in values) or _("Empty")
    if isinstance(value, models.Model):
        return str(value)
    return display_text("\n".join(values)) or _("Empty")


def _flatten(choices: Any) -> Iterator[tuple[Any, str | Promise]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _flatten(label)
        else:
            yield key, label


def _is_same(one: list[str], other: list[str]) -> bool:
    return _normalise(one) == _normalise(other)


def _normalise(values: list[str]) -> list[str]:
    return [text for value in values if (text := value.replace("\r\n", "\n").strip())]
