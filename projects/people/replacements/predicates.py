"""Whether an owner may be replaced, by whom, and in which capacity a person may second it."""

from datetime import timedelta

from core.access import Person
from core.acts import act_time
from projects.organisation_settings.queries import find_waiting_time
from projects.people.replacements.enums import LEAST_HOURS
from projects.people.replacements.models import Replacement
from projects.project.models import Project
from projects.seats.mandates.holders import owners
from roles.models import User


def find_last_owner(project: Project) -> User | None:
    """Return the last owner of a project where nobody is in office; None with an owner, or before the first one."""
    if owners(project):
        return None
    begun = project.mandates.deciding().filter(taken_back=False, period__startswith__lte=act_time())
    last = begun.order_by("-period__startswith").select_related("holder").first()
    return last.holder if last else None


def has_long_administered(person: Person) -> bool:
    """Return whether the person has been an administrator for longer than the waiting time, and than a day."""
    now = act_time()
    since = now - max(find_waiting_time(now), timedelta(hours=LEAST_HOURS))
    version = User.history.filter(id=person.pk, history_date__lte=since).order_by("-history_id").first()
    return version is not None and version.is_staff and version.is_active


def find_capacity(user: Person, replacement: Replacement) -> str | None:
    """Return the capacity in which `user` may second it, or None."""
    found = Replacement.objects.filter(pk=replacement.pk).seconded_by_whom(user, act_time())
    return next((row.capacity_of for row in found), None)
