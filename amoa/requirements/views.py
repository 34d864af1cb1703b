"""Pages to read requirements: the table, one requirement with its chain, its history."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from amoa.requirements import trace as tracing
from amoa.requirements.advice import advice, as_drafted
from amoa.requirements.approvals import approving, in_force_since
from amoa.requirements.changes import changes, latest, since_in_force
from amoa.requirements.enums import Priority, RequirementKind, RequirementState
from amoa.requirements.filters import Filter, figures
from amoa.requirements.forms import BulkForm, offered
from amoa.requirements.liaison import liaison_of
from amoa.requirements.links import resolved
from amoa.requirements.models import Requirement
from amoa.requirements.table import groups_of, page, tongue
from core.access import can
from core.pagination import page_before
from projects.models import Project

LATEST, OLDER = 4, 20


@require_GET
def requirement_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the requirements of a project, filtered, sorted and paginated by the query string."""
    project = get_object_or_404(
        Project.objects.visible_to(request.user).select_related("baseline_in_force__baseline"), code=code
    )
    asked, groups = Filter.of(request.GET), groups_of(project)
    counts = figures(project, asked)
    context = {
        "project": project,
        "tongue": tongue(project),
        "asked": asked,
        "groups": groups,
        "figures": counts,
        "found": counts["found"],
        "page": page(project, asked, request.GET.get("after", ""), groups),
        "decision": approving(project),
        "kinds": offered(RequirementKind.choices),
        "priorities": offered(Priority.choices),
        "states": RequirementState.choices,
        "bulk": BulkForm(),
        "may": may_on(request.user, project),
    }
    answer = render(request, f"amoa/requirements/requirement_list.html{'#results' if request.htmx else ''}", context)  # type: ignore[attr-defined]
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@require_GET
def requirement(request: HttpRequest, requirement_id: int) -> HttpResponse:
    """Show one requirement: content, recipients, chain, gaps and changes."""
    one = visible_requirement(request, requirement_id)
    project, groups = one.project, groups_of(one.project)
    decision, ancestors, tested = in_force_since(one), tracing.above(one), tracing.tests_of(one)
    links = [] if one.is_need else tracing.chain(one, ancestors, decision, tested)
    context = {
        "project": project,
        "requirement": one,
        "served": [(pk, groups[pk]) for pk in one.recipients if pk in groups],
        "decision": decision,
        "criteria": _criteria(one, tested),
        "whole": [found for found in tested if not found.test.criterion],
        "links": resolved(project, one.links, request.user),
        "above": ancestors,
        "below": list(one.children.order_by("code")[: tracing.MOST_TESTS]),
        "chain": links,
        "missing": sum(link.missing for link in links),
        "advice": advice(project, as_drafted(one, project.language), one.pk),
        "ahead": since_in_force(one, groups),
        "changes": latest(one, groups, LATEST),
        "liaison": liaison_of(one, request.user),
        "may": may_on(request.user, project),
    }
    return render(request, "amoa/requirements/requirement.html", context)


@require_GET
def requirement_history(request: HttpRequest, requirement_id: int) -> HttpResponse:
    """Show the history of a requirement, newest first, and its frozen versions."""
    one = visible_requirement(request, requirement_id)
    frozen = one.versions.prefetch_related("baselines")
    context = {
        "project": one.project,
        "requirement": one,
        "found": changes(request, one, groups_of(one.project), OLDER),
        "versions": page_before(request, frozen, "number", param="versions_before"),
    }
    return render(request, "amoa/requirements/requirement_history.html", context)


def _criteria(one: Requirement, tested: list[tracing.Tested]) -> list[dict[str, Any]]:
    """Return the acceptance criteria, each with its tests."""
    return [
        {**criterion, "tests": [found for found in tested if found.test.criterion == criterion["number"]]}
        for criterion in one.criteria
    ]


def visible_requirement(request: HttpRequest, requirement_id: int) -> Requirement:
    """Return the requirement. Raises Http404 when absent or hidden from the reader."""
    rows = Requirement.objects.visible_to(request.user).defer("words")
    related = rows.select_related("project__matrix", "in_force", "parent__parent", "deliverable", "author")
    return get_object_or_404(related, pk=requirement_id)


def may_on(user: Any, project: Project) -> dict[str, bool]:
    """Return which acts on requirements the user may do on the project."""
    acts = ("write_requirements", "import_requirements", "implement", "freeze_baseline")
    return {act: can(user, f"governance.{act}", project) for act in acts}
