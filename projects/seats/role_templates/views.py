"""Pages of role templates: packs, comparison of versions, export."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import capfirst
from django.views.decorators.http import require_GET

from core.access import ensure
from core.history import annotate_versions
from projects.seats.role_templates.queries import Version, consequences, parts, powers, timeline
from projects.seats.role_templates.usage import projects_by_version, usage_of
from roles.enums import PublicationState, decision_kinds
from roles.models import Activity, MethodPack, RoleTemplate
from roles.role_templates.catalogue import dump_pack, pack_of
from roles.role_templates.content import Matrix, published_matrix, role_of
from roles.role_templates.differences import Differences, differences


@dataclass(frozen=True)
class Row:
    """A version of a role in the list, with the number of projects that have it in force."""

    template: RoleTemplate
    duties: int
    projects: int


@require_GET
def referential(request: HttpRequest) -> HttpResponse:
    """Show every method pack with its roles by state and its activities."""
    ensure(request.user, "roles.configure")
    used = projects_by_version()
    templates: Any = RoleTemplate.objects.annotate(duties=Count("responsibilities")).order_by(
        "position", "code", "-version"
    )
    rows: dict[str, list[Row]] = {}
    for template in templates:
        row = Row(template, template.duties, used.get((template.pack_id, template.code, template.version), 0))
        rows.setdefault(template.pack_id, []).append(row)
    lines: dict[str, list[Activity]] = {}
    for line in Activity.objects.order_by("position", "code"):
        lines.setdefault(line.pack_id, []).append(line)
    packs = [
        _pack_context(pack, rows.get(pack.code, []), lines.get(pack.code, [])) for pack in MethodPack.objects.all()
    ]
    return render(request, "projects/seats/role_templates/referential_list.html", {"packs": packs})


def _pack_context(pack: MethodPack, rows: Iterable[Row], lines: Iterable[Activity]) -> dict[str, Any]:
    states = {state: [row for row in rows if row.template.state == state] for state in PublicationState.values}
    labels = {code: capfirst(str(label)) for code, label in decision_kinds()}
    return {
        "pack": pack,
        "current": sorted(
            [*states[PublicationState.PUBLISHED], *states[PublicationState.DRAFT]],
            key=lambda row: (row.template.position, row.template.code, row.template.version),
        ),
        "retired": states[PublicationState.RETIRED],
        "activities": [(line, [labels.get(kind, kind) for kind in line.kinds]) for line in lines],
    }


def get_template_or_404(request: HttpRequest, template_id: int) -> RoleTemplate:
    """Return a version of a role with its responsibilities and the key of its row's version, or raise Http404.

    Ensures `roles.configure`.
    """
    ensure(request.user, "roles.configure")
    templates = RoleTemplate.objects.select_related("pack").prefetch_related("responsibilities")
    template: RoleTemplate = get_object_or_404(annotate_versions(templates), pk=template_id)
    return template


def version_context(template: RoleTemplate, matrix: Matrix) -> dict[str, Any]:
    """Build the context of the page of one version; `matrix` is the published one of its pack. Four queries."""
    role, versions = role_of(template), timeline(template)
    there = matrix.role(template.code)
    labels = {line.code: line.label for line in matrix.lines}
    usage = usage_of(template.pack_id, template.code)
    return {
        "template": template,
        "role": role,
        "duties": [
            (row, [labels.get(code, code) for code in row.activities]) for row in template.responsibilities.all()
        ],
        "powers": powers(role, matrix),
        "versions": versions,
        "draft": next((version for version in versions if version.state == PublicationState.DRAFT), None),
        "in_force": next((version for version in versions if version.state == PublicationState.PUBLISHED), None),
        "next_number": versions[0].number + 1,
        "usage": usage,
        "projects": usage.by_version.get(template.version, 0),
        "consequences": consequences(matrix, matrix.with_role(role), usage),
        "changes": count_differences(differences(there, role, {})) if there else None,
    }


def count_differences(differences: Differences) -> dict[str, int]:
    """Count the differences by type, for the side column."""
    return {
        "identity": len(differences.identity),
        "added": len(differences.added),
        "removed": len(differences.removed),
        "changed": len(differences.changed),
        "reordered": int(differences.reordered),
    }


@require_GET
def referential_differences(request: HttpRequest, template_id: int) -> HttpResponse:
    """Compare a version with the version `?with=` of the same role, by default the one before it."""
    template = get_template_or_404(request, template_id)
    versions = timeline(template)
    before = _version_to_compare(request, template, versions)
    others = RoleTemplate.objects.prefetch_related("responsibilities")
    old = role_of(get_object_or_404(others, pk=before.pk)) if before else None
    context = {
        "template": template,
        "versions": versions,
        "before": before,
        "parts": parts(old, role_of(template), matrix_of(template)),
    }
    return render(request, "projects/seats/role_templates/referential_differences.html", context)


def _version_to_compare(request: HttpRequest, template: RoleTemplate, versions: list[Version]) -> Version | None:
    """Return the version to compare with, or None without an older one. Raises Http404 on an unknown number."""
    number = request.GET.get("with", "")
    if number:
        chosen = next((version for version in versions if str(version.number) == number), None)
        if chosen is None:
            raise Http404
        return chosen
    return next((version for version in versions if version.number < template.version), None)


@require_GET
def referential_export(request: HttpRequest, pack: str) -> HttpResponse:
    """Export the published roles of a pack as YAML for import elsewhere."""
    ensure(request.user, "roles.configure")
    row = get_object_or_404(MethodPack, code=pack)
    return HttpResponse(
        dump_pack(pack_of(row)),
        content_type="application/yaml; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{row.code}.yaml"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        },
    )


def matrix_of(template: RoleTemplate) -> Matrix:
    """Return the published matrix of the template's pack. Three queries."""
    return published_matrix(template.pack_id)
