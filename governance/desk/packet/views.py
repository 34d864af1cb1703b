"""The papers of a session: a page that asks the worker for them and says how far they are, and the files."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers

from core.access import reader
from core.files.prepared import list_files, read_file
from core.files.requests import ask_for
from governance.desk.packet.jobs import FORMATS, PacketFile
from governance.desk.packet.tasks import write_packet
from governance.sessions.sittings.models import Session
from projects.form_views import get_row_or_404


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def packet(request: HttpRequest, session_id: int) -> HttpResponse:
    """Say how far the files are; POST asks for one of a `kind`, again when there is one.

    htmx receives the states of the files, and the page again once none is being written.
    """
    session = _get(request, session_id)
    files = list_files(_want(request, session, kind) for kind in FORMATS)
    if request.method == "POST":
        asked = next((file for file in files if file.kind == request.POST.get("kind")), None)
        if asked is None:
            raise Http404
        if not asked.is_live:
            ask_for(request, asked.wanted, write_packet)
        return redirect("governance:packet:packet", session.pk)
    context = {
        "project": session.project,
        "session": session,
        "files": files,
        "is_asked": any(file.at for file in files),
        "is_live": any(file.is_live for file in files),
        "address": request.path,
    }
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "governance/desk/packet/packet.html", context)
    if context["is_live"]:
        return render(request, "components/prepared_files.html", context)
    return HttpResponse(headers={"HX-Refresh": "true"})


@require_GET
def packet_file(request: HttpRequest, session_id: int, kind: str) -> HttpResponse:
    """Return the file that the worker wrote for the reader; without one, redirect to the page that asks for it."""
    session = _get(request, session_id)
    if kind not in FORMATS:
        raise Http404
    content = read_file(_want(request, session, kind))
    if content is None:
        return redirect("governance:packet:packet", session.pk)
    filename = f"{session.project.code}-{session.reference}-{_('papers')}.{kind}"
    name = content_disposition_header(as_attachment=True, filename=filename)
    return HttpResponse(content, FORMATS[kind][0], headers={"Content-Disposition": name})


def _get(request: HttpRequest, number: int) -> Session:
    """Return a session that has papers for the reader. Raises Http404."""
    session = get_row_or_404(request, Session, number, "body")
    if _want(request, session, "pdf").open(reader(request)) is None:
        raise Http404
    return session


def _want(request: HttpRequest, session: Session, kind: str) -> PacketFile:
    return PacketFile(person=reader(request).pk, kind=kind, language=get_language() or "en", session=session.pk)
