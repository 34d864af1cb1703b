"""Authority of the secretary of sessions: the side that keeps schedule and budget. The owner chairs."""

from django.utils.translation import gettext_lazy as _

from core.access import Person
from projects.seats.mandates import predicates
from projects.seats.mandates.authorities import TakingPart
from roles.enums import DecisionKind, Nature

SECRETARY = TakingPart(
    _("a holder of a role that produces the schedule and the budget"), DecisionKind.SCHEDULE, Nature.PRODUCE
)
SECRETARY_PREPARES = _("The role that keeps schedule and budget is the secretary of each session. The owner chairs it.")


def list_kept_projects(user: Person) -> list[int]:
    """List the keys of the projects on which `user` is the secretary."""
    return predicates.list_contributed(user, SECRETARY.kind, *SECRETARY.natures)
