"""Credentials that wait for somebody to vouch, and who may."""

from django.db.models import F, Q, QuerySet

from core.access import Person
from core.acts import act_time
from core.compiled_sql import Instant, Reader
from projects.credentials.models import Credential
from projects.mandates.holders import owners_above
from projects.mandates.models import Mandate
from projects.vouching.models import MayVouch
from roles.models import User


def list_to_vouch(user: Reader, at: Instant | None = None) -> QuerySet[Credential]:
    """Filter the credentials for which `user` may vouch."""
    moment = at or act_time()
    asked = Credential.objects.living().filter(asked_at__isnull=False, vouched_at=None, counts_from__gt=moment)
    return asked.alias(capacity=MayVouch(user.pk, F("pk"), moment)).filter(capacity__isnull=False)


def find_capacity(user: Person, credential: Credential) -> str | None:
    """Return the capacity in which `user` may vouch for a credential, or None."""
    found = Credential.objects.filter(pk=credential.pk).annotate(capacity=MayVouch(user.pk, F("pk"), act_time()))
    capacity: str | None = found.values_list("capacity", flat=True).first()
    return capacity


def list_vouchers(credential: Credential) -> QuerySet[User]:
    """List who may vouch for a credential, each with `capacity`."""
    held = Mandate.objects.active().deciding().filter(holder=credential.person_id).select_related("project__parent")
    above = {seat.holder_id for mandate in held for seat in owners_above(mandate.project)}
    people = User.objects.filter(Q(is_staff=True) | Q(pk__in=above), is_active=True)
    found = people.annotate(capacity=MayVouch(F("pk"), credential.pk, act_time()))
    return found.filter(capacity__isnull=False).order_by("pk")
