"""Organisations that are on the same side (R8)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from django.db import connection

from projects.organisations.guards import related_sql


def related_organisations(
    organisations: Iterable[int], first: datetime, last: datetime | None
) -> dict[int, frozenset[int]]:
    """Map each organisation to those on its side at some time of the period, itself included. One query."""
    found: dict[int, set[int]] = {}
    roots = sorted(set(organisations))
    if not roots:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(related_sql("%s::bigint[]", "%s::date", "%s::date"), [roots, _day(last), _day(first)])
        for root, other in cursor.fetchall():
            found.setdefault(root, set()).add(other)
    return {root: frozenset(others) for root, others in found.items()}


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(UTC).date() if moment else None
