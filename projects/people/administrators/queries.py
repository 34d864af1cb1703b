"""Since when an administrator is one, and whether their rights count yet."""

from datetime import datetime

from django.db.models import F

from core.access import Person
from core.acts import act_time
from projects.organisation_settings.queries import find_waiting_time
from projects.people.administrators.models import Administers, find_rights_since
from roles.models import User


def rights_count(person: Person) -> bool:
    """Return whether the rights of an administrator are as old as the waiting time, or nobody's are older."""
    return User.objects.filter(pk=person.pk).filter(Administers(F("pk"), act_time())).exists()


def find_counts_from(person: Person) -> datetime | None:
    """Return from when the rights of an administrator count, if they do not yet."""
    since = find_rights_since(person)
    return since + find_waiting_time(act_time()) if since and not rights_count(person) else None
