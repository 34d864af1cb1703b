"""Credentials and changes of address that wait for somebody to vouch, and who may."""

from typing import Any

from django.db.models import F, Q, QuerySet, Value

from core.acts import act_time
from core.sql.compiled_sql import Instant, Reader
from projects.people.addresses.models import AddressChange
from projects.people.credentials.models import Credential
from projects.people.vouching.models import MayVouch, Waiting
from projects.people.vouching.predicates import NONE
from projects.seats.mandates.holders import owners_above
from projects.seats.mandates.models import Mandate
from roles.models import User


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


def list_vouchers(waiting: Waiting) -> QuerySet[User]:
    """List who may vouch for a credential or a change of address, each with `capacity`."""
    held = Mandate.objects.active().deciding().filter(holder=waiting.person_id).select_related("project__parent")
    above = {seat.holder_id for mandate in held for seat in owners_above(mandate.project)}
    people = User.objects.filter(Q(is_staff=True) | Q(pk__in=above), is_active=True)
    found = people.annotate(capacity=MayVouch(F("pk"), *_values(waiting), act_time()))
    return found.filter(capacity__isnull=False).order_by("pk")


def _values(waiting: Waiting) -> tuple[Any, Any]:
    """Return the arguments for a given row."""
    key = Value(waiting.pk)
    return (key, NONE) if isinstance(waiting, Credential) else (NONE, key)
