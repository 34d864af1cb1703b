"""Pages of the specification: to read and to print, and as a file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from amoa.requirements.models import RequirementBaseline, get_baseline_in_force
from amoa.specification.content import Order, Section, build_specification
from amoa.specification.files import FORMATS
from projects.models import Project
from projects.shortcuts import get_object_or_404, get_project_or_404

#: Requirements of a page.
SIZE = 200


@require_GET
def specification(request: HttpRequest, code: str, number: int | None = None) -> HttpResponse:
    """Show the specification of a baseline, of the one in force when no number is given."""
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
        content = build_specification(project, baseline, order)
        sections, more = _cut(content.sections, part)
        context |= {
            "content": content,
            "sections": sections,
            "orders": [(value, label, value == order) for value, label in Order.choices],
            "order": order,
            "previous": part - 1,
            "next": part + 1 if more else 0,
            "formats": list(FORMATS),
        }
    return render(request, "amoa/specification/specification.html", context)


@require_GET
def specification_file(request: HttpRequest, code: str, number: int, kind: str) -> HttpResponse:
    """Return the whole specification of a baseline as a file of this `kind`."""
    project = get_project_or_404(request, code)
    baseline = _get_baseline_or_404(project, number)
    if kind not in FORMATS:
        raise Http404
    media, write = FORMATS[kind]
    content = write(build_specification(project, baseline, _read_order(request)), baseline.acted_at)
    filename = f"{project.code}-{_('specification')}-{baseline.number}.{kind}"
    name = content_disposition_header(as_attachment=kind != "pdf", filename=filename)
    return HttpResponse(content, media, headers={"Content-Disposition": name})


def _get_baseline_or_404(project: Project, number: int) -> RequirementBaseline:
    baseline: RequirementBaseline = get_object_or_404(project.baselines.select_related("made_by"), number=number)
    return baseline


def _read_order(request: HttpRequest) -> str:
    asked = request.GET.get("order", "")
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
