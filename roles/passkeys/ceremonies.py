"""Ceremonies of the browser: make a passkey, prove to have one. A challenge is kept in the session and works once.

What a browser sends comes from outside: whatever is wrong with it is one refusal.
"""

import time
from collections.abc import Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from fido2 import cbor
from fido2.webauthn import (
    AuthenticationResponse,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from roles.accounts.models import User
from roles.passkeys.keys import CounterWentBack, NewKey, find_key, list_keys, read_key, use_counter
from roles.passkeys.relying_party import ALGORITHMS, build_server

MAKE, PROVE = "passkey_to_make", "passkey_to_prove"
#: Seconds for which a challenge works.
SECONDS = 300
#: Bytes of the longest identifier that authenticators give (WebAuthn, 4).
LONGEST = 1023
#: Member of a COSE key that names its algorithm.
COSE_ALGORITHM = 3
NOT_MADE = _("Your browser made no passkey. Try again.")
NOT_PROVED = _("This passkey was not accepted. Try again, or use another way.")
COPIED = _("This passkey may have been copied: it was used elsewhere. Remove it and tell an administrator.")


def begin_making(session: SessionBase, person: User) -> dict[str, Any]:
    """Return what the browser needs to make a passkey that names its person by itself; those they have are excluded."""
    options, state = build_server().register_begin(
        # The key of the ledger tells nothing about the person to whoever finds the device.
        PublicKeyCredentialUserEntity(name=person.email, id=person.key.bytes, display_name=person.name),
        credentials=[read_key(stored) for stored in list_keys(person)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _keep(session, MAKE, state)
    return dict(options)


def finish_making(session: SessionBase, response: Mapping[str, Any]) -> NewKey:
    """Return the passkey that the browser made for the challenge of the session. Raises ValidationError."""
    state = _take(session, MAKE, NOT_MADE)
    try:
        made = build_server().register_complete(state, response)
        data, counter = made.credential_data, made.counter
    except Exception as error:  # whatever a parser says of bytes from outside
        raise ValidationError(NOT_MADE) from error
    if data is None or len(data.credential_id) > LONGEST or data.public_key.get(COSE_ALGORITHM) not in ALGORITHMS:
        raise ValidationError(NOT_MADE)
    return NewKey(data, counter)


def encode_public_key(new: NewKey) -> bytes:
    """Return the public key as COSE bytes."""
    return cbor.encode(dict(new.data.public_key))


def begin_proof(session: SessionBase, person: User | None) -> dict[str, Any]:
    """Return what the browser needs to prove one of the passkeys of `person`, or of whoever it knows."""
    keys = [read_key(stored) for stored in list_keys(person)] if person else None
    options, state = build_server().authenticate_begin(keys, user_verification=UserVerificationRequirement.REQUIRED)
    _keep(session, PROVE, state)
    return dict(options)


def finish_proof(session: SessionBase, response: Mapping[str, Any], person: User | None = None) -> Authenticator:
    """Return the passkey that was proved for the challenge of the session, of `person` if given.

    Raises ValidationError: on another person's passkey too.
    """
    state = _take(session, PROVE, NOT_PROVED)
    try:
        proof = AuthenticationResponse.from_dict(response)
        handle, counter = proof.response.user_handle, proof.response.authenticator_data.counter
    except Exception as error:  # whatever a parser says of bytes from outside
        raise ValidationError(NOT_PROVED) from error
    stored = find_key(proof.raw_id)
    if stored is None or not _is_of(stored.user, person, handle):
        raise ValidationError(NOT_PROVED)
    try:
        build_server().authenticate_complete(state, [read_key(stored)], proof)
    except Exception as error:  # wrong challenge, origin, flags or signature
        raise ValidationError(NOT_PROVED) from error
    try:
        use_counter(proof.raw_id, counter)
    except CounterWentBack:
        raise ValidationError(COPIED) from None
    return stored


def _is_of(holder: User, person: User | None, handle: bytes | None) -> bool:
    """Return whether a passkey of `holder` proves `person`, or whoever the browser names by `handle`."""
    if person is None:
        return handle == holder.key.bytes
    return holder == person and handle in (None, holder.key.bytes)


def _keep(session: SessionBase, name: str, state: dict[str, Any]) -> None:
    session[name] = {
        "challenge": state["challenge"],
        "user_verification": str(UserVerificationRequirement.REQUIRED.value),
        "at": time.time(),
    }


def _take(session: SessionBase, name: str, refusal: Any) -> dict[str, Any]:
    """Return the challenge of the session, which is used up. Raises ValidationError when there is none, or too old."""
    state: dict[str, Any] | None = session.pop(name, None)
    if state is None or time.time() - state["at"] > SECONDS:
        raise ValidationError(refusal)
    return state
