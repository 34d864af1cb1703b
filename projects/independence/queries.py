"""For which organisation people work on a day, and why the holders of seats are not independent at an instant (R8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from projects.independence.guards import DAY, LAST_DAY, dependences_sql, employers_sql
from projects.independence.models import Employment
from roles.models import Organisation, User


def list_employments(person: User) -> list[Employment]:
    """List the employments of a person that count, the newest first."""
    rows = Employment.objects.filter(person=person).select_related("organisation", "recorded_by__organisation")
    counting = {row.starts_on: row for row in rows.in_order()}
    return list(reversed(counting.values()))


def employers_on(people: Iterable[User], day: date) -> dict[int, Organisation | None]:
    """Map each of these people who has employments to the organisation of that day. One query."""
    found: dict[int, Organisation | None] = {}
    rows = Employment.objects.filter(person__in=[person.pk for person in people]).select_related("organisation")
    for row in rows.in_order():
        if row.starts_on <= day or row.person_id not in found:
            found[row.person_id] = row.organisation
    return found


def employers_between(people: Iterable[int], first: datetime, last: datetime | None) -> dict[int, frozenset[int]]:
    """Map each person to the organisations they work for at some time of the period, where known. One query."""
    found: dict[int, set[int]] = {number: set() for number in people}
    days = f"SELECT {DAY.format('%s::timestamptz')} AS first, {LAST_DAY.format('%s::timestamptz')} AS last"
    employers = employers_sql("people.id", "days.first", "days.last")
    query = f"""SELECT people.id, e.organisation_id FROM unnest(%s::bigint[]) AS people(id) CROSS JOIN ({days}) AS days
      CROSS JOIN LATERAL ({employers}) AS e WHERE e.organisation_id IS NOT NULL"""  # noqa: S608 — our own SQL
    with connection.cursor() as cursor:
        cursor.execute(query, [sorted(found), first, last])
        for person, organisation in cursor.fetchall():
            found[person].add(organisation)
    return {person: frozenset(organisations) for person, organisations in found.items()}


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
