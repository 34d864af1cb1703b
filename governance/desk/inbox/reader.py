"""What the seats of a reader of tasks allow: roles, kinds of decision, projects. No query of its own."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, CharField, DateField, QuerySet, Value

from core.access import all_permissions
from core.acts import act_time, cached
from governance.workspace_registry import ADVISING, ANY, DECIDING, EVERYBODY, Mine, RowTasks
from projects.models import Project
from projects.organisation_settings.queries import today
from projects.seats.mandates.seats import HypotheticalUser, Seat, seats_of, suppose
from roles.models import User

#: Types of the arrays of `Mine`.
KEYS: "ArrayField[Any, Any]" = ArrayField(BigIntegerField())
CODES: "ArrayField[Any, Any]" = ArrayField(CharField())


def mine_of(user: User) -> Mine:
    """Return `user` now, as the reader of tasks."""
    return Mine(
        reader=user,
        at=act_time(),
        day=Value(today(), DateField()),
        roles=Value(list_roles(user), CODES),
        kinds=Value(list_informed(user), CODES),
        seated=Value(list_seated(user), KEYS),
        permitted=lambda permission: Value(list_permitted_projects(user, permission), KEYS),
    )


def list_rows(kind: RowTasks, user: User) -> QuerySet[Any]:
    """Return the rows of this kind that ask something of `user`."""
    rows = kind.rows_of(mine_of(user))
    return rows if kind.seat in list_seats(user) else rows.none()


def list_seats(user: User) -> frozenset[str]:
    """List the seats of `user` as kinds of task name those that they concern, to skip queries that must be empty."""
    seats = seats_of(user)
    answers = {
        EVERYBODY: True,
        ANY: bool(seats),
        DECIDING: any(seat.decides for seat in seats),
        ADVISING: not all(seat.decides for seat in seats),
    }
    return frozenset(name for name, holds in answers.items() if holds)


def list_acting_seats(user: User) -> list[Seat]:
    """List the seats that are neither lent nor blocked by a tie."""
    return [seat for seat in seats_of(user) if not (seat.is_delegated or seat.is_tied)]


def list_roles(user: User) -> list[str]:
    """List the roles of `user` that act (`project:role`)."""
    return sorted(f"{seat.project_id}:{seat.role}" for seat in list_acting_seats(user))


def list_informed(user: User) -> list[str]:
    """List the kinds of decision that the roles of `user` have to read (`project:kind`)."""
    return cached(("informed", user.pk), lambda: _list_informed(list_acting_seats(user)))


def _list_informed(seats: Iterable[Seat]) -> list[str]:
    return sorted({f"{seat.project_id}:{kind}" for seat in seats for kind in seat.kinds_to_read()})


def list_seated(user: User) -> list[int]:
    """List the projects on which `user` has a seat."""
    return [project.pk for project, _holder in _group_seats(user)]


def list_permitted_projects(user: User, permission: str) -> list[int]:
    """List the projects on which the seats of `user` give a permission of the project."""

    def ask() -> list[int]:
        who = all_permissions()[permission].who
        return [project.pk for project, holder in _group_seats(user) if who.holds(holder, project)]

    return cached(("permitted projects", user.pk, permission), ask)


def _group_seats(user: User) -> list[tuple[Project, HypotheticalUser]]:
    """List the projects of `user`, known by their keys alone, each with `user` as a holder of the seats on it."""

    def group() -> list[tuple[Project, HypotheticalUser]]:
        by_project: dict[int, list[Seat]] = {}
        for seat in seats_of(user):
            by_project.setdefault(seat.project_id, []).append(seat)
        return [(Project(pk=pk), suppose(user, seats)) for pk, seats in by_project.items()]

    return cached(("seats by project", user.pk), group)
