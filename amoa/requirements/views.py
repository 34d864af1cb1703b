"""Pages to read requirements: the table, one requirement with its chain, its history."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from amoa.requirements import trace
from amoa.requirements.advice import build_advice, build_draft
from amoa.requirements.approvals import get_approval, get_version_approval
from amoa.requirements.changes import get_changes_page, list_changes_since_approval, list_latest
from amoa.requirements.filters import count_figures
from amoa.requirements.forms import BulkForm, map_groups
from amoa.requirements.grid_views import RequirementGridView
from amoa.requirements.liaison import load_liaison
from amoa.requirements.links import resolve_links
from amoa.requirements.models import Requirement
from amoa.requirements.register import REQUIREMENTS
from core.access import Person, can
from core.pages.lists.exports import export, is_export
from core.pages.lists.neighbours import find_neighbours
from core.pages.lists.pages import build_page
from core.pages.pagination import page_before
from projects.models import Project
from projects.shortcuts import get_object_or_404, get_project_or_404

LATEST, OLDER = 4, 20


@require_GET
def requirement_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the requirements of a project, filtered, sorted and paginated by the query string."""
    known = Project.objects.select_related("baseline_in_force__baseline")
    project = get_project_or_404(request, code, known)
    groups, may, decision = map_groups(project), get_permissions(request.user, project), get_approval(project)
    asked, listing = REQUIREMENTS.read(request.GET), REQUIREMENTS.build_for(project, request.GET, may, decision)
    if is_export(listing):
        return export(listing, title=_("Requirements"), of=f"{project.code} · {project.title}", stem=project.code)
    counts = count_figures(project)
    chips = [*listing.chips, *([("recipient", groups[asked.recipient])] if asked.recipient in groups else [])]
    page = build_page(replace(listing, chips=chips, found=None if asked.is_narrow else counts["total"]))
    context = {
        "project": project,
        "asked": asked,
        "groups": groups,
        "figures": counts,
        "found": page.found,
        "page": page,
        "decision": decision,
        "bulk": BulkForm(),
        "undo": RequirementGridView.find_undo_for(request, project) if may["write_requirements"] else None,
        "may": may,
    }
    answer = render(request, f"amoa/requirements/requirement_list.html{'#results' if request.htmx else ''}", context)  # type: ignore[attr-defined]
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@require_GET
def requirement(request: HttpRequest, requirement_id: int) -> HttpResponse:
    """Show one requirement: content, recipients, chain, gaps and changes."""
    requirement = get_requirement_or_404(request, requirement_id)
    project, groups = requirement.project, map_groups(requirement.project)
    decision, ancestors, tested = (
        get_version_approval(requirement),
        trace.list_ancestors(requirement),
        trace.list_tests_with_last_run(requirement),
    )
    may = get_permissions(request.user, project)
    add_test = build_missing_tests_url(requirement) if may["plan_acceptance"] else ""
    links = [] if requirement.is_need else trace.build_chain(requirement, ancestors, decision, tested, add_test)
    context = {
        "project": project,
        "requirement": requirement,
        "served": [(pk, groups[pk]) for pk in requirement.recipients if pk in groups],
        "decision": decision,
        "criteria": _list_criteria(requirement, tested),
        "whole": [status for status in tested if not status.test.criterion],
        "links": resolve_links(project, requirement.links, request.user),
        "above": ancestors,
        "below": list(requirement.children.order_by("code")[: trace.MOST_TESTS]),
        "chain": links,
        "missing": sum(link.missing for link in links),
        "advice": build_advice(project, build_draft(requirement, project.language), requirement.pk),
        "ahead": list_changes_since_approval(requirement, groups),
        "changes": list_latest(requirement, groups, LATEST),
        "liaison": load_liaison(requirement, request.user),
        "neighbours": find_neighbours(
            request,
            lambda query: REQUIREMENTS.build(project, query)[0],
            requirement.pk,
            reverse(REQUIREMENTS.list_url, args=[project.code]),
            lambda pk: reverse(REQUIREMENTS.row_url, args=[pk]),
        ),
        "may": may,
        "add_test": add_test,
    }
    return render(request, "amoa/requirements/requirement.html", context)


@require_GET
def requirement_history(request: HttpRequest, requirement_id: int) -> HttpResponse:
    """Show the history of a requirement, newest first, and its frozen versions."""
    requirement = get_requirement_or_404(request, requirement_id)
    frozen = requirement.versions.prefetch_related("baselines")
    context = {
        "project": requirement.project,
        "requirement": requirement,
        "found": get_changes_page(request, requirement, map_groups(requirement.project), OLDER),
        "versions": page_before(request, frozen, "number", param="versions_before"),
    }
    return render(request, "amoa/requirements/requirement_history.html", context)


def _list_criteria(requirement: Requirement, tested: list[trace.TestStatus]) -> list[dict[str, Any]]:
    """Return the acceptance criteria, each with its tests."""
    return [
        {**criterion, "tests": [status for status in tested if status.test.criterion == criterion["number"]]}
        for criterion in requirement.criteria
    ]


def get_requirement_or_404(request: HttpRequest, requirement_id: int) -> Requirement:
    """Return the requirement. Raises Http404 when absent or hidden from the reader."""
    rows = Requirement.objects.visible_to(request.user).defer("words")
    related = rows.select_related("project__matrix", "in_force", "parent__parent", "deliverable", "author")
    return get_object_or_404(related, pk=requirement_id)


def build_missing_tests_url(requirement: Requirement) -> str:
    """Return the address that writes the missing tests of a requirement."""
    return reverse("amoa:acceptance:missing_tests", args=[requirement.project.code], query={"of": requirement.pk})


def get_permissions(user: Person, project: Project) -> dict[str, bool]:
    """Return which acts on requirements the user may do on the project."""
    acts = ("write_requirements", "import_requirements", "implement", "freeze_baseline", "plan_acceptance")
    return {act: can(user, f"amoa.{act}", project) for act in acts}
