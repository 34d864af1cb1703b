"""People of the organisation, as administrators list them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from projects.credentials.enums import CredentialKind
from projects.credentials.models import Credential
from projects.credentials.queries import find_provider_link
from roles.models import INSTALLATION, User

#: Digits of a number that can be no key of a row.
LONGEST_NUMBER = 19
ACTIVE, INVITED, CLOSED = "active", "invited", "closed"
STATES = (ACTIVE, INVITED, CLOSED)
#: Whether a person holds a role today.
HOLDING, IDLE = "holding", "none"
WITHOUT_PASSWORD = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
#: Whether the person signs in by the provider, with or without a password.
LINKED = Exists(Credential.objects.living().filter(person=OuterRef("pk"), kind=CredentialKind.PROVIDER))
BY_STATE = {
    ACTIVE: Q(is_active=True) & (~WITHOUT_PASSWORD | Q(is_linked=True)),
    INVITED: Q(is_active=True) & WITHOUT_PASSWORD & Q(is_linked=False),
    CLOSED: Q(is_active=False),
}
BY_ROLES = {HOLDING: Q(roles_held__gt=0), IDLE: Q(roles_held=0)}


@dataclass(frozen=True)
class Filter:
    """Filter of the directory, from the query string; the default matches everybody."""

    words: str = ""
    state: str = ""
    roles: str = ""
    organisation: int | None = None

    @classmethod
    def from_query_string(cls, address: QueryDict) -> "Filter":
        """Parse the query string; invalid values are ignored."""
        state, roles = address.get("state", ""), address.get("roles", "")
        organisation = address.get("organisation", "")
        is_number = organisation.isascii() and organisation.isdecimal() and len(organisation) < LONGEST_NUMBER
        return cls(
            address.get("q", "")[:100],
            state if state in BY_STATE else "",
            roles if roles in BY_ROLES else "",
            int(organisation) if is_number else None,
        )

    def list_people(self, now: datetime) -> QuerySet[User]:
        """Filter people by organisation and words, with `roles_held`, their roles at `now`, and `is_linked`."""
        held = Q(mandates__period__contains=now, mandates__taken_back=False)
        people: Any = User.objects.exclude(email=INSTALLATION).select_related("organisation")
        for word in self.words.split()[:5]:
            people = people.filter(
                Q(name__icontains=word) | Q(email__icontains=word) | Q(organisation__name__icontains=word)
            )
        if self.organisation is not None:
            people = people.filter(organisation=self.organisation)
        people = people.annotate(roles_held=Count("mandates", filter=held, distinct=True), is_linked=LINKED)
        found: QuerySet[User] = people.filter(BY_STATE.get(self.state, Q()), BY_ROLES.get(self.roles, Q()))
        return found


def state_of(person: User) -> str:
    """Return the state of an account."""
    if not person.is_active:
        return CLOSED
    return ACTIVE if has_entered(person) else INVITED


def has_entered(person: User) -> bool:
    """Return whether the person has a password, or is linked to the provider; `is_linked` may be annotated."""
    if person.has_usable_password():
        return True
    linked: bool | None = getattr(person, "is_linked", None)
    return find_provider_link(person) is not None if linked is None else linked
