"""The register of waivers of a project, and one waiver with its decision, its checkpoints and its end."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from governance.conformity.reading import standing_of
from governance.models import Proposal, Waiver
from governance.one_form import Words, one_form, posted
from governance.refusals.views import Conflict, conflict
from governance.standards.days import today
from governance.visible import visible_project
from governance.waivers import reading, services
from governance.waivers.enums import Shown
from governance.waivers.forms import CloseForm, RevokeForm
from projects.models import Project
from roles.access import can, ensure, reader
from roles.enums import DecisionKind


def may_ask(request: HttpRequest, project: Project) -> bool:
    """Whether the reader may ask for a waiver on `project`."""
    return can(request.user, "governance.propose", Proposal(project=project, kind=DecisionKind.WAIVER))


@require_GET
def waiver_list(request: HttpRequest, code: str) -> HttpResponse:
    """Every request and every waiver of a project, by where it stands; the address may choose a part."""
    project = visible_project(request, code)
    rows, shown = reading.entries(project, request.user, today()), request.GET.get("show", "")
    found = reading.counts(rows)
    context = {
        "project": project,
        "rows": [row for row in rows if shown not in Shown.values or row.shown == shown],
        "total": len(rows),
        "parts": [(part, part.label, found[part]) for part in Shown],
        "shown": shown,
        "in_force": found[Shown.IN_FORCE] + found[Shown.ENDING],
        "ending": found[Shown.ENDING],
        "asked": found[Shown.ASKED],
        "may_ask": may_ask(request, project),
    }
    return render(request, "governance/waiver_list.html", context)


@require_GET
def waiver(request: HttpRequest, waiver_id: int) -> HttpResponse:
    """One waiver: what it lets the project do otherwise, until when, what compensates for it, who decided."""
    one, day = visible_waiver(request, waiver_id), today()
    status = reading.status_of(one, day)
    holds = one.early_end is None and one.ends_on >= day
    context = {
        "project": one.project,
        "waiver": one,
        "status": status,
        "begins_later": holds and one.starts_on > day,
        "holds": holds,
        "rows": standing_of(one.project, reading.covered(one)),
        "may": {
            "revoke": holds and can(request.user, "governance.revoke_waiver", one),
            "close": holds and can(request.user, "governance.close_waiver", one),
        },
        "may_check": can(request.user, "governance.check_conformity", one.project),
    }
    return render(request, "governance/waiver.html", context)


def visible_waiver(request: HttpRequest, waiver_id: int) -> Waiver:
    """The waiver, or 404 when absent or not for this reader."""
    found = Waiver.objects.visible_to(request.user).with_record()
    return get_object_or_404(found.select_related("revision__decision__project", "end__ended_by"), pk=waiver_id)


@require_http_methods(["GET", "POST"])
def waiver_revoke(request: HttpRequest, waiver_id: int) -> HttpResponse:
    """The owner ends a waiver before its last day."""
    one = visible_waiver(request, waiver_id)
    ensure(request.user, "governance.revoke_waiver", one)
    words = Words(
        _("Revoke the waiver"), _("From today on what it covered counts as not conform, until a check says otherwise."),
        _("Revoke the waiver"), _("The waiver is revoked."), one.reference, one.get_absolute_url(),
        quote=one.compensating_measure,
    )  # fmt: skip
    return _end(request, one, words, RevokeForm(posted(request)), services.revoke_waiver)


@require_http_methods(["GET", "POST"])
def waiver_close(request: HttpRequest, waiver_id: int) -> HttpResponse:
    """Who checks conformity closes a waiver that is not needed any more."""
    one = visible_waiver(request, waiver_id)
    ensure(request.user, "governance.close_waiver", one)
    words = Words(
        _("Close the waiver"),
        _("Every checkpoint it covers was found conform since it began, or is asked no more: nothing is waived now."),
        _("Close the waiver"), _("The waiver is closed."), one.reference, one.get_absolute_url(),
    )  # fmt: skip
    return _end(request, one, words, CloseForm(posted(request)), services.close_waiver)


def _end(request: HttpRequest, one: Waiver, words: Words, form: Any, service: Any) -> HttpResponse:
    def run(typed: dict[str, Any]) -> Any:
        return service(actor=reader(request), waiver=one, **typed)

    try:
        if one.early_end is not None or one.days_left < 0:
            raise services.WaiverOver(one)
        return one_form(request, one.project, form, words, run)
    except services.WaiverOver:
        title, text = _("The waiver is over"), _("It ended before; nothing was recorded.")
        return conflict(request, Conflict(title, text, one.get_absolute_url(), _("Read the waiver")))
