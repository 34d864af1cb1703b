"""Pages of the specification: to read and to print, and as a file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from amoa.requirements.models import RequirementBaseline, get_baseline_in_force
from amoa.specification.content import Order, Section, build_specification
from amoa.specification.files import FORMATS
from amoa.specification.jobs import is_large, list_wanted
from amoa.specification.state import read_state
from amoa.specification.tasks import write_specification
from core.access import reader
from core.files.prepared import FileState, WantedFile, ignore, list_files, read_file
from core.files.requests import ask_for
from projects.models import Project
from projects.shortcuts import get_object_or_404, get_project_or_404

#: Requirements of a page.
SIZE = 200


@require_GET
@vary_on_headers("HX-Request")
def specification(request: HttpRequest, code: str, number: int | None = None) -> HttpResponse:
    """Show the specification of a baseline, of the one in force when no number is given.

    htmx receives the states of the files, and the page again once none is being written.
    """
    project = get_project_or_404(request, code, Project.objects.select_related("baseline_in_force__baseline__made_by"))
    in_force = get_baseline_in_force(project)
    baseline = in_force if number is None else _get_baseline_or_404(project, number)
    context: dict[str, Any] = {
        "project": project,
        "baseline": baseline,
        "number": number,
        "is_in_force": baseline is not None and baseline == in_force,
    }
    if baseline:
        order, part = _read_order(request), _read_part(request)
        files = _list_files(request, baseline, order)
        context |= {
            "order": order,
            "files": files,
            "address": f"{request.path}?order={order}",
            "is_asked": any(file.at for file in files),
            "is_live": any(file.is_live for file in files),
        }
        if request.htmx:  # type: ignore[attr-defined]
            return _answer_progress(request, context)
        content = build_specification(project, baseline, order)
        sections, more = _cut(content.sections, part)
        context |= {
            "content": content,
            "sections": sections,
            "orders": [(value, label, value == order) for value, label in Order.choices],
            "previous": part - 1,
            "next": part + 1 if more else 0,
        }
    return render(request, "amoa/specification/specification.html", context)


@require_GET
def specification_file(request: HttpRequest, code: str, number: int, kind: str) -> HttpResponse:
    """Return the whole specification of a baseline as a file of this `kind`.

    A large one is written by the worker first: without it, redirect to the page that asks for it.
    """
    project = get_project_or_404(request, code)
    baseline = _get_baseline_or_404(project, number)
    if kind not in FORMATS:
        raise Http404
    (media, write), order = FORMATS[kind], _read_order(request)
    if is_large(baseline):
        content = read_file(_get_file(request, baseline, kind, order).wanted)
        if content is None:
            return _redirect_to(baseline, order)
    else:
        content = write(build_specification(project, baseline, order), baseline.acted_at, ignore)
    filename = f"{project.code}-{_('specification')}-{baseline.number}.{kind}"
    name = content_disposition_header(as_attachment=kind != "pdf", filename=filename)
    return HttpResponse(content, media, headers={"Content-Disposition": name})


@require_POST
def specification_prepare(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Have the worker write the file of a large specification for the reader."""
    baseline = _get_baseline_or_404(get_project_or_404(request, code), number)
    kind, order = request.POST.get("kind", ""), _read_order(request)
    if kind not in FORMATS:
        raise Http404
    known = _get_file(request, baseline, kind, order)
    if not (known.is_live or known.is_ready or not is_large(baseline)):
        ask_for(request, known.wanted, write_specification)
    return _redirect_to(baseline, order)


def _list_files(request: HttpRequest, baseline: RequirementBaseline, order: str) -> list[WantedFile]:
    """List the files of the specification; those of a small one are written when they are fetched."""
    large = is_large(baseline)
    state = read_state(baseline.project, baseline).key if large else ""
    wanted = list_wanted(reader(request), baseline, order, get_language() or "en", state)
    return list_files(wanted) if large else [WantedFile(each, FileState.READY) for each in wanted]


def _get_file(request: HttpRequest, baseline: RequirementBaseline, kind: str, order: str) -> WantedFile:
    return next(file for file in _list_files(request, baseline, order) if file.kind == kind)


def _answer_progress(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    if context["is_live"]:
        return render(request, "components/prepared_files.html", context)
    return HttpResponse(headers={"HX-Refresh": "true"})


def _redirect_to(baseline: RequirementBaseline, order: str) -> HttpResponseRedirect:
    args = [baseline.project.code, baseline.number]
    return redirect(reverse("amoa:specification:baseline_specification", args=args, query={"order": order}))


def _get_baseline_or_404(project: Project, number: int) -> RequirementBaseline:
    baseline: RequirementBaseline = get_object_or_404(project.baselines.select_related("made_by"), number=number)
    return baseline


def _read_order(request: HttpRequest) -> str:
    asked = request.GET.get("order", request.POST.get("order", ""))
    return asked if asked in Order.values else Order.CODE


def _read_part(request: HttpRequest) -> int:
    """Return the number of the page of a long specification, from 1."""
    asked = request.GET.get("part", "")
    return max(int(asked), 1) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else 1


def _cut(sections: tuple[Section, ...], part: int) -> tuple[list[Section], bool]:
    """Return one page of the entries under their headings, and whether more follow."""
    first, last, at, shown = (part - 1) * SIZE, part * SIZE, 0, []
    for section in sections:
        entries = section.entries[max(first - at, 0) : max(last - at, 0)]
        if entries:
            shown.append(Section(section.heading, entries))
        at += len(section.entries)
    return shown, at > last
