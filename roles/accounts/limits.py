"""Limits on wrong passwords and codes that keep no owner out: a stranger's do not count where the owner signs in.

Guesses are counted by account and browser where the account has signed in from that browser before, else by account
and address. A slow limit by account counts the guesses of all other browsers together. Whoever meets it asks for a link
by mail, which makes their browser a known one.

Links by mail have limits of the same kind. An account that strangers have had mailed often gets no more mails for a
while, but the last one still works and the page says the same: what others ask for keeps nobody out.
"""

import secrets
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from core.allauth_internals import RateLimitUsage, ratelimit
from core.pages.cookies import YEAR, keep_cookie, read_cookie
from roles.accounts.models import User

APP = "roles.accounts"
#: By account and browser or address; of unknown browsers also by address, and all together by account.
RATES = {
    "guess": "5/5m/key",
    "guess_from_address": "10/m/ip",
    "guess_elsewhere": "50/h/key",
    "code": "5/5m/key",
    "code_from_address": "10/m/ip",
    "code_elsewhere": "20/h/key",
    "ceremony": "60/m/ip",
    # A link works longer than the time over which mails are counted, so that one in the mailbox always works.
    "sign_in_link": "3/30m/key",
    "reset_link": "3/30m/key",
    "link_from_address": "20/m/ip",
}
COOKIE, SALT = "known_browser", "roles.accounts.limits"
#: Accounts of which a browser is known: people may share one.
ACCOUNTS = 5
LINK_SALT, LINK_SECONDS = "roles.accounts.sign_in_link", 3600


class GuessedElsewhere(Exception):
    """Raised when other browsers have guessed too often."""


class GuessedHere(Exception):
    """Raised when this browser, or this address, has guessed too often."""


class AskedTooOften(Exception):
    """Raised when this address has asked for too many links, whoever they are for."""


def count_guess(request: HttpRequest, email: str, of: str = "guess") -> list[RateLimitUsage]:
    """Count an attempt, which is taken back with `rollback` when it succeeds. The address may be nobody's.

    `of` is "guess" for a password and "code" for a code, which have counters of their own.

    Raises GuessedHere and GuessedElsewhere.
    """
    account = digest_account(email)
    browser = _find_browser(request, account)
    here = _consume(request, of, f"{account} {browser or ratelimit.get_ip(request)}")
    if here is None:
        raise GuessedHere
    if browser:
        return [here]
    from_address = _consume(request, f"{of}_from_address", account)
    if from_address is None:
        raise GuessedHere
    elsewhere = _consume(request, f"{of}_elsewhere", account)
    if elsewhere is None:
        raise GuessedElsewhere
    return [here, from_address, elsewhere]


def may_mail_link(request: HttpRequest, email: str, of: str) -> bool:
    """Count a link that is asked for; return whether to mail it. The address may be nobody's.

    `of` is "sign_in_link" or "reset_link". A browser that the account has signed in from has an allowance of its own.
    Raises AskedTooOften.
    """
    account = digest_account(email)
    browser = _find_browser(request, account)
    if not browser and _consume(request, "link_from_address", "") is None:
        raise AskedTooOften
    return _consume(request, of, f"{account} {browser}") is not None


def may_begin_ceremony(request: HttpRequest) -> bool:
    """Count a challenge that a browser asks for; return whether its address may have another one."""
    return _consume(request, "ceremony", "") is not None


def know_browser(request: HttpRequest, response: HttpResponse, person: User) -> None:
    """Remember in a cookie that the person used this browser. It signs nobody in."""
    known = _read_cookie(request)
    account = digest_account(person.email)
    accounts = [account, *(other for other in known["accounts"] if other != account)][:ACCOUNTS]
    keep_cookie(response, COOKIE, signing.dumps({"id": known["id"], "accounts": accounts}, salt=SALT))


def find_last_account(request: HttpRequest) -> str:
    """Return the digest of the account that signed in last from this browser; empty when none has."""
    return next(iter(_read_cookie(request)["accounts"]), "")


def build_link_token(person: User) -> str:
    """Return the token of a link that makes a browser known, for an hour."""
    return signing.dumps(str(person.key), salt=LINK_SALT)


def find_by_link(token: str) -> User | None:
    """Return the person with an open account to whom the link was mailed, or None when it no longer works."""
    try:
        key = signing.loads(token, salt=LINK_SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        return None
    return User.objects.filter(key=key, is_active=True).first()


def _consume(request: HttpRequest, action: str, key: str) -> RateLimitUsage | None:
    return ratelimit.consume(request, app=APP, action=action, config=RATES, key=key)


def _find_browser(request: HttpRequest, account: str) -> str:
    """Return the identifier of the browser when the account has signed in from it, else an empty string."""
    known = _read_cookie(request)
    return known["id"] if account in known["accounts"] else ""


def _read_cookie(request: HttpRequest) -> dict[str, Any]:
    try:
        known: dict[str, Any] = signing.loads(read_cookie(request, COOKIE), salt=SALT, max_age=YEAR)
    except signing.BadSignature:
        return {"id": secrets.token_urlsafe(12), "accounts": []}
    return known


def digest_account(email: str) -> str:
    """Return the digest of an account, which the cookie of known browsers carries in the place of its address."""
    return salted_hmac(SALT, email.strip().lower(), algorithm="sha256").hexdigest()[:32]
