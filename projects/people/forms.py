"""Forms to set up the first administrator, invite people, keep one's own account and choose a password."""

from itertools import groupby
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.forms import SuggestingInput, TextField
from roles.models import Organisation, User

KNOWN = 200


class EmailField(forms.EmailField):
    """E-mail address, as one types it: without a default of the browser."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, error_messages={"required": _("Enter an e-mail address.")}, **options)
        self.widget.attrs["autocomplete"] = "off"


class PasswordForm(forms.Form):
    """A new password."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        error_messages={"required": _("Enter a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters."),
    )


class InviteForm(forms.Form):
    """A person to invite."""

    email = EmailField(label=_("E-mail address"), help_text=_("The person receives a link, and chooses a password."))
    name = TextField(label=_("Full name"), max_length=150, error_messages={"required": _("Enter the full name.")})
    title = TextField(label=_("Title or position"), max_length=150, required=False)
    organisation = TextField(
        label=_("Organisation"), required=False, widget=SuggestingInput(), help_text=_("A known one, or a new one.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=User.Language)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = Organisation.objects.order_by("name").values_list("name", flat=True)
        self.fields["organisation"].widget.suggestions = list(known[:KNOWN])
        self.fields["language"].initial = settings.LANGUAGE_CODE


def list_time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """List the time zones by region: (region, [(zone, place)])."""
    places = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    regions = groupby(places, key=lambda zone: zone.partition("/")[0])
    return [(region, [(zone, zone.partition("/")[2].replace("_", " ")) for zone in zones]) for region, zones in regions]


class AccountForm(forms.Form):
    """What one's own account says of its person."""

    name = TextField(label=_("Full name"), max_length=150, error_messages={"required": _("Enter the full name.")})
    title = TextField(label=_("Title or position"), max_length=150, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=User.Language)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=list_time_zones, help_text=_("Days and hours are shown in this zone.")
    )


class PasswordChangeForm(PasswordForm):
    """A new password in place of the current one."""

    current = forms.CharField(
        label=_("Current password"),
        strip=False,
        error_messages={"required": _("Enter your current password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    field_order = ["current", "password"]


class SetUpForm(PasswordForm):
    """The organisation and its first administrator."""

    organisation = TextField(
        label=_("Organisation"), error_messages={"required": _("Enter the name of your organisation.")}
    )
    name = TextField(label=_("Your full name"), max_length=150, error_messages={"required": _("Enter the full name.")})
    email = EmailField(label=_("Your e-mail address"))
    language = forms.ChoiceField(label=_("Language"), choices=User.Language)

    field_order = ["organisation", "name", "email", "language", "password"]
