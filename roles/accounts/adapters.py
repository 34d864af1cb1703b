"""Authentication: only with an active account that an administrator created."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from core.sessions.sign_ins import note_sign_in
from core.sessions.store import read_account


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: administrators create the accounts."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Return whether a redirect to `url` stays here; False for an address that cannot be read, `http://[x]`."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign the person in, and note where and when in the session."""
        super().login(request, user)
        note_sign_in(request)


class OpenAccountBackend(AuthenticationBackend):  # type: ignore[misc]
    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Return the account, or None; a closed account answers like a wrong password."""
        account = super().authenticate(request, **credentials)
        self.unstash_authenticated_user()  # where allauth keeps a closed account for its "inactive" page
        return account

    def get_user(self, user_id: int) -> Any:
        """Return the account that is signed in, read with its session; None once it is closed."""
        account = read_account(user_id, lambda: super(OpenAccountBackend, self).get_user(user_id))
        return account if account and self.user_can_authenticate(account) else None
