"""The register on paper: at once, or by the worker when it is large, whose page says how far it is."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers

from core.access import reader
from core.files.papers.files import MEDIA
from core.files.prepared import Work, ignore, list_files, read_file
from core.files.requests import ask_for
from core.pages.lists.pages import build_query
from governance.desk.register import files
from governance.desk.register.files import RegisterFile
from governance.desk.register.tasks import write_register
from projects.models import Project


def answer_paper(request: HttpRequest, kind: str, code: str = "") -> HttpResponse:
    """Return the list that the query string asks for on paper; redirect a large one to the page of its file."""
    wanted, work = _open_or_404(request, kind, code)
    if work.total > files.LARGE:
        return _redirect_to(wanted)
    return _answer(wanted, work.write(ignore))


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def register_file(request: HttpRequest, kind: str, code: str = "") -> HttpResponse:
    """Say how far the file is that the worker writes; POST asks for it, again when there is one.

    htmx receives the state of the file, and the page again once it is not being written.
    """
    wanted, work = _open_or_404(request, kind, code)
    [file] = list_files([wanted])
    if request.method == "POST":
        if not file.is_live:
            ask_for(request, wanted, write_register)
        return _redirect_to(wanted)
    context = {
        "project": Project.objects.get(code=code) if code else None,
        "kind": kind.upper(),
        "total": work.total,
        "file": file,
        "files": [file],
        "is_live": file.is_live,
        "address": _reverse("file", wanted),
        "download": _reverse("download", wanted),
        "back": _reverse("", wanted),
    }
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "governance/desk/register/register_file.html", context)
    if file.is_live:
        return render(request, "components/prepared_files.html", context)
    return HttpResponse(headers={"HX-Refresh": "true"})


@require_GET
def register_download(request: HttpRequest, kind: str, code: str = "") -> HttpResponse:
    """Return the file that the worker wrote for the reader; without one, redirect to the page that asks for it."""
    wanted, _work = _open_or_404(request, kind, code)
    content = read_file(wanted)
    return _redirect_to(wanted) if content is None else _answer(wanted, content)


def _open_or_404(request: HttpRequest, kind: str, code: str) -> tuple[RegisterFile, Work]:
    if kind not in MEDIA:
        raise Http404
    wanted = RegisterFile(
        person=reader(request).pk,
        kind=kind,
        language=get_language() or "en",
        code=code,
        query=build_query(request.GET),
    )
    work = wanted.open(reader(request))
    if work is None:
        raise Http404
    return wanted, work


def _answer(wanted: RegisterFile, content: bytes) -> HttpResponse:
    """Return the file: a PDF to be shown, a DOCX to be kept."""
    filename = f"{wanted.code or _('All my projects')}-{_('Decision register')}.{wanted.kind}"
    name = content_disposition_header(as_attachment=wanted.kind != "pdf", filename=filename)
    return HttpResponse(content, MEDIA[wanted.kind], headers={"Content-Disposition": name})


def _redirect_to(wanted: RegisterFile) -> HttpResponseRedirect:
    return redirect(_reverse("file", wanted))


def _reverse(page: str, wanted: RegisterFile) -> str:
    """Return the address of the list, or of a page of its file, with the query string of the list."""
    of_file = {"kind": wanted.kind} if page else {}
    of_project = {"code": wanted.code} if wanted.code else {}
    name = "_".join(filter(None, ["register", page, "" if wanted.code else "everywhere"]))
    address = reverse(f"governance:register:{name}", kwargs=of_file | of_project)
    return f"{address}?{wanted.query}" if wanted.query else address
