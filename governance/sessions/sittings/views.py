"""Pages of sessions: those of a project, and one with its agenda."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from core.access import can, reader
from core.pages.pagination import page_before
from governance.decide.obligations.working_days import read_calendar
from governance.life.actions.given import given_from
from governance.sessions.bodies.queries import list_usual, propose_day
from governance.sessions.sittings.attendance import list_presence, say_presence
from governance.sessions.sittings.enums import SessionState
from governance.sessions.sittings.models import Session
from governance.sessions.sittings.queries import list_members, read_agenda, read_draft
from projects.organisation_settings.queries import day_of, today
from projects.shortcuts import get_project_or_404


@require_GET
def session_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the bodies of a project with the next day of each, and its sessions, the newest first."""
    project = get_project_or_404(request, code)
    bodies = list(project.bodies.order_by("name"))
    may_prepare = can(request.user, "governance.write_session", project)
    last = dict(project.sessions.exclude(state=SessionState.CANCELLED).order_by("day", "pk").values_list("body", "day"))
    meeting = [body for body in bodies if body.meets_on(today())]
    context = {
        "project": project,
        "bodies": [
            (body, propose_day(body, last.get(body.pk), today()) if body in meeting else None) for body in bodies
        ],
        "usual": list_usual(project, bodies) if may_prepare else [],
        "page": page_before(request, project.sessions.select_related("body"), "pk"),
        "may_prepare": may_prepare,
        "may_convene": may_prepare and meeting,
    }
    return render(request, "governance/sessions/sittings/session_list.html", context)


@require_GET
def session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show a session: its draft agenda while it is prepared, then its items with what was noted and decided."""
    rows = Session.objects.visible_to(request.user).select_related("project", "body")
    row = get_object_or_404(rows.annotate(given_actions=given_from("governance.session")), pk=session_id)
    is_draft = row.state in {SessionState.PREPARED, SessionState.CANCELLED} and not row.agenda_hash
    may_prepare = can(request.user, "governance.write_session", row.project)
    if is_draft:
        draft = read_draft(row, reader(request), keeps_hidden=may_prepare)
        entries = [entry for entry in draft if not entry.is_out]
    else:
        entries = read_agenda(row, reader(request), keeps_hidden=may_prepare)
    seats = list_members(row)
    context = {
        "project": row.project,
        "session": row,
        "entries": entries,
        "seats": seats,
        "attendance": _list_attendance(entries, seats),
        "minutes": sum(entry.minutes for entry in entries),
        "is_draft": is_draft,
        "is_late": _is_late(row),
        "may_prepare": may_prepare,
    }
    return render(request, "governance/sessions/sittings/session.html", context)


def _is_late(row: Session) -> bool:
    """Return whether the notice leaves fewer working days than its body asks for."""
    if row.convened_at is None:
        return False
    return read_calendar().add_working_days(day_of(row.convened_at), row.body.notice_days) > row.day


def _list_attendance(entries: list[Any], seats: list[Any]) -> list[tuple[Any, str]]:
    """Return each seat with what was noted of its presence."""
    items = [entry.item for entry in entries if entry.item]
    return [(seat, say_presence(list_presence(items, str(seat.holder_id)))) for seat in seats]
