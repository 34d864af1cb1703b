"""Forms on organisations and the links between them."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.forms import DayField, TextField
from projects.seats.organisations.enums import LinkKind
from roles.models import Organisation

SELECT = _("Select an organisation.")


class OrganisationForm(forms.Form):
    """The name of an organisation."""

    name = TextField(label=_("Name"), max_length=200, error_messages={"required": _("Enter a name.")})


class LinkForm(forms.Form):
    """A link of an organisation with its group or contractor, with the source of this fact."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organisation.objects.order_by("name"),
        empty_label="—",
        error_messages={"required": SELECT},
    )
    kind = forms.ChoiceField(label=pgettext_lazy("between organisations", "Link"), choices=LinkKind)
    other = forms.ModelChoiceField(
        label=_("Group or contractor"),
        queryset=Organisation.objects.order_by("name"),
        empty_label="—",
        error_messages={"required": SELECT},
    )
    starts_on = DayField(future=False, label=_("First day"), error_messages={"required": _("Enter the first day.")})
    ends_on = DayField(
        future=False, label=_("Last day"), required=False, help_text=_("Leave it empty while the link lasts.")
    )
    source = TextField(
        label=_("Source"),
        max_length=300,
        help_text=_("Where this is known from: a register, a contract, a declaration."),
        error_messages={"required": _("Enter the source.")},
    )


class LinkEndForm(forms.Form):
    """The last day of a link."""

    ends_on = DayField(future=False, label=_("Last day"), error_messages={"required": _("Enter the last day.")})
