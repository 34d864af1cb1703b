"""Pages of the roles of a project: matrix, downloads, and comparison of two roles."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from core.access import can
from governance.decide.obligations.ages import load_ages
from governance.desk.responsibilities.differences import Difference, list_differences
from governance.desk.responsibilities.exports import Export, as_csv, as_pdf, as_xlsx
from governance.desk.responsibilities.families import group_holders, list_responsibilities, staff_families
from governance.desk.responsibilities.figures import count_figures
from governance.desk.responsibilities.forms import PairForm
from governance.desk.responsibilities.matrix import (
    Sheet,
    build_sheet,
    find_approving_effect,
    list_adaptations,
    list_duties_behind,
    list_held_roles,
)
from governance.desk.responsibilities.role_comparison import compare_letters, list_dimensions
from projects.enums import OVER, Level
from projects.models import Matrix, Project
from projects.seats.matrix.letters import View
from roles.enums import Family
from roles.models import ComparisonDimension
from roles.role_templates.content import Matrix as Content

#: Number of newest versions on the page.
OFFERED = 6
UNPROCESSABLE = 422


def _get_project_or_404(request: HttpRequest, code: str) -> Project:
    """Return the project with its roles in force; 404 when absent or hidden from this reader."""
    projects = Project.objects.visible_to(request.user).select_related("matrix", "pack")
    return get_object_or_404(projects, code=code)


@require_GET
def responsibilities(request: HttpRequest, code: str) -> HttpResponse:
    """Render the matrix in force, or the requested version, with the duties behind the chosen activity."""
    project, now = _get_project_or_404(request, code), timezone.now()
    matrix = _get_requested_matrix(request, project)
    if matrix is None:
        return render(request, "governance/desk/responsibilities/responsibilities_empty.html", {"project": project})
    content, sheet = matrix.read(), _build_sheet(request, project, matrix)
    chosen = next((row for row in sheet.rows if row.line.code == request.GET.get("line")), None)
    is_in_force = matrix.pk == project.matrix_id
    context = {
        "project": project,
        "matrix": matrix,
        "sheet": sheet,
        "views": View.choices,
        "now": now,
        "is_in_force": is_in_force,
        "approving": find_approving_effect(project, matrix),
        "numbers": list(project.matrices.order_by("-number").values_list("number", flat=True)[:OFFERED]),
        "differences": _list_differences(project, content) if not is_in_force else [],
        "adapted": list_adaptations(content),
        "chosen": chosen,
        "behind": list_duties_behind(content, chosen.line.code, sheet.view) if chosen else [],
        "may_adapt": can(request.user, "governance.adapt_roles", project),
        "may_appoint": can(request.user, "projects.appoint", project),
    }
    return render(request, "governance/desk/responsibilities/responsibilities.html", context)


def _list_differences(project: Project, content: Content) -> list[Difference]:
    """List the differences of `content` from the roles in force."""
    return list_differences(project.matrix.read(), content) if project.matrix else []


def _get_requested_matrix(request: HttpRequest, project: Project) -> Matrix | None:
    """Return the requested version, by default the one in force; None when there is none, 404 when absent."""
    number = request.GET.get("version", "")
    if project.matrix is None or number in {"", str(project.matrix.number)}:
        return project.matrix
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise Http404
    return get_object_or_404(project.matrices, number=int(number))


def _build_sheet(request: HttpRequest, project: Project, matrix: Matrix) -> Sheet:
    """Build the sheet of the version with the holders of today, in the requested notation."""
    requested = request.GET.get("view", "")
    view = View(requested) if requested in View.values else View.LETTERS
    held, comes = list_held_roles(project, timezone.now()), bool(project.provider_gate)
    parts = project.children.exclude(state__in=OVER).count() if project.level == Level.PROGRAMME else 0
    return build_sheet(matrix.read(), held, view, level=project.level, provider_comes=comes, parts=parts)


@require_GET
def responsibility_list(request: HttpRequest, code: str) -> HttpResponse:
    """Render the responsibilities in force with who answers for them, by default of every family."""
    project = _get_project_or_404(request, code)
    content = project.matrix.read() if project.matrix else Content((), ())
    active = project.mandates.active().select_related("holder", "role").order_by("role__position", "pk")
    held, asked = group_holders(active), request.GET.get("family", "")
    family = asked if asked in Family.values else ""
    families = staff_families(content, held)
    context = {
        "project": project,
        "families": families,
        "unstaffed": [staffed.label for staffed in families if not staffed.is_staffed],
        "rows": list_responsibilities(content, held, family, load_ages(project)),
        "family": family,
    }
    return render(request, "governance/desk/responsibilities/responsibility_list.html", context)


FORMATS: dict[str, tuple[str, Callable[[Export], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    "pdf": ("application/pdf", as_pdf),
}


@require_GET
def download(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Return the requested matrix as a file of this `kind`, in the reader's language; 404 without one."""
    project = _get_project_or_404(request, code)
    matrix = _get_requested_matrix(request, project)
    if matrix is None:
        raise Http404
    export = Export(project, matrix, _build_sheet(request, project, matrix), timezone.now(), get_language() or "en")
    media, write = FORMATS[kind]
    name = content_disposition_header(as_attachment=kind != "pdf", filename=f"{export.name}.{kind}")
    return HttpResponse(write(export), media, headers={"Content-Disposition": name})


@require_GET
def role_compare(request: HttpRequest, code: str) -> HttpResponse:
    """Render two roles side by side: dimensions, letters and figures."""
    project = _get_project_or_404(request, code)
    content = project.matrix.read() if project.matrix else Content((), ())
    form = PairForm(content, request.GET)
    context: dict[str, Any] = {"project": project, "form": form, "pair": form.pair}
    if form.pair:
        left, right = form.pair
        did = count_figures(project, [left.code, right.code])
        context |= {
            "left": left,
            "right": right,
            "words": list_dimensions(_list_dimensions(project, left.code, right.code), left.code),
            "lists": compare_letters(content, left, right),
            "did": [did[left.code], did[right.code]],
        }
    refused = bool(content.roles) and form.pair is None
    return render(
        request, "governance/desk/responsibilities/role_compare.html", context, status=UNPROCESSABLE if refused else 200
    )


def _list_dimensions(project: Project, left: str, right: str) -> list[ComparisonDimension]:
    """List the dimensions of the pack for these two roles, in either order."""
    pair = Q(left_role=left, right_role=right) | Q(left_role=right, right_role=left)
    return list(project.pack.dimensions.filter(pair))
