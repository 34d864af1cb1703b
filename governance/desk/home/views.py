"""Project home: state of the project, role holders, next steps and latest acts."""

from typing import Any

from django.db.models import Case, OuterRef, Q, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.access import can, reader
from core.pages.lists.neighbours import Neighbours, find_neighbours
from core.sql.subqueries import count_rows
from governance import workflow
from governance.decide.decisions.models import Condition, Decision, Effect
from governance.decide.kinds.forms import ProjectTermsForm
from governance.decide.proposals.models import Proposal
from governance.decide.proposals.queries import list_changes_of_state
from governance.desk.home.feed import build_feed
from governance.desk.home.levels import count_missing, is_to_launch, list_children, list_parts, with_parent
from governance.desk.home.questions import Place, build_blocks
from governance.desk.inbox.queries import find_version, list_tasks, load_details, read_progress, sort_by_weight
from governance.desk.project_tree.listing import build_listing
from governance.enums import WITH_AUTHORS, Act, ProposalState
from governance.life.facts.queries import find_since
from governance.workflow import STILL_DECIDED
from governance.workspace_registry import HOME_FIGURES, HomeState
from projects.enums import AT_REST, ProjectState
from projects.ledger.enums import Act as ProjectAct
from projects.models import Delegation, Project
from projects.seats.interests.queries import blocking_ties
from projects.seats.launch.checklist import build_checks, is_required
from projects.seats.mandates.vacancies import RoleStatus, list_role_statuses
from projects.seats.matrix.offers import offers
from projects.workspaces import offered_on

OPEN = (
    ProposalState.SUBMITTED,
    ProposalState.UNDER_REVIEW,
    ProposalState.READY_FOR_DECISION,
    ProposalState.RETURNED,
    ProposalState.DEFERRED,
)


#: Tasks of the reader that the page lists.
MOST_TASKS = 5
#: What a line of the feed shows of an event.
EVENT_FIELDS = (
    *("act", "role", "seq", "subject", "subject_id", "detail", "acted_at", "recorded_at", "entered_afterwards"),
    *("actor__title", "actor__name", "project_id", "proposal_id"),
)
#: What a line of the next decisions shows of a proposal, likewise.
NEXT_FIELDS = (
    *("number", "kind", "state", "awaited_roles", "project_id", "draft__title"),
    *("current__title", "current__decide_by", "current__decision__return_on"),
)
#: Lines of the feed of a level above, whose own questions come first.
LINES_ABOVE = 4
#: Terms of the project that a decision may change.
TERMS = {"scope": _("Scope"), "ends_on": _("End"), "budget": _("Budget")}


@require_GET
def project_home(request: HttpRequest, code: str) -> HttpResponse:
    """Render the home of a project."""
    known, now = Project.objects.visible_to(request.user).select_related("matrix"), timezone.now()
    project: Any = get_object_or_404(with_parent(_with_figures(known), request.user), code=code)
    proposals = project.proposals.visible_on(project, request.user)
    today, roles = timezone.localdate(), list_role_statuses(project, now)
    mine = [task for task in list_tasks(reader(request)) if task.project_id == project.pk]
    mine = sort_by_weight(task for task in mine if not task.is_snoozed(today))
    to_decide = [task for task in mine if task.kind.name == "decide"]
    shown = [*to_decide, *(task for task in mine if task.kind.name != "decide")][:MOST_TASKS]
    load_details(shown, {project.pk: project})
    children, expected = list_children(project, request.user), _list_next(proposals)
    seats = tuple(seat.pk for line in roles for seat in line.seats)
    state = HomeState(project.pk, find_version(reader(request), project), today, seats)
    may_adapt = can(request.user, "governance.adapt_roles", project)
    seen = Q(proposal__isnull=True) | Q(proposal__in=proposals)
    events = (
        project.events.filter(seen)
        .exclude(act__in=(Act.EDIT, ProjectAct.STORE_RECORD))
        .select_related("actor")
        .only(*EVENT_FIELDS)
        .order_by("-seq")
    )
    feed = build_feed(events)[: LINES_ABOVE if project.has_parts else None]
    context = {
        "project": project,
        "neighbours": _find_neighbours(request, project),
        "leading": [figure for load in HOME_FIGURES for figure in load(project, state)],
        "tasks": shown,
        "blocks": build_blocks(
            reader(request),
            Place(project, state, list_parts(project, children, request.user), children, expected),
        ),
        "task_count": len(mine),
        "late_tasks": sum(task.is_late(today) and not task.weight.is_routine for task in mine),
        "terms": _list_terms(project),
        "next": expected,
        "roles": [line for line in roles if _is_listed(project, line)],
        "backdated": any(seat.entered_afterwards for line in roles for seat in line.seats),
        "unfilled": [line for line in roles if line.is_vacant and _is_shown(project, line)],
        "may_appoint": can(request.user, "projects.appoint", project),
        "ending": [line for line in roles if line.until],
        "rest": _describe_rest(request, project),
        "missing": _count_missing(project, roles),
        "switched_off": _list_switched_off(project),
        "may_switch": can(request.user, "governance.switch_workspaces", project),
        "parent": project.parent if project.reads_parent else None,
        "children": children,
        "may_found": project.has_parts and can(request.user, "projects.found", project),
        "offers": offers(project, project.matrix.read()) if may_adapt and project.matrix else [],
        "may_adapt": may_adapt,
        "delegations": Delegation.objects.filter(mandate__project=project)
        .active()
        .select_related("delegate", "mandate__role")[:10],
        "feed": feed,
        "entered_afterwards": [line for line in feed if line.entry.event.entered_afterwards],
        "progress": read_progress(reader(request), project),
        "may_propose": can(request.user, "governance.propose", project),
        "ties": blocking_ties(request.user, project),
        "today": today,
    }
    return render(request, "governance/desk/home/project_home.html", context)


