"""Pages to adapt the roles of a project: newest version, history, and steps that write the next version (R3)."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core.access import ensure, reader
from core.forms import add_errors
from core.history import Outdated
from core.pages.conflicts import Change, show_saved
from core.record.sealing import term_of
from governance.decide.decisions.models import Decision, Effect
from governance.decide.proposals.models import Proposal
from governance.desk.responsibilities.adapt_forms import STEPS, AdaptForm
from governance.desk.responsibilities.differences import list_differences
from governance.desk.responsibilities.services import adapt_roles, newest
from governance.enums import ProposalState
from projects.models import Matrix, Project
from projects.seats.matrix.levels import has_project_rules
from projects.seats.matrix.offers import Difference, differences, offers, published_role, taking_version
from roles.enums import LEVEL_RULES, DecisionKind
from roles.role_templates.content import Matrix as Content
from roles.role_templates.content import Role
from roles.role_templates.lint import Rule, findings

UNPROCESSABLE, CONFLICT = 422, 409
MOST = 50
OPEN = (
    ProposalState.DRAFT,
    ProposalState.SUBMITTED,
    ProposalState.UNDER_REVIEW,
    ProposalState.READY_FOR_DECISION,
    ProposalState.RETURNED,
    ProposalState.DEFERRED,
)


@dataclass(frozen=True)
class Version:
    """A version of the roles, and the decisions that brought it into force, oldest first."""

    matrix: Matrix
    decisions: list[Decision]


@require_GET
def roles_adapt(request: HttpRequest, code: str) -> HttpResponse:
    """Render the newest version role by role, the steps, and every version."""
    project = _get_project(request, code)
    latest = newest(project)
    content = latest.read()
    old = project.matrix.read() if project.matrix and project.matrix_id != latest.pk else content
    in_force = project.matrix_approved and content == old
    # The lines and their kinds are those of the method: nobody corrects them here.
    problems = [finding for finding in findings(content, project.level) if finding.rule != Rule.KNOWN_KIND]
    context = {
        "project": project,
        "latest": latest,
        "in_force": in_force,
        "differences": list_differences(old, content),
        "content": content,
        "roles": [(role, _list_duties(role, content)) for role in content.roles],
        "optional": [role for role in content.roles if not role.mandatory],
        "findings": problems,
        "offers": offers(project, content),
        "versions": _list_versions(project),
        "proposal": None if in_force else _find_proposal(request, project, latest),
        "propose": _proposal_address(project, latest),
    }
    return render(request, "governance/desk/responsibilities/roles_adapt.html", context)


@require_http_methods(["GET", "POST"])
def roles_adapt_step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """Render one step: form, changes, and on success the version it writes."""
    project = _get_project(request, code)
    if step not in STEPS:
        raise Http404
    latest = newest(project)
    sent = request.POST if request.method == "POST" else None
    form = _build_form(request, step, project, latest, sent)
    if sent is not None and sent.get("base") != str(latest.number):
        return _render_outdated(request, step, project)
    if form.is_valid():
        try:
            return _write_version(request, project, latest, form)
        except Outdated:
            return _render_outdated(request, step, project)
        except ValidationError as error:
            add_errors(form, error)
    return _render_step(request, step, latest, form, UNPROCESSABLE if form.errors else 200)


def _build_form(request: HttpRequest, step: str, project: Project, latest: Matrix, sent: QueryDict | None) -> AdaptForm:
    content, initial = latest.read(), {**request.GET.dict(), "base": latest.number}
    return STEPS[step](sent, project=project, content=content, open_offers=offers(project, content), initial=initial)


def _render_step(request: HttpRequest, step: str, latest: Matrix, form: AdaptForm, status: int) -> HttpResponse:
    context = {
        "project": form.project,
        "form": form,
        "latest": latest,
        "compared": _compare_role(step, form.project, form.content, form),
    }
    return render(request, "governance/desk/responsibilities/roles_adapt_step.html", context, status=status)


def _get_project(request: HttpRequest, code: str) -> Project:
    projects = Project.objects.visible_to(request.user).select_related("matrix")
    project = get_object_or_404(projects, code=code)
    ensure(request.user, "governance.adapt_roles", project)
    return project


def _write_version(request: HttpRequest, project: Project, latest: Matrix, form: AdaptForm) -> HttpResponse:
    """Write the next version from the form. Raises Outdated, ValidationError."""
    reason = form.cleaned_data["reason"]
    content = form.build_matrix()
    written = adapt_roles(actor=reader(request), project=project, base=latest.number, content=content, reason=reason)
    message = _("Version %(number)s is written. It comes into force when the owner approves it.")
    messages.success(request, message % {"number": written.number})
    return redirect("governance:responsibilities:roles_adapt", project.code)


def _render_outdated(request: HttpRequest, step: str, project: Project) -> HttpResponse:
    """Render the form with what was typed, on the version that somebody else wrote meanwhile."""
    latest, data = newest(project), request.POST.copy()
    data["base"] = str(latest.number)
    form = _build_form(request, step, project, latest, data)
    show_saved(form, {}, Change(latest.made_by, latest.acted_at))
    return _render_step(request, step, latest, form, CONFLICT)


@dataclass(frozen=True)
class Comparison:
    """A role as the project has it, None when it lacks it, beside the published version."""

    before: Role | None
    after: Role
    differences: list[Difference]


def _compare_role(step: str, project: Project, content: Content, form: AdaptForm) -> Comparison | None:
    """Return the effect of taking the chosen role on this project; None at the other steps."""
    if step != "take":
        return None
    code = str(form["role"].value() or "")
    role = published_role(project, code)
    if role is None or code not in {offer.code for offer in form.open_offers}:
        return None
    before, after = content.role(code), taking_version(content, role).role(code) or role
    return Comparison(before, after, differences(before, after))


def _list_duties(role: Role, content: Content) -> list[tuple[Any, list[str]]]:
    """List the duties of a role with the names of their activities."""
    names = {line.code: line.label for line in content.lines}
    return [(duty, [names.get(code, code) for code in duty.activities]) for duty in role.duties]


def _list_versions(project: Project) -> list[Version]:
    """List every version, newest first. Two queries."""
    effects = Effect.objects.filter(subject=Project._meta.label_lower, subject_id=project.pk, field="matrix")
    approved: dict[str, list[Decision]] = {}
    for effect in effects.select_related("decision__project").order_by("pk"):
        approved.setdefault(effect.after, []).append(effect.decision)
    rows = project.matrices.select_related("made_by").defer("content", "powers").order_by("-number")[:MOST]
    return [Version(matrix, approved.get(str(matrix.number), [])) for matrix in rows]


def _find_proposal(request: HttpRequest, project: Project, latest: Matrix) -> Proposal | None:
    """Return the open proposal that submits this version, if the reader can see it."""
    term = term_of(latest.number, latest.hash)
    seen = Proposal.objects.visible_to(request.user).filter(
        project=project, kind__in=(DecisionKind.APPOINTMENT, LEVEL_RULES), state__in=OPEN
    )
    rows = seen.select_related("project", "current", "draft").order_by("-number")[:MOST]
    return next((row for row in rows if (row.current or row.draft).terms.get("matrix") == term), None)


def _proposal_address(project: Project, latest: Matrix) -> str:
    """Return the address of a new proposal that submits this version to the owner."""
    now, then = ({role.authority for role in roles} for roles in (project.roles(), latest.read().roles))
    takes_level = has_project_rules(project.level, now) and not has_project_rules(project.level, then)
    kind = LEVEL_RULES if takes_level else DecisionKind.APPOINTMENT.value
    terms = {"kind": kind, "matrix": term_of(latest.number, latest.hash)}
    return f"{reverse('governance:proposals:proposal_new', args=[project.code])}?{urlencode(terms)}"
