"""The project home: where the project stands, who holds which role, what comes next and what happened."""

from django.db.models import Case, Count, Q, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from governance.dossier.timeline import entries
from governance.enums import ConditionState, ProposalState
from governance.models import Condition, LedgerEvent, Proposal
from projects.models import Delegation, Project
from roles.access import can
from roles.enums import PublicationState
from roles.models import RoleTemplate

OPEN = (
    ProposalState.SUBMITTED,
    ProposalState.UNDER_REVIEW,
    ProposalState.READY_FOR_DECISION,
    ProposalState.RETURNED,
    ProposalState.DEFERRED,
)


WITH_AUTHORS = (ProposalState.RETURNED, ProposalState.DEFERRED)


@require_GET
def project_home(request: HttpRequest, code: str) -> HttpResponse:
    """One page for everyone on the project."""
    project = get_object_or_404(Project.objects.visible_to(request.user), code=code)
    proposals = Proposal.objects.visible_to(request.user).filter(project=project)
    today = timezone.localdate()
    conditions = Condition.objects.filter(decision__project=project, state=ConditionState.OPEN)
    seen = Q(proposal_id__isnull=True) | Q(proposal_id__in=proposals.values("pk"))
    events = LedgerEvent.objects.filter(seen, project=project).select_related("actor").order_by("-seq")[:8]
    context = {
        "project": project,
        "figures": proposals.aggregate(
            waiting=Count("pk", distinct=True, filter=Q(state=ProposalState.READY_FOR_DECISION)),
            advised=Count(
                "pk", distinct=True, filter=Q(state__in=[ProposalState.SUBMITTED, ProposalState.UNDER_REVIEW])
            ),
            decided=Count("decisions"),
        ),
        "conditions": conditions.aggregate(open=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today))),
        "next": proposals.filter(state__in=OPEN)
        .select_related("project", "current", "draft")
        .prefetch_related("current__opinions", "decisions")
        .order_by(Case(When(state__in=WITH_AUTHORS, then=1), default=0), "current__decide_by", "pk")[:10],
        "roles": _roles(project),
        "delegations": Delegation.objects.filter(mandate__project=project)
        .active()
        .select_related("delegate", "mandate__role")[:10],
        "entries": entries(events),
        "may_propose": can(request.user, "governance.propose", project),
        "today": today,
    }
    return render(request, "governance/project_home.html", context)


def _roles(project: Project) -> list[dict[str, object]]:
    """Every published role with its holders now; a role without one is shown vacant."""
    seats = list(project.mandates.active().select_related("holder", "role").order_by("role__position", "pk"))
    templates = RoleTemplate.objects.filter(pack="fr", state=PublicationState.PUBLISHED).order_by("position")
    return [{"role": role, "seats": [seat for seat in seats if seat.role_id == role.pk]} for role in templates]
