"""Pages of the library: standards of a project, standard, differences, methods and tools."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.access import can, reader
from core.pages.pagination import page_after
from governance.decide.evidence.downloads import serve_version
from governance.models import Proposal
from pmo.standards.standards import queries
from pmo.standards.standards.content import fingerprint_of, list_differences
from pmo.standards.standards.enums import Family, StandardState
from pmo.standards.standards.models import LibraryEntry, Standard, StandardVersion
from projects.models import DocumentVersion, Project
from projects.shortcuts import get_object_or_404, get_project_or_404
from roles.enums import DecisionKind, Gate


def reader_permissions(request: HttpRequest, library: Project) -> dict[str, bool]:
    """Return the reader's permissions in a library."""
    intended = Proposal(project=library, kind=DecisionKind.STANDARD_ADOPTION)
    return {
        "keep": can(request.user, "pmo.keep_standards", library),
        "propose": can(request.user, "governance.propose", intended),
    }


def visible_standard(request: HttpRequest, standard_id: int) -> Standard:
    """Return the standard, or 404 when it is absent or not visible."""
    standards = Standard.objects.visible_to(request.user).select_related("project")
    return get_object_or_404(standards, pk=standard_id)


def get_reading_project(request: HttpRequest, library: Project) -> Project:
    """Return the project from which the reader sees a library, or 404."""
    project = queries.find_reading_project(request.user, library)
    if project is None:
        raise Http404
    return project


@require_GET
def standard_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the standards that hold for a project: its own and those of its parents."""
    project = get_project_or_404(request, code)
    filters = queries.parse_filters(request.GET.dict())
    counts, may = queries.count_standards(project), reader_permissions(request, project)
    model = queries.find_model(project, reader(request)) if may["keep"] else None
    context = {
        "project": project,
        "may": may,
        "model": model,
        "may_copy": model is not None and queries.list_copyable(project, model).exists(),
        "asked": filters,
        "figures": counts,
        "page": page_after(request, queries.list_standards(project, filters), "standard_id"),
        "families": Family.choices,
        "gates": Gate.choices,
        "states": StandardState.choices,
    }
    return render(request, "pmo/standards/standards/standard_list.html", context)


@require_GET
def standard(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Show a version of a standard with its checkpoints, template, followers and other versions."""
    standard = visible_standard(request, standard_id)
    project = get_reading_project(request, standard.project)
    shown = queries.get_shown_version(standard, request.GET.get("version", ""))
    listed = queries.list_versions(standard)
    current = queries.find_adopted(listed)
    context: dict[str, Any] = {
        "project": project,
        "library": standard.project,
        "is_own": project.pk == standard.project_id,
        "standard": standard,
        "version": shown,
        "fingerprint": fingerprint_of(shown),
        "term": queries.term(shown),
        "versions": listed,
        "in_force": current,
        "draft": next((entry.version for entry in listed if entry.version.is_draft), None),
        "before": max((row.version.number for row in listed if row.version.number < shown.number), default=None),
        "followers": queries.list_followers(standard, current, request.user),
        "may": reader_permissions(request, standard.project),
    }
    return render(request, "pmo/standards/standards/standard.html", context)


@require_GET
def standard_differences(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Show the differences between the versions `from` and `to`, by default the two newest."""
    standard = visible_standard(request, standard_id)
    before, after, numbers = queries.get_compared_versions(standard, request.GET.dict())
    context = {
        "project": get_reading_project(request, standard.project),
        "library": standard.project,
        "standard": standard,
        "before": before,
        "after": after,
        "numbers": numbers,
        "changes": list_differences(before, after),
    }
    return render(request, "pmo/standards/standards/standard_differences.html", context)


@require_GET
def standard_template(request: HttpRequest, standard_version_id: int) -> HttpResponse:
    """Download the document template of a version."""
    seen = Standard.objects.visible_to(request.user)
    version = get_object_or_404(StandardVersion.objects.filter(standard__in=seen), pk=standard_version_id)
    return _document(request, version.template_id, version.get_absolute_url())


@require_GET
def library_document(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Download the document of a method or a tool."""
    entry = get_object_or_404(LibraryEntry.objects.visible_to(request.user).select_related("project"), pk=entry_id)
    return _document(request, entry.document_id, get_reading_project(request, entry.project).get_absolute_url())


def _document(request: HttpRequest, number: int | None, back: str) -> HttpResponse:
    version = get_object_or_404(DocumentVersion.objects.defer(None), pk=number)
    return serve_version(request, version, back, str(version.document))


@require_GET
def library_entries(request: HttpRequest, code: str) -> HttpResponse:
    """List the methods and tools that hold for a project."""
    project = get_project_or_404(request, code)
    family = request.GET.get("family", "")
    context = {
        "project": project,
        "may": reader_permissions(request, project),
        "family": family,
        "families": Family.choices,
        "page": page_after(request, queries.list_entries(project, family), "pk"),
    }
    return render(request, "pmo/standards/standards/library_entries.html", context)
