"""Sign a decision or an opinion with a passkey: what is signed, the ceremony of the browser, its check (ADR 30)."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.core import signing
from django.http import HttpRequest
from django.utils.translation import gettext as _
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    UserVerificationRequirement,
)

from core.record.sealing import canonical, new_salt
from governance.decide.signing.models import SignableModel
from projects.ledger.enums import Act
from projects.ledger.services import instant
from projects.models import Credential, LedgerEvent
from projects.people.credentials.enums import CredentialKind
from roles.models import User
from roles.passkeys.keys import CounterWentBack, use_counter
from roles.passkeys.relying_party import ALGORITHMS, build_server, is_available, rp_id

#: Word before the canonical bytes of what is signed.
DOMAIN = b"ouvrage.signature.v1\x00"
#: What the content of a decision tells beside the answer: computed by the database, or about the confirmation.
UNSIGNED = ("impossible", "factors", "since")
#: Purpose of the signed nonces, and the seconds for which one lives.
NONCE, LIFETIME = "signature", 600
#: Step of the form of a review that records without a signature.
UNSIGNED_STEP = "unsigned"
#: Longest answer of a browser that is read.
LONGEST = 20_000


class NotSigned(Exception):
    """Raised when no valid signature came with an act; `message` says why, in words for its signatory."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Signed:
    """What the browser sent: the nonce of the review, and the assertion of the passkey as JSON."""

    nonce: str
    assertion: str


@dataclass(frozen=True)
class Ceremony:
    """What a review asks the browser to sign: the nonce that comes back, and the options of `credentials.get`."""

    nonce: str
    options: str


def build_statement(row: SignableModel) -> dict[str, Any]:
    """Return what a signature covers: the content of the row with its salt, by whom and on what.

    The salt is the nonce of the review: nothing of a text can be guessed from its hash, and an erasure takes it away.
    """
    content = {"salt": row.salt, **row.sealed_content()}
    return {
        **row.signed_context(),
        "content": {name: value for name, value in content.items() if name not in UNSIGNED},
    }


def compute_challenge(row: SignableModel) -> bytes:
    """Return the SHA-256 that a passkey signs for this row."""
    return hashlib.sha256(DOMAIN + canonical(build_statement(row))).digest()


def list_passkeys(person: User) -> list[Credential]:
    """List the passkeys of a person that count now. No query where browsers know none."""
    if not is_available():
        return []
    return list(Credential.objects.counting().filter(person=person, kind=CredentialKind.PASSKEY).order_by("pk"))


def read_nonce(person: User, sent: str) -> str:
    """Return the nonce that came back from the browser. Raises NotSigned when it is not of this person, or old."""
    try:
        whose, salt = signing.loads(sent, salt=NONCE, max_age=LIFETIME)
    except (signing.BadSignature, ValueError, TypeError):
        whose, salt = None, ""
    if whose != person.pk:
        raise NotSigned(_("The review was open for too long. Read it again, then sign."))
    return str(salt)


def begin_ceremony(person: User, build: Callable[[], SignableModel]) -> Ceremony | None:
    """Return what the browser needs to have a row signed that its person is about to record; None without a passkey.

    `build` returns the row as its service would record it; the nonce becomes its salt.
    """
    passkeys = list_passkeys(person)
    if not passkeys:
        return None
    row = build()
    row.salt = new_salt()
    options = {
        "challenge": websafe_encode(compute_challenge(row)),
        "rpId": rp_id(),
        "allowCredentials": [websafe_encode(bytes(key.credential_id or b"")) for key in passkeys],
    }
    return Ceremony(signing.dumps([person.pk, row.salt], salt=NONCE), json.dumps(options))


def read_signed(request: HttpRequest) -> Signed | None:
    """Return the signature that came with a review; None when its signatory has no passkey, or chose not to sign."""
    if "nonce" not in request.POST or request.POST.get("step") == UNSIGNED_STEP:
        return None
    return Signed(request.POST["nonce"], request.POST.get("assertion", ""))


def sign(row: SignableModel, person: User, signed: Signed) -> Credential:
    """Put a checked signature on a row that is about to be recorded; return its passkey. Raises NotSigned."""
    row.salt = read_nonce(person, signed.nonce)
    challenge = compute_challenge(row)
    passkeys = list_passkeys(person)
    answer = _check(challenge, passkeys, signed.assertion)
    response = answer.response
    passkey = next(key for key in passkeys if bytes(key.credential_id or b"") == answer.raw_id)
    _note_counter(passkey, response.authenticator_data)
    row.passkey = passkey
    row.assertion = {
        "challenge": challenge.hex(),
        "public_key": bytes(passkey.public_key or b"").hex(),
        "client_data": response.client_data.hex(),
        "authenticator_data": response.authenticator_data.hex(),
        "signature": response.signature.hex(),
    }
    return passkey


def list_signature_facts(row: SignableModel) -> dict[str, Any]:
    """Return the facts of the event of a signed row: the signature, and the entry that gave its passkey. One query.

    Nothing without a signature.
    """
    if row.passkey is None:
        return {}
    about = {"subject": Credential._meta.label_lower, "subject_id": row.passkey.pk}
    entry = LedgerEvent.objects.get(act=Act.GIVE_CREDENTIAL, **about)
    since = instant(row.passkey.given_at)
    return {**row.assertion, "since": since, "key_entry": f"{entry.seq}:{bytes(entry.hash).hex()}"}


def _check(challenge: bytes, passkeys: Sequence[Credential], sent: str) -> AuthenticationResponse:
    """Return the assertion, checked against the challenge and the passkeys. Raises NotSigned."""
    state = {"challenge": websafe_encode(challenge), "user_verification": UserVerificationRequirement.REQUIRED}
    known = [_read_key(passkey) for passkey in passkeys]
    try:
        if len(sent) > LONGEST:
            raise ValueError("it is too long")
        answer: AuthenticationResponse = AuthenticationResponse.from_dict(json.loads(sent))
        if answer.response.client_data.cross_origin:
            raise ValueError("it comes from inside another page")
        build_server().authenticate_complete(state, [key for key in known if key], answer)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotSigned(_("Your passkey did not sign. Nothing was recorded. Try again.")) from error
    return answer


def _read_key(passkey: Credential) -> AttestedCredentialData | None:
    """Return a passkey as the ceremony needs it; None when its algorithm is one that proofs are not verified with."""
    key = CoseKey.parse(cast("Mapping[int, Any]", cbor.decode(bytes(passkey.public_key or b""))))
    if key.ALGORITHM not in ALGORITHMS:
        return None
    return AttestedCredentialData.create(Aaguid.NONE, bytes(passkey.credential_id or b""), key)


def _note_counter(passkey: Credential, data: AuthenticatorData) -> None:
    """Note how often the passkey has signed, sign-ins included. Raises NotSigned when it counts less than before."""
    try:
        use_counter(bytes(passkey.credential_id or b""), data.counter)
    except CounterWentBack as error:
        raise NotSigned(
            _("The counter of your passkey went back: it may have been copied. Remove it, and add another one.")
        ) from error
