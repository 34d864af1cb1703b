"""Form fields for text, numbers, amounts and days that people type."""

import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.acts import NotSent
from core.history import version_of
from core.record.erasure import MARK
from core.record.meaning import TOO_LITTLE, is_meaningful
from core.words.characters import ensure_visible, tidy

LINE, PROSE = 200, 20_000
#: Letters to Unicode but invisible: Hangul fillers and the empty Braille pattern.
FILLERS = "\u115f\u1160\u3164\uffa0\u2800"


def is_blank(text: str) -> bool:
    """Return whether `text` has only spaces, control, zero-width and filler characters."""
    return all(c in FILLERS or unicodedata.category(c)[0] in "ZCM" for c in text)


class TextField(forms.CharField):
    """Text that is seen as it is kept (core.words.characters), with a maximum length. `rows` > 1 makes a text area."""

    def __init__(self, *, max_length: int = LINE, rows: int = 1, **options: Any) -> None:
        if rows > 1:
            options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, **options)

    def to_python(self, value: Any) -> str:
        """Return NFC text with Unix line ends, or an empty string when nothing in it is visible."""
        text = tidy(super().to_python(value) or "")
        if not isinstance(self.widget, forms.Textarea):
            text = " ".join(text.split())
        return "" if is_blank(text) else text

    def validate(self, value: str) -> None:
        """Refuse an empty required text, and hidden characters."""
        super().validate(value)
        ensure_visible(value)
        if MARK.search(value):
            raise ValidationError(_("This text was erased: write another one, or leave it empty."), code="erased")


class SuggestingInput(forms.TextInput):
    """Text input that suggests known values and accepts any other; the form sets `suggestions`."""

    template_name = "components/suggestions.html"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.suggestions: list[str] = []

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add the suggestions and the id of their list."""
        context = super().get_context(name, value, attrs)
        if self.suggestions:
            given = context["widget"]["attrs"]
            given |= {"list": f"{given.get('id', name)}-known", "autocomplete": "off"}
        return context | {"suggestions": self.suggestions}


class ProseField(TextField):
    """Several sentences, up to 20,000 characters; a required one says something (core.record.meaning)."""

    def __init__(self, *, rows: int = 4, **options: Any) -> None:
        options.setdefault("max_length", PROSE)
        super().__init__(rows=rows, **options)

    def validate(self, value: str) -> None:
        """Refuse a required text of punctuation alone."""
        super().validate(value)
        if self.required and not is_meaningful(value):
            raise ValidationError(TOO_LITTLE, code="meaningless")


class ReasonField(TextField):
    """One line that says something (core.record.meaning)."""

    def validate(self, value: str) -> None:
        """Refuse a text of punctuation alone."""
        super().validate(value)
        if value and not is_meaningful(value):
            raise ValidationError(TOO_LITTLE, code="meaningless")


def _plain(amount: str) -> str:
    """Return `amount` as Python reads it, without thousands separators and with a decimal point.

    One kind of mark separates thousands; the other, or the last one, is the decimal mark. Nothing separates the
    thousands of a number that begins with zero: `0,125` has three decimals.
    """
    groups = re.fullmatch(r"([-+]?[1-9]\d{0,2})(?:([.,])\d{3}(?:\2\d{3})*)(?:(?!\2)[.,](\d{1,2}))?", amount)
    if groups:
        whole = amount.rsplit("." if groups[2] == "," else ",", 1)[0] if groups[3] else amount
        return whole.replace(groups[2], "") + (f".{groups[3]}" if groups[3] else "")
    return amount.replace(",", ".")


class RowsFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """Formset with a minimum number of rows, empty or not, whatever count the browser posts."""

    @property
    def least(self) -> int:
        """Return the minimum number of rows."""
        return self.min_num or 0

    def total_form_count(self) -> int:
        """Return the number of rows, at least `min_num`."""
        return max(int(super().total_form_count()), self.least)

    def clean(self) -> None:
        """Refuse a count that would lose typed rows."""
        posted = self.management_form.cleaned_data.get(forms.formsets.TOTAL_FORM_COUNT) or 0
        if self.is_bound and posted < self.least:
            raise ValidationError(_("The list came back incomplete. Check its rows, then send it again."))


def one_more_row(data: QueryDict, prefix: str, most: int) -> QueryDict:
    """Return the posted data with one more row in the formset `prefix`, up to `most`.

    An unreadable count becomes 1.
    """
    posted = data.copy()
    count = data.get(f"{prefix}-TOTAL_FORMS", "")
    rows = int(count) if re.fullmatch("[0-9]{1,4}", count) else 0
    posted[f"{prefix}-TOTAL_FORMS"] = str(min(rows + 1, most))
    return posted


class NumberField(forms.DecimalField):
    """Number as typed in either language: `71,5`, `71.5`, `1 200`. Cleaned to a Decimal."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Write a number in figures, such as 71,5.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        """Return the number in the reader's language, without trailing zeros."""
        if not isinstance(value, Decimal):
            return value
        text = f"{value:f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return text.replace(".", formats.get_format("DECIMAL_SEPARATOR"))

    def to_python(self, value: Any) -> Any:
        """Return the number; the last comma or point with one or two digits after it is the decimal mark."""
        if isinstance(value, str):
            text = re.sub(r"[\s€]", "", value)
            if not re.fullmatch(r"[-+]?[\d.,]*", text):
                raise ValidationError(self.error_messages["invalid"], code="invalid")
            value = _plain(text)
        return super().to_python(value)


