"""Middleware that sets the actor, the language and the time zone of a request."""

from collections.abc import Callable
from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from core.acts import acting_as

GetResponse = Callable[[HttpRequest], HttpResponse]


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
        with acting_as(user), timezone.override(find_zone(user.time_zone)):
            return self.get_response(request)


def find_zone(name: str) -> tzinfo:
    """Return the time zone of this name, or that of the product: a name that nobody knows any more stops no page."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return timezone.get_default_timezone()
