"""Seats and delegations of a person: what they hold, which ends with their account, and what they held."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from projects.mandates.models import Delegation, Mandate
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
