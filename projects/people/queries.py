"""People of the organisation, as administrators list them."""

from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Q, QuerySet

from roles.models import INSTALLATION, User

ACTIVE, INVITED, CLOSED = "active", "invited", "closed"
STATES = (ACTIVE, INVITED, CLOSED)


def list_people(now: datetime, words: str = "", state: str = "") -> QuerySet[User]:
    """Filter people by words of name, address or organisation and by state, with `roles_held`: their roles today."""
    held = Q(mandates__period__contains=now, mandates__taken_back=False)
    people: Any = User.objects.exclude(email=INSTALLATION).select_related("organisation")
    for word in words.split()[:5]:
        people = people.filter(
            Q(name__icontains=word) | Q(email__icontains=word) | Q(organisation__name__icontains=word)
        )
    without_password = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    by_state = {
        ACTIVE: Q(is_active=True) & ~without_password,
        INVITED: Q(is_active=True) & without_password,
        CLOSED: Q(is_active=False),
    }
    found: QuerySet[User] = people.filter(by_state.get(state, Q())).annotate(
        roles_held=Count("mandates", filter=held, distinct=True)
    )
    return found


def state_of(person: User) -> str:
    """Return the state of an account."""
    if not person.is_active:
        return CLOSED
    return ACTIVE if person.has_usable_password() else INVITED
