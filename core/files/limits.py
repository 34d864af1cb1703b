"""Limit the files that a reader has the web process make: a PDF or a workbook costs as much as many pages.

The worker and commands make as many as they need. Neither CSV, which is text, nor records and proofs of decisions,
whose files the worker stores, are counted.
"""

from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.allauth_internals import ratelimit
from core.refusal_log import note

#: Files an hour of one person.
MOST = 60
RATES = {"file": f"{MOST}/h/user"}
_request: ContextVar[HttpRequest | None] = ContextVar("request that makes files", default=None)


class TooManyFiles(Exception):
    """Raised when a person has had too many files made within the hour."""


def count_file() -> None:
    """Count a file that is about to be made for the reader of the page. Raises TooManyFiles."""
    request = _request.get()
    if request is None or not request.user.is_authenticated:
        return
    if not ratelimit.consume(
        request, app="core.file_limits", action="file", config=RATES, user=request.user, limit_get=True
    ):
        raise TooManyFiles


class FileLimitMiddleware:
    """Let files be counted for the reader of each request, and answer 429 when there were too many."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _request.set(request)
        try:
            return self.get_response(request)
        finally:
            _request.reset(token)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page that says how many files an hour there are."""
        if not isinstance(error, TooManyFiles):
            return None
        note("page", request.user, request.path, "too many files")
        response = render(request, "429_files.html", {"most": MOST}, status=429)
        response["Retry-After"] = "600"
        return response
