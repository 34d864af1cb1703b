"""Credentials of a person, as pages list them."""

from core.access import Account
from projects.credentials.models import Credential

MOST = 20


def list_credentials(person: Account) -> list[Credential]:
    """List the credentials of a person, the newest first."""
    return list(Credential.objects.filter(person=person.pk).order_by("-pk")[:MOST])
