"""Form of an earlier decision, for its page and for each line of an import."""

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import DayField, ProseField, RowForm, TextField, label_choices, optional_choices
from governance.decide.kinds.registry import kinds
from governance.enums import Outcome

#: A proposal cites several references, separated by commas or semicolons.
SEPARATOR = re.compile("[,;]")


class EarlierDecisionForm(RowForm):
    """Write an earlier decision as the former register tells it."""

    kept = ("number",)

    number = TextField(
        label=_("Number"),
        max_length=30,
        help_text=_("As in the former register, such as 2021-07."),
        error_messages={"required": _("Enter the number of the former register.")},
    )
    decided_on = DayField(
        label=_("Decided on"), future=False, error_messages={"required": _("Enter the date of the decision.")}
    )
    title = TextField(label=_("Title"), error_messages={"required": _("Enter the title of the decision.")})
    kind = forms.ChoiceField(
        label=_("Kind of decision"),
        required=False,
        choices=optional_choices([]),
    )
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=label_choices(Outcome.choices),
        initial=Outcome.APPROVED,
        error_messages={"required": _("Select the outcome.")},
    )
    reasons = ProseField(label=_("Reasons"), rows=4, required=False)
    signatory = TextField(
        label=_("Signed by"),
        max_length=200,
        help_text=_("Name and title, as text."),
        error_messages={"required": _("Enter the name of the signatory.")},
    )
    file = TextField(
        label=_("Signed file"),
        max_length=300,
        required=False,
        help_text=_("Reference or place of the signed file."),
    )
    left_out = forms.BooleanField(
        label=_("Left out of the take-over"),
        required=False,
        help_text=_("The list that the owner takes over is without it."),
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["kind"].choices = optional_choices([(kind.code, kind.label) for kind in kinds()])()  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        """Refuse a number that a proposal could not cite."""
        number: str = self.cleaned_data["number"]
        if SEPARATOR.search(number):
            raise ValidationError(_("Enter the number without a comma or a semicolon."))
        return number

    def clean_decided_on(self) -> date:
        """Refuse a day that has not come."""
        day: date = self.cleaned_data["decided_on"]
        if day > timezone.localdate():
            raise ValidationError(_("Enter a date that is not in the future."))
        return day
