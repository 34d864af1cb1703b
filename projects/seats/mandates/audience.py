"""Who must know of a change to the seat, or to the hand, of a person who decides or administers."""

from django.db.models import Q, QuerySet

from core.acts import act_time
from projects.project.models import Project
from projects.seats.mandates.holders import advisers, owners_above
from projects.seats.mandates.models import Delegation, Mandate
from roles.models import User


def list_decided_projects(person: User) -> QuerySet[Project]:
    """Filter the projects on which the person decides, today or later: as owner or by a delegated signature."""
    now = act_time()
    owned = Mandate.objects.deciding().not_over(now).filter(holder=person)
    lent = Delegation.objects.not_over(now).filter(delegate=person)
    ids = Q(pk__in=owned.values("project")) | Q(pk__in=lent.values("mandate__project"))
    return Project.objects.filter(ids).order_by("pk")


def list_deciders() -> QuerySet[User]:
    """Filter the people who decide on any project, today or later: owners and their delegates."""
    now = act_time()
    owners = Mandate.objects.deciding().not_over(now).values("holder")
    delegates = Delegation.objects.not_over(now).values("delegate")
    return User.objects.filter(Q(pk__in=owners) | Q(pk__in=delegates)).order_by("pk")


def list_seat_audience(project: Project) -> list[User]:
    """List the people who must know who sits in the owner's seat of a project.

    These are its advising roles, the owners above and all administrators. One query per level above.
    """
    seats = [*advisers(project), *owners_above(project)]
    administrators = User.objects.filter(is_staff=True, is_active=True).order_by("pk")
    people = [*(seat.holder for seat in seats), *administrators]
    return list({person.pk: person for person in people}.values())
