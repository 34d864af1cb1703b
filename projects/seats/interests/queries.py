"""Ties that block their holder on a project (R8)."""

from core.access import Person
from projects.impartiality.models import Interest
from projects.project.models import Project
from projects.seats.mandates.predicates import project_seats


def blocking_ties(user: Person, project: Project | None) -> list[Interest]:
    """List the ties that block `user` on the project until the owner settles them (R8)."""
    if project is None or not any(seat.is_tied for seat in project_seats(user, project)):
        return []
    mine = Interest.objects.blocking().filter(project=project, person=user.pk)
    return list(mine.select_related("project", "organisation").order_by("pk"))
