"""Pages of conformity: due checkpoints, one checkpoint."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.access import can
from core.pagination import page_before
from governance.models import Proposal
from pmo.conformity import queries
from pmo.conformity.charts import Bar, build_bar
from pmo.conformity.due import due_checkpoints
from pmo.conformity.enums import FAILED, Standing
from pmo.conformity.forms import AnswerForm
from pmo.conformity.models import ConformityCheck
from pmo.standards.models import Standard, StandardCheckpoint, StandardVersion
from pmo.standards.references import list_checkpoints
from pmo.waiver_rows.models import Waiver
from projects.models import Project
from projects.shortcuts import get_project_or_404
from roles.enums import DecisionKind, Gate


@dataclass(frozen=True)
class Part:
    """Section of the page for one standard; `rows` are the filtered checkpoints."""

    version: StandardVersion
    share: queries.StandardShare
    bar: Bar
    rows: list[queries.CheckpointStanding]


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
    project = get_project_or_404(request, code)
    return render(request, "pmo/conformity/conformity.html", build_context(request, project, request.GET))


def build_context(request: HttpRequest, project: Project, query: QueryDict) -> dict[str, Any]:
    """Build the context of the list as `query` filters it by gate, standard and result."""
    coming, gate_asked = project.next_gate, query.get("gate", "")
    gate = Gate(gate_asked) if gate_asked in Gate.values else coming
    rows = queries.list_standings(project, due_checkpoints(project, gate))
    standard, result = query.get("standard", ""), query.get("result", "")
    shown = [row for row in rows if (result not in Standing.values or row.standing == result)]
    parts = [
        Part(version, share, build_bar(share), [row for row in shown if row.checkpoint.version_id == version.pk])
        for version, share in zip(queries.map_versions(rows).values(), queries.count_by_standard(rows), strict=True)
    ]
    known = {part.share.code for part in parts}
    parts_shown = [part for part in parts if part.rows and (standard not in known or part.share.code == standard)]
    counts = {standing: sum(row.standing == standing for row in rows) for standing in Standing}
    return {
        "project": project,
        "may": reader_permissions(request, project),
        "query": query,
        "coming": coming,
        "gate": gate,
        "gates": list(Gate),
        "total": len(rows),
        "failed": sum(counts[standing] for standing in FAILED),
        "counts": [(standing, standing.label, counts[standing]) for standing in Standing],
        "figures": {standing.value: n for standing, n in counts.items()},
        "all_parts": parts,
        "parts": parts_shown,
        "first_open": next((row for part in parts_shown for row in part.rows if row.is_open), None),
        "standard": standard if standard in known else "",
        "result": result,
        "answer_form": AnswerForm(),
    }


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
    context = {
        "project": project,
        "row": queries.list_standings(project, [checkpoint])[0],
        "may": reader_permissions(request, project),
        "in_force": checkpoint.pk in {known.pk for known in list_checkpoints(project)},
        "page": page_before(request, checks, "pk"),
        "waivers": list(covering[:50]),
    }
    return render(request, "pmo/conformity/conformity_checkpoint.html", context)


def get_checkpoint_or_404(project: Project, checkpoint_id: int) -> StandardCheckpoint:
    """Return a checkpoint of an adopted version that holds for the project, or 404."""
    known = StandardCheckpoint.objects.filter(version__standard__in=Standard.objects.that_hold_for(project))
    checkpoint = (
        known.exclude(version__state="draft").select_related("version__standard").filter(pk=checkpoint_id).first()
    )
    if checkpoint is None:
        raise Http404
    return checkpoint
