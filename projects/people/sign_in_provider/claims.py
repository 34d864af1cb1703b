"""What the provider says of a person: fetched with limits, and believed only if it is signed for us."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import jwt
import requests
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.utils.crypto import constant_time_compare
from requests.utils import get_environ_proxies

from core.allauth_internals import valid_email_or_none
from projects.people.sign_in_provider.enums import INVALID, UNREACHABLE, Failure
from projects.people.sign_in_provider.reach import CheckedAdapter, Unreachable, ensure_reachable, is_secure

#: Signatures with a public key; one with the client secret proves less and is not accepted.
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"},
)
#: Seconds to connect, and between two packets; seconds and bytes of a whole answer.
TIMEOUTS, MOST_SECONDS, MOST_BYTES = (3, 5), 10, 1024 * 1024
#: Seconds by which two clocks may differ.
LEEWAY = 60
LONGEST_SUBJECT = 255
WELL_KNOWN = "/.well-known/openid-configuration"
#: Addresses that the provider's document must name and that the server asks; userinfo may be left out.
ASKED = ("token_endpoint", "jwks_uri")


class ProviderFailed(OAuth2Error):  # type: ignore[misc]
    """Raised when the provider does not answer, or not as it must.

    `failure` is for the person, the message for the log alone.
    """

    def __init__(self, failure: Failure, why: str) -> None:
        super().__init__(why)
        self.failure = failure


@dataclass(frozen=True)
class Identity:
    """A person as the provider knows them."""

    issuer: str
    subject: str
    email: str
    email_is_verified: bool
    name: str

    @property
    def digest(self) -> bytes:
        """Return what links the account: a hash, so that the record keeps no identifier of another system."""
        return sha256(f"{self.issuer}\0{self.subject}".encode()).digest()


class Fetcher(requests.Session):
    """HTTP client for the provider: https to checked addresses (reach.py), no redirect, bounded in time and size."""

    def __init__(self) -> None:
        super().__init__()
        for scheme in ("https://", "http://"):
            self.mount(scheme, CheckedAdapter())

    def request(self, method: Any, url: Any, *args: Any, **options: Any) -> requests.Response:
        """Return the whole answer. Raises ProviderFailed."""
        if not is_secure(str(url)):
            raise ProviderFailed(INVALID, f"not https: {url}")
        options |= {"allow_redirects": False, "timeout": TIMEOUTS, "stream": True}
        try:
            if get_environ_proxies(str(url)):  # which connects in our place
                ensure_reachable(str(url))
            with super().request(method, url, *args, **options) as response:
                if 300 <= response.status_code < 400:
                    raise ProviderFailed(INVALID, f"redirected by {url}")
                response._content = _read(response)
        except (requests.RequestException, Unreachable) as error:
            raise ProviderFailed(UNREACHABLE, f"{url}: {type(error).__name__}: {error}") from error
        return response


def _read(response: requests.Response) -> bytes:
    until, body = time.monotonic() + MOST_SECONDS, b""
    for chunk in response.iter_content(8192):
        body += chunk
        if len(body) > MOST_BYTES or time.monotonic() > until:
            raise ProviderFailed(UNREACHABLE, f"too long an answer: {response.url}")
    return body


def discover(issuer: str) -> dict[str, Any]:
    """Return the configuration of the provider. Raises ProviderFailed when it is another's, or not complete."""
    found = fetch_json(issuer.rstrip("/") + WELL_KNOWN)
    if found.get("issuer") != issuer:
        raise ProviderFailed(INVALID, f"the issuer calls itself {str(found.get('issuer'))[:200]}")
    for name in ("authorization_endpoint", *ASKED):
        if not is_secure(str(found.get(name, ""))):
            raise ProviderFailed(INVALID, f"{name} is missing, or not https")
    return found


def check(issuer: str) -> None:
    """Check that the provider answers as it must, and names addresses that can be reached. Raises ProviderFailed."""
    config = discover(issuer)
    for name in (*ASKED, *(["userinfo_endpoint"] if config.get("userinfo_endpoint") else [])):
        try:
            ensure_reachable(str(config[name]))
        except (Unreachable, ValueError) as error:
            raise ProviderFailed(UNREACHABLE, f"{name}: {error}") from error


