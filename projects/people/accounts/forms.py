"""Forms to set up the first administrator, invite people, keep one's own account and choose a password."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayField, SuggestingInput, TextField, label_choices
from projects.organisation_settings.enums import Holidays
from projects.organisation_settings.queries import organisation
from projects.organisation_settings.time_zones import list_time_zones
from projects.people.accounts.names import NamingForm
from projects.seats.mandates.fields import PersonField
from projects.seats.mandates.models import Mandate
from roles.accounts.fields import EmailField
from roles.models import Organisation, User

KNOWN = 200
#: Prefix of the fields of CloseForm, before the key of a mandate.
SEAT = "seat_"


class PasswordForm(forms.Form):
    """A new password."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        error_messages={"required": _("Enter a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters."),
    )


class InviteForm(NamingForm):
    """A person to invite."""

    email = EmailField(label=_("Email address"), help_text=_("The person receives a link, and chooses a password."))
    name = TextField(label=_("Full name"), max_length=150, error_messages={"required": _("Enter the full name.")})
    title = TextField(
        label=_("Title or position"),
        max_length=150,
        required=False,
        help_text=_("A form of address, such as Dr or Colonel, is written before the name. A job is not."),
    )
    organisation = TextField(
        label=_("Organisation"),
        widget=SuggestingInput(),
        help_text=_("Choose a known organisation, or enter a new one."),
        error_messages={"required": _("Name the organisation.")},
    )
    language = forms.ChoiceField(label=_("Language"), choices=User.Language)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = Organisation.objects.order_by("name").values_list("name", flat=True)
        self.fields["organisation"].widget.suggestions = list(known[:KNOWN])
        self.fields["language"].initial = organisation().language


class EmployerForm(forms.Form):
    """The organisation for which a person works, from a day on."""

    organisation = TextField(
        label=_("Organisation"),
        max_length=200,
        widget=SuggestingInput(),
        help_text=_("Choose a known organisation, or enter a new one."),
        error_messages={"required": _("Name the organisation.")},
    )
    starts_on = DayField(
        future=False,
        label=_("First day"),
        help_text=_("The first day in this organisation. It can be in the past."),
        error_messages={"required": _("Enter the first day.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = Organisation.objects.order_by("name").values_list("name", flat=True)
        self.fields["organisation"].widget.suggestions = list(known[:KNOWN])


class CloseForm(forms.Form):
    """When the person leaves, and who may follow on each seat that becomes vacant; left empty, its owner is asked."""

    last_day = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("The account closes in the night that follows. Left empty: it closes at once."),
    )

    def __init__(self, *args: Any, person: User, seats: Iterable[Mandate], **options: Any) -> None:
        super().__init__(*args, **options)
        self.person = person
        for seat in seats:
            about = {"role": seat.role.code, "project": seat.project.title}
            label = _("Successor as %(role)s: %(project)s") % about
            self.fields[f"{SEAT}{seat.pk}"] = PersonField(label=label, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse the person who leaves as the one who follows."""
        typed = super().clean() or self.cleaned_data
        for name in [name for name, follower in typed.items() if name.startswith(SEAT) and follower == self.person]:
            self.add_error(name, _("Select another person: this account is being closed."))
        return typed

    @staticmethod
    def read_followers(data: dict[str, Any]) -> dict[int, User]:
        """Return who follows by the key of the mandate, from the cleaned data."""
        seats = {name.removeprefix(SEAT): person for name, person in data.items() if name.startswith(SEAT) and person}
        return {int(key): person for key, person in seats.items()}

    @property
    def seats(self) -> list[forms.BoundField]:
        """The fields that ask who follows."""
        return [field for field in self if field.name.startswith(SEAT)]


class AccountForm(NamingForm):
    """What one's own account says of its person."""

    shows_addresses = False

    name = TextField(label=_("Full name"), max_length=150, error_messages={"required": _("Enter the full name.")})
    title = TextField(
        label=_("Title or position"),
        max_length=150,
        required=False,
        help_text=_("A form of address, such as Dr or Colonel, is written before the name. A job is not."),
    )
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

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].label = _("New password")


class SetUpForm(PasswordForm):
    """The organisation and its first administrator."""

    organisation = TextField(
        label=_("Organisation"), error_messages={"required": _("Enter the name of your organisation.")}
    )
    name = TextField(label=_("Your full name"), max_length=150, error_messages={"required": _("Enter the full name.")})
    email = EmailField(label=_("Your email address"))
    language = forms.ChoiceField(label=_("Language"), choices=User.Language)
    time_zone = forms.ChoiceField(
        label=_("Time zone of the organisation"),
        choices=list_time_zones,
        help_text=_("Deadlines are days in this zone."),
    )
    holidays = forms.ChoiceField(
        label=_("Public holidays"),
        choices=label_choices([(choice.value, choice.label) for choice in (Holidays.FRANCE, Holidays.NONE)]),
        help_text=_("You can enter your own dates in the settings."),
    )
    sender_name = TextField(label=_("Name of the sender of emails"), max_length=100, required=False)
    sender_address = EmailField(
        label=_("Address of the sender of emails"),
        required=False,
        help_text=_("Leave it empty to use the address of this server."),
    )

    field_order = ["organisation", "name", "email", "password"]


def initial_set_up(language: str) -> dict[str, str]:
    """Return what the set-up proposes to a person who reads this language."""
    defaults = organisation()
    return {"language": language, "time_zone": defaults.time_zone, "holidays": defaults.holidays}
