"""Pages of gates: decisions, entry criteria, conformity report."""

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
from projects.models import Project
from projects.shortcuts import get_project_or_404
from roles.enums import DecisionKind, Gate


@dataclass(frozen=True)
class Step:
    """Gate of the project; `effect` belongs to the decision that passed it."""

    gate: Gate
    effect: Effect | None
    is_next: bool


def _get_gate(request: HttpRequest, project: Project) -> Gate:
    """Return the gate of the query string; default to the next gate, or to the last of a closed project."""
    requested = request.GET.get("gate", "")
    return Gate(requested) if requested in Gate.values else project.next_gate or Gate.G5


@require_GET
def gates(request: HttpRequest, code: str) -> HttpResponse:
    """Show the gates G0 to G5 and the entry criteria of one."""
    now = timezone.now()
    facts = get_facts_or_404(Project.objects.visible_to(request.user), code, now)
    project = facts.project
    gate = _get_gate(request, project)
    criteria = list_criteria(project, gate)
    context = {
        "project": project,
        "gate": gate,
        "criteria": criteria,
        "unmet": sum(not criterion.met for criterion in criteria),
        "report": f"{reverse('pmo:gates:gate_report', args=[project.code])}?{urlencode({'gate': gate})}",
    }
    passed = passed_gates(project)
    intended = Proposal(project=project, kind=DecisionKind.GATE)
    way = {
        "steps": [Step(step, passed.get(step), step == project.next_gate) for step in Gate],
        "progress": count_by_role(due_by_gate(facts, gate)),
        "proposals": _list_pending(request, project),
        "may_propose": gate == project.next_gate and can(request.user, "governance.propose", intended),
        "may_report": can(request.user, "governance.add_document", project),
    }
    return render(request, "pmo/steering/gates/gates.html", context | way)


def _list_pending(request: HttpRequest, project: Project) -> list[Proposal]:
    """List the pending gate proposals, newest first."""
    rows = Proposal.objects.visible_to(request.user).filter(project=project, kind=DecisionKind.GATE)
    waiting = rows.filter(state__in=list(workflow.TRANSITIONS[Act.WITHDRAW]))
    return list(waiting.select_related("project", "current__decision", "draft").order_by("-number")[:5])


@require_GET
def gate_report(request: HttpRequest, code: str) -> HttpResponse:
    """Return the conformity report of a gate as of now, as a PDF."""
    project = get_project_or_404(request, code)
    gate, now = _get_gate(request, project), timezone.now()
    header = content_disposition_header(as_attachment=True, filename=_report_name(project, gate))
    return HttpResponse(render_report(project, gate, now), "application/pdf", headers={"Content-Disposition": header})


@require_POST
def gate_report_add(request: HttpRequest, code: str) -> HttpResponse:
    """Add today's report to the documents; a proposal attaches it, a decision seals it."""
    project = get_project_or_404(request, code)
    ensure(request.user, "governance.add_document", project)
    requested = request.POST.get("gate", "")
    gate = Gate(requested) if requested in Gate.values else project.next_gate or Gate.G5
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
        return f"{_('Conformity report')} {gate.value} {project.code} {timezone.localtime():%Y-%m-%d %H%M}.pdf"
