"""Form of a recipient group."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.forms import ProseField, RowForm, TextField
from projects.recipient_groups.enums import Attitude, Degree, InterestDegree

MOST_PEOPLE = 100_000_000


def build_choices(choices: Any) -> Any:
    """Return a callable that lists the capitalised choices after an empty one.

    A callable keeps the labels in the language of the request.
    """
    return lambda: [("", _("Not specified yet")), *((value, capfirst(label)) for value, label in choices)]


class GroupForm(RowForm):
    """Form of a recipient group; only the name is required."""

    name = TextField(
        label=_("Name"),
        max_length=100,
        error_messages={"required": _("Name the group.")},
        help_text=_("As project members call it: night patrols, not “users 2”."),
    )
    size = forms.IntegerField(label=_("Number of people"), min_value=0, max_value=MOST_PEOPLE, required=False)
    place = TextField(label=_("Place"), required=False)
    practice = ProseField(
        label=_("Current practice"), rows=3, required=False, help_text=_("How they work today, before the change.")
    )
    interest = forms.ChoiceField(label=_("Interest"), choices=build_choices(InterestDegree.choices), required=False)
    influence = forms.ChoiceField(label=_("Influence"), choices=build_choices(Degree.choices), required=False)
    attitude = forms.ChoiceField(label=_("Attitude"), choices=build_choices(Attitude.choices), required=False)
    accessibility = ProseField(
        label=_("Accessibility needs"),
        rows=2,
        required=False,
        help_text=_("What some of them need to read, hear or handle the result."),
    )
    languages = TextField(label=_("Language needs"), required=False)


class GroupCellsForm(GroupForm):
    """Cells of a recipient group. Its name is that of the row."""

    kept = ("name",)
