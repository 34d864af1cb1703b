"""Rows of the page of mandates: each seat with its status and the ledger events behind it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.mandates.models import Delegation, Mandate
from projects.project.models import Project

type Seat = Mandate | Delegation
#: Model label and id of a seat, as in the ledger and in the effects of decisions.
type Name = tuple[str, int]

FOUNDING = frozenset({Act.APPOINT, Act.NAME_OWNER, Act.DELEGATE})
ENDING = frozenset({Act.END_MANDATE, Act.REVOKE})


class Effect(Protocol):
    """Effect of a decision on a seat; `after` is empty when the seat was undone."""

    subject: str
    subject_id: int
    after: str
    decision: Any


#: Callbacks that find effects of decisions by subject; the governance app registers its own.
EFFECTS: list[Callable[[Q], Iterable[Effect]]] = []


class Standing(models.TextChoices):
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
    standing: Standing
    founding: Cause | None
    accepted: LedgerEvent | None
    ended: Cause | None

    @property
    def is_open(self) -> bool:
        """Return whether the seat can still be accepted or ended."""
        return self.standing in {Standing.TO_COME, Standing.IN_FORCE}


def name(seat: Seat) -> Name:
    """Return model label and id of `seat`."""
    return seat._meta.label_lower, seat.pk


def standing(seat: Seat, instant: datetime) -> Standing:
    """Return the status of `seat` at `instant`; a delegation ends with the owner's mandate."""
    if seat.taken_back:
        return Standing.TAKEN_BACK
    if seat.ends_at and seat.ends_at <= instant:
        return Standing.ENDED
    return Standing.TO_COME if seat.starts_at > instant else Standing.IN_FORCE


def founding(events: Iterable[LedgerEvent], effects: Iterable[Effect]) -> dict[Name, Cause]:
    """Map each seat to the event that gave it, with its decision."""
    return _causes(events, FOUNDING, {_about(effect): effect.decision for effect in effects if effect.after})


def ending(events: Iterable[LedgerEvent], effects: Iterable[Effect]) -> dict[Name, Cause]:
    """Map each seat to the event that ended it, with the decision that undid its appointment."""
    return _causes(events, ENDING, {_about(effect): effect.decision for effect in effects if not effect.after})


def lines(project: Project, seats: Iterable[Seat], instant: datetime) -> list[Line]:
    """Build the lines of `seats` at `instant`. Two queries."""
    seats = list(seats)
    named = _named(seats)
    events = list(LedgerEvent.objects.filter(named, project=project).select_related("actor").order_by("seq"))
    effects = [effect for find in EFFECTS for effect in find(named)]
    given, ended = founding(events, effects), ending(events, effects)
    accepted = {_about(event): event for event in events if event.act == Act.ACCEPT}
    return [
        Line(seat, standing(seat, instant), given.get(n), accepted.get(n), ended.get(n))
        for seat, n in ((seat, name(seat)) for seat in seats)
    ]


def _about(row: LedgerEvent | Effect) -> Name:
    return row.subject, row.subject_id


def _causes(events: Iterable[LedgerEvent], acts: frozenset[Act], decisions: Mapping[Name, Any]) -> dict[Name, Cause]:
    return {_about(event): Cause(event, decisions.get(_about(event))) for event in events if event.act in acts}


def _named(seats: list[Seat]) -> Q:
    """Build the condition on subject and subject_id for these seats."""
    names, about = [name(seat) for seat in seats], Q(pk__in=[])
    for label in (Mandate._meta.label_lower, Delegation._meta.label_lower):
        about |= Q(subject=label, subject_id__in=[pk for subject, pk in names if subject == label])
    return about
