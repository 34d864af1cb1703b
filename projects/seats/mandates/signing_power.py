"""Compute who could decide at an instant, and why others could not (R1, R11).

Triggers only let a period be shortened, never into the past, so today's rows answer for every past instant. The
history says whether an account was active; before its first version, that version counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from projects.project.models import Project
from projects.seats.mandates.models import Delegation, Mandate
from roles.enums import DELEGABLE_KINDS
from roles.models import User


class Obstacle(models.TextChoices):
    """Reason why the holder of a seat could not sign."""

    ROLE = "role", _("this role does not decide")
    ACCOUNT = "account", _("the account was closed then")
    MANDATE = "mandate", _("the owner who lent the signature was not in office then")
    BARRED = "barred", _("advising role or provider of the project then")
    IN_PERSON = "in_person", _("this kind stays with the owner in person")
    KIND = "kind", _("this kind is not delegated")
    CAP = "cap", _("the amount is over the cap")


@dataclass(frozen=True)
class Reading:
    """A seat in force at the instant, with the obstacles to signing."""

    seat: Mandate | Delegation
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def could_sign(self) -> bool:
        """Return whether the holder could sign, except for their own proposals (R8)."""
        return not self.obstacles


@dataclass(frozen=True)
class Authority:
    """All seats of a project at one instant: the owner's, the delegations, and the other roles."""

    owner: Reading | None
    delegates: list[Reading]
    others: list[Reading]

    @property
    def signatories(self) -> list[Reading]:
        """List the seats that could sign; none means that decisions were pending without an owner."""
        return [reading for reading in (self.owner, *self.delegates) if reading and reading.could_sign]


def who_could_decide(project: Project, instant: datetime, kind: str = "", amount: Decimal | None = None) -> Authority:
    """Return who could sign a decision of this kind and amount (EUR) on `project` at `instant`. Three queries.

    Without a kind, a delegate counts as able to sign; without an amount, as within the cap.
    """
    seats = project.mandates.during(instant).select_related("holder", "role", "appointed_by")
    mandates = list(seats.order_by("role__position", "pk"))
    given = Delegation.objects.during(instant).filter(mandate__project=project)
    delegations = list(given.select_related("delegate", "mandate__holder", "mandate__role").order_by("pk"))
    people = {m.holder_id for m in mandates} | {pk for d in delegations for pk in (d.delegate_id, d.mandate.holder_id)}
    open_then = active_accounts(people, instant)
    barred = {mandate.holder_id for mandate in mandates if mandate.bars_signing}

    def of_mandate(mandate: Mandate) -> Reading:
        obstacles = {Obstacle.ROLE: not mandate.decides, Obstacle.ACCOUNT: mandate.holder_id not in open_then}
        return Reading(mandate, _true_obstacles(obstacles))

    def of_delegation(delegation: Delegation) -> Reading:
        lender = delegation.mandate
        in_office = lender in mandates and lender.holder_id in open_then
        obstacles = {
            Obstacle.ACCOUNT: delegation.delegate_id not in open_then,
            Obstacle.MANDATE: not in_office,
            Obstacle.BARRED: delegation.delegate_id in barred,
            Obstacle.IN_PERSON: bool(kind) and kind not in DELEGABLE_KINDS,
            Obstacle.KIND: kind in DELEGABLE_KINDS and kind not in delegation.kinds,
            Obstacle.CAP: delegation.cap is not None and (amount or 0) > delegation.cap,
        }
        return Reading(delegation, _true_obstacles(obstacles))

    return Authority(
        owner=next((of_mandate(mandate) for mandate in mandates if mandate.decides), None),
        delegates=[of_delegation(delegation) for delegation in delegations],
        others=[of_mandate(mandate) for mandate in mandates if not mandate.decides],
    )


def _true_obstacles(obstacles: dict[Obstacle, bool]) -> tuple[Obstacle, ...]:
    return tuple(obstacle for obstacle, holds in obstacles.items() if holds)


def active_accounts(people: Iterable[int], instant: datetime) -> set[int]:
    """Return the ids in `people` of accounts that were active at `instant`."""
    versions = User.history.filter(id=OuterRef("pk"))
    until_then = versions.filter(history_date__lte=instant).order_by("-history_date", "-history_id")
    first = versions.order_by("history_date", "history_id")
    accounts = User.objects.filter(pk__in=people).annotate(
        open_then=Coalesce(
            Subquery(until_then.values("is_active")[:1]), Subquery(first.values("is_active")[:1]), F("is_active")
        )
    )
    return set(accounts.filter(open_then=True).values_list("pk", flat=True))
