"""Form of the provider by which people of the organisation sign in."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import TextField
from core.history import version_of
from core.record.encryption import encrypt
from projects.organisation_settings.enums import ProviderKind
from projects.organisation_settings.models import OrganisationSettings
from projects.people.sign_in_provider.queries import PURPOSE, set_by_environment
from projects.people.sign_in_provider.reach import is_secure

DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")


class ProviderForm(forms.Form):
    """The provider; `seen` is the version of the settings that was read.

    The secret is never shown again. Another issuer has to be checked again.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    provider_kind = forms.ChoiceField(label=_("Kind of identity provider"), choices=ProviderKind)
    provider_issuer = TextField(
        label=_("Issuer"),
        max_length=300,
        required=False,
        help_text=_("The address by which it names itself. Leave it empty to sign in with passwords only."),
    )
    provider_client_id = TextField(label=_("Client identifier"), max_length=190, required=False)
    provider_secret = forms.CharField(
        label=_("Client secret"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Stored encrypted, never shown. Leave it empty to keep the present one."),
    )
    provider_name = TextField(
        label=_("Name on the button"), max_length=40, required=False, help_text=_("The name that people here know.")
    )
    provider_domain = TextField(
        label=_("Domain for new accounts"),
        max_length=253,
        required=False,
        help_text=_("Of verified email addresses, like example.org. Leave it empty to allow existing accounts only."),
    )
    provider_own_factor = forms.BooleanField(
        label=_("Ask for an Ouvrage credential before a personal act"),
        required=False,
        help_text=_(
            "To decide, delegate or appoint, people confirm with their Ouvrage password, code or passkey. "
            "Without it, an administrator of the identity provider could act in their name. Unticking "
            "it takes effect a week later."
        ),
    )

    def __init__(self, data: Any = None, *, row: OrganisationSettings) -> None:
        names = [name for name in self.base_fields if hasattr(row, name) and name != "provider_secret"]
        read = {name: getattr(row, name) for name in names} | {"seen": version_of(row) if row.pk else ""}
        super().__init__(data, initial=read)
        self.row = row
        for name in set_by_environment():
            del self.fields[f"provider_{name}"]

    def clean_provider_issuer(self) -> str:
        """Return the address. Raises ValidationError unless it is https."""
        issuer: str = self.cleaned_data["provider_issuer"]
        if issuer and not is_secure(issuer):
            raise ValidationError(_("Enter an address that begins with https://."))
        return issuer

    def clean_provider_domain(self) -> str:
        """Return the domain in lower case."""
        domain: str = self.cleaned_data["provider_domain"].lower().removeprefix("@")
        if domain and not DOMAIN.fullmatch(domain):
            raise ValidationError(_("Enter one domain, like example.org."))
        return domain

    def clean(self) -> dict[str, Any]:
        """Ask for what an issuer needs; encrypt a new secret, and leave the present one without one.

        Another issuer has not been checked.
        """
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("provider_issuer"):
            for name, message in (
                ("provider_client_id", _("Enter the client identifier that the identity provider gave you.")),
                ("provider_name", _("Enter a name for the button.")),
            ):
                if name in typed and not typed[name]:
                    self.add_error(name, message)
        if typed.get("provider_issuer", self.row.provider_issuer) != self.row.provider_issuer:
            typed["provider_checked"] = False
        if secret := typed.pop("provider_secret", ""):
            typed["provider_secret"] = encrypt(secret, PURPOSE)
        return typed
