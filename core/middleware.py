"""What a request brings along for the whole of its life: the actor, the language and the time zone of the reader."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from core.acts import acting_as

GetResponse = Callable[[HttpRequest], HttpResponse]


class ReaderMiddleware:
    """Name the signed-in person to the history, and speak to them in the language and the time zone they chose."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        if user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        with acting_as(user), timezone.override(ZoneInfo(user.time_zone)):
            return self.get_response(request)
