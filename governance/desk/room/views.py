"""The room of a session: one page for the screen on the wall and for remote readers. Reading it starts nothing."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from core.access import can, ensure, reader
from core.pages.refusals.exceptions import MovedOn
from governance.desk.room.pointer import write_pointer
from governance.desk.room.queries import read_screen, read_version
from governance.sessions.sittings.enums import SessionState
from governance.sessions.sittings.models import Session
from projects.form_views import get_row_or_404

#: Value of `step` → how far it goes.
STEPS = {"previous": -1, "next": 1}
SCREEN = "governance/desk/room/_screen.html"


@require_GET
def room(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show the item that is heard, its file and its opinions; the page follows the session by itself."""
    session = _get(request, session_id)
    return render(request, "governance/desk/room/room.html", _build_context(request, session))


@require_GET
def room_screen(request: HttpRequest, session_id: int) -> HttpResponse:
    """Return what the page shows, or nothing while it is as `seen`."""
    session = _get(request, session_id)
    if request.GET.get("seen") == read_version(session):
        return HttpResponse(status=204)
    return render(request, SCREEN, _build_context(request, session))


@require_POST
def room_show(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show everybody the previous or the next item. Raises MovedOn when the session is not open."""
    session = _get(request, session_id)
    ensure(request.user, "governance.note_session_item", session)
    if session.state != SessionState.OPEN:
        raise MovedOn(session)
    screen = read_screen(session, reader(request))
    place = screen.place + STEPS.get(request.POST.get("step", ""), 0)
    if 1 <= place <= len(screen.steps):
        write_pointer(session, place)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("governance:room:room", session.pk)
    return render(request, SCREEN, _build_context(request, session))


def _get(request: HttpRequest, number: int) -> Session:
    """Return a session whose agenda is frozen. Raises Http404."""
    session = get_row_or_404(request, Session, number, "body")
    if session.state in {SessionState.PREPARED, SessionState.CANCELLED}:
        raise Http404
    return session


def _build_context(request: HttpRequest, session: Session) -> dict[str, Any]:
    return {
        "project": session.project,
        "session": session,
        "screen": read_screen(session, reader(request)),
        "may_note": session.state == SessionState.OPEN and can(request.user, "governance.note_session_item", session),
    }
