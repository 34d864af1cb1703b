"""Cookies that only this host sets and reads, with TLS (`__Host-`), where the installation has TLS."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse

YEAR = 365 * 24 * 3600


def cookie_name(name: str) -> str:
    """Return the name under which browsers keep a cookie of ours."""
    return f"{settings.COOKIE_PREFIX}{name}"


def keep_cookie(response: HttpResponse, name: str, value: str) -> None:
    """Have the browser keep a cookie for a year. No script and no other host reads it."""
    response.set_cookie(cookie_name(name), value, YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax")


def read_cookie(request: HttpRequest, name: str) -> str:
    """Return a cookie of ours; empty when the browser sends none."""
    return request.COOKIES.get(cookie_name(name), "")


class MessageCookie(CookieStorage):
    """Django's cookie of messages, under our name."""

    cookie_name = cookie_name("messages")


class MessageStorage(FallbackStorage):
    """Django's storage of messages (MESSAGE_STORAGE): a cookie, and the session for what it cannot hold."""

    storage_classes = (MessageCookie, SessionStorage)
