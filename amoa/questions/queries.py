"""Roles that ask and answer questions about requirements, and the requirements to estimate."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from amoa.requirements.enums import RequirementKind, RequirementState
from amoa.requirements.models import Requirement
from amoa.requirements.question_models import Estimate
from core.access import Person
from projects.models import Project
from projects.seats.mandates.holders import contributors, providers
from projects.seats.mandates.predicates import acting_seats
from projects.seats.mandates.seats import Seat
from roles.enums import Authority, DecisionKind, Nature

#: States of the requirements that the provider estimates.
ESTIMATED = (RequirementState.PROPOSED, RequirementState.IN_REVIEW, RequirementState.APPROVED)


def liaison_roles(user: Person, project: Project) -> tuple[str, str]:
    """Return the codes of the role under which `user` asks, and of the role that is asked.

    Builders ask writers of requirements, and the reverse. Either code is empty when the project has no such role.
    """
    kind, outside = DecisionKind.REQUIREMENT_BASELINE, {Authority.DECIDES, Authority.DELIVERS}
    mine = [s for s in acting_seats(user, project) if not s.is_delegated]
    building = next((s.role for s in mine if s.authority == Authority.DELIVERS), "")
    if building:
        mandates = contributors(project, kind, Nature.PROPOSE) or contributors(project, kind, Nature.PRODUCE)
        return building, next((mandate.role.code for mandate in mandates), "")
    writing = (s.role for s in mine if s.authority not in outside and _writes_requirements(s, kind))
    return next(writing, ""), _building_role(project)


def _writes_requirements(seat: Seat, kind: str) -> bool:
    return seat.has_letter(Nature.PROPOSE, kind) or seat.has_letter(Nature.PRODUCE, kind)


def _building_role(project: Project) -> str:
    """Return the code of the role that builds: one that is held, else the first of the matrix."""
    code = next((mandate.role.code for mandate in providers(project)), "")
    return code or next((role.code for role in project.roles() if role.authority == Authority.DELIVERS), "")


def list_to_estimate(project: Project, *, every: bool) -> QuerySet[Any]:
    """List the requirements to build, each with its last estimate; by default those whose version has none."""
    rows = with_last_estimate(project.requirements.exclude(kind=RequirementKind.NEED).filter(state__in=ESTIMATED))
    return rows if every else rows.filter(estimated_at=None)


def with_last_estimate(rows: QuerySet[Requirement]) -> QuerySet[Any]:
    """Annotate requirements with the last estimate of their version: `estimated_at`, `last_days`, `last_cost`."""
    newest = Estimate.objects.filter(requirement=OuterRef("pk"), version=OuterRef("version")).order_by("-pk")
    names = {"estimated_at": "acted_at", "last_days": "days", "last_cost": "cost"}
    return rows.annotate(**{name: Subquery(newest.values(field)[:1]) for name, field in names.items()})
