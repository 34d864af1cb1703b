"""Seats and delegations of a person: what they hold, which ends with their account, and what they held."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from core.acts import act_time
from core.record.erasure import is_erased
from projects.project.models import Project
from projects.seats.mandates.models import Delegation, Mandate
from roles.models import User


def list_seats(person: User, now: datetime) -> QuerySet[Mandate]:
    """List the mandates of the person, also later ones, with `is_shared`: somebody else holds the role too."""
    others = Mandate.objects.active(now).filter(project=OuterRef("project"), role__code=OuterRef("role__code"))
    held = Mandate.objects.not_over(now).filter(holder=person).annotate(is_shared=Exists(others.exclude(holder=person)))
    return held.select_related("project", "role").order_by("project__code", "role__position", "pk")


def list_former_seats(person: User, now: datetime) -> QuerySet[Mandate]:
    """List the mandates of the person that are over, the latest first."""
    ended = Mandate.objects.filter(holder=person, taken_back=False, period__endswith__lte=now)
    return ended.select_related("project", "role").order_by("-period__endswith", "pk")


def list_delegations(person: User, now: datetime) -> QuerySet[Delegation]:
    """List the delegations of signature, in force at `now` or later, that the person gave or received."""
    lent = Delegation.objects.not_over(now).filter(Q(delegate=person) | Q(mandate__holder=person))
    return lent.select_related("mandate__project", "mandate__holder", "delegate").order_by(
        "mandate__project__code", "pk"
    )


def find_obstacle(person: User) -> str:
    """Return why a closed account is not reopened; empty when it may be.

    Reopening gives no right back: no role, no signature, no administrator rights.
    """
    now = act_time()
    if is_erased(person.name):
        return gettext("The name and the address of this person are erased: the account stays closed.")
    if person.is_staff:
        return gettext("This is the account of an administrator: it stays closed.")
    held = Delegation.objects.not_over(now).filter(delegate=person).exists()
    if held or Mandate.objects.not_over(now).filter(holder=person).exists():
        return gettext("Reopening would give roles or delegations back. The project owners end them first.")
    return ""


def list_owned_projects(person: User) -> QuerySet[Project]:
    """Filter the projects that the person owns, today or later."""
    held = Mandate.objects.not_over(act_time()).deciding().filter(holder=person)
    return Project.objects.filter(pk__in=held.values("project")).order_by("pk")


def owns_projects(person: User) -> bool:
    """Return whether the person owns a project, today or later: two people close their account."""
    return list_owned_projects(person).exists()
