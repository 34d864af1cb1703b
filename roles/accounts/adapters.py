"""Authentication: only with an active account that an administrator created."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.pages.middleware import find_zone
from core.pages.sessions.sign_ins import note_sign_in
from core.pages.sessions.store import read_account
from roles.accounts.limits import GuessedElsewhere, GuessedHere, count_guess, know_browser
from roles.accounts.mails import send_beside
from roles.accounts.sign_in_log import note_refusal

TOO_MANY_HERE = _("Too many wrong passwords. Wait five minutes, or get a sign-in link.")
TOO_MANY_ELSEWHERE = _("Too many wrong passwords for this account. Get a sign-in link to sign in from here.")


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

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail beside the reply; its times are those of the reader."""
        now = timezone.now()
        known = {"email": email, "asked_at": now, "until": now + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)}
        with timezone.override(find_zone(context["user"].time_zone)):
            send_beside(self.render_mail(template_prefix, email, known | context))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Return the account, or None; count wrong passwords. Raises ValidationError when there were too many."""
        try:
            counted = count_guess(request, credentials.get("email", ""))
        except GuessedHere:
            note_refusal(request, credentials.get("email", ""), "too many guesses from here")
            raise ValidationError(TOO_MANY_HERE, code="too_many") from None
        except GuessedElsewhere:
            note_refusal(request, credentials.get("email", ""), "too many guesses from elsewhere")
            raise ValidationError(TOO_MANY_ELSEWHERE, code="ask_for_link") from None
        account = super().authenticate(request, **credentials)
        if account:
            for usage in counted:
                usage.rollback()
        return account

    def post_login(self, request: HttpRequest, user: Any, **options: Any) -> Any:
        """Redirect, and remember that this person uses this browser."""
        response = super().post_login(request, user, **options)
        know_browser(request, response, user)
        return response

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
