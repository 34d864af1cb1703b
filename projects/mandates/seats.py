"""The seats a person holds now: their mandates and the signatures delegated to them, read in one query.

A seat is what the predicates of `projects/rules.py` look at; whoever needs the rows themselves asks the models.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, CharField, DecimalField, Value
from django.db.models.functions import Cast

from projects.mandates.models import Delegation, Mandate
from roles import acting
from roles.enums import Authority
from roles.models import User, in_reader_language


@dataclass(frozen=True)
class Seat:
    """One role of one person on one project at the instant asked; the last three are None
    except for a delegated signature, which is held under the mandate of the owner."""

    project_id: int
    code: str
    title_fr: str
    title_en: str
    authority: str
    role: str
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

    @property
    def is_delegated(self) -> bool:
        """Whether the person signs for the owner without being the owner."""
        return self.delegation_id is not None


def seats_of(user: User) -> list[Seat]:
    """Every seat `user` holds at the instant of the act; empty when the account is not active."""
    return acting.once(("seats", user.pk), lambda: _read(user)) if user.is_active else []


PROJECT = ("id", "code", "title_fr", "title_en")


def _columns(mandate: str) -> list[str]:
    """The columns of a seat that come from a mandate, reached by the lookup `mandate`."""
    return [*(f"{mandate}project__{name}" for name in PROJECT), f"{mandate}authority", f"{mandate}role__code"]


def _read(user: User) -> list[Seat]:
    kinds: ArrayField[list[str], list[str]] = ArrayField(CharField())
    cap = DecimalField(max_digits=14, decimal_places=2)
    held = (
        Mandate.objects.filter(holder=user)
        .active()
        .annotate(
            no_delegation=Cast(Value(None), BigIntegerField()),
            no_kinds=Cast(Value(None), kinds),
            no_cap=Cast(Value(None), cap),
        )
        .values_list(*_columns(""), "pk", "no_delegation", "no_kinds", "no_cap")
    )
    delegated = (
        Delegation.objects.filter(delegate=user)
        .active()
        .values_list(*_columns("mandate__"), "mandate_id", "pk", "kinds", "cap")
    )
    return [Seat(*row) for row in held.union(delegated, all=True)]
