"""Middleware that keeps what is posted in a session that has ended, and shows it in its form after the sign-in."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.access import reader
from core.acts import NotSent, showing_only
from core.pages.refusals.views import is_prose
from roles.accounts.limits import find_last_account
from roles.unsent.posts import FLAG, KEPT, drop_post, find_post, is_unsent, keep_post

UNAUTHENTICATED = 401
WRITES = ("INSERT", "UPDATE", "DELETE")
#: Tables that a request may write while it only shows: sessions, and counters of attempts.
HOUSEKEEPING = ('INTO "account_session"', 'UPDATE "account_session"', '"config_cache"')


class EndedSessionMiddleware:
    """Keep the post of a browser whose session has ended; answer 401 to a script, so that its page stays as it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_view: Any) -> HttpResponse | None:
        """Run after CsrfViewMiddleware, which refuses what another site posts, and before the sign-in is asked for."""
        if request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if is_from_script(request):
            return render(request, "401.html", status=UNAUTHENTICATED)
        if request.method == "POST":
            return keep_post(request, find_last_account(request))
        if FLAG in request.GET and KEPT in request.session:
            messages.warning(request, _("Your session has ended. Sign in: what you typed is kept, and not sent yet."))
        return None


class UnsentPostMiddleware:
    """Show what is kept: run its page as if it were posted, with every act and every write switched off.

    It is the last middleware: the others see the page that is opened, and ask of its reader what they ask of any.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "GET" and FLAG in request.GET and request.user.is_authenticated:
            with showing_only(), connection.execute_wrapper(_refuse_writes):
                return self._show(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Put what is kept in the place of what a form posts; delete it once its form is sent.

        A button that came with nothing typed is only to be pressed again.
        """
        if not request.user.is_authenticated:
            return None
        post = find_post(request, reader(request))
        if post is None or post.path != request.path:
            return None
        if request.method == "POST":
            drop_post(request)
        elif FLAG in request.GET:
            _ = request.FILES  # read while the method is GET: none
            request.method, request.POST, request.unsent = "POST", post.fields(), post  # type: ignore[assignment, attr-defined]
            if not post.body:
                return show_texts(request)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Show the texts alone where a page has no form to show them in."""
        return show_texts(request) if isinstance(error, NotSent) else None

    def _show(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_form = response.status_code < 300 or response.status_code in {409, 422}
        return response if is_form or not is_unsent(request) else show_texts(request)


def is_from_script(request: HttpRequest) -> bool:
    """Return whether a script of a page waits for the answer, rather than a browser for a page."""
    return bool(request.headers.get("HX-Request")) or request.headers.get("Sec-Fetch-Dest") == "empty"


def show_texts(request: HttpRequest) -> HttpResponse:
    """Render the texts that were typed, to be copied."""
    texts = [text for values in request.POST.lists() for text in values[1] if is_prose(text)]
    kept = [(_("Text %(number)s") % {"number": number}, text) for number, text in enumerate(texts, start=1)]
    page, request.unsent = request.unsent.page, None  # type: ignore[attr-defined]  # the page has no form to send
    return render(request, "roles/unsent/texts.html", {"kept": kept, "page": page})


def _refuse_writes(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
    statement = str(sql).lstrip(" (")
    if statement.startswith(WRITES) and not any(table in statement for table in HOUSEKEEPING):
        raise NotSent
    return execute(sql, params, many, context)
