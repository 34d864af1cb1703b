"""How people come in: with an account an administrator gave them, as long as it is open."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are given, not taken."""
        return False


class OpenAccountBackend(AuthenticationBackend):  # type: ignore[misc]
    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The account, or None: a closed one looks the same as a wrong password."""
        account = super().authenticate(request, **credentials)
        self.unstash_authenticated_user()  # where allauth keeps a closed account for its "inactive" page
        return account