def _list_next(proposals: Any) -> list[Proposal]:
    """List the open proposals that are due first, with the roles that were heard and whether they dissent."""
    return list(
        proposals.filter(state__in=OPEN)
        .select_related("current__decision", "draft")
        .only(*NEXT_FIELDS)
        .with_positions()
        .order_by(Case(When(state__in=WITH_AUTHORS, then=1), default=0), "current__decide_by", "pk")[:10]
    )


def _find_neighbours(request: HttpRequest, project: Project) -> Neighbours:
    """Return the neighbours of a project in the list of projects that led to its home."""

    def find_address(pk: int) -> str:
        return Project.objects.only("code").get(pk=pk).get_absolute_url()

    user, back = reader(request), reverse("governance:project_tree:project_list")
    return find_neighbours(request, lambda query: build_listing(user, query)[0], project.pk, back, find_address)


def _describe_rest(request: HttpRequest, project: Project) -> dict[str, Any] | None:
    """Return what a project at rest still decides, since when and by which decision; None while it goes on."""
    if project.state not in AT_REST:
        return None
    offers = list_changes_of_state(request.user, project)
    return {"sentence": STILL_DECIDED[project.state], "since": find_since(project), "offers": offers}


def _list_switched_off(project: Project) -> list[Any]:
    """List the names of the workspaces that the project does not have, until its launch."""
    return [space.label for space in offered_on(project) if not project.has(space)] if is_to_launch(project) else []


def _list_terms(project: Project) -> list[dict[str, Any]]:
    """List each term of the project that a decision changed, with the last one. One query."""
    changes = Effect.objects.filter(subject=Project._meta.label_lower, subject_id=project.pk, field__in=list(TERMS))
    last = changes.order_by("field", "-pk").distinct("field").select_related("decision__project")
    because = {effect.field: effect.decision for effect in last}
    values = {name: getattr(project, name) for name in TERMS}
    fields: Any = ProjectTermsForm.base_fields
    return [
        {"label": TERMS[name], "field": fields[name], "value": value, "because": because[name]}
        for name, value in values.items()
        if value and name in because
    ]


def _with_figures(projects: QuerySet[Project]) -> QuerySet[Any]:
    """Annotate the number of files waiting, in review and decided, and of open and overdue conditions."""
    files = Proposal.objects.filter(project=OuterRef("pk"))
    conditions = Condition.objects.filter(decision__project=OuterRef("pk"))
    return projects.annotate(
        waiting=count_rows(files.filter(state=ProposalState.READY_FOR_DECISION)),
        advised=count_rows(files.filter(state__in=workflow.BEING_ADVISED)),
        decided=count_rows(Decision.objects.filter(project=OuterRef("pk"))),
        open=count_rows(conditions.open().going_on(), "decision__project"),
        overdue=count_rows(conditions.overdue(), "decision__project"),
    )


def _is_listed(project: Project, line: RoleStatus) -> bool:
    """Return whether a role is listed. Above a project an optional role is not until somebody has held it."""
    was_held = line.seats or line.since or line.declined
    return bool(was_held) or not project.has_parts or is_required(project, line.role)


def _is_shown(project: Project, line: RoleStatus) -> bool:
    """Return whether a vacancy is shown. Before the launch only the owner's; the checklist shows the others."""
    if project.state == ProjectState.DRAFT:
        return line.role.decides
    return is_required(project, line.role)


def _count_missing(project: Project, roles: list[RoleStatus]) -> int | None:
    """Count the open launch items; None after the launch."""
    held = [seat for line in roles for seat in line.seats]
    return count_missing(build_checks(project, held)) if is_to_launch(project) else None
