"""What the sign-in pages do with accounts: mails leave from the sender of the organisation, passwords by acts."""

from typing import Any

from django.http import HttpRequest

from core.access import reader
from projects.organisation_settings.queries import sender
from projects.people.accounts import services
from roles.accounts import adapters
from roles.unsent.posts import find_address


class AccountAdapter(adapters.AccountAdapter):
    def get_from_email(self) -> str:
        """Return the sender of mails."""
        return sender()

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return the address that shows what the person typed when their session had ended, else the first page."""
        return find_address(request, reader(request)) or str(super().get_login_redirect_url(request))

    def set_password(self, user: Any, password: str) -> None:
        """Give the person the password that they chose by the link of the reset mail."""
        services.reset_password(actor=user, password=password)
