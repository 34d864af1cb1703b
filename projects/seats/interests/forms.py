"""Forms for bidders, declared ties and the owner's ruling."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayField, ProseField, TextField
from projects.impartiality.models import Ruling
from projects.seats.mandates.models import Mandate

#: Id of the datalist of known organisations in the templates.
KNOWN_NAMES = "known-organisations"


class OrganisationField(TextField):
    """Name of an organisation, with those known on the project as suggestions."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Organisation"),
            error_messages={"required": _("Name the organisation.")},
            help_text=_("Enter the name it bids under. Always use the same name."),
            widget=forms.TextInput(attrs={"list": KNOWN_NAMES, "autocomplete": "off"}),
        )


class BidderForm(forms.Form):
    """An organisation that bids on the project."""

    organisation = OrganisationField()


class DeclareForm(forms.Form):
    """The reader's own tie with an organisation."""

    organisation = OrganisationField()
    tie = ProseField(
        label=_("Your interest in it"),
        rows=3,
        max_length=2000,
        error_messages={"required": _("Describe the interest.")},
        help_text=_("A contract, shares, a relative, a former post. Project members can read it."),
    )
    starts_on = DayField(
        future=False,
        required=False,
        label=_("Since"),
        help_text=_("Opinions you gave since then are marked. Left empty: since today."),
    )


class SettleForm(forms.Form):
    """The owner's ruling on a tie.

    The reasons also become the reason of the end of a mandate, hence the maximum length.
    """

    ruling = forms.ChoiceField(
        label=_("Your ruling"),
        choices=Ruling.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a ruling."), "invalid_choice": _("Choose a ruling.")},
    )
    because = ProseField(
        label=_("Reasons"),
        rows=3,
        max_length=Mandate._meta.get_field("ended_because").max_length or 300,
        error_messages={"required": _("Enter the reasons.")},
        help_text=_("Kept with the declared interest."),
    )
