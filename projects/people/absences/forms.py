"""Form of an absence."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayField
from projects.people.absences.queries import list_colleagues
from roles.models import User


class AbsenceForm(forms.Form):
    """First and last day of an absence, and who to ask meanwhile: somebody of the same projects."""

    absent_from = DayField(label=_("First day"), future=False, error_messages={"required": _("Enter the first day.")})
    absent_until = DayField(label=_("Last day"), error_messages={"required": _("Enter the last day.")})
    stand_in = forms.ModelChoiceField(
        label=_("Contact person"),
        queryset=User.objects.none(),
        required=False,
        empty_label="—",
        help_text=_("Shown on proposals and in the tasks of this person."),
    )

    def __init__(self, *args: Any, person: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["stand_in"].queryset = list_colleagues(person)  # type: ignore[attr-defined]
