"""Subjects of notices that concern no project. They name no one: a notice is kept as it was sent."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, override

from projects.organisation_settings.queries import organisation


@dataclass(frozen=True)
class Account:
    """The subject of a notice on the reader's own account."""

    reference: str = "Ouvrage"

    @property
    def title(self) -> str:
        """Return the title, in the language of the organisation."""
        with override(organisation().language):
            return gettext("Your account")

    def get_absolute_url(self) -> str:
        """Return the address of the account."""
        return reverse("projects:people:account")


@dataclass(frozen=True)
class Inbox:
    """The subject of a notice on a list of tasks."""

    reference: str = "Ouvrage"

    @property
    def title(self) -> str:
        """Return the title, in the language of the organisation."""
        with override(organisation().language):
            return gettext("My tasks")

    def get_absolute_url(self) -> str:
        """Return the address of the tasks."""
        return reverse("governance:inbox:inbox")
