"""The provider of the organisation, from its settings and the environment, and who is linked to it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from core.acts import act_time
from core.record.encryption import decrypt
from projects.organisation_settings.enums import ProviderKind
from projects.organisation_settings.models import OrganisationSettings
from projects.organisation_settings.queries import organisation, relies_on_provider
from projects.people.credentials.enums import CredentialKind
from projects.people.credentials.models import Credential
from projects.people.sign_in_provider.claims import Identity

PURPOSE = "secret of the sign-in provider"
#: Variable of the environment that holds each field; where it is set, it counts, and not the settings page.
VARIABLES = {
    "kind": "OIDC_KIND",
    "issuer": "OIDC_ISSUER",
    "client_id": "OIDC_CLIENT_ID",
    "secret": "OIDC_CLIENT_SECRET",
    "name": "OIDC_NAME",
    "domain": "OIDC_DOMAIN",
}


@dataclass(frozen=True)
class SignInProvider:
    """The provider by which people of the organisation sign in; `domain` is the one whose people get an account."""

    kind: str
    issuer: str
    client_id: str
    secret: str
    name: str
    domain: str
    asks_own_factor: bool
    is_checked: bool

    def __str__(self) -> str:
        return self.name

    @property
    def is_proconnect(self) -> bool:
        """Return whether it is ProConnect, which refuses every parameter that it does not list."""
        return self.kind == ProviderKind.PROCONNECT

    def opens_account_of(self, identity: Identity) -> bool:
        """Return whether the person gets an account: a verified address of the domain."""
        _name, _at, domain = identity.email.rpartition("@")
        return bool(self.domain) and identity.email_is_verified and domain == self.domain.lower()


def find_provider() -> SignInProvider | None:
    """Return the provider by which people sign in; None without one whose issuer has answered its check."""
    entered = find_entered_provider()
    return entered if entered and entered.is_checked else None


def find_entered_provider() -> SignInProvider | None:
    """Return the provider as it was entered; None when issuer or client identifier is missing.

    An issuer from the environment counts as checked: who sets it may have no account, and nobody must be locked out.
    """
    row = organisation()
    found = {name: settings.OIDC[name] or _stored(row, name) for name in VARIABLES}
    if not (found["issuer"] and found["client_id"]):
        return None
    found["name"] = found["name"] or urlsplit(found["issuer"]).hostname or found["issuer"]
    return SignInProvider(
        **found,
        asks_own_factor=not relies_on_provider(act_time()),
        is_checked=row.provider_checked or bool(settings.OIDC["issuer"]),
    )


def _stored(row: OrganisationSettings, name: str) -> str:
    """Return a field as the settings page wrote it."""
    value = str(getattr(row, f"provider_{name}"))
    return decrypt(value, PURPOSE) if name == "secret" and value else value


def set_by_environment() -> dict[str, str]:
    """Return the variables that are set, by field."""
    return {name: variable for name, variable in VARIABLES.items() if settings.OIDC[name]}


def find_linked(identity: Identity) -> Credential | None:
    """Return the link of the identity, which is one person's alone."""
    linked = Credential.objects.living().filter(kind=CredentialKind.PROVIDER, credential_id=identity.digest)
    return linked.select_related("person").first()
