"""Middleware that answers refusals of services and of the database with pages: 403, 405, 409, 503.

An act whose commit was not confirmed goes to the page that finds out whether it is recorded.
"""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from core.access import Refused
from core.acts import NotRecorded, refusal_of_a_rule
from core.commits import NotConfirmed
from core.pages.refusals.exceptions import HandRefused, WrongState
from core.pages.refusals.views import (
    busy,
    hand_refused,
    is_away,
    not_allowed,
    refused,
    unavailable,
    unforeseen,
    wrong_state,
)
from core.record import meaning
from core.refusal_log import note
from core.words import visible_texts

NOT_ALLOWED = 405


class RefusalMiddleware:
    """Answer the exceptions of services with the page that explains them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == NOT_ALLOWED and request.method == "GET":  # an act, opened from a link or the history
            return not_allowed(request, response["Allow"])
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page of a refusal; None leaves any other error to Django."""
        if isinstance(error, Refused):  # `ensure` has logged it
            return refused(request, error)
        if isinstance(error, HandRefused):
            return hand_refused(request, error)
        if isinstance(error, PermissionDenied):
            note("page", request.user, request.path)
        if isinstance(error, WrongState):
            return wrong_state(request, error)
        if isinstance(error, NotRecorded):
            return busy(request)
        if isinstance(error, NotConfirmed):
            return redirect("projects:ledger:act_check", error.key)
        if is_away(error):
            return unavailable(request, error)
        if isinstance(error, visible_texts.HiddenText):  # of a copy of a row from before: no form shows it
            return unforeseen(request, visible_texts.WORDS)
        if isinstance(error, meaning.Meaningless):
            return unforeseen(request, meaning.WORDS)
        if isinstance(error, DatabaseError) and (words := refusal_of_a_rule(error)):
            return unforeseen(request, words)
        return None
