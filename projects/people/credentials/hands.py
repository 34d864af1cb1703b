"""The hand of a person who decides or administers: what an act on it locks, and that everybody must know (ADR 50)."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import F, QuerySet

from core.acts import act_time
from projects.ledger.models import LedgerEvent
from projects.ledger.services import lock_organisation
from projects.people.credentials.counting import Decided
from projects.project.models import Project
from roles.models import User


@dataclass(frozen=True)
class Hand:
    """What an act on the hand of a person has locked: the projects on which they decide, then the organisation."""

    person: User
    projects: list[Project]
    chain: Project


#: The projects on which a person decides. Capabilities that know of seats add to it.
DECIDED: list[Callable[[User], QuerySet[Project]]] = []
#: Tell whoever must know of an event of the organisation on a hand. Capabilities that know who must add to it.
TELLERS: list[Callable[[LedgerEvent, Hand], None]] = []


def is_decider(person_id: int) -> bool:
    """Return whether a person decides or administers, today or later, or did within the last 30 days."""
    now = act_time()
    return bool(User.objects.filter(pk=person_id).values_list(Decided(F("pk"), now, now), flat=True).get())


def lock_hand(person: User) -> Hand:
    """Lock the projects on which a person decides, in the order of their keys, and then the organisation.

    A project is the first lock of every act, so an act that calls this one locks the organisation by it alone.
    """
    decided = [project.pk for list_projects in DECIDED for project in list_projects(person)]
    projects = list(Project.objects.lock().filter(pk__in=decided).order_by("pk")) if decided else []
    return Hand(person, projects, lock_organisation())


def tell_of_hand(event: LedgerEvent, hand: Hand) -> None:
    """Tell everybody who must know of an event on the hand of a person.

    Does nothing of who neither decides nor administers, and of what is entered afterwards. Call it once per act, after
    the notices to the person: each person is told once of an event.
    """
    if not event.entered_afterwards and is_decider(hand.person.pk):
        for tell in TELLERS:
            tell(event, hand)
