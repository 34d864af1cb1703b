"""Credentials and changes of address that wait for somebody to vouch, and who may."""

from typing import Any

from django.db.models import F, Func, Q, QuerySet, Value

from core.access import Person
from core.acts import act_time
from core.compiled_sql import Instant, Reader
from projects.addresses.models import AddressChange
from projects.credentials.models import Credential
from projects.mandates.holders import owners_above
from projects.mandates.models import Mandate
from projects.vouching.models import CountsAlone, MayVouch, Vouched, Waiting
from roles.models import User

NONE = Value(None)


def list_to_vouch(user: Reader, at: Instant | None = None) -> QuerySet[Credential]:
    """Filter the credentials for which `user` may vouch."""
    moment = at or act_time()
    asked = Credential.objects.living().filter(asked_at__isnull=False, vouched_at=None, proved_at=None, alone_at=None)
    return asked.alias(capacity=MayVouch(user.pk, F("pk"), NONE, moment)).filter(capacity__isnull=False)


def list_addresses_to_vouch(user: Reader, at: Instant | None = None) -> QuerySet[AddressChange]:
    """Filter the changes of address for which `user` may vouch."""
    moment = at or act_time()
    asked = AddressChange.objects.open().filter(vouch_asked_at__isnull=False, old_confirmed_at=None)
    return asked.alias(capacity=MayVouch(user.pk, NONE, F("pk"), moment)).filter(capacity__isnull=False)


def find_capacity(user: Person, waiting: Waiting) -> str | None:
    """Return the capacity in which `user` may vouch for a credential or a change of address, or None."""
    capacity: str | None = _ask(waiting, MayVouch(user.pk, *_keys(waiting), act_time()))
    return capacity


def is_vouched(waiting: Waiting) -> bool:
    """Return whether enough people have vouched: two, the owner above first."""
    return bool(_ask(waiting, Vouched(*_keys(waiting), act_time())))


def counts_alone(waiting: Waiting) -> bool:
    """Return whether it counts now because nobody can vouch: after 30 days, with a notice in each of four weeks."""
    return bool(_ask(waiting, CountsAlone(*_keys(waiting), act_time())))


def list_vouchers(waiting: Waiting) -> QuerySet[User]:
    """List who may vouch for a credential or a change of address, each with `capacity`."""
    held = Mandate.objects.active().deciding().filter(holder=waiting.person_id).select_related("project__parent")
    above = {seat.holder_id for mandate in held for seat in owners_above(mandate.project)}
    people = User.objects.filter(Q(is_staff=True) | Q(pk__in=above), is_active=True)
    found = people.annotate(capacity=MayVouch(F("pk"), *_values(waiting), act_time()))
    return found.filter(capacity__isnull=False).order_by("pk")


def _ask(waiting: Waiting, function: Func) -> Any:
    rows: Any = type(waiting).objects.filter(pk=waiting.pk)
    return rows.values_list(function, flat=True).first()


def _keys(waiting: Waiting) -> tuple[Any, Any]:
    """Return the arguments for a row of the query: the key of the credential, and that of the change of address."""
    return (F("pk"), NONE) if isinstance(waiting, Credential) else (NONE, F("pk"))


def _values(waiting: Waiting) -> tuple[Any, Any]:
    """Return the arguments for a given row."""
    key = Value(waiting.pk)
    return (key, NONE) if isinstance(waiting, Credential) else (NONE, key)
