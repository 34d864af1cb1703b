"""Tell everybody who must know that what proves a person who decides or administers changes (ADR 50).

The chain of each project on which the person decides has an entry, beside the organisation's.
"""

from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.ledger.services import record
from projects.notices.enums import Reason
from projects.notices.services import notify
from projects.people.accounts.farewells import PersonPage
from projects.people.accounts.services import list_administrators
from projects.people.credentials.hands import DECIDED, TELLERS, Hand
from projects.people.vouching.events import find_subject
from projects.people.vouching.notices import tell_vouchers
from projects.project.models import Project
from projects.seats.mandates.audience import list_decided_projects, list_seat_audience
from projects.seats.mandates.services import RoleNotice
from roles.models import User


def tell_of_hand(event: LedgerEvent, hand: Hand) -> None:
    """Notify administrators, advisers and owners above, and record the event in each project too.

    Whoever proposes an address asks those who may vouch by it.
    """
    if event.act == Act.PROPOSE_ADDRESS and (change := find_subject(event)):
        tell_vouchers(event, change)
    person, administrators = hand.person, set(list_administrators())
    _notify(event, PersonPage(person), administrators - {person})
    for project in hand.projects:
        entry = record(
            Act.CHANGE_HAND,
            project,
            actor=event.actor,
            detail=event.act,
            about=(event.subject, str(event.subject_id)),
            person=person.key,
            entry=f"{event.seq}:{bytes(event.hash).hex()}",
        )
        _notify(entry, _name_seat(project), {*list_seat_audience(project)} - administrators - {person})


def _name_seat(project: Project) -> RoleNotice:
    """Return the subject of the notice on a project: the seat of its owner."""
    role = project.mandates.deciding().order_by("-pk").values_list("role__code", flat=True).first()
    return RoleNotice(project, role or "")


def _notify(event: LedgerEvent, about: PersonPage | RoleNotice, people: set[User]) -> None:
    notify(event=event, reason=Reason.HAND_CHANGES, about=about, people=sorted(people, key=lambda each: each.pk))


DECIDED.append(list_decided_projects)
TELLERS.append(tell_of_hand)
