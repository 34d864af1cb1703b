"""The last post of a browser that was not carried out: kept in its session for an hour, encrypted, for one account.

It is kept for whoever signed in last from the browser, and shown to nobody else. Files and secrets are not kept.
"""

import json
import time
from typing import NamedTuple
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from core.access import Account
from core.record.encryption import decrypt, encrypt
from roles.accounts.limits import digest_account

#: Key of the session, and purpose of its encryption.
KEPT = "unsent_post"
#: Parameter of the address that shows it.
FLAG = "unsent"
SECONDS, LONGEST = 3600, 500_000
#: Parts of the names of fields that are not kept.
SECRETS = ("password", "secret", "credential", "assertion", "csrfmiddlewaretoken")


class Post(NamedTuple):
    """What is kept: for which account, since when, its address, the page it came from, and its fields."""

    account: str
    at: float
    path: str
    page: str
    body: str

    def fields(self) -> QueryDict:
        """Return the fields; a review goes back to its form."""
        typed = QueryDict(self.body, mutable=True)
        if "step" in typed:
            typed["step"] = "change"
        return typed


def keep_post(request: HttpRequest, account: str) -> HttpResponse | None:
    """Keep what was posted for the account of this digest, and redirect to its address, which shows it.

    Return None when there is no account, or too much to keep.
    """
    typed = request.POST.copy()
    for name in [name for name in typed if any(secret in name for secret in SECRETS)]:
        del typed[name]
    post = Post(account, time.time(), request.path, _find_page(request), typed.urlencode())
    if not account or len(post.body) > LONGEST:
        return None
    request.session[KEPT] = encrypt(json.dumps(post), KEPT)
    query = request.GET.copy()
    query[FLAG] = "1"
    return redirect(f"{request.path}?{query.urlencode()}")


def find_post(request: HttpRequest, person: Account) -> Post | None:
    """Return what is kept for the person; delete another account's, and what is too old."""
    if KEPT not in request.session:
        return None
    stored = decrypt(request.session[KEPT], KEPT)
    post = Post(*json.loads(stored)) if stored else None
    if post and post.account == digest_account(person.email) and time.time() - post.at <= SECONDS:
        return post
    drop_post(request)
    return None


def find_address(request: HttpRequest, person: Account) -> str:
    """Return the address that shows what is kept for the person; empty when nothing is."""
    post = find_post(request, person)
    return f"{post.path}?{FLAG}=1" if post else ""


def drop_post(request: HttpRequest) -> None:
    """Delete what is kept."""
    request.session.pop(KEPT, None)


def is_unsent(request: HttpRequest) -> bool:
    """Return whether the request only shows what was posted before."""
    return getattr(request, "unsent", None) is not None


def _find_page(request: HttpRequest) -> str:
    """Return the path of the page that sent the request, as its browser tells; the first page when it does not."""
    address = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    page = urlsplit(address)
    return f"{page.path}?{page.query}" if page.query else page.path
