"""The provider for allauth, which keeps state and PKCE and exchanges the code; claims.py says what is believed.

allauth is given no table of ours to look in, and none of its own: an identity is linked by a credential.
"""

import secrets
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from projects.people.sign_in_provider.claims import Fetcher, Identity, ProviderFailed, discover, read_identity
from projects.people.sign_in_provider.completion import complete
from projects.people.sign_in_provider.enums import CANCELLED, EXPIRED, INVALID, UNREACHABLE, Process
from projects.people.sign_in_provider.pages import show_failure
from projects.people.sign_in_provider.queries import SignInProvider, find_provider

PROVIDER_ID = "organisation"


class IdentifiedLogin(SocialLogin):  # type: ignore[misc]
    """A sign-in that allauth hands on, without looking for an account by itself."""

    identity: Identity

    def lookup(self) -> None:
        """Look nowhere: neither in the tables of allauth nor by address."""


class ProviderAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """What differs from allauth's: every answer is checked, and the nonce of the session is asked for."""

    #: Set by the callback, once the state of the session is known.
    nonce = ""

    @cached_property
    def openid_config(self) -> dict[str, Any]:
        """Return the configuration of the provider."""
        return discover(self.get_provider().described.issuer)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return the address that is registered at the provider."""
        return callback_url()

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: Any, pkce_code_verifier: Any = None
    ) -> dict[str, Any]:
        """Return the answer of the token endpoint. Raises ProviderFailed."""
        try:
            answer = super().get_access_token_data(request, app, client, pkce_code_verifier)
        except (KeyError, ValueError) as error:
            raise ProviderFailed(INVALID, f"the token cannot be read: {type(error).__name__}") from error
        if not isinstance(answer, dict):
            raise ProviderFailed(INVALID, "the token is no JSON object")
        return answer

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """Return the access token, which is never stored."""
        return SocialToken(token=str(data["access_token"]))

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Return the sign-in of the person whom the provider names. Raises ProviderFailed."""
        login = IdentifiedLogin(account=SocialAccount(provider=PROVIDER_ID), provider=self.get_provider())
        login.identity = read_identity(self.openid_config, app.client_id, kwargs["response"], self.nonce)
        return login


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """The provider of the organisation. Nothing of a request is handed on to it."""

    oauth2_adapter_class = ProviderAdapter

    def __init__(self, request: HttpRequest, described: SignInProvider) -> None:
        self.described = described
        app = SocialApp(provider=self.id, provider_id=PROVIDER_ID, name=described.name)
        app.client_id, app.secret, app.settings = described.client_id, described.secret, {}
        super().__init__(request, app=app)

    def get_scope(self) -> list[str]:
        """Return what is asked for: who the person is, their name and address."""
        if self.described.is_proconnect:
            return ["openid", "email", "given_name", "usual_name"]
        return ["openid", "profile", "email"]

    def get_pkce_params(self) -> dict[str, Any]:
        """Return a new code challenge; ProConnect refuses one as unknown."""
        return {} if self.described.is_proconnect else dict(generate_code_challenge())

    def begin(self, request: HttpRequest, process: Process, next_url: str, data: dict[str, Any]) -> HttpResponse:
        """Return the redirect to the provider; to confirm, the person signs in there again."""
        nonce = secrets.token_urlsafe(32)
        parameters = {"nonce": nonce} | ({"prompt": "login"} if process == Process.CONFIRM else {})
        response: HttpResponse = self.redirect(
            request, str(process), next_url or None, data, auth_params=parameters, nonce=nonce
        )
        return response


class CallbackView(OAuth2CallbackView):  # type: ignore[misc]
    """allauth's, which hands the nonce of the session to the adapter."""

    adapter: ProviderAdapter

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, response


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Adapter of SOCIALACCOUNT_ADAPTER: one provider, our pages, and no account but by our services."""

    def get_provider(self, request: HttpRequest, provider: Any, client_id: Any = None) -> Provider:
        """Return the provider of the organisation."""
        described = find_provider()
        if described is None:
            raise SocialApp.DoesNotExist
        return Provider(request, described)

    def get_requests_session(self) -> Fetcher:
        """Return our client."""
        return Fetcher()

    def generate_state_param(self, state: Any) -> str:
        """Return the state: ProConnect asks for 32 characters."""
        return secrets.token_urlsafe(32)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Return False: our services open accounts."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: IdentifiedLogin) -> None:
        """Go on with what the person went to the provider for."""
        described = sociallogin.provider.described
        raise ImmediateHttpResponse(complete(request, described, sociallogin.identity, sociallogin.state))

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """Answer with the page that says why."""
        if isinstance(exception, ProviderFailed):
            raise ImmediateHttpResponse(show_failure(request, exception.failure, str(exception)))
        if exception is not None:
            raise ImmediateHttpResponse(show_failure(request, UNREACHABLE, f"{type(exception).__name__}: {exception}"))
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(show_failure(request, CANCELLED))
        was_expected = "state" in (extra_context or {})
        raise ImmediateHttpResponse(show_failure(request, INVALID if was_expected else EXPIRED))


def callback_url() -> str:
    """Return the address to register at the provider."""
    return settings.BASE_URL + reverse("projects:sign_in_provider:provider_callback")
