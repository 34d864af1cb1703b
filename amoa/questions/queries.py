"""Which roles ask and answer about requirements."""

from core.access import Person
from projects.mandates.holders import contributors, providers
from projects.mandates.predicates import acting_seats
from projects.mandates.seats import Seat
from projects.models import Project
from roles.enums import Authority, DecisionKind, Nature


def liaison_roles(user: Person, project: Project) -> tuple[str, str]:
    """Codes of the role under which `user` asks about a requirement, and of the role that is asked.

    Who builds asks who writes the requirements, and the reverse. Either is empty where the project has none.
    """
    kind, outside = DecisionKind.REQUIREMENT_BASELINE, {Authority.DECIDES, Authority.DELIVERS}
    mine = [s for s in acting_seats(user, project) if not s.is_delegated]
    building = next((s.role for s in mine if s.authority == Authority.DELIVERS), "")
    if building:
        asked = contributors(project, kind, Nature.PROPOSE) or contributors(project, kind, Nature.PRODUCE)
        return building, next((mandate.role.code for mandate in asked), "")
    writing = (s.role for s in mine if s.authority not in outside and _writes_requirements(s, kind))
    return next(writing, ""), _building_role(project)


def _writes_requirements(seat: Seat, kind: str) -> bool:
    return seat.may(Nature.PROPOSE, kind) or seat.may(Nature.PRODUCE, kind)


def _building_role(project: Project) -> str:
    """Code of the role that builds: one that is held, else the first of the matrix, which somebody will hold."""
    held = next((mandate.role.code for mandate in providers(project)), "")
    return held or next((role.code for role in project.roles() if role.authority == Authority.DELIVERS), "")
