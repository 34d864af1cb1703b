"""Pages of the risk register: list, heat map, risk, issues, scale."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.access import can
from core.pagination import page_before
from governance.models import Proposal
from pmo.business_side import requirements_named
from pmo.risks import filters
from pmo.risks import queries as reading
from pmo.risks.enums import FOLLOWS, Band, Category, IssueState, Rated, RiskStatus
from pmo.risks.filters import Filter
from pmo.risks.models import Issue, Risk, RiskScale, ruling_grades
from pmo.risks.services import settling
from projects.models import Project
from projects.shortcuts import visible_project
from roles.enums import DecisionKind

MOST = reading.MOST_RATINGS
#: Decision kind that the page of a risk proposes.
KIND = DecisionKind.RISK_ACCEPTANCE


def may(request: HttpRequest, on: Project | Risk | Issue, *acts: str) -> dict[str, bool]:
    """Return the reader's permissions for these acts."""
    return {act: can(request.user, f"governance.{act}", on) for act in acts}


@require_GET
def risk_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the filtered register, highest level first."""
    project = visible_project(request, code)
    asked = Filter.of_address(request.GET)
    rows = asked.rows(project)
    context = {
        "project": project,
        "may": may(request, project, "raise_risk", "review_risks"),
        "asked": asked,
        "figures": reading.figures(project, timezone.localdate()),
        "found": rows.count(),
        "page": filters.page(rows, request.GET.get("after", "")),
        "statuses": RiskStatus.choices,
        "bands": Band.choices,
        "categories": Category.choices,
    }
    template = "pmo/risks/risk_list.html"
    return render(request, f"{template}#results" if request.htmx else template, context)  # type: ignore[attr-defined]


@require_GET
def risk_heat(request: HttpRequest, code: str) -> HttpResponse:
    """Show the heat map of initial or residual ratings, and the exposure over six months."""
    project = visible_project(request, code)
    of = Rated.INITIAL if request.GET.get("of") == Rated.INITIAL else Rated.RESIDUAL
    months = reading.last_months(timezone.localdate(), 6)
    context = {
        "project": project,
        "of": of,
        "heat": reading.heat_map(project, of == Rated.RESIDUAL),
        "exposures": reading.exposure_by_adviser(Project.objects.filter(pk=project.pk), months),
    }
    return render(request, "pmo/risks/risk_heat.html", context)


@require_GET
def risk(request: HttpRequest, risk_id: int) -> HttpResponse:
    """Show a risk with its ratings, actions, reviews and acceptances."""
    one = visible_risk(request, risk_id)
    allowed = may(request, one, "edit_risk", "assess_risk", "treat_risk", "review_risks", "materialise_risk")
    ratings = reading.newest_ratings(one)
    context = {
        "project": one.project,
        "risk": one,
        "may": {
            **allowed,
            "materialise_risk": allowed["materialise_risk"]
            and RiskStatus.MATERIALISED in FOLLOWS[RiskStatus(one.status)],
            "assess_risk": allowed["assess_risk"] and one.is_open,
            "propose": one.status != RiskStatus.PROPOSED
            and one.is_open
            and one.needs_owner
            and can(request.user, "governance.propose", Proposal(project=one.project, kind=KIND)),
        },
        "settling": settling(one) if allowed["assess_risk"] else [],
        "term": reading.term_now(one, ratings),
        "kind": KIND,
        "ratings": ratings,
        "actions": list(one.actions.order_by("done_on", "due_on", "pk")[:MOST]),
        "acceptances": reading.decisions_on(one, MOST),
        "issues": list(one.issues.order_by("-number")[:MOST]),
        "requirements": requirements_named(one.project, one.requirements),
        "page": page_before(request, one.reviews.select_related("by"), "pk", size=20),
    }
    return render(request, "pmo/risks/risk.html", context)


def visible_risk(request: HttpRequest, risk_id: int) -> Risk:
    """Return the risk, or 404 when it is absent or not visible."""
    found = Risk.objects.visible_to(request.user).select_related(
        "project__matrix", "scale", "raised_by", "acceptance__scale"
    )
    return get_object_or_404(found, pk=risk_id)


@require_GET
def issue_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the issues, newest first; `?state=` filters."""
    project = visible_project(request, code)
    state = request.GET.get("state", "")
    state = state if state in IssueState.values else ""
    rows = project.issues.filter(state=state) if state else project.issues.all()
    context = {
        "project": project,
        "may": may(request, project, "raise_issue"),
        "state": state,
        "states": reading.issue_states(project),
        "page": page_before(request, rows.select_related("risk"), "number"),
    }
    return render(request, "pmo/risks/issue_list.html", context)


@require_GET
def issue(request: HttpRequest, issue_id: int) -> HttpResponse:
    """Show an issue and its history."""
    one = visible_issue(request, issue_id)
    context = {
        "project": one.project,
        "issue": one,
        "may": may(request, one, "settle_issue"),
        "history": list(one.history.select_related("history_user").order_by("-history_date", "-history_id")[:20]),
    }
    return render(request, "pmo/risks/issue.html", context)


def visible_issue(request: HttpRequest, issue_id: int) -> Issue:
    """Return the issue, or 404 when it is absent or not visible."""
    found = Issue.objects.visible_to(request.user).select_related("project", "risk", "raised_by")
    return get_object_or_404(found, pk=issue_id)


@require_GET
def risk_scale(request: HttpRequest, code: str) -> HttpResponse:
    """Show the scale in force and the versions set on the project."""
    project = visible_project(request, code)
    ruling = RiskScale.objects.ruling(project)
    context = {
        "project": project,
        "may": may(request, project, "set_risk_scale"),
        "scale": ruling,
        "grades": ruling_grades(ruling),
        "words": reading.scale_words(ruling),
        "versions": list(project.risk_scales.select_related("set_by").order_by("-number")[:MOST]),
    }
    return render(request, "pmo/risks/risk_scale.html", context)
