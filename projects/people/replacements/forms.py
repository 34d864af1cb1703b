"""Forms of the two hands: why the former owner is no longer there, and who follows."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayField, ProseField
from projects.people.opening.forms import InvitingForm
from projects.seats.mandates.fields import PersonField


class BecauseForm(forms.Form):
    """Why the former owner is no longer there."""

    because = ProseField(
        label=_("Why is the former owner no longer there?"),
        rows=4,
        help_text=_("These words are shown to everybody who is notified. They stay in the record."),
        error_messages={"required": _("Explain why the former owner is no longer there.")},
    )


class ClosingForm(BecauseForm):
    """Why and when the account of an owner closes."""

    last_day = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("The account closes in the night that follows. Left empty: it closes when a second person agrees."),
    )


class SuccessorForm(InvitingForm, BecauseForm):
    """The owner who follows, who may be without an account yet, and why the last one is no longer there."""

    person_field = "email"

    email = PersonField(label=_("New project owner"), error_messages={"required": _("Select the person.")})

    field_order = ("email", "newcomer", "because")
