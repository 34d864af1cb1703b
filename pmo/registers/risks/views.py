"""Pages of the risk register: list, heat map, risk, issues, scale."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.access import Person, can
from core.pages.lists.exports import export, is_export
from core.pages.lists.neighbours import find_neighbours
from core.pages.lists.pages import build_page
from core.pages.pagination import page_before
from governance.life.actions.given import given_from
from governance.models import Proposal
from pmo.business_side import list_requirements_by_code
from pmo.registers.risks import queries
from pmo.registers.risks.bulk_views import IssueGridView, RiskGridView
from pmo.registers.risks.enums import FOLLOWS, Band, Rated, RiskStatus
from pmo.registers.risks.forms import BulkRiskForm
from pmo.registers.risks.models import Issue, Risk, RiskScale, grades_in_force
from pmo.registers.risks.register import ISSUES, RISKS
from pmo.registers.risks.services import list_next_statuses
from projects.models import Project
from projects.shortcuts import get_object_or_404, get_project_or_404
from roles.enums import DecisionKind

MOST = queries.MOST_RATINGS
LARGEST = 2**31 - 1
#: What capabilities above add to the context of the page of a risk.
ALSO_ON_THE_PAGE: list[Callable[[Person, Risk], dict[str, Any]]] = []
#: Decision kind that the page of a risk proposes.
KIND = DecisionKind.RISK_ACCEPTANCE


def reader_permissions(request: HttpRequest, on: Project | Risk | Issue, *acts: str) -> dict[str, bool]:
    """Return the reader's permissions for these acts."""
    return {act: can(request.user, f"pmo.{act}", on) for act in acts}


@require_GET
def risk_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the filtered register, highest level first."""
    project = get_project_or_404(request, code)
    may = reader_permissions(request, project, "raise_risk", "review_risks", "assess_risk")
    listing, asked = RISKS.build(project, request.GET, changes=may["assess_risk"])
    if is_export(listing):
        return export(listing, title=str(RISKS.title), of=f"{project.code} · {project.title}", stem=project.code)
    page = build_page(listing)
    context = {
        "project": project,
        "may": may,
        "bulk": BulkRiskForm(project=project) if may["assess_risk"] else None,
        "undo": RiskGridView.find_undo_for(request, project) if may["assess_risk"] else None,
        "asked": asked,
        "figures": queries.count_figures(project, timezone.localdate()),
        "found": page.found,
        "page": page,
        "statuses": RiskStatus.choices,
        "bands": Band.choices,
    }
    template = "pmo/registers/risks/risk_list.html"
    return render(request, f"{template}#results" if request.htmx else template, context)  # type: ignore[attr-defined]


@require_GET
def risks_export(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Return the filtered risks with all columns as a file of this kind."""
    project = get_project_or_404(request, code)
    listing = RISKS.build_file(project, request.GET, kind)
    return export(listing, title=str(RISKS.title), of=f"{project.code} · {project.title}", stem=project.code)


@require_GET
def risk_heat(request: HttpRequest, code: str) -> HttpResponse:
    """Show the heat map of initial or residual ratings, and the exposure over six months."""
    project = get_project_or_404(request, code)
    of = Rated.INITIAL if request.GET.get("of") == Rated.INITIAL else Rated.RESIDUAL
    months = queries.list_month_ends(timezone.localdate(), 6)
    context = {
        "project": project,
        "of": of,
        "heat": queries.build_heat_map(project, of == Rated.RESIDUAL),
        "exposures": queries.exposure_by_adviser(Project.objects.filter(pk=project.pk), months),
    }
    return render(request, "pmo/registers/risks/risk_heat.html", context)


