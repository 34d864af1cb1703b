"""Request cache: facts about the reader are read once per request, and again by an act under its lock.

Lines of the log name the request from here on.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.acts import cached_reads
from core.words.log_lines import name_request, telling


class RequestCacheMiddleware:
    """Open the cache of `core.acts.cached` for the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with cached_reads(), telling(request=name_request()):
            return self.get_response(request)
