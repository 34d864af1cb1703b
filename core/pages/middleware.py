"""Middleware that keeps replies private, and sets the actor, the language and the time zone of a request."""

from collections.abc import Callable
from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control

from core.acts import acting_as
from core.words.log_lines import telling

GetResponse = Callable[[HttpRequest], HttpResponse]


class PrivateReplyMiddleware:
    """Forbid browsers and proxies to keep what a signed-in reader got; a file that is public stays so."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_signed_in = request.user.is_authenticated  # before the page, which may sign the reader out
        response = self.get_response(request)
        if is_signed_in and "public" not in response.get("Cache-Control", ""):
            patch_cache_control(response, private=True, no_store=True)
        return response


class ReaderMiddleware:
    """Set the signed-in user as actor of the history, and activate their language and time zone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        if user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        with acting_as(user), telling(user=str(user.key)), timezone.override(find_zone(user.time_zone)):
            return self.get_response(request)


def find_zone(name: str) -> tzinfo:
    """Return the time zone of this name, or that of the product: a name that nobody knows any more stops no page."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return timezone.get_default_timezone()
