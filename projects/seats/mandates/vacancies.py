"""Vacant roles of a project, and roles that will be vacant soon (R11).

A vacancy blocks the acts of that role only; without an owner, nothing is decided.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.fields.ranges import RangeEndsWith
from django.db.models import Q

from projects.project.models import Project
from projects.seats.mandates.models import Mandate
from roles.role_templates.content import Role

#: Vacancies are announced this long in advance.
SOON = timedelta(days=60)


@dataclass(frozen=True)
class RoleStatus:
    """A role of the project and its mandates in force.

    - `since`: end of the last mandate of a vacant role, None if it had none.
    - `closed`: the role is vacant because the account of its holder is closed.
    - `declined`: the last mandate of a vacant role, if its holder declined it.
    - `until`: start of the next vacancy of a held role, if it is soon.
    """

    role: Role
    seats: list[Mandate]
    since: datetime | None = None
    closed: bool = False
    until: datetime | None = None
    declined: Mandate | None = None

    @property
    def is_vacant(self) -> bool:
        """Return whether nobody holds the role."""
        return not self.seats


def list_role_statuses(project: Project, now: datetime) -> list[RoleStatus]:
    """List the occupancy of every role of `project` at `now`, in the order of roles. One query."""
    roles = project.roles()
    over = project.mandates.over(now).filter(taken_back=False)
    # An expression: Django keeps an error, and with it the whole request, for each "period__endswith" of an order.
    last = over.order_by("role__code", RangeEndsWith("period").desc()).distinct("role__code").values("pk")
    newest = project.mandates.order_by("role__code", "-pk").distinct("role__code").values("pk")
    of_interest = Q(pk__in=project.mandates.not_over(now).values("pk")) | Q(pk__in=last) | Q(pk__in=newest)
    by_role: dict[str, list[Mandate]] = {role.code: [] for role in roles}
    ended: dict[str, datetime] = {}
    declined: dict[str, Mandate] = {}
    mandates = project.mandates.filter(of_interest)
    for mandate in mandates.with_renewal().select_related("holder", "role").order_by("role__position", "pk"):
        declined.pop(mandate.role.code, None)
        if mandate.is_declined:
            declined[mandate.role.code] = mandate
        if mandate.taken_back:
            continue
        if mandate.ends_at and mandate.ends_at <= now:
            ended[mandate.role.code] = max(mandate.ends_at, ended.get(mandate.role.code, mandate.ends_at))
        else:
            by_role.setdefault(mandate.role.code, []).append(mandate)
    held = {code: [mandate for mandate in seats if mandate.starts_at <= now] for code, seats in by_role.items()}
    active = {code: [mandate for mandate in seats if mandate.holder.is_active] for code, seats in held.items()}
    vacant = [role.code for role in roles if not active[role.code]]
    return [
        RoleStatus(
            role,
            active[role.code],
            ended.get(role.code) if role.code in vacant else None,
            role.code in vacant and bool(held[role.code]),
            vacant_from(
                [(mandate.starts_at, mandate.ends_at) for mandate in by_role[role.code] if mandate.holder.is_active],
                now,
            ),
            declined.get(role.code) if role.code in vacant else None,
        )
        for role in roles
    ]


def vacant_from(periods: Collection[tuple[datetime, datetime | None]], now: datetime) -> datetime | None:
    """Return when a role held over these periods `[start, end)` becomes vacant, if within SOON.

    Successors count. Returns None for a role that is vacant now, or not vacant soon.
    """
    at = now
    while covering := [end for start, end in periods if start <= at and (end is None or end > at)]:
        ends = [end for end in covering if end]
        if len(ends) < len(covering) or max(ends) > now + SOON:
            return None
        at = max(ends)
    return at if at > now else None
