"""Credentials of a person, as pages list them."""

from core.access import Account
from projects.credentials.models import Credential

MOST = 20


def list_credentials(person: Account) -> list[Credential]:
    """List the credentials of a person with who vouched for them, the newest first."""
    found = Credential.objects.filter(person=person.pk).prefetch_related("vouches__voucher")
    return list(found.order_by("-pk")[:MOST])
