"""Pages of gates: decisions, entry criteria, conformity report."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.access import can, ensure, reader
from core.files.checks import check_upload
from governance import workflow
from governance.decide.decisions.models import Effect
from governance.decide.evidence.services import add_document
from governance.decide.obligations.facts import get_facts_or_404
from governance.decide.obligations.queries import count_by_role, due_by_gate
from governance.enums import Act
from governance.models import Proposal
from pmo.standards.conformity.due import passed_gates
from pmo.steering.gates.criteria import list_criteria
from pmo.steering.gates.report import render_report
from pmo.steering.gates.stages import list_open_stages, list_stages
from projects.models import Project
from projects.project.gates import LevelGate, with_gates
from projects.shortcuts import get_project_or_404
from roles.enums import DecisionKind, Gate


@dataclass(frozen=True)
class Step:
    """Gate of the project, or one of its stages; `effect` belongs to the decision that passed it."""

    gate: LevelGate
    label: str
    effect: Effect | None
    is_next: bool


def _get_gate(project: Project, requested: str) -> Gate:
    """Return the requested gate of the project; default to the next gate, or to the last one of a closed project."""
    return Gate(requested) if requested in [gate.place for gate in project.gates] else _find_next(project) or Gate.G5


def _find_next(project: Project) -> Gate | None:
    """Return the next gate; the one after the stages once each of them has ended."""
    following = project.next_gate
    if following and project.name_gate(following).repeats and (stages := list_stages(project)):
        return following if any(stage.effect is None for stage in stages) else project.gates[-1].place
    return following


def _list_steps(project: Project, following: Gate | None) -> Iterator[Step]:
    """Yield the gates of the project in order, the repeated one once for each stage."""
    passed, stages = passed_gates(project), list_stages(project)
    ahead = next((stage for stage in stages if stage.effect is None), None)
    for gate in project.gates:
        is_next = gate.place == following
        if not gate.repeats or not stages:
            yield Step(gate, str(gate.label), passed.get(gate.place), is_next)
            continue
        for stage in stages:
            label = f"{gate.code}{stage.number} · {stage.milestone.name}"
            yield Step(gate, label, stage.effect, is_next and stage is ahead)


@require_GET
def gates(request: HttpRequest, code: str) -> HttpResponse:
    """Show the gates of the project and the entry criteria of one."""
    now = timezone.now()
    facts = get_facts_or_404(with_gates(Project.objects.visible_to(request.user)), code, now)
    project = facts.project
    gate, following = _get_gate(project, request.GET.get("gate", "")), _find_next(project)
    criteria = list_criteria(project, gate)
    context = {
        "project": project,
        "gate": project.name_gate(gate),
        "propose": _propose_address(project, gate),
        "criteria": criteria,
        "unmet": sum(not criterion.met for criterion in criteria),
        "report": f"{reverse('pmo:gates:gate_report', args=[project.code])}?{urlencode({'gate': gate})}",
    }
    intended = Proposal(project=project, kind=DecisionKind.GATE)
    way = {
        "steps": list(_list_steps(project, following)),
        "next_gate": project.name_gate(following) if following else None,
        "has_strict": any(criterion.is_strict for criterion in criteria),
        "progress": count_by_role(due_by_gate(facts, gate)),
        "proposals": _list_pending(request, project),
        "may_propose": gate == following and can(request.user, "governance.propose", intended),
        "may_report": can(request.user, "governance.add_document", project),
    }
    return render(request, "pmo/steering/gates/gates.html", context | way)


def _propose_address(project: Project, gate: Gate) -> str:
    """Return the address of a new proposal for the gate, at the end of a stage with that stage."""
    terms = {"kind": DecisionKind.GATE.value, "gate": gate.value}
    if project.name_gate(gate).repeats and (stages := list_open_stages(project)):
        terms["stage"] = stages[0].code
    return f"{reverse('governance:proposals:proposal_new', args=[project.code])}?{urlencode(terms)}"


def _list_pending(request: HttpRequest, project: Project) -> list[Proposal]:
    """List the pending gate proposals, newest first."""
    rows = Proposal.objects.visible_to(request.user).filter(project=project, kind=DecisionKind.GATE)
    waiting = rows.filter(state__in=list(workflow.TRANSITIONS[Act.WITHDRAW]))
    return list(waiting.select_related("project", "current__decision", "draft").order_by("-number")[:5])


@require_GET
def gate_report(request: HttpRequest, code: str) -> HttpResponse:
    """Return the conformity report of a gate as of now, as a PDF."""
    project = get_project_or_404(request, code)
    gate, now = _get_gate(project, request.GET.get("gate", "")), timezone.now()
    header = content_disposition_header(as_attachment=True, filename=_report_name(project, gate))
    return HttpResponse(render_report(project, gate, now), "application/pdf", headers={"Content-Disposition": header})


@require_POST
def gate_report_add(request: HttpRequest, code: str) -> HttpResponse:
    """Add today's report to the documents; a proposal attaches it, a decision seals it."""
    project = get_project_or_404(request, code)
    ensure(request.user, "governance.add_document", project)
    gate = _get_gate(project, request.POST.get("gate", ""))
    name = _report_name(project, gate)
    upload = check_upload(ContentFile(render_report(project, gate, timezone.now()), name))
    try:
        add_document(actor=reader(request), project=project, name=name.removesuffix(".pdf"), upload=upload)
    except ValidationError:  # a report of the same minute exists
        messages.info(request, _("This report is among the documents already."))
    else:
        messages.success(request, _("The conformity report is among the documents: attach it to the proposal."))
    return redirect("governance:evidence:project_documents", project.code)


def _report_name(project: Project, gate: Gate) -> str:
    """Return the file name of the report, in the language and the time zone of the report."""
    with translation.override(project.language), timezone.override(None):
        code = project.name_gate(gate).code
        return f"{_('Conformity report')} {code} {project.code} {timezone.localtime():%Y-%m-%d %H%M}.pdf"
