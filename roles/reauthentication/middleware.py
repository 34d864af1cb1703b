"""Middleware that asks who a reader is before an act by their own hand, and then sends their request on."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables
from django_htmx.http import reselect, reswap, retarget

from roles.reauthentication.forms import ConfirmForm
from roles.reauthentication.proofs import MINUTES, ProofTooOld, note_proof, within
from roles.unsent.posts import is_unsent

TOKEN = "csrfmiddlewaretoken"  # noqa: S105
#: Field of the page that was opened, rather than posted, before it asked.
OPENED = f"{ConfirmForm.prefix}-opened"
#: htmx shows an answer of this status.
SHOWN_BY_HTMX = 422


class ReauthenticationMiddleware:
    """Answer ProofTooOld with a page that keeps what was posted; let the post through once its person is confirmed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with within(request.session):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Confirm the person, and take the proof out of the post; show the page again when it is wrong.

        A page that was only opened is opened again.
        The token of the form was checked before: this runs after CsrfViewMiddleware.
        """
        if not (request.user.is_authenticated and ConfirmForm.is_sent(request)):
            return None
        form = ConfirmForm(request, data=request.POST)
        if not form.is_valid():
            return _render_page(request, form)
        form.note()
        note_proof(request=request)
        if OPENED in request.POST:
            return redirect(request.get_full_path())
        request.POST = _list_typed(request)  # type: ignore[assignment]
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page when the proof is too old."""
        return _render_page(request, ConfirmForm(request)) if isinstance(error, ProofTooOld) else None


@sensitive_variables()
def _list_typed(request: HttpRequest) -> QueryDict:
    """Return what was posted without the fields of the page."""
    typed = request.POST.copy()
    for name in [TOKEN, *(name for name in typed if name.startswith(f"{ConfirmForm.prefix}-"))]:
        typed.pop(name, None)
    return typed


def _render_page(request: HttpRequest, form: ConfirmForm) -> HttpResponse:
    context = {
        "form": form,
        "minutes": MINUTES,
        "opened": OPENED if request.method == "GET" or OPENED in request.POST or is_unsent(request) else "",
        "typed": [(name, value) for name, values in _list_typed(request).lists() for value in values],
    }
    is_partial = bool(request.headers.get("HX-Request"))
    answer = render(
        request, "roles/reauthentication/confirm.html", context, status=SHOWN_BY_HTMX if is_partial else 403
    )
    return retarget(reselect(reswap(answer, "outerHTML"), "#main"), "#main") if is_partial else answer
