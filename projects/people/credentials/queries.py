"""Credentials of a person, as pages list them."""

from core.access import Account
from projects.people.credentials.enums import CredentialKind
from projects.people.credentials.models import Credential

MOST = 20


def list_credentials(person: Account) -> list[Credential]:
    """List the credentials of a person with who vouched for them, the newest first."""
    found = Credential.objects.filter(person=person.pk).with_standing().prefetch_related("vouches__voucher")
    return list(found.order_by("-pk")[:MOST])


def find_provider_link(person: Account) -> Credential | None:
    """Return the link between the account and the person's account at the provider."""
    return Credential.objects.living().filter(person=person.pk, kind=CredentialKind.PROVIDER).first()
