"""What the sign-in pages do with accounts: mails leave from the sender of the organisation, passwords by acts."""

from typing import Any

from projects.organisation_settings.queries import sender
from projects.people import services
from roles.accounts import adapters


class AccountAdapter(adapters.AccountAdapter):
    def get_from_email(self) -> str:
        """Return the sender of mails."""
        return sender()

    def set_password(self, user: Any, password: str) -> None:
        """Give the person the password that they chose by the link of the reset mail."""
        services.reset_password(actor=user, password=password)
