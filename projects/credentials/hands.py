"""Tell everybody who must know that what proves a person who decides or administers changes (ADR 50).

The chain of each project on which the person decides has an entry, beside the organisation's.
"""

from dataclasses import dataclass

from django.db.models import F

from core.acts import act_time
from projects.credentials.counting import Decided
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.ledger.services import lock_organisation, record
from projects.mandates.audience import list_decided_projects, list_seat_audience
from projects.mandates.services import RoleNotice
from projects.notices.models import Reason
from projects.notices.services import notify
from projects.people.farewells import PersonPage
from projects.project.models import Project
from roles.models import User


@dataclass(frozen=True)
class Hand:
    """What an act on the hand of a person has locked: the projects on which they decide, then the organisation."""

    person: User
    projects: list[Project]
    chain: Project


def is_decider(person_id: int) -> bool:
    """Return whether a person decides or administers, today or later, or did within the last 30 days."""
    now = act_time()
    return bool(User.objects.filter(pk=person_id).values_list(Decided(F("pk"), now, now), flat=True).get())


def lock_hand(person: User) -> Hand:
    """Lock the projects on which a person decides, in the order of their keys, and then the organisation.

    A project is the first lock of every act, so an act that calls this one locks the organisation by it alone.
    """
    decided = list_decided_projects(person).values("pk")
    projects = list(Project.objects.lock().filter(pk__in=decided).order_by("pk"))
    return Hand(person, projects, lock_organisation())


def tell_of_hand(event: LedgerEvent, hand: Hand) -> None:
    """Record an event of the organisation in each project too, and notify advisers, owners above and administrators.

    Does nothing of who neither decides nor administers, and of what is entered afterwards. Call it once per act, after
    the notices that ask for more: each person is told once of an event.
    """
    if event.entered_afterwards or not is_decider(hand.person.pk):
        return
    person, administrators = hand.person, User.objects.filter(is_staff=True, is_active=True)
    _notify(event, PersonPage(person), [each for each in administrators if each != person])
    for project in hand.projects:
        entry = record(
            act=Act.CHANGE_HAND,
            actor=event.actor,
            project=project,
            subject=project,
            detail=event.act,
            about=(event.subject, str(event.subject_id)),
            person=person.key,
            entry=f"{event.seq}:{bytes(event.hash).hex()}",
        )
        told = {*administrators, person}
        role = _find_role(project)
        _notify(entry, RoleNotice(project, role), [each for each in list_seat_audience(project) if each not in told])


def _find_role(project: Project) -> str:
    """Return the code of the owner's role."""
    return project.mandates.deciding().order_by("-pk").values_list("role__code", flat=True).first() or ""


def _notify(event: LedgerEvent, about: PersonPage | RoleNotice, people: list[User]) -> None:
    notify(event=event, reason=Reason.HAND_CHANGES, about=about, people=people)
