"""Absences: who may be asked meanwhile, for whom a person is asked, and the projects whose owner is absent."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from projects.organisation_settings.queries import today
from projects.project.models import Project
from projects.seats.mandates.models import Mandate
from roles.enums import DELEGABLE_KINDS
from roles.models import User


def list_colleagues(person: User) -> QuerySet[User]:
    """Filter the people who hold a role on a project of the person, without themselves."""
    projects = Mandate.objects.active().filter(holder=person).values("project")
    holders = Mandate.objects.active().filter(project__in=projects).values("holder")
    return User.objects.filter(pk__in=holders, is_active=True).exclude(pk=person.pk).order_by("name", "pk")


def list_absent_colleagues(stand_in: User, day: date) -> QuerySet[User]:
    """Filter the people who are absent, on `day` or later, and name `stand_in` as who to ask."""
    return User.objects.filter(stand_in=stand_in, is_active=True, absent_until__gte=day).order_by("absent_from", "pk")


@dataclass(frozen=True)
class Offer:
    """A project whose owner will be absent, and the form that delegates their signature, filled in."""

    project: Project
    url: str


def list_offers(person: User) -> list[Offer]:
    """List the projects that the person owns, with the form that delegates for the absence that is stated."""
    if person.absent_from is None or person.absent_until is None or person.absent_until < today():
        return []
    query: dict[str, Any] = {
        "kinds": sorted(DELEGABLE_KINDS),
        "starts_on": person.absent_from.isoformat(),
        "ends_on": person.absent_until.isoformat(),
    }
    if person.stand_in and person.stand_in.is_active:
        query["email"] = str(person.stand_in.key)
    filled = urlencode(query, doseq=True)
    owned = Mandate.objects.active().deciding().filter(holder=person).select_related("project")
    projects = [seat.project for seat in owned.order_by("project__code")]
    return [Offer(row, f"{reverse('projects:mandates:delegation_new', args=[row.code])}?{filled}") for row in projects]


def is_over(person: User, day: date) -> bool:
    """Return whether no absence is stated that goes on or is to come."""
    return person.absent_until is None or person.absent_until < day
