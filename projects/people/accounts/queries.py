"""People of the organisation, as administrators list them."""

from datetime import datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, Q, QuerySet

from core.sql.subqueries import count_rows
from projects.notices.enums import Reason
from projects.notices.models import Notification
from projects.people.credentials.enums import CredentialKind
from projects.people.credentials.models import Credential
from projects.people.credentials.queries import find_provider_link
from projects.seats.mandates.models import Mandate
from roles.models import INSTALLATION, User

ACTIVE, INVITED, CLOSED = "active", "invited", "closed"
STATES = (ACTIVE, INVITED, CLOSED)
#: Whether a person holds a role today.
HOLDING, IDLE = "holding", "none"
WITHOUT_PASSWORD = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
#: Whether the person signs in by the provider, with or without a password.
LINKED = Exists(Credential.objects.living().filter(person=OuterRef("pk"), kind=CredentialKind.PROVIDER))
#: Whether the email of an invitation failed to leave, and is tried again.
MAIL_FAILED = Exists(Notification.objects.failed().filter(recipient=OuterRef("pk"), reason=Reason.INVITED))
#: Whether an invitation was ever sent, or left to the worker.
WAS_INVITED = Exists(Notification.objects.filter(recipient=OuterRef("pk"), reason=Reason.INVITED))
BY_STATE = {
    ACTIVE: Q(is_active=True) & (~WITHOUT_PASSWORD | Q(is_linked=True)),
    INVITED: Q(is_active=True) & WITHOUT_PASSWORD & Q(is_linked=False),
    CLOSED: Q(is_active=False),
}
BY_ROLES = {HOLDING: Q(roles_held__gt=0), IDLE: Q(roles_held=0)}


def list_people(now: datetime) -> QuerySet[User]:
    """List everybody, with `roles_held`, their roles at `now`, `is_linked`, `mail_failed` and `was_invited`."""
    held = Mandate.objects.filter(holder=OuterRef("pk"), period__contains=now, taken_back=False)
    people = User.objects.exclude(email=INSTALLATION).select_related("organisation")
    counted: QuerySet[User] = people.annotate(
        roles_held=count_rows(held, by="holder"), is_linked=LINKED, mail_failed=MAIL_FAILED, was_invited=WAS_INVITED
    )
    return counted


def list_uninvited() -> QuerySet[User]:
    """List the people whose account was opened for a later invitation, by name.

    Accounts of a directory, and of the operator, get their link elsewhere.
    """
    people = User.objects.exclude(email=INSTALLATION).alias(is_linked=LINKED, was_invited=WAS_INVITED)
    waiting = people.filter(BY_STATE[INVITED], was_invited=False, is_staff=False, external_id="")
    return waiting.order_by("name", "pk")


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
