"""The pages that say no, why, and what to do next."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from governance.workflow import WrongState
from projects.models import Interest, Project
from projects.rules import blocking_ties
from roles.access import Refused
from roles.refusals import note


@dataclass(frozen=True)
class Refusal:
    """What the 403 page says: the act refused, the rule and its sentence, who may, who holds that today.

    `ties` are those of the reader with bidders that block their role on the project, whatever it is (R8).
    """

    act: str
    rule: str
    rule_text: str
    may: str
    holders: list[dict[str, Any]]
    ties: list[Interest]


@dataclass(frozen=True)
class Conflict:
    """What the 409 page says; `kept` are the (label, text) pairs the reader typed."""

    title: str
    text: str
    link: str
    link_label: str
    kept: Iterable[tuple[str, str]] = ()


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """403: the rule, the role that may, and who holds it."""
    permission = error.permission
    refusal = Refusal(
        act=str(permission.act),
        rule=permission.rule,
        rule_text=str(permission.because),
        may=str(permission.may),
        holders=[{"person": seat.person, "role": seat.role.code} for seat in error.holders],
        ties=blocking_ties(request.user, _project_of(error.on)),
    )
    return render(request, "403.html", {"refusal": refusal}, status=403)


def conflict(request: HttpRequest, found: Conflict) -> HttpResponse:
    """409: nothing was recorded, what was typed is kept, and where to look."""
    match = request.resolver_match
    note(match.view_name if match else "page", request.user, request.path, "conflict")
    return render(request, "409.html", {"conflict": found}, status=409)


def wrong_state(request: HttpRequest, error: WrongState) -> HttpResponse:
    """409: the act does not follow from the state the proposal is in."""
    text = _("The proposal is now “%(state)s”; this act does not follow from there.") % {"state": error.state.label}
    found = Conflict(_("The proposal has moved on"), text, _back(request), _("Back to the dossier"))
    return conflict(request, found)


def busy(request: HttpRequest) -> HttpResponse:
    """503: the project was being written to; nothing was recorded."""
    response = render(request, "503.html", status=503)
    response["Retry-After"] = "2"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form is too old or came from elsewhere; nothing was recorded."""
    return render(request, "403.html", {"stale_form": True}, status=403)


def bad_request(request: HttpRequest, exception: Any) -> HttpResponse:
    """400: the request itself cannot be read, such as a form of several megabytes."""
    return render(request, "400.html", status=400)


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    """404: absent, or not for this reader; the page does not say which."""
    return render(request, "404.html", status=404)


def _project_of(on: Any) -> Project | None:
    """The project of what was refused: of the decision of a condition, of the mandate of a delegation, or its own."""
    for above in ("decision", "mandate"):
        on = getattr(on, above, on)
    return on if isinstance(on, Project) else getattr(on, "project", None)


def _back(request: HttpRequest) -> str:
    match = request.resolver_match
    proposal = match.kwargs.get("proposal_id") if match else None
    return reverse("governance:dossier", args=[proposal]) if proposal else "/"
