"""Pages of waivers: register and detail."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.access import can
from core.pages.form_views import Text
from core.pages.lists.exports import export, is_export
from core.pages.lists.neighbours import Neighbours, find_neighbours
from core.pages.lists.pages import ComputedListing, build_page
from core.pages.refusals.exceptions import MovedOn
from governance.models import Proposal
from pmo.standards.conformity.models import Waiver
from pmo.standards.conformity.queries import list_standings
from pmo.standards.waivers import queries, services
from pmo.standards.waivers.forms import CloseForm, RevokeForm
from pmo.standards.waivers.listing import build_listing, read_shown
from pmo.standards.waivers.statuses import Shown
from projects.form_views import RowActView
from projects.models import Project
from projects.organisation_settings.queries import today
from projects.shortcuts import get_object_or_404, get_project_or_404
from roles.enums import DecisionKind


def can_request(request: HttpRequest, project: Project) -> bool:
    """Tell whether the reader may request a waiver on `project`."""
    return can(request.user, "governance.propose", Proposal(project=project, kind=DecisionKind.WAIVER))


@require_GET
def waiver_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the requests and waivers of a project that the query string asks for; `show` selects a section."""
    project = get_project_or_404(request, code)
    rows = queries.list_entries(project, request.user, today())
    listing, asked = build_listing(rows, request.GET, project.language)
    if is_export(listing):
        return export(listing, title=gettext("Waivers"), of=f"{project.code} · {project.title}", stem=project.code)
    counts = queries.count_sections(rows)
    context = {
        "project": project,
        "page": build_page(listing),
        "asked_for": asked,
        "total": len(rows),
        "parts": [(part, part.label, counts[part]) for part in Shown],
        "shown": read_shown(request.GET),
        "in_force": counts[Shown.IN_FORCE] + counts[Shown.ENDING],
        "ending": counts[Shown.ENDING],
        "asked": counts[Shown.ASKED],
        "may_ask": can_request(request, project),
    }
    return render(request, "pmo/standards/waivers/waiver_list.html", context)


@require_GET
def waiver(request: HttpRequest, waiver_id: int) -> HttpResponse:
    """Show a waiver: exception, period, compensating measure, decision."""
    waiver, day = visible_waiver(request, waiver_id), today()
    status = queries.waiver_status(waiver, day)
    holds = waiver.early_end is None and waiver.ends_on >= day
    context = {
        "project": waiver.project,
        "neighbours": _find_neighbours(request, waiver),
        "waiver": waiver,
        "status": status,
        "begins_later": holds and waiver.starts_on > day,
        "holds": holds,
        "rows": list_standings(waiver.project, queries.list_covered_checkpoints(waiver)),
        "may": {
            "revoke": holds and can(request.user, "pmo.revoke_waiver", waiver),
            "close": holds and can(request.user, "pmo.close_waiver", waiver),
        },
        "may_check": can(request.user, "pmo.check_conformity", waiver.project),
    }
    return render(request, "pmo/standards/waivers/waiver.html", context)


def _find_neighbours(request: HttpRequest, waiver: Waiver) -> Neighbours:
    """Return the neighbours of a waiver in the register that led to its page; some are requests."""
    addresses: dict[str, str] = {}

    def build(query: QueryDict) -> ComputedListing:
        rows = queries.list_entries(waiver.project, request.user, today())
        addresses.update((row.pk, row.address) for row in rows)
        return build_listing(rows, query, waiver.project.language)[0]

    back = reverse("pmo:waivers:waiver_list", args=[waiver.project.code])
    return find_neighbours(request, build, f"w{waiver.pk}", back, addresses.__getitem__)


def visible_waiver(request: HttpRequest, waiver_id: int) -> Waiver:
    """Return the waiver, or 404 when it is absent or not visible."""
    waivers = Waiver.objects.visible_to(request.user).with_record()
    return get_object_or_404(waivers.select_related("revision__decision__project", "end__ended_by"), pk=waiver_id)


class WaiverEndView(RowActView):
    """Base of the views that end a waiver early."""

    pk_url_kwarg = "waiver_id"

    def get_row(self, number: int) -> Waiver:
        return visible_waiver(self.request, number)

    def check(self) -> None:
        """Raise MovedOn on a waiver that has ended."""
        if self.row.early_end is not None or self.row.days_left < 0:
            raise MovedOn(self.row)

    def get_back_label(self) -> Text:
        reference: str = self.row.reference
        return reference


class WaiverRevokeView(WaiverEndView):
    """Revoke a waiver, as the owner."""

    permission = "pmo.revoke_waiver"
    form_class = RevokeForm
    title = button = _("Revoke the waiver")
    lede = _("From today, the checkpoints it covered count as not conform until their next check.")
    done = _("The waiver is revoked.")

    def get_quote(self) -> Text:
        measure: str = self.row.compensating_measure
        return measure

    def act(self, data: dict[str, Any]) -> Waiver:
        return services.revoke_waiver(actor=self.actor, waiver=self.row, because=data["because"])


class WaiverCloseView(WaiverEndView):
    """Close a waiver that is no longer needed."""

    permission = "pmo.close_waiver"
    form_class = CloseForm
    title = button = _("Close the waiver")
    lede = _(
        "Every checkpoint it covers was found conform since it began, or no longer applies. Nothing is waived any more."
    )
    done = _("The waiver is closed.")

    def act(self, data: dict[str, Any]) -> Waiver:
        return services.close_waiver(actor=self.actor, waiver=self.row, because=data["because"])
