"""Mails of the sign-in pages leave from the sender of the organisation."""

from projects.organisation_settings.queries import sender
from roles.accounts import adapters


class AccountAdapter(adapters.AccountAdapter):
    def get_from_email(self) -> str:
        """Return the sender of mails."""
        return sender()