@require_GET
def risk(request: HttpRequest, risk_id: int) -> HttpResponse:
    """Show a risk with its ratings, actions, reviews and acceptances."""
    risk = visible_risk(request, risk_id)
    allowed = reader_permissions(
        request, risk, "edit_risk", "assess_risk", "treat_risk", "review_risks", "materialise_risk"
    )
    ratings = queries.list_newest_ratings(risk)
    context = {
        "project": risk.project,
        "risk": risk,
        "may": {
            **allowed,
            "materialise_risk": allowed["materialise_risk"]
            and RiskStatus.MATERIALISED in FOLLOWS[RiskStatus(risk.status)],
            "assess_risk": allowed["assess_risk"] and risk.is_open,
            "propose": risk.status != RiskStatus.PROPOSED
            and risk.is_open
            and risk.needs_owner
            and can(request.user, "governance.propose", Proposal(project=risk.project, kind=KIND)),
        },
        "settling": list_next_statuses(risk) if allowed["assess_risk"] else [],
        "term": queries.current_term(risk, ratings),
        "kind": KIND,
        "ratings": ratings,
        "actions": list(risk.actions.order_by("done_on", "due_on", "pk")[:MOST]),
        "acceptances": queries.list_acceptances(risk, MOST),
        "issues": list(risk.issues.order_by("-number")[:MOST]),
        "requirements": list_requirements_by_code(risk.project, risk.requirements),
        "page": page_before(request, risk.reviews.select_related("by"), "pk", size=20),
        "neighbours": find_neighbours(
            request,
            lambda query: RISKS.build(risk.project, query)[0],
            risk.pk,
            reverse(RISKS.list_url, args=[risk.project.code]),
            lambda pk: reverse(RISKS.row_url, args=[pk]),
        ),
    }
    for describe in ALSO_ON_THE_PAGE:
        context |= describe(request.user, risk)
    return render(request, "pmo/registers/risks/risk.html", context)


def visible_risk(request: HttpRequest, risk_id: int) -> Risk:
    """Return the risk, or 404 when it is absent or not visible."""
    risks = Risk.objects.visible_to(request.user).select_related(
        "project__matrix", "project__parent", "scale", "raised_by", "acceptance__scale"
    )
    return get_object_or_404(risks.annotate(given_actions=given_from("pmo.risk")), pk=risk_id)


@require_GET
def issue_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the issues that the query string asks for, the newest first."""
    project = get_project_or_404(request, code)
    may = reader_permissions(request, project, "raise_issue", "settle_issue")
    listing, asked = ISSUES.build(project, request.GET, changes=may["settle_issue"])
    if is_export(listing):
        return export(listing, title=str(ISSUES.title), of=f"{project.code} · {project.title}", stem=project.code)
    context = {
        "project": project,
        "may": may,
        "undo": IssueGridView.find_undo_for(request, project) if may["settle_issue"] else None,
        "asked": asked,
        "states": queries.count_issue_states(project),
        "page": build_page(listing),
    }
    return render(request, "pmo/registers/risks/issue_list.html", context)


@require_GET
def issue(request: HttpRequest, issue_id: int) -> HttpResponse:
    """Show an issue and its history."""
    issue = visible_issue(request, issue_id)
    context = {
        "project": issue.project,
        "issue": issue,
        "may": reader_permissions(request, issue, "settle_issue"),
        "neighbours": find_neighbours(
            request,
            lambda query: ISSUES.build(issue.project, query)[0],
            issue.pk,
            reverse(ISSUES.list_url, args=[issue.project.code]),
            lambda pk: reverse(ISSUES.row_url, args=[pk]),
        ),
        "history": list(issue.history.select_related("history_user").order_by("-history_date", "-history_id")[:20]),
    }
    return render(request, "pmo/registers/risks/issue.html", context)


def visible_issue(request: HttpRequest, issue_id: int) -> Issue:
    """Return the issue, or 404 when it is absent or not visible."""
    issues = Issue.objects.visible_to(request.user).select_related("project", "risk", "raised_by")
    return get_object_or_404(issues, pk=issue_id)


@require_GET
def risk_scale(request: HttpRequest, code: str) -> HttpResponse:
    """Show the scale in force and the versions set on the project."""
    project = get_project_or_404(request, code)
    ruling = RiskScale.objects.in_force_for(project)
    context = {
        "project": project,
        "may": reader_permissions(request, project, "set_risk_scale"),
        "scale": ruling,
        "grades": grades_in_force(ruling),
        "words": queries.scale_words(ruling),
        "versions": list(project.risk_scales.select_related("set_by").order_by("-number")[:MOST]),
    }
    return render(request, "pmo/registers/risks/risk_scale.html", context)
