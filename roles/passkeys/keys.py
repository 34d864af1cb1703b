"""Passkeys as they are stored: rows of allauth, so that its sign-in asks for a second step. They hold no secret."""

import logging
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestedCredentialData

from roles.accounts.models import User

logger = logging.getLogger(__name__)


class CounterWentBack(Exception):
    """Raised when a passkey has counted less than it had: somebody may have copied it."""


@dataclass(frozen=True)
class NewKey:
    """A passkey that a browser has just made, and how often it had signed."""

    data: AttestedCredentialData
    counter: int


def list_keys(person: User) -> QuerySet[Authenticator]:
    """Filter the passkeys of a person."""
    keys: QuerySet[Authenticator] = Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN)
    return keys.order_by("pk")


def find_key(credential_id: bytes) -> Authenticator | None:
    """Return the passkey with this identifier, of whoever has an open account."""
    keys = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN, user__is_active=True)
    return keys.select_related("user").filter(data__id=websafe_encode(credential_id)).first()


def store_key(person: User, new: NewKey) -> Authenticator:
    """Store a passkey. The caller records the credential, which has its name, in the same transaction."""
    stored = {
        "id": websafe_encode(new.data.credential_id),
        "key": websafe_encode(bytes(new.data)),
        "counter": new.counter,
    }
    key: Authenticator = Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data=stored)
    return key


def forget_key(credential_id: bytes) -> None:
    """Delete a passkey. The caller ends the credential in the same transaction."""
    Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN, data__id=websafe_encode(credential_id)).delete()


def read_key(stored: Authenticator) -> AttestedCredentialData:
    """Return identifier and public key of a stored passkey."""
    return AttestedCredentialData(websafe_decode(stored.data["key"]))


def use_counter(credential_id: bytes, counter: int) -> None:
    """Note how often a passkey has signed. Raises CounterWentBack unless that is more than before.

    Passkeys that are kept on several devices do not count: theirs stays 0.
    """
    with transaction.atomic():
        stored = Authenticator.objects.select_for_update(of=("self",)).get(
            type=Authenticator.Type.WEBAUTHN, data__id=websafe_encode(credential_id)
        )
        known = stored.data["counter"]
        if (counter or known) and counter <= known:
            logger.warning("Passkey %s of account %s counts %s after %s", stored.pk, stored.user_id, counter, known)
            raise CounterWentBack
        stored.data["counter"] = counter
        stored.save(update_fields=["data"])
