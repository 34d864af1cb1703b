"""Why the holders of seats are not independent of each other at an instant (R8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from projects.independence.guards import dependences_sql

#: Seats in force at one instant.
SEATS = "SELECT id, id, %s::timestamptz FROM public.projects_mandate WHERE id = ANY (%s)"


@dataclass(frozen=True)
class Dependence:
    """A reason why `subject`, a seat or an opinion, is not independent; see `dependences_sql`.

    Without a mandate and a bidder the employer of the holder is unknown.
    """

    subject: int
    other_id: int | None
    bidder_id: int | None
    organisation_id: int | None
    since: date

    @property
    def key(self) -> tuple[int, int | None, int | None]:
        """Return what tells it from the other reasons of its project."""
        return self.subject, self.other_id, self.bidder_id


def read_dependences(asked: str, parameters: list[Any]) -> list[Dependence]:
    """Return the reasons for the rows of the query `asked`, in a fixed order. One query."""
    with connection.cursor() as cursor:
        cursor.execute(dependences_sql(asked), parameters)
        return [Dependence(*row) for row in cursor.fetchall()]


def list_dependences(mandates: Iterable[int], at: datetime) -> list[Dependence]:
    """Return why the seats of these keys, in force at `at`, are not independent. One query; none without seats."""
    keys = sorted(mandates)
    return read_dependences(SEATS, [at, keys]) if keys else []
