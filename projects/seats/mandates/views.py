"""Pages of mandates: all seats of a project, and who could decide when."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from core.access import can, ensure
from core.pages.pagination import page_before
from core.words.characters import reveal_in
from projects.project.models import Project
from projects.seats.mandates.chart import build_chart
from projects.seats.mandates.fields import MOST_PEOPLE
from projects.seats.mandates.forms import AuthorityForm
from projects.seats.mandates.holders import lead_of
from projects.seats.mandates.lines import Line, SeatStatus, build_lines, with_remarks
from projects.seats.mandates.models import Competence, Delegation, Mandate
from projects.seats.mandates.signing_power import who_could_decide
from projects.shortcuts import get_project_or_404
from roles.accounts.queries import find_people
from roles.models import RoleTemplate
from roles.role_templates.content import Role

#: Maximum of current mandates and of delegations on a page; ended mandates are paginated.
MOST, MOST_LENT = 100, 50
UNPROCESSABLE = 422


@never_cache
@require_GET
def person_find(request: HttpRequest) -> HttpResponse:
    """Return the people who match what is typed, as JSON: key, name, title and organisation, never an address."""
    ensure(request.user, "projects.find_person")
    found = list(find_people(request.GET.get("q", "")[:100])[: MOST_PEOPLE + 1])
    people = [{"key": str(person.key), "name": person.name, "about": person.position} for person in found[:MOST_PEOPLE]]
    if len(found) > MOST_PEOPLE:
        status = _("The first %(n)s people are listed. Enter more of the name.") % {"n": MOST_PEOPLE}
    else:
        status = ngettext("%(n)s person matches.", "%(n)s people match.", len(found)) % {"n": len(found)}
    return JsonResponse(reveal_in({"people": people, "status": status}))


@require_GET
def mandate_list(request: HttpRequest, code: str) -> HttpResponse:
    """Show current and future mandates, ended ones by page, and their delegations."""
    project, now, is_first = get_project_or_404(request, code), timezone.now(), "before" not in request.GET
    given = with_remarks(project.mandates.with_renewal()).select_related("holder", "role", "appointed_by")
    ended = page_before(request, given.over(now), "pk")
    going_on = list(given.not_over(now).order_by("pk")[:MOST])
    mandates = sorted([*ended.rows, *(going_on if is_first else [])], key=_sort_key)
    prefetch_related_objects(mandates, Prefetch("competences", Competence.objects.select_related("document__document")))
    delegations = _delegations_under(mandates)
    lines = build_lines(project, [*mandates, *delegations[:MOST_LENT]], now)
    held, lent = lines[: len(mandates)], lines[len(mandates) :]
    roles = project.roles()
    filled = {seat.role.code for seat in going_on if seat.starts_at <= now and seat.holder.is_active}
    context = {
        "project": project,
        "groups": _group_by_role(held, filled, roles if is_first else ()),
        "filled": len(filled & {role.code for role in roles}),
        "roles": len(roles),
        "lent": lent,
        "lent_cut": len(delegations) > MOST_LENT,
        "backdated": any(line.seat.entered_afterwards for line in lines),
        "chart": build_chart(project, _chart_order(held, lent), now),
        "next_key": ended.next_key,
        "may": _permissions(request, project, mandates, delegations),
    }
    return render(request, "projects/seats/mandates/mandate_list.html", context)


def _delegations_under(mandates: list[Mandate]) -> list[Delegation]:
    """List the delegations under these mandates, newest first; one more than a page shows."""
    lent = Delegation.objects.filter(mandate__in=mandates).order_by("-pk")
    return list(
        lent.select_related("delegate", "mandate__project", "mandate__holder", "mandate__role")[: MOST_LENT + 1]
    )


def _sort_key(seat: Mandate) -> tuple[int, str, datetime]:
    """Return the sort key of a mandate: role, then start."""
    return seat.role.position, seat.role.code, seat.starts_at


def _permissions(request: HttpRequest, project: Project, held: list[Mandate], lent: list[Delegation]) -> dict[str, Any]:
    """Return the permissions of the reader on this page, by act; for mandates, the ids of those it concerns."""
    acts = ("appoint", "name_owner", "delegate")
    may: dict[str, Any] = {act: can(request.user, f"projects.{act}", project) for act in acts}
    may["end_mandate"] = {seat.pk for seat in held if can(request.user, "projects.end_mandate", seat)}
    may["revoke"] = bool(lent) and can(request.user, "projects.revoke", lent[0])
    may["state_competence"] = {seat.pk for seat in held if can(request.user, "projects.state_competence", seat)}
    may["accept"] = {seat.pk for seat in held if _is_to_accept(seat) and can(request.user, "projects.accept", seat)}
    return may


def _is_to_accept(seat: Mandate) -> bool:
    return seat.accepted_at is None or seat.must_renew


def _group_by_role(lines: list[Line], filled: set[str], in_force: Iterable[Role]) -> list[dict[str, Any]]:
    """Group the lines by role in the order of roles; roles `in_force` appear even without a line."""
    roles: dict[str, Role | RoleTemplate] = {role.code: role for role in in_force}
    for line in lines:
        roles.setdefault(line.seat.role.code, line.seat.role)
    in_office = [line.seat for line in lines if isinstance(line.seat, Mandate) and _can_lead(line)]
    return [
        {
            "role": role,
            "lines": [line for line in lines if line.seat.role.code == code],
            "vacant": code not in filled,
            "lead": lead_of(seat for seat in in_office if seat.role.code == code),
        }
        for code, role in roles.items()
    ]


def _can_lead(line: Line) -> bool:
    """Return whether the holder is in office in a role that may have a lead: recipients each speak for a group."""
    return line.status == SeatStatus.IN_FORCE and line.seat.person.is_active and line.seat.role.several


def _chart_order(held: list[Line], lent: list[Line]) -> list[Line]:
    """List the lines in the order of the chart: each mandate, then its delegations."""
    return [drawn for line in held for drawn in (line, *(d for d in lent if _is_under(d, line)))]


def _is_under(lent: Line, held: Line) -> bool:
    return isinstance(lent.seat, Delegation) and lent.seat.mandate_id == held.seat.pk


@require_GET
def authority(request: HttpRequest, code: str) -> HttpResponse:
    """Show who could decide, and why, at the instant, kind and amount of the query string; now by default."""
    project = get_project_or_404(request, code)
    form = AuthorityForm(request.GET)
    answer, rows = None, []
    if form.is_valid():
        answer = who_could_decide(project, form.instant, form.requested_kind, form.requested_amount)
        readings = [*filter(None, [answer.owner]), *answer.delegates, *answer.others]
        rows = list(zip(readings, build_lines(project, [r.seat for r in readings], form.instant), strict=True))
    context = {"project": project, "form": form, "answer": answer, "rows": rows}
    return render(request, "projects/seats/mandates/authority.html", context, status=200 if answer else UNPROCESSABLE)


def get_mandate_or_404(request: HttpRequest, mandate_id: int) -> Mandate:
    """Return the mandate. Raises Http404 when it is absent or its project is not visible to the reader."""
    seats = Mandate.objects.filter(project__in=Project.objects.visible_to(request.user))
    return get_object_or_404(seats.select_related("project", "role", "holder"), pk=mandate_id)
