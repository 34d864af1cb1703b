"""Tell of changes of what proves people: settings to all administrators and to who decides, tokens to administrators.

Who acts is told too: their session may be stolen.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, override

from projects.ledger.models import LedgerEvent
from projects.notices.enums import Reason
from projects.notices.services import notify
from projects.notices.subjects import Account
from projects.organisation_settings.queries import organisation
from projects.organisation_settings.registry import ON_CHANGE
from projects.organisation_settings.sections import MAILS, SIGN_IN
from projects.people.accounts.services import list_administrators
from projects.seats.mandates.audience import list_deciders

#: Fields of the settings that prove people or bring them their links, beside those of the provider.
PROVING = (
    "credential_hours",
    "signed_decisions",
    "second_factor",
    "second_factor_roles",
    "sender_name",
    "sender_address",
)


@dataclass(frozen=True)
class SettingsPage:
    """The subject of a notice to administrators: a page of the settings, by its address."""

    address: str
    reference: str = "Ouvrage"

    @property
    def title(self) -> str:
        """Return the title, in the language of the organisation."""
        with override(organisation().language):
            return gettext("Settings")

    def get_absolute_url(self) -> str:
        """Return the address of the page."""
        return self.address


def is_proving(name: str) -> bool:
    """Return whether a field of the settings proves people, or brings them their links."""
    return name in PROVING or name.startswith("provider_")


def tell_settings(event: LedgerEvent, changed: list[str]) -> None:
    """Notify all administrators, and whoever decides, when what proves people has changed."""
    names = [name for name in changed if is_proving(name)]
    if not names:
        return
    if all(name.startswith("provider_") for name in names):
        page = reverse("projects:sign_in_provider:provider_edit")
    else:
        page = (MAILS if set(names) <= set(MAILS.fields) else SIGN_IN).url
    for about, people in ((SettingsPage(page), list_administrators()), (Account(), list_deciders())):
        notify(event=event, reason=Reason.PROOF_CHANGED, about=about, people=people, the_actor_too=True)


def tell_token(event: LedgerEvent) -> None:
    """Notify all administrators of a token of the directory that was made or ended."""
    about = SettingsPage(reverse("projects:provisioning:token_list"))
    notify(event=event, reason=Reason.TOKEN_CHANGED, about=about, people=list_administrators(), the_actor_too=True)


ON_CHANGE.append(tell_settings)
