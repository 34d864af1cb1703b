"""Pages to read the change plan: impacts, versions, communications, training, feedback, adoption."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from amoa.change_plan import queries
from amoa.change_plan.chart import build_chart
from amoa.change_plan.content import (
    PART_TITLES,
    build_content,
    build_frozen_rows,
    get_approval_effect,
    list_differences,
    list_versions,
    load_rows,
)
from amoa.change_plan.enums import Aspect, Impact
from amoa.requirements.links import find_by_code
from core.access import can
from core.pages.pagination import page_before
from governance.models import Proposal
from projects.models import Project
from projects.shortcuts import get_object_or_404, get_project_or_404
from roles.enums import DecisionKind

VERSIONS = 10
INDICATORS = 10


def get_permissions(request: HttpRequest, project: Project) -> dict[str, bool]:
    """Return which acts on the change plan the reader may do."""
    acts = ("plan_change", "freeze_plan", "give_feedback", "answer_feedback")
    intended = Proposal(project=project, kind=DecisionKind.COMMUNICATION)
    return {act: can(request.user, f"amoa.{act}", project) for act in acts} | {
        "propose": can(request.user, "governance.propose", intended)
    }


@require_GET
def change_plan(request: HttpRequest, code: str) -> HttpResponse:
    """Show the impacts, the version in force with its decision, and the changes since."""
    project = get_project_or_404(request, code)
    current, frozen = list_versions(project, VERSIONS)
    parts = load_rows(project)
    rows = queries.build_impact_matrix(project, parts["impacts"])
    now = build_content(parts)
    context = {
        "project": project,
        "may": get_permissions(request, project),
        "rows": rows,
        "aspects": Aspect,
        "impacts": [(row.group, impact) for row in rows for _, impact in row.cells if impact],
        "counts": {part: len(rows_of_part) for part, rows_of_part in now.items()},
        "in_force": current,
        "since": list_differences(current.plan.content, now) if current else [],
        "versions": frozen,
        "levels": Impact,
    }
    return render(request, "amoa/change_plan/change_plan.html", context)


@require_GET
def change_plan_version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show one frozen version with its fingerprint."""
    project = get_project_or_404(request, code)
    plan = get_object_or_404(project.change_plans.select_related("made_by"), number=number)
    approved = get_approval_effect(project)
    parts = [
        (part, title, build_frozen_rows(part, plan.content.get(part, []), project.prefix))
        for part, title in PART_TITLES.items()
    ]
    context: dict[str, Any] = {
        "project": project,
        "plan": plan,
        "parts": parts,
        "decision": approved.decision if approved and approved.subject_id == plan.pk else None,
        "may": get_permissions(request, project),
    }
    return render(request, "amoa/change_plan/change_plan_version.html", context)


@require_GET
def change_communications(request: HttpRequest, code: str) -> HttpResponse:
    """List the messages with their due day or decision, and their reach."""
    project = get_project_or_404(request, code)
    page = page_before(request, project.communications.select_related("group"), "pk")
    context = {
        "project": project,
        "may": get_permissions(request, project),
        "dues": queries.list_dues(project, page.rows),
        "next_key": page.next_key,
    }
    return render(request, "amoa/change_plan/change_communications.html", context)


@require_GET
def change_trainings(request: HttpRequest, code: str) -> HttpResponse:
    """List the sessions with expected and actual attendance."""
    project = get_project_or_404(request, code)
    page = page_before(request, project.trainings.select_related("group"), "pk")
    context = {
        "project": project,
        "may": get_permissions(request, project),
        "sessions": page.rows,
        "next_key": page.next_key,
        "attendance": queries.count_attendance(project),
    }
    return render(request, "amoa/change_plan/change_trainings.html", context)


@require_GET
def change_feedback(request: HttpRequest, code: str) -> HttpResponse:
    """List the feedback and its answers, newest first."""
    project = get_project_or_404(request, code)
    items = project.feedback.select_related("group", "given_by", "answered_by", "requirement")
    page = page_before(request, items, "pk")
    named = find_by_code(project, [item.risk for item in page.rows if item.risk])
    context = {
        "project": project,
        "may": get_permissions(request, project),
        "page": page,
        "items": [(item, named.get(item.risk)) for item in page.rows],
        "unanswered": project.feedback.filter(answer="").count(),
    }
    return render(request, "amoa/change_plan/change_feedback.html", context)


@require_GET
def change_adoption(request: HttpRequest, code: str) -> HttpResponse:
    """Show each indicator over time with its target."""
    project = get_project_or_404(request, code)
    page = page_before(request, queries.prefetch_readings(project.indicators.all()), "pk", size=INDICATORS)
    lines = [(indicator, queries.list_measures(indicator)) for indicator in page.rows]
    figures = [
        (indicator, seen, build_chart(seen, indicator.target), seen[-1] if seen else None) for indicator, seen in lines
    ]
    context = {
        "project": project,
        "may": get_permissions(request, project),
        "figures": figures,
        "met": sum(last.is_met for *_, last in figures if last),
        "next_key": page.next_key,
    }
    return render(request, "amoa/change_plan/change_adoption.html", context)
