"""The seats a person holds now: their mandates and the signatures delegated to them, read in one query.

A seat is what the predicates of `predicates.py` look at; whoever needs the rows themselves asks the models.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    CharField,
    DecimalField,
    Exists,
    F,
    Func,
    JSONField,
    OuterRef,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast

from core import acts as acting
from core.access import Person
from core.compiled_sql import AT, READER, Compiled, Instant, compile_query, execute
from core.language import in_reader_language
from projects.impartiality.models import Interest
from projects.mandates.models import Delegation, DelegationQuerySet, Mandate, MandateQuerySet
from roles.enums import Authority
from roles.models import User


@dataclass(frozen=True)
class Seat:
    """One role of one person on one project at the instant asked; `delegation_id`, `kinds` and `cap` are None
    except for a delegated signature, which is held under the mandate of the owner.

    `powers` is what the letters of the matrix give the role (nature → kinds of decision); `is_tied` says that a
    declared tie with a bidder blocks the role until the owner settles it (R8)."""

    project_id: int
    code: str
    title_fr: str
    title_en: str
    authority: str
    role: str
    powers: dict[str, list[str]] | None
    is_tied: bool
    mandate_id: int
    delegation_id: int | None
    kinds: list[str] | None
    cap: Decimal | None

    @property
    def title(self) -> str:
        """Title of the project in the reader's language."""
        return in_reader_language(self.title_fr, self.title_en)

    @property
    def decides(self) -> bool:
        """Whether the person signs decisions, as the owner or for the owner."""
        return self.authority == Authority.DECIDES

    def may(self, nature: str, kind: str) -> bool:
        """Whether the letter `nature` stands in the matrix for this role, at the activity of `kind`."""
        return kind in (self.powers or {}).get(nature, ())

    def kinds_to(self, nature: str) -> list[str]:
        """The kinds of decision at whose activity the letter `nature` stands for this role."""
        return (self.powers or {}).get(nature, [])

    @property
    def is_delegated(self) -> bool:
        """Whether the person signs for the owner without being the owner."""
        return self.delegation_id is not None


@dataclass(frozen=True)
class Supposed:
    """Somebody supposed to hold these seats and no others: permissions may be asked of them, they never act."""

    pk: int
    seats: Sequence[Seat] = ()
    is_staff: bool = False
    is_active: bool = True
    is_authenticated: bool = True


def suppose(user: User, seats: Sequence[Seat]) -> Supposed:
    """Return `user` as if they held these seats and no others."""
    return Supposed(user.pk, seats, user.is_staff, user.is_active)


def seats_of(user: Person) -> Sequence[Seat]:
    """Every seat `user` holds at the instant of the act; empty when the account is not active."""
    if isinstance(user, Supposed):
        return user.seats
    return acting.cached(("seats", user.pk), lambda: _read(user)) if user.is_active else []


def seats_on(project_id: int) -> dict[int, list[Seat]]:
    """The seats held on one project now, by the number of their holder. One query, whoever they are."""
    found: dict[int, list[Seat]] = {}
    delegations = Delegation.objects.filter(mandate__project=project_id)
    for holder, *seat in _rows(Mandate.objects.filter(project=project_id), delegations, acting.act_time()):
        found.setdefault(holder, []).append(Seat(*seat))
    return found


PROJECT = ("id", "code", "title_fr", "title_en")


def _columns(mandate: str) -> list[str]:
    """The columns of a seat that come from a mandate, reached by the lookup `mandate`."""
    project = [f"{mandate}project__{name}" for name in PROJECT]
    return [*project, f"{mandate}authority", f"{mandate}role__code", "powers", "is_tied"]


def _letters(mandate: str) -> Func:
    """The part of the project's matrix that concerns the role."""
    return Func(
        F(f"{mandate}project__matrix__powers"),
        Cast(F(f"{mandate}role__code"), TextField()),
        function="jsonb_extract_path",
        output_field=JSONField(),
    )


def _tied(person: str, project: str) -> Exists:
    return Exists(Interest.objects.blocking().filter(person=OuterRef(person), project=OuterRef(project)))


def _read(user: Person) -> list[Seat]:
    return [_seat(*row[1:]) for row in execute(_statement(), reader=user.pk, at=acting.act_time())]


def _seat(*row: Any) -> Seat:
    """The seat of one row as the database driver gives it: with the powers as JSON."""
    seat = Seat(*row)
    return replace(seat, powers=json.loads(str(seat.powers))) if seat.powers else seat


@cache
def _statement() -> Compiled:
    """Compile the query of the seats of a reader."""
    return compile_query(_rows(Mandate.objects.filter(holder=READER), Delegation.objects.filter(delegate=READER), AT))


def _rows(mandates: MandateQuerySet, delegations: DelegationQuerySet, at: Instant) -> QuerySet[Any, tuple[Any, ...]]:
    """The number of the holder and the fields of the seat, of those in force at `at`."""
    kinds: ArrayField[list[str], list[str]] = ArrayField(CharField())
    cap = DecimalField(max_digits=14, decimal_places=2)
    held = (
        mandates.active(at)
        .annotate(
            powers=_letters(""),
            is_tied=_tied("holder", "project"),
            no_delegation=Cast(Value(None), BigIntegerField()),
            no_kinds=Cast(Value(None), kinds),
            no_cap=Cast(Value(None), cap),
        )
        .values_list("holder_id", *_columns(""), "pk", "no_delegation", "no_kinds", "no_cap")
    )
    delegated = (
        delegations.active(at)
        .annotate(powers=_letters("mandate__"), is_tied=_tied("delegate", "mandate__project"))
        .values_list("delegate_id", *_columns("mandate__"), "mandate_id", "pk", "kinds", "cap")
    )
    return held.union(delegated, all=True)
