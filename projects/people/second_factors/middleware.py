"""Middleware that leads a reader who has to add a second factor to the page that says so, before anything else."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from core.access import reader
from core.pages.refusals.exceptions import HandRefused
from core.pages.refusals.views import hand_refused
from projects.people.second_factors.queries import lacks_factor

#: Pages that stay open: how to add a factor, how to leave, how to read the page in one's own language.
OPEN = {"projects:second_factors", "roles"}
OPEN_NAMES = {"account_logout", "sign_out_everywhere", "credentials_mail"}


class FactorMissing(HandRefused):
    """Raised for what is sent before a factor is added; its page hands back the texts."""

    template_name = "projects/people/second_factors/missing.html"

    @property
    def context(self) -> Mapping[str, Any]:
        """Return where a factor is added."""
        return {"address": reverse("projects:second_factors:factor_needed")}


class SecondFactorMiddleware:
    """Ask for a second factor of whoever lacks the one that the organisation requires."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_arguments: Any) -> HttpResponse | None:
        """Lead the reader to the page; refuse what they send, and keep its texts. Public pages stay open."""
        if not request.user.is_authenticated or not getattr(view, "login_required", True) or _is_open(request):
            return None
        if not lacks_factor(reader(request)):
            return None
        if request.method != "GET":
            return hand_refused(request, FactorMissing("a second factor is required"))
        query = urlencode({"next": request.get_full_path()})
        address = f"{reverse('projects:second_factors:factor_needed')}?{query}"
        return HttpResponseClientRedirect(address) if request.headers.get("HX-Request") else redirect(address)


def _is_open(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and (match.namespace in OPEN or match.url_name in OPEN_NAMES)
