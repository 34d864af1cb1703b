"""Rows of the page of mandates: each seat with its status and the ledger events behind it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import models
from django.db.models import Exists, Q
from django.utils.translation import gettext_lazy as _

from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.project.models import Project
from projects.seats.mandates.models import Delegation, Mandate, MandateQuerySet

type Seat = Mandate | Delegation
#: Model label and id of a seat, as in the ledger and in the effects of decisions.
type Subject = tuple[str, int]

FOUNDING = frozenset({Act.APPOINT, Act.NAME_OWNER, Act.DELEGATE})
ENDING = frozenset({Act.END_MANDATE, Act.DECLINE, Act.REVOKE})


class Effect(Protocol):
    """Effect of a decision on a seat; `after` is empty when the seat was undone."""

    subject: str
    subject_id: int
    after: str
    decision: Any


#: Callbacks that find effects of decisions by subject; the governance app registers its own.
EFFECTS: list[Callable[[Q], Iterable[Effect]]] = []
#: Conditions that there are remarks on a mandate, and callbacks that return those in force at an instant, by key.
#: An app above registers its own.
REMARKED: list[Exists] = []
REMARKS: list[Callable[[Iterable[Mandate], datetime], Mapping[int, list[str]]]] = []


class SeatStatus(models.TextChoices):
    """Status of a seat at an instant, shown as a tag."""

    TO_COME = "to_come", _("To come")
    IN_FORCE = "in_force", _("In force")
    ENDED = "ended", _("Ended")
    TAKEN_BACK = "taken_back", _("Taken back before it began")


@dataclass(frozen=True)
class Cause:
    """The event that gave or ended a seat, and the decision behind it, if any."""

    event: LedgerEvent
    decision: Any


@dataclass(frozen=True)
class Line:
    """A seat with its status and the events that gave, accepted and ended it."""

    seat: Seat
    status: SeatStatus
    founding: Cause | None
    accepted: LedgerEvent | None
    ended: Cause | None
    remarks: Sequence[str] = ()

    @property
    def is_open(self) -> bool:
        """Return whether the seat can still be accepted or ended."""
        return self.status in {SeatStatus.TO_COME, SeatStatus.IN_FORCE}


def subject_of(seat: Seat) -> Subject:
    """Return model label and id of `seat`."""
    return seat._meta.label_lower, seat.pk


def seat_status(seat: Seat, instant: datetime) -> SeatStatus:
    """Return the status of `seat` at `instant`; a delegation ends with the owner's mandate."""
    if seat.taken_back:
        return SeatStatus.TAKEN_BACK
    if seat.ends_at and seat.ends_at <= instant:
        return SeatStatus.ENDED
    return SeatStatus.TO_COME if seat.starts_at > instant else SeatStatus.IN_FORCE


def founding_causes(events: Iterable[LedgerEvent], effects: Iterable[Effect]) -> dict[Subject, Cause]:
    """Map each seat to the event that gave it, with its decision."""
    return _causes(events, FOUNDING, {_subject_of(effect): effect.decision for effect in effects if effect.after})


def ending_causes(events: Iterable[LedgerEvent], effects: Iterable[Effect]) -> dict[Subject, Cause]:
    """Map each seat to the event that ended it, with the decision that undid its appointment."""
    return _causes(events, ENDING, {_subject_of(effect): effect.decision for effect in effects if not effect.after})


def build_lines(project: Project, seats: Iterable[Seat], instant: datetime) -> list[Line]:
    """Build the lines of `seats` at `instant`. Two queries; more where `with_remarks` found a mandate."""
    seats = list(seats)
    named = _about_seats(seats)
    events = list(LedgerEvent.objects.filter(named, project=project).select_related("actor").order_by("seq"))
    effects = [effect for find in EFFECTS for effect in find(named)]
    given, ended = founding_causes(events, effects), ending_causes(events, effects)
    accepted = {_subject_of(event): event for event in events if event.act == Act.ACCEPT}
    remarks: dict[int, list[str]] = {}
    marked = [seat for seat in seats if isinstance(seat, Mandate) and seat.is_remarked]
    for describe in REMARKS if marked else ():
        remarks |= describe(marked, instant)
    return [
        Line(
            seat,
            seat_status(seat, instant),
            given.get(n),
            accepted.get(n),
            ended.get(n),
            remarks.get(seat.pk, ()) if isinstance(seat, Mandate) else (),
        )
        for seat, n in ((seat, subject_of(seat)) for seat in seats)
    ]


def with_remarks(mandates: MandateQuerySet) -> MandateQuerySet:
    """Annotate mandates with whether there are remarks on them, `is_remarked`."""
    for condition in REMARKED:
        mandates = mandates.remarked(condition)
    return mandates


def _subject_of(row: LedgerEvent | Effect) -> Subject:
    return row.subject, row.subject_id


def _causes(
    events: Iterable[LedgerEvent], acts: frozenset[Act], decisions: Mapping[Subject, Any]
) -> dict[Subject, Cause]:
    return {
        _subject_of(event): Cause(event, decisions.get(_subject_of(event))) for event in events if event.act in acts
    }


def _about_seats(seats: list[Seat]) -> Q:
    """Build the condition on subject and subject_id for these seats."""
    names, about = [subject_of(seat) for seat in seats], Q(pk__in=[])
    for label in (Mandate._meta.label_lower, Delegation._meta.label_lower):
        about |= Q(subject=label, subject_id__in=[pk for subject, pk in names if subject == label])
    return about
