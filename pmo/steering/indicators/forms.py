"""Forms of indicators: description, reading, table of readings."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.files.checks import MIB, clean_name
from core.forms import DayField, NumberField, ProseField, RowForm, TextField, label_choices
from core.tables.reader import TOO_LARGE, open_table
from pmo.steering.indicators.enums import Aspect, Better, Frequency
from pmo.steering.indicators.imports import MOST_LINES, Row, parse_carried, parse_table

EXTENSIONS = (".csv", ".xlsx", ".ods")


class IndicatorForm(RowForm):
    """Describe an indicator and its thresholds."""

    kept = ("code",)

    code = TextField(label=_("Code"), max_length=30, error_messages={"required": _("Enter a code.")})
    name = TextField(label=_("Name"), error_messages={"required": _("Enter a name.")})
    aspect = forms.ChoiceField(label=_("Aspect"), choices=label_choices(Aspect.choices))
    unit = TextField(label=_("Unit"), max_length=20, required=False)
    formula = ProseField(label=_("Formula"), rows=2, required=False, help_text=_("Describe the calculation in words."))
    better = forms.ChoiceField(label=_("Direction"), choices=label_choices(Better.choices))
    green = NumberField(
        label=_("Green threshold"),
        max_digits=14,
        decimal_places=2,
        help_text=_("The last green value."),
    )
    amber = NumberField(
        label=_("Amber threshold"), max_digits=14, decimal_places=2, help_text=_("Beyond it, the value is red.")
    )
    frequency = forms.ChoiceField(
        label=_("Frequency"), choices=label_choices(Frequency.choices), initial=Frequency.MONTHLY
    )
    source = TextField(label=_("Source"), required=False)
    retired = forms.BooleanField(
        label=_("Retired"), required=False, help_text=_("It is no longer followed. Its values are kept.")
    )

    def __init__(self, data: Any = None, **given: Any) -> None:
        super().__init__(data, **given)
        if given.get("row") is None:
            del self.fields["retired"]


class IndicatorReadingForm(forms.Form):
    """Give the value of a day."""

    measured_on = DayField(label=_("Day"), future=False, error_messages={"required": _("Enter the day.")})
    value = NumberField(
        label=_("Value"), max_digits=14, decimal_places=2, error_messages={"required": _("Enter the value.")}
    )
    note = TextField(label=_("Note"), max_length=300, required=False)


class ReadingsForm(forms.Form):
    """Upload a table of readings; hidden text carries it to the confirmation."""

    rows: list[Row]
    needed: ClassVar = {"file": ""}
    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(EXTENSIONS)}),
        help_text=_("CSV, Excel or OpenDocument with the columns “code”, “date” and “value”, 2,000 lines at most."),
    )
    carried = forms.CharField(required=False, widget=forms.HiddenInput, max_length=400 * MOST_LINES)

    def clean(self) -> dict[str, Any]:
        """Parse the lines, or add an error to `file`."""
        cleaned: dict[str, Any] = super().clean() or {}
        self.rows = parse_carried(cleaned["carried"]) if cleaned.get("carried") else []
        try:
            if cleaned.get("file"):
                self.rows = _parse_upload(cleaned["file"])
        except ValidationError as error:
            self.add_error("file", error)
        if not self.rows and not self.errors:
            self.add_error("file", _("Choose a file."))
        return cleaned


def _parse_upload(file: Any) -> list[Row]:
    name = clean_name(file.name or "")
    if not name.lower().endswith(EXTENSIONS):
        raise ValidationError(_("Choose a CSV, Excel (.xlsx) or OpenDocument (.ods) file."), code="type")
    content = file.read()
    if file.size > len(content):
        raise ValidationError(TOO_LARGE, code="size", params={"most": file.size // MIB})
    return parse_table(open_table(name, content))
