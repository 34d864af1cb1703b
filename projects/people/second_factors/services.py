"""Acts on second factors: the credential, its event and what allauth stores of it are written together."""

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act_time, open_act
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.guards import FIRST_HOURS
from projects.people.credentials.hands import lock_hand
from projects.people.credentials.models import Credential
from projects.people.credentials.services import end_credential, give_credential
from projects.people.credentials.session_proofs import find_proof
from projects.people.second_factors.guards import STEPS
from projects.people.second_factors.queries import is_required_of, list_credentials_of_factors
from roles.models import User
from roles.passkeys.ceremonies import encode_public_key
from roles.passkeys.keys import NewKey, find_key, forget_key, list_keys, store_key
from roles.second_factors.codes import list_factors, store_code_app, store_recovery_codes

MOST_PASSKEYS = 10


@open_act
def add_passkey(*, actor: User, new: NewKey, name: str, is_first: bool) -> list[str]:
    """Give the actor a passkey; return the recovery codes made with it, none where they have some.

    `is_first`: in the session that the invitation link opened. Raises ValidationError on a passkey that is known, and
    on too many.
    """
    lock_hand(actor)
    if find_key(new.data.credential_id):
        raise ValidationError(_("This device already has a passkey for your account."))
    if list_keys(actor).count() >= MOST_PASSKEYS:
        raise ValidationError(_("You have 10 passkeys. Remove one first."))
    store_key(actor, new)
    _give(
        actor,
        CredentialKind.PASSKEY,
        is_first=is_first,
        name=name,
        public_key=encode_public_key(new),
        credential_id=new.data.credential_id,
    )
    return _give_missing_codes(actor, is_first)


@open_act
def add_code_app(*, actor: User, secret: str, code: str, is_first: bool) -> list[str]:
    """Give the actor a code app, in place of the one before; return the recovery codes made with it, as above.

    `code` has proved that the app knows the secret; it is used up.
    """
    lock_hand(actor)
    store_code_app(actor, secret, code)
    _give(actor, CredentialKind.CODE_APP, is_first=is_first)
    return _give_missing_codes(actor, is_first)


@open_act
def make_recovery_codes(*, actor: User, is_first: bool) -> list[str]:
    """Give the actor other recovery codes, which end those before. Raises ValidationError without a second factor."""
    lock_hand(actor)
    if not any(credential.kind in STEPS for credential in list_credentials_of_factors(actor)):
        raise ValidationError(_("Add a passkey or a code app first."))
    return _give_codes(actor, is_first)


@open_act
def remove_factor(*, actor: User, credential: Credential) -> Credential:
    """End a factor of the actor. Recovery codes end with the last one. Raises ValidationError while it is required."""
    lock_hand(actor)
    others = [other for other in list_credentials_of_factors(actor) if other != credential]
    is_last = not any(other.kind in STEPS for other in others)
    if credential.kind in STEPS and is_last and is_required_of(actor):
        raise ValidationError(_("Your organisation requires a second factor. Add another one first."))
    ended = _end(actor, credential)
    for other in others if is_last else ():
        _end(actor, other)
    return ended


@open_act
def end_factors(*, actor: User, person: User) -> None:
    """End all factors of a person."""
    lock_hand(person)
    for credential in list_credentials_of_factors(person):
        _end(actor, credential)


def _give(person: User, kind: CredentialKind, *, is_first: bool, **more: Any) -> None:
    """Give a factor: a first one, or one that is added on the proof of the session."""
    origin = _find_origin(person, is_first)
    proof = find_proof(person) if origin == Origin.ADDED else ""
    give_credential(actor=person, person=person, kind=kind, origin=origin, proof=proof, **more)


def _find_origin(person: User, is_first: bool) -> Origin:
    """Return FIRST while the first password is as young as the session that its link opened may be; else ADDED."""
    young = act_time() - timedelta(hours=FIRST_HOURS)
    first = Credential.objects.living().filter(
        person=person, kind=CredentialKind.PASSWORD, origin=Origin.FIRST, given_at__gt=young
    )
    return Origin.FIRST if is_first and first.exists() else Origin.ADDED


def _give_missing_codes(person: User, is_first: bool) -> list[str]:
    known = [credential.kind for credential in list_credentials_of_factors(person)]
    return [] if CredentialKind.RECOVERY_CODES in known else _give_codes(person, is_first)


def _give_codes(person: User, is_first: bool) -> list[str]:
    codes = store_recovery_codes(person)
    _give(person, CredentialKind.RECOVERY_CODES, is_first=is_first)
    return codes


def _end(actor: User, credential: Credential) -> Credential:
    ended = end_credential(actor=actor, credential=credential)
    if credential.kind == CredentialKind.PASSKEY:
        forget_key(bytes(credential.credential_id or b""))
    else:
        kind = {
            CredentialKind.CODE_APP: Authenticator.Type.TOTP,
            CredentialKind.RECOVERY_CODES: Authenticator.Type.RECOVERY_CODES,
        }[CredentialKind(credential.kind)]
        list_factors(credential.person).filter(type=kind).delete()
    return ended
