"""Organisations as administrators list them, and those that are on the same side (R8)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import Count, Prefetch, Q, QuerySet

from projects.organisation_settings.queries import day_of, last_day_of
from projects.seats.organisations.guards import related_sql
from projects.seats.organisations.models import OrganisationLink
from roles.models import Organisation


def related_organisations(
    organisations: Iterable[int], first: datetime, last: datetime | None
) -> dict[int, frozenset[int]]:
    """Map each organisation to those on its side at some time of the period, itself included. One query."""
    found: dict[int, set[int]] = {}
    roots = sorted(set(organisations))
    if not roots:
        return {}
    days = [last_day_of(last) if last else None, day_of(first)]
    with connection.cursor() as cursor:
        cursor.execute(related_sql("%s::bigint[]", "%s::date", "%s::date"), [roots, *days])
        for root, other in cursor.fetchall():
            found.setdefault(root, set()).add(other)
    return {root: frozenset(others) for root, others in found.items()}


def list_organisations(words: str = "") -> QuerySet[Organisation]:
    """Filter organisations by words of their name, with `people_here`, their open accounts, and `shown_links`."""
    organisations: QuerySet[Organisation] = Organisation.objects.all()
    for word in words.split()[:5]:
        organisations = organisations.filter(name__icontains=word)
    links = OrganisationLink.objects.select_related("other").order_by("starts_on", "pk")
    return organisations.annotate(people_here=Count("people", filter=Q(people__is_active=True))).prefetch_related(
        Prefetch("links", links, "shown_links")
    )
