"""The seats a person holds now: their mandates and the signatures delegated to them, read in one query.

A seat is what the predicates of `projects/rules.py` look at; whoever needs the rows themselves asks the models.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, DecimalField, Value
from django.db.models.functions import Cast

from projects.mandates.models import Delegation, Mandate
from roles.enums import Authority
from roles.models import User


@dataclass(frozen=True)
class Seat:
    """One role of one person on one project at the instant asked; `kinds` is None except for a delegated signature."""

    project_id: int
    authority: str
    role: str
    kinds: list[str] | None
    cap: Decimal | None

    @property
    def decides(self) -> bool:
        """Whether the person signs decisions, as the owner or for the owner."""
        return self.authority == Authority.DECIDES

    @property
    def is_delegated(self) -> bool:
        """Whether the person signs for the owner without being the owner."""
        return self.kinds is not None


_remembered: ContextVar[dict[int, list[Seat]] | None] = ContextVar("seats", default=None)


@contextmanager
def remembering_seats() -> Iterator[None]:
    """Read each person's seats once inside: for the reading part of a request, never around an act."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def seats_of(user: User) -> list[Seat]:
    """Every seat `user` holds at the instant of the act; empty when the account is not active."""
    remembered = _remembered.get()
    if remembered is not None and user.pk in remembered:
        return remembered[user.pk]
    seats = _read(user) if user.is_active else []
    if remembered is not None:
        remembered[user.pk] = seats
    return seats


def _read(user: User) -> list[Seat]:
    kinds: ArrayField[list[str], list[str]] = ArrayField(CharField())
    cap = DecimalField(max_digits=14, decimal_places=2)
    held = (
        Mandate.objects.filter(holder=user)
        .active()
        .annotate(seat_kinds=Cast(Value(None), kinds), seat_cap=Cast(Value(None), cap))
        .values_list("project_id", "authority", "role__code", "seat_kinds", "seat_cap")
    )
    delegated = (
        Delegation.objects.filter(delegate=user)
        .active()
        .values_list("mandate__project_id", "mandate__authority", "mandate__role__code", "kinds", "cap")
    )
    return [Seat(*row) for row in held.union(delegated, all=True)]
