"""Reading a page: each person's seats are read once. An act reads them afresh, under its lock."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from projects.mandates.seats import remembering_seats


class ReadingMiddleware:
    """Remembers seats for the time of a GET, so that a page asks for them once whatever it shows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        with remembering_seats():
            return self.get_response(request)
