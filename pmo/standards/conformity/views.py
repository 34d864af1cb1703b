"""Pages of conformity: due checkpoints, one checkpoint."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.access import can
from core.pages.lists.exports import export, is_export
from core.pages.lists.neighbours import Neighbours, find_neighbours
from core.pages.lists.pages import ComputedListing, build_page
from core.pages.pagination import page_before
from governance.life.actions.given import given_from, read_given
from governance.models import Proposal
from pmo.standards.conformity import queries
from pmo.standards.conformity.charts import Bar, build_bar
from pmo.standards.conformity.due import due_checkpoints
from pmo.standards.conformity.enums import FAILED, Standing
from pmo.standards.conformity.forms import AnswerForm
from pmo.standards.conformity.listing import build_listing, read_result
from pmo.standards.conformity.models import ConformityCheck, Waiver
from pmo.standards.standards.models import Standard, StandardCheckpoint, StandardVersion
from pmo.standards.standards.references import list_checkpoints
from projects.models import Project
from projects.project.gates import with_gates
from projects.shortcuts import get_project_or_404
from roles.enums import DecisionKind, Gate


@dataclass(frozen=True)
class Part:
    """A standard of the page with its share of answered checkpoints."""

    version: StandardVersion
    share: queries.StandardShare
    bar: Bar


def reader_permissions(request: HttpRequest, project: Project) -> dict[str, bool]:
    """Return the reader's permissions on conformity."""
    intended = Proposal(project=project, kind=DecisionKind.WAIVER)
    return {
        "check": can(request.user, "pmo.check_conformity", project),
        "ask": can(request.user, "governance.propose", intended),
    }


@require_GET
def conformity(request: HttpRequest, code: str) -> HttpResponse:
    """Show the checkpoints due at the next gate, or at `?gate=`."""
    project = get_project_or_404(request, code, with_gates(Project.objects.all()))
    context = build_context(request, project, request.GET)
    listing: ComputedListing = context["page"].listing
    if is_export(listing):
        return export(listing, title=_("Checkpoints"), of=f"{project.code} · {project.title}", stem=project.code)
    return render(request, "pmo/standards/conformity/conformity.html", context)


def build_context(request: HttpRequest, project: Project, query: QueryDict) -> dict[str, Any]:
    """Build the context of the list as `query` asks for it."""
    gate, rows = load_rows(project, query)
    counts = {standing: sum(row.standing == standing for row in rows) for standing in Standing}
    parts = [
        Part(version, share, build_bar(share))
        for version, share in zip(queries.map_versions(rows).values(), queries.count_by_standard(rows), strict=True)
    ]
    may = reader_permissions(request, project)
    listing, asked = build_listing(project, rows, query, _list_standards(rows), may)
    page = build_page(listing)
    return {
        "project": project,
        "may": may,
        "query": query,
        "coming": project.name_gate(project.next_gate) if project.next_gate else None,
        "gate": gate,
        "gates": project.gates,
        "total": len(rows),
        "failed": sum(counts[standing] for standing in FAILED),
        "counts": [(standing, standing.label, counts[standing]) for standing in Standing],
        "figures": {standing.value: n for standing, n in counts.items()},
        "all_parts": parts,
        "asked": asked,
        "page": page,
        "first_open": next((row for row in page.rows if row.is_open), None),
        "standard": asked.values["standard"],
        "result": read_result(query),
        "vals": json.dumps({"filter": query.urlencode()}),
        "answer_form": AnswerForm(),
    }


def load_rows(project: Project, query: QueryDict) -> tuple[Gate | None, list[queries.CheckpointStanding]]:
    """Load the checkpoints due at the gate that the query string asks for, the next one by default, with that gate."""
    asked = query.get("gate", "")
    gate = Gate(asked) if asked in Gate.values else project.next_gate
    return gate, queries.list_standings(project, due_checkpoints(project, gate))


def _list_standards(rows: Iterable[queries.CheckpointStanding]) -> list[tuple[str, str]]:
    """List (code, label) of the standards of these checkpoints."""
    versions = queries.map_versions(rows).values()
    return [(version.standard.code, f"{version.standard.code} · {version.title}") for version in versions]


@require_GET
def conformity_checkpoint(request: HttpRequest, code: str, checkpoint_id: int) -> HttpResponse:
    """Show a checkpoint: status, checks and waivers."""
    project = get_project_or_404(request, code)
    checkpoint = get_checkpoint_or_404(project, checkpoint_id)
    checks = ConformityCheck.objects.filter(project=project, checkpoint=checkpoint).select_related(
        "checker", "evidence__document"
    )
    covering = (
        Waiver.objects.filter(project=project, checkpoints__contains=[checkpoint.pk]).with_record().order_by("-number")
    )
    page = page_before(request, checks.annotate(given_actions=given_from("pmo.conformitycheck")), "pk")
    context = {
        "project": project,
        "neighbours": _find_neighbours(request, project, checkpoint_id),
        "row": queries.list_standings(project, [checkpoint])[0],
        "may": reader_permissions(request, project),
        "in_force": checkpoint.pk in {known.pk for known in list_checkpoints(project)},
        "page": page,
        "waivers": list(covering[:50]),
        "given": [action for check in page.rows for action in read_given(check)],
    }
    return render(request, "pmo/standards/conformity/conformity_checkpoint.html", context)


def _find_neighbours(request: HttpRequest, project: Project, checkpoint_id: int) -> Neighbours:
    """Return the neighbours of a checkpoint in the list that led to its page."""
    back = reverse("pmo:conformity:conformity", args=[project.code])

    def build(query: QueryDict) -> ComputedListing:
        _gate, rows = load_rows(project, query)
        return build_listing(project, rows, query, _list_standards(rows), reader_permissions(request, project))[0]

    def find_address(pk: int) -> str:
        return reverse("pmo:conformity:conformity_checkpoint", args=[project.code, pk])

    return find_neighbours(request, build, checkpoint_id, back, find_address)


def get_checkpoint_or_404(project: Project, checkpoint_id: int) -> StandardCheckpoint:
    """Return a checkpoint of an adopted version that holds for the project, or 404."""
    known = StandardCheckpoint.objects.filter(version__standard__in=Standard.objects.that_hold_for(project))
    checkpoint = (
        known.exclude(version__state="draft").select_related("version__standard").filter(pk=checkpoint_id).first()
    )
    if checkpoint is None:
        raise Http404
    return checkpoint