def fetch_json(url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return a JSON object. Raises ProviderFailed."""
    return _parse(fetch(url, headers))


def fetch(url: str, headers: Mapping[str, str] | None = None) -> requests.Response:
    """Return a successful answer. Raises ProviderFailed."""
    with Fetcher() as session:
        response = session.get(url, headers=dict(headers or {}))
    if response.status_code != requests.codes.ok:
        raise ProviderFailed(UNREACHABLE, f"{url}: {response.status_code}")
    return response


def _parse(response: requests.Response) -> dict[str, Any]:
    try:
        found = json.loads(response.content)
    except ValueError as error:
        raise ProviderFailed(INVALID, f"no JSON: {response.url}") from error
    if not isinstance(found, dict):
        raise ProviderFailed(INVALID, f"no JSON object: {response.url}")
    return found


def read_identity(config: Mapping[str, Any], client_id: str, answer: Mapping[str, Any], nonce: str) -> Identity:
    """Return the person of a token answer. Raises ProviderFailed unless everything is signed, for us, and now."""
    keys = fetch_json(config["jwks_uri"])
    claims = verify(str(answer.get("id_token", "")), keys, issuer=config["issuer"], audience=client_id)
    if not nonce or not constant_time_compare(str(claims.get("nonce", "")), nonce):
        raise ProviderFailed(INVALID, "the nonce is another one")
    if address := config.get("userinfo_endpoint"):
        claims |= _fetch_user(address, str(answer["access_token"]), keys, config["issuer"], client_id, claims["sub"])
    return _describe(config["issuer"], claims)


def _fetch_user(
    address: str, token: str, keys: Mapping[str, Any], issuer: str, client_id: str, subject: str
) -> dict[str, Any]:
    """Return the claims of the person; ProConnect signs them, others send plain JSON over the same connection."""
    response = fetch(address, {"Authorization": f"Bearer {token}"})
    if response.headers.get("Content-Type", "").startswith("application/jwt"):
        found = verify(response.content.decode(errors="replace"), keys, issuer=issuer, audience=client_id, dated=False)
    else:
        found = _parse(response)
    if found.get("sub") != subject:
        raise ProviderFailed(INVALID, "the claims are of another person")
    return found


def verify(token: str, keys: Mapping[str, Any], *, issuer: str, audience: str, dated: bool = True) -> dict[str, Any]:
    """Return the claims of a token that the issuer signed for us; `dated`: it must say until when it is valid."""
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise ProviderFailed(INVALID, f"signed with {str(header.get('alg'))[:20]}")
        claims: dict[str, Any] = jwt.decode(
            token.strip(),
            key=_find_key(keys, header).key,
            algorithms=[header["alg"]],
            issuer=issuer,
            audience=audience,
            leeway=LEEWAY,
            options={"require": ["iss", "aud", "sub", *(["exp", "iat"] if dated else [])]},
        )
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise ProviderFailed(INVALID, f"{type(error).__name__}: {error}") from error
    if claims.get("azp", audience) != audience or (len(_as_list(claims["aud"])) > 1 and "azp" not in claims):
        raise ProviderFailed(INVALID, "issued for another client")
    return claims


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _find_key(keys: Mapping[str, Any], header: Mapping[str, Any]) -> jwt.PyJWK:
    """Return the key that the token names; the only one where it names none."""
    known = [key for key in jwt.PyJWKSet.from_dict(dict(keys)).keys if key.public_key_use in {None, "sig"}]
    if "kid" in header:
        known = [key for key in known if key.key_id == header["kid"]]
    if len(known) != 1:
        raise ProviderFailed(INVALID, "signed with an unknown key")
    return known[0]


def _describe(issuer: str, claims: Mapping[str, Any]) -> Identity:
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise ProviderFailed(INVALID, "no subject")
    return Identity(
        issuer,
        subject,
        (valid_email_or_none(_text(claims, "email")) or "").lower(),
        claims.get("email_verified") is True,
        _text(claims, "name") or _join_names(claims),
    )


def _join_names(claims: Mapping[str, Any]) -> str:
    """Return given and family name; ProConnect calls the latter `usual_name`."""
    return f"{_text(claims, 'given_name')} {_text(claims, 'family_name') or _text(claims, 'usual_name')}".strip()


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return " ".join(value.split())[:254] if isinstance(value, str) else ""
