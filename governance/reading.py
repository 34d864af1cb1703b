"""One request reads each fact about its reader once; an act reads them afresh, under its lock."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from roles.acting import remembering


class ReadingMiddleware:
    """Remembers what a request has read about its reader, such as their seats."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with remembering():
            return self.get_response(request)