class AmountField(NumberField):
    """Euros as typed: `38 000,50`, `38,000.50 €`, `38000`. Cleaned to a Decimal with two places."""

    default_error_messages = {"invalid": _("Write an amount in figures, such as 38 000,50.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, min_value=0, **options)

    def prepare_value(self, value: Any) -> Any:
        """Return the amount in the reader's language, by thousands, without cents when they are zero."""
        if not isinstance(value, Decimal):
            return value
        cents = 0 if value == value.to_integral_value() else 2
        return formats.number_format(value, cents, force_grouping=True)


DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]


class DayInput(forms.DateInput):
    """The browser's calendar. It shows no day but in ISO form, and would lose one typed or pasted as 31/12/2026."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"}, format=DAY_FORMATS[0])

    def format_value(self, value: Any) -> str | None:
        """Return the day in ISO form, or as it was typed when it is no day."""
        with suppress(ValidationError):
            value = forms.DateField(input_formats=DAY_FORMATS).to_python(value)
        return super().format_value(value)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return the calendar, or a field for text when what was typed is no day: the calendar would show nothing."""
        context = super().get_context(name, value, attrs)
        try:
            forms.DateField(input_formats=DAY_FORMATS).to_python(value)
        except ValidationError:
            context["widget"]["type"] = "text"
        return context


class DayField(forms.DateField):
    """Day from the browser's calendar; `future` refuses past days."""

    def __init__(self, *, future: bool = True, **options: Any) -> None:
        self.future = future
        super().__init__(widget=DayInput(), input_formats=DAY_FORMATS, **options)

    def validate(self, value: Any) -> None:
        """Refuse past days when `future` is set, and days out of the range of any project."""
        super().validate(value)
        today = timezone.localdate()
        if value and self.future and value < today:
            raise ValidationError(_("Enter a date from today on."), code="past")
        if value and abs(value.year - today.year) > 50:
            raise ValidationError(_("Enter a date within 50 years."), code="far")


def add_errors(
    form: forms.BaseForm,
    error: ValidationError,
    *,
    renamed: Mapping[str, str] | None = None,
    elsewhere: str | None = None,
) -> None:
    """Show the errors of a service on the fields they name; the others on `elsewhere`, or above the form.

    `renamed` maps argument names of the service to fields of the form. A form that was not sent has no errors.
    """
    if isinstance(error, NotSent):
        return
    for name, errors in error.update_error_dict({}).items():
        field = (renamed or {}).get(name, name)
        places = [place for place in (field, elsewhere) if place in form.fields]
        form.add_error(places[0] if places else None, errors)


def forget_errors(*parts: "forms.BaseForm | forms.BaseFormSet[Any]") -> None:
    """Remove the errors of a form that is shown again with one more row."""
    for part in parts:
        if isinstance(part, forms.BaseFormSet):
            part._errors, part._non_form_errors = [], forms.utils.ErrorList()  # type: ignore[attr-defined]
            forget_errors(*part.forms)
        else:
            part._errors = forms.utils.ErrorDict()  # type: ignore[attr-defined]


def label_choices(choices: Any) -> Any:
    """Return the choices with capitalised labels, in the reader's language."""
    return lambda: [(value, capfirst(label)) for value, label in choices]


def optional_choices(choices: Any) -> Any:
    """Return the choices with capitalised labels after an empty choice."""
    return lambda: [("", "—"), *label_choices(choices)()]


class CodeField[M: models.Model](TextField):
    """A row typed as its code; the form sets `rows`, or `known` when it has read the rows of many such fields at once.

    `known` holds them by their code in lower case.
    """

    rows: Any = None
    known: Mapping[str, M] | None = None

    def clean(self, value: Any) -> M | None:
        """Return the row of this code. Raises ValidationError when there is none."""
        code = super().clean(value)
        if not code:
            return None
        found = self.rows.filter(code__iexact=code).first() if self.known is None else self.known.get(code.lower())
        row: M | None = found
        if row is None:
            raise ValidationError(self.error_messages["unknown"])
        return row

    def prepare_value(self, value: Any) -> Any:
        """Return the code of a row."""
        return getattr(value, "code", value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether another code is typed than that of the row."""
        return bool(super().has_changed(self.prepare_value(initial), data))


class SeenForm(forms.Form):
    """The fingerprint of what the actor read before an act that freezes it."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class RowForm(forms.Form):
    """Fields of a row. On a change it carries the version that was read, and keeps its `kept` fields.

    A page with the forms of many rows gives each a `prefix`.
    """

    kept: tuple[str, ...] = ()
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        project: Any,
        row: models.Model | None = None,
        prefix: str | None = None,
        **initial: Any,
    ) -> None:
        names = [name for name in self.base_fields if name != "seen"]
        read = {name: getattr(row, name) for name in names if hasattr(row, name)} if row else {}
        super().__init__(data, initial=read | ({"seen": version_of(row)} if row else {}) | initial, prefix=prefix)
        self.order_fields([name for name in self.fields if name != "seen"])
        for name in self.kept if row is not None else ():
            del self.fields[name]
