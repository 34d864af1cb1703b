"""Pages of traceability: the matrix, its exports, and the path from an item to its decision."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from amoa.requirements.models import Requirement
from amoa.traceability.coverage import Alert, count_alerts, filter_by_alert, list_loose_tests, list_traces
from amoa.traceability.exports import FORMATS
from amoa.traceability.paths import STARTS, list_paths
from core.access import can
from projects.models import Project
from projects.shortcuts import get_object_or_404, get_project_or_404

SIZE = 25
#: Maximum number of requirements in a file, and of loose tests listed on the page.
MOST, MOST_LOOSE = 20_000, 50


@require_GET
def traceability(request: HttpRequest, code: str) -> HttpResponse:
    """Show the matrix, filtered by the alert and the words of the query string."""
    project = get_project_or_404(request, code)
    requirements = _filter_requirements(request, project)
    after = request.GET.get("after", "")[:30]
    page = list_traces((requirements.filter(code__gt=after) if after else requirements)[: SIZE + 1])
    alert = request.GET.get("alert", "")
    context = {
        "project": project,
        "figures": count_alerts(project),
        "alert": alert if alert in Alert.values else "",
        "q": _get_words(request),
        "traces": page[:SIZE],
        "after": page[SIZE - 1].requirement.code if len(page) > SIZE else "",
        "loose": list_loose_tests(project, MOST_LOOSE),
        "formats": list(FORMATS),
        "may_test": can(request.user, "amoa.plan_acceptance", project),
    }
    template = "amoa/traceability/traceability.html"
    return render(request, f"{template}#results" if request.htmx else template, context)  # type: ignore[attr-defined]


@require_GET
def traceability_file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Export the filtered matrix as a file of this `kind`."""
    project = get_project_or_404(request, code)
    if kind not in FORMATS:
        raise Http404
    media, write = FORMATS[kind]
    content = write(project, list_traces(_filter_requirements(request, project)[:MOST]), timezone.now())
    name = content_disposition_header(as_attachment=kind != "pdf", filename=f"{project.code}-traceability.{kind}")
    return HttpResponse(content, media, headers={"Content-Disposition": name})


@require_GET
def trace_path(request: HttpRequest, what: str, item_id: int) -> HttpResponse:
    """Show the path from an item to the decision of the owner."""
    model: Any = STARTS.get(what)
    if model is None:
        raise Http404
    item = get_object_or_404(model.objects.visible_to(request.user).select_related("project"), pk=item_id)
    context = {"project": item.project, "item": item, "what": what, "paths": list_paths(item)}
    return render(request, "amoa/traceability/trace_path.html", context)


def _filter_requirements(request: HttpRequest, project: Project) -> QuerySet[Requirement]:
    """Filter the requirements of `project` by the query string, by code."""
    requirements = filter_by_alert(project.requirements.requirements(), project, request.GET.get("alert", ""))
    if words := _get_words(request):
        requirements = requirements.saying(words)  # type: ignore[attr-defined]
    return requirements.order_by("code")


def _get_words(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:200]
