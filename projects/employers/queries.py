"""The organisation for which people work on a day."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from django.db import connection

from projects.employers.guards import employers_sql
from projects.employers.models import Employment
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
    days = "SELECT %s::date AS first, %s::date AS last"
    employers = employers_sql("people.id", "days.first", "days.last")
    query = f"""SELECT people.id, e.organisation_id FROM unnest(%s::bigint[]) AS people(id) CROSS JOIN ({days}) AS days
      CROSS JOIN LATERAL ({employers}) AS e WHERE e.organisation_id IS NOT NULL"""  # noqa: S608 — our own SQL
    with connection.cursor() as cursor:
        cursor.execute(query, [sorted(found), _day(first), _day(last)])
        for person, organisation in cursor.fetchall():
            found[person].add(organisation)
    return {person: frozenset(organisations) for person, organisations in found.items()}


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(UTC).date() if moment else None
