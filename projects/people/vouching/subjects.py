"""Subject of notices to those who may vouch."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, override

from projects.organisation_settings.queries import organisation
from projects.people.credentials.models import Credential
from projects.people.vouching.models import Waiting


@dataclass(frozen=True)
class VouchPage:
    """The page on which somebody vouches. It names no one: a notice is kept as it was sent."""

    waiting: Waiting
    reference: str = "Ouvrage"

    @property
    def title(self) -> str:
        """Return the title, in the language of the organisation."""
        with override(organisation().language):
            return gettext("Vouch for a person")

    def get_absolute_url(self) -> str:
        """Return the address of the page."""
        name = "vouch" if isinstance(self.waiting, Credential) else "vouch_address"
        return reverse(f"projects:vouching:{name}", args=[self.waiting.pk])
