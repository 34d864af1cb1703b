"""Pages that explain a refusal and the next step."""

import logging
import secrets
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views import defaults

from core.access import Refused
from core.acts import sqlstate
from core.pages.refusals.exceptions import HandRefused, NotHere, WrongState
from core.refusal_log import note

logger = logging.getLogger(__name__)
#: Errors of a lost or refused connection, of a server that stops, and of locks that a page waited for too long.
GONE = (OperationalError, InterfaceError)
#: SQLSTATE of a write to a server that only reads: it was the primary before.
READ_ONLY = "25006"
#: Functions of the apps that add HTML of a description list to the 403 page, or an empty string.
REMARKS: list[Callable[[HttpRequest, Any], str]] = []


@dataclass(frozen=True)
class Refusal:
    """Content of the 403 page: the act, the rule and its sentence, the authority, its holders, remarks."""

    act: str
    rule: str
    rule_text: str
    may: str
    holders: list[dict[str, Any]]
    remarks: list[str]


@dataclass(frozen=True)
class Conflict:
    """Content of the 409 page; `kept` are the (label, text) pairs the reader typed."""

    title: str | Promise
    text: str | Promise
    link: str
    link_label: str | Promise
    kept: Iterable[tuple[str, str]] = ()


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """Answer 403 with the rule, the authority and its holders."""
    permission = error.permission
    refusal = Refusal(
        act=str(permission.act),
        rule=permission.rule,
        rule_text=str(permission.because),
        may=str(permission.authority_name),
        holders=[{"person": seat.person, "role": seat.role.code} for seat in error.holders],
        remarks=[remark for describe in REMARKS if (remark := describe(request, error.on))],
    )
    return render(request, "403.html", {"refusal": refusal}, status=403)


def hand_refused(request: HttpRequest, error: HandRefused) -> HttpResponse:
    """Answer 403: the credentials of the reader do not prove them for this act. The texts they sent are handed back."""
    return render(request, error.template_name, {**error.context, "kept": list_typed(request)}, status=403)


def list_typed(request: HttpRequest) -> list[tuple[str, str]]:
    """List (label, text) of the texts that a form sent; none of a request that cannot be read any more."""
    try:
        sent = list(request.POST.lists())
    except (OSError, RequestDataTooBig, TooManyFieldsSent, MultiPartParserError):
        return []
    texts = [text for name, values in sent if "password" not in name for text in values if is_prose(text)]
    return [(_("Text %(number)s") % {"number": number}, text) for number, text in enumerate(texts, start=1)]


def is_prose(text: str) -> bool:
    """Return whether a posted value is a text that a person wrote, rather than a choice, a number or a list of ours."""
    return len(text.split()) > 1 and not text.startswith(("{", "["))


def conflict(request: HttpRequest, details: Conflict) -> HttpResponse:
    """Answer 409: nothing was recorded, what was typed is kept."""
    match = request.resolver_match
    note(match.view_name if match else "page", request.user, request.path, "conflict")
    return render(request, "409.html", {"conflict": details}, status=409)


def cannot_undo(request: HttpRequest, back: str, label: str) -> HttpResponse:
    """Answer 409: a change of many is too old, or another person's, to be undone."""
    title, words = _("This change can no longer be undone"), _("A change is undone within ten minutes, by its author.")
    return conflict(request, Conflict(title, words, back, label, []))


def wrong_state(request: HttpRequest, error: WrongState, kept: Iterable[tuple[str, str]] = ()) -> HttpResponse:
    """Answer 409: the state of the object excludes the act; `kept` are the texts the reader typed."""
    match = request.resolver_match
    link = error.link(match.kwargs if match else {})
    return conflict(request, Conflict(str(error.title), str(error.text), link, str(error.link_label), kept))


def is_away(error: BaseException) -> bool:
    """Return whether an error says that no database takes this request now."""
    return isinstance(error, GONE) or sqlstate(error) == READ_ONLY


def busy(request: HttpRequest) -> HttpResponse:
    """Answer 503: the project is being written to, nothing was recorded. What was typed is handed back."""
    response = render(request, "503.html", _say_again(request), status=503)
    response["Retry-After"] = "2"
    return response


def unforeseen(request: HttpRequest, words: str) -> HttpResponse:
    """Answer 409: a rule of the database refused what no service foresaw; page and log carry the same number."""
    number = secrets.token_hex(4)
    match = request.resolver_match
    note(match.view_name if match else "page", request.user, request.path, f"{words} #{number}")
    text = _("A rule of the database does not allow it. Send your administrator this number: %(number)s.")
    title = _("The database refused this act")
    found = Conflict(title, text % {"number": number}, "/", _("Go to my tasks"))
    return render(request, "409.html", {"conflict": found}, status=409)


def unavailable(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Answer 503 without asking the database, which is away: nothing was recorded. What was typed is handed back.

    The next page finds the server that writes by a connection of its own: those of the pool lead to one that does not.
    """
    logger.error("The database is away: %s", type(error).__name__, exc_info=error)
    if sqlstate(error) == READ_ONLY:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # of PostgreSQL alone
    return HttpResponse(render_to_string("503.html", _say_again(request)), status=503, headers={"Retry-After": "2"})


def _say_again(request: HttpRequest) -> dict[str, Any]:
    """Return what the page of a request that was not recorded offers: its address again, or the texts it sent."""
    is_read = request.method == "GET"
    return {"again": request.get_full_path() if is_read else "", "kept": [] if is_read else list_typed(request)}


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 when the database is away: its loss can be met before any view runs."""
    error = sys.exc_info()[1]
    if error and is_away(error):
        return unavailable(request, error)
    response: HttpResponse = defaults.server_error(request)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403: the form is too old or came from elsewhere, nothing was recorded."""
    return render(request, "403.html", {"stale_form": True}, status=403)


def bad_request(request: HttpRequest, exception: Any) -> HttpResponse:
    """Answer 400: the request cannot be read, such as a form of several megabytes."""
    return render(request, "400.html", status=400)


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    """Answer 404 for a page that does not exist or that this reader may not see, with the reason where it is told."""
    if isinstance(exception, NotHere):
        return render(request, exception.template_name, dict(exception.context), status=404)
    return render(request, "404.html", status=404)


def not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """Answer 405 for an address that only takes what a form sends; `allowed` are its methods."""
    response = render(request, "405.html", status=405)
    response["Allow"] = allowed
    return response
