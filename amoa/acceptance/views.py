"""Pages to read acceptance: overview, test, campaign with its grid, defect."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from amoa.acceptance import queries
from amoa.acceptance.bulk_views import TestGridView
from amoa.acceptance.enums import MOST_UNAVAILABLE, DefectState
from amoa.acceptance.models import AcceptanceCampaign, Defect, list_campaign_tests
from amoa.acceptance.register import DEFECTS, TESTS
from amoa.requirements.models import AcceptanceTest
from core.access import can
from core.pages.lists.exports import export, is_export
from core.pages.lists.neighbours import find_neighbours
from core.pages.lists.pages import build_page
from core.pages.pagination import page_after, page_before
from governance.life.actions.given import given_from
from governance.models import Condition, Proposal
from projects.models import Project
from projects.shortcuts import get_object_or_404, get_project_or_404
from roles.enums import DecisionKind

ACTS = ("plan_acceptance", "run_test", "report_defect", "correct_defect", "close_defect", "close_campaign")


def get_permissions(request: HttpRequest, project: Project) -> dict[str, bool]:
    """Return which acts of acceptance the reader may do on the project."""
    return {act: can(request.user, f"amoa.{act}", project) for act in ACTS}


@require_GET
def acceptance(request: HttpRequest, code: str) -> HttpResponse:
    """Show the tests, campaigns, unsettled defects and deliverables of a project."""
    project = get_project_or_404(request, code)
    may = get_permissions(request, project)
    listing, asked = TESTS.build(project, request.GET, changes=may["plan_acceptance"])
    if is_export(listing):
        return export(listing, title=str(TESTS.title), of=f"{project.code} · {project.title}", stem=project.code)
    context = {
        "project": project,
        "may": may,
        "undo": TestGridView.find_undo_for(request, project) if may["plan_acceptance"] else None,
        "progress": queries.count_progress(listing.among),
        "page": build_page(listing),
        "asked": asked,
        "campaigns": queries.list_campaigns(project),
        "severities": queries.count_by_severity(project.defects.all()),
        "defects": list(project.defects.unsettled().worst_first()[: queries.MOST]),
        "deliverables": list(project.deliverables.order_by("code")[: queries.MOST]),
    }
    return render(request, "amoa/acceptance/acceptance.html", context)


@require_GET
def acceptance_test(request: HttpRequest, test_id: int) -> HttpResponse:
    """Show one test: how to run it, its runs and its defects."""
    tests = AcceptanceTest.objects.visible_to(request.user).select_related("project", "requirement")
    test = get_object_or_404(tests, pk=test_id)
    criteria = test.requirement.criteria if test.requirement else []
    context = {
        "project": test.project,
        "test": test,
        "criterion": next((criterion["text"] for criterion in criteria if criterion["number"] == test.criterion), ""),
        "may": get_permissions(request, test.project),
        "neighbours": find_neighbours(
            request,
            lambda query: TESTS.build(test.project, query)[0],
            test.pk,
            reverse(TESTS.list_url, args=[test.project.code]),
            lambda pk: reverse(TESTS.row_url, args=[pk]),
        ),
        "page": page_before(request, test.runs.select_related("campaign", "run_by"), "pk"),
        "defects": list(test.defects.order_by("-number")[: queries.MOST]),
    }
    return render(request, "amoa/acceptance/acceptance_test.html", context)


@require_GET
def campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Show a campaign: its grid while open, its frozen report and the decisions once closed."""
    campaign = get_campaign_or_404(request, campaign_id)
    return render(request, "amoa/acceptance/campaign.html", build_campaign_context(request, campaign))


def build_campaign_context(request: HttpRequest, campaign: AcceptanceCampaign) -> dict[str, Any]:
    """Build the template context of a campaign."""
    tests = queries.annotate_last_run(list_campaign_tests(campaign), campaign)
    shown = request.GET.get("show", "")
    page = page_after(request, queries.filter_by_result(tests, shown).select_related("requirement"), "pk", size=50)
    may = get_permissions(request, campaign.project)
    to_run = queries.find_next_to_run(tests) if may["run_test"] and not campaign.is_closed else None
    kind = DecisionKind.INTERIM_ACCEPTANCE if campaign.stage == "interim" else DecisionKind.ACCEPTANCE
    return {
        "project": campaign.project,
        "campaign": campaign,
        "may": may,
        "propose": can(request.user, "governance.propose", Proposal(project=campaign.project, kind=kind)),
        "kind": kind,
        "progress": queries.count_progress(tests),
        "page": page,
        "defective": queries.DEFECTIVE,
        "shown": shown,
        "next_to_run": f"?after={to_run.pk - 1}#test-{to_run.pk}" if to_run else "",
        "report": queries.build_report(campaign),
        "pronounced": queries.list_pronouncements(campaign),
        "defects": list(campaign.defects.worst_first()[: queries.MOST]),
        "most_unavailable": MOST_UNAVAILABLE,
        "refused": None,
        "run_form": None,
    }


def get_campaign_or_404(request: HttpRequest, campaign_id: int) -> AcceptanceCampaign:
    """Return the campaign. Raises Http404 when absent or hidden from the reader."""
    campaigns = AcceptanceCampaign.objects.visible_to(request.user).select_related(
        "project", "deliverable", "closed_by"
    )
    return get_object_or_404(campaigns, pk=campaign_id)


@require_GET
def defect_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the defects of a project that the query string asks for, the worst first."""
    project = get_project_or_404(request, code)
    listing, asked = DEFECTS.build(project, request.GET)
    if is_export(listing):
        return export(listing, title=str(DEFECTS.title), of=f"{project.code} · {project.title}", stem=project.code)
    context = {"project": project, "page": build_page(listing), "asked": asked}
    return render(request, "amoa/acceptance/defect_list.html", context)


@require_GET
def defect(request: HttpRequest, defect_id: int) -> HttpResponse:
    """Show a defect, its correction and the reservations that name it."""
    defect = get_defect_or_404(request, defect_id)
    allowed = get_permissions(request, defect.project)
    context = {
        "project": defect.project,
        "defect": defect,
        "may": {
            "correct": allowed["correct_defect"] and defect.state == DefectState.OPEN,
            "close": allowed["close_defect"] and defect.state != DefectState.CLOSED,
            "reopen": allowed["close_defect"] and defect.state == DefectState.CORRECTED,
        },
        "reservations": list(
            Condition.objects.naming(defect).select_related("decision__project", "decision__proposal", "lifted_by")
        ),
        "neighbours": find_neighbours(
            request,
            lambda query: DEFECTS.build(defect.project, query)[0],
            defect.pk,
            reverse(DEFECTS.list_url, args=[defect.project.code]),
            lambda pk: reverse(DEFECTS.row_url, args=[pk]),
        ),
        "history": list(defect.history.select_related("history_user").order_by("-history_date", "-history_id")[:20]),
    }
    return render(request, "amoa/acceptance/defect.html", context)


def get_defect_or_404(request: HttpRequest, defect_id: int) -> Defect:
    """Return the defect. Raises Http404 when absent or hidden from the reader."""
    defects = Defect.objects.visible_to(request.user).select_related("project", "campaign", "test", "reported_by")
    return get_object_or_404(defects.annotate(given_actions=given_from("amoa.defect")), pk=defect_id)
