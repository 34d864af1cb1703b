"""Who may second a replacement, and whom it concerns."""

from datetime import datetime

from django.db.models import Q, QuerySet, Value

from core.access import Person
from core.acts import act_time, cached
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.people.accounts.departures import list_owned_projects
from projects.people.replacements.enums import PERIOD, WEEKS
from projects.people.replacements.models import WHO_SECONDS, MaySecond, Replacement
from projects.project.models import Project
from projects.seats.mandates.audience import list_seat_audience
from projects.seats.mandates.holders import owners_above, seat_holders
from projects.seats.mandates.seats import seats_of
from roles.models import User


def list_seconds(replacement: Replacement) -> QuerySet[User]:
    """List who may second a replacement, saved or not, each with `capacity_of`."""
    return _list_seconds(replacement, replacement.proposed_at, act_time())


def is_alone(replacement: Replacement) -> bool:
    """Return whether nobody may second it, and nobody could have 30 days before."""
    then = replacement.proposed_at - PERIOD
    return not (list_seconds(replacement).exists() or _list_seconds(replacement, then, then).exists())


def list_announcements(replacement: Replacement) -> QuerySet[LedgerEvent]:
    """List the events that told everybody again of one hand alone, the last first."""
    events = LedgerEvent.objects.filter(subject=Replacement._meta.label_lower, subject_id=replacement.pk)
    return events.filter(act=Act.ANNOUNCE_REPLACEMENT).order_by("-acted_at")


def counts_alone(replacement: Replacement) -> bool:
    """Return whether one hand alone counts: nobody may second it, 30 days are over and four mails have left."""
    since = replacement.counts_alone_from
    if since is None or since > act_time() or list_announcements(replacement).count() < WEEKS:
        return False
    return not list_seconds(replacement).exists()


def _list_seconds(replacement: Replacement, asked: datetime, moment: datetime) -> QuerySet[User]:
    keys = ("kind", *(f"{name}_id" for name in WHO_SECONDS[1:-1]))
    columns = [Value(getattr(replacement, key)) for key in keys]
    capacity = MaySecond("pk", *columns, Value(asked), Value(moment))
    return User.objects.annotate(capacity_of=capacity).filter(capacity_of__isnull=False).order_by("pk")


def list_projects(replacement: Replacement) -> list[Project]:
    """List the projects that it concerns: its own, or those that the former owner owns."""
    return [replacement.project] if replacement.is_of_owner else list(list_owned_projects(replacement.former))


def list_audience(replacement: Replacement) -> list[User]:
    """List everybody who must know: of each project its roles and owners above; administrators; those it names."""
    people = {person.pk: person for person in (replacement.former, replacement.successor) if person}
    for project in list_projects(replacement):
        seats = [*seat_holders(project), *owners_above(project)]
        people |= {seat.person.pk: seat.person for seat in seats}
        people |= {person.pk: person for person in list_seat_audience(project)}
    people |= {person.pk: person for person in User.objects.filter(is_staff=True, is_active=True)}
    return list(people.values())


def list_suspensions(person: Person) -> list[Replacement]:
    """List the contested replacements by which the person owns a project: until confirmed, they act by no hand.

    No query for whoever owns none by a replacement, as their seats tell.
    """
    if not any(seat.replacement_id for seat in seats_of(person)):
        return []
    now = act_time()
    taken = Replacement.objects.filter(successor=person.pk, objected_at__isnull=False, mandate__isnull=False)
    held = taken.filter(Q(mandate__period__endswith=None) | Q(mandate__period__endswith__gt=now))
    rows = held.select_related("project", "former", "proposed_by", "seconded_by")
    return cached(("suspensions", person.pk), lambda: [row for row in rows if row.is_contested])
