"""Sign a decision with a passkey: what is signed, the ceremony of the browser, and its check (ADR 30)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.core import signing
from django.db.models import Q
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

from core.acts import act_time, is_back_entry
from core.sealing import canonical, new_salt
from governance.decisions.models import Decision
from projects.credentials.enums import CredentialKind
from projects.models import Credential, Project
from projects.organisation_settings.queries import organisation
from roles.models import User
from roles.passkeys.keys import CounterWentBack, use_counter
from roles.passkeys.relying_party import ALGORITHMS, build_server, is_available, rp_id

#: Word before the canonical bytes of what is signed.
DOMAIN = b"ouvrage.signature.v1\x00"
#: What a content tells beside the answer: computed by the database, or about the confirmation itself.
UNSIGNED = ("impossible", "factors", "since")
#: Purpose of the signed nonces, and the seconds for which one lives.
NONCE, LIFETIME = "signature of a decision", 600
#: Longest answer of a browser that is read.
LONGEST = 20_000


class NotSigned(Exception):
    """Raised when no valid signature came with an answer; `message` says why, in words for its signatory."""

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


def build_statement(decision: Decision) -> dict[str, Any]:
    """Return what a signature covers: the answer with its salt, the file, and who decides in what capacity.

    The salt is the nonce of the review: nothing of a text can be guessed from its hash, and an erasure takes it away.
    """
    content = {"salt": decision.salt, **decision.sealed_content()}
    return {
        "project": str(decision.project_id),
        "proposal": str(decision.proposal_id),
        "revision": decision.revision_hash,
        "decider": str(decision.decided_by.key),
        "mandate": str(decision.mandate_id),
        "delegation": str(decision.delegation_id or ""),
        "content": {name: value for name, value in content.items() if name not in UNSIGNED},
    }


def compute_challenge(decision: Decision) -> bytes:
    """Return the SHA-256 that a passkey signs for this decision."""
    return hashlib.sha256(DOMAIN + canonical(build_statement(decision))).digest()


def list_passkeys(person: User) -> list[Credential]:
    """List the passkeys of a person that count now. No query where browsers know none."""
    if not is_available():
        return []
    living = Credential.objects.living().filter(person=person, kind=CredentialKind.PASSKEY)
    waited = Q(vouched_at__isnull=False) | Q(counts_from__lte=act_time())
    return list(living.filter(waited, confirmed_at__isnull=False).order_by("pk"))


def is_signature_required(project: Project) -> bool:
    """Return whether the owner of the project, or the organisation, requires decisions to be signed."""
    return not is_back_entry() and (project.signed_decisions or organisation().signed_decisions)


def new_nonce(person: User) -> tuple[str, str]:
    """Return a nonce for the decision that a person is about to take, and its form that comes back from the browser."""
    salt = new_salt()
    return salt, signing.dumps([person.pk, salt], salt=NONCE)


def read_nonce(person: User, sent: str) -> str:
    """Return the nonce that came back from the browser. Raises NotSigned when it is not of this person, or old."""
    try:
        whose, salt = signing.loads(sent, salt=NONCE, max_age=LIFETIME)
    except (signing.BadSignature, ValueError, TypeError):
        whose, salt = None, ""
    if whose != person.pk:
        raise NotSigned(_("The review was open for too long. Read it again, then sign."))
    return str(salt)


def begin_ceremony(decision: Decision, nonce: str, passkeys: Sequence[Credential]) -> Ceremony:
    """Return what the browser needs to have this decision signed with one of the passkeys."""
    options = {
        "challenge": websafe_encode(compute_challenge(decision)),
        "rpId": rp_id(),
        "allowCredentials": [websafe_encode(bytes(key.credential_id or b"")) for key in passkeys],
    }
    return Ceremony(nonce, json.dumps(options))


def sign(decision: Decision, person: User, signed: Signed) -> None:
    """Put a checked signature on a decision that is about to be recorded. Raises NotSigned."""
    challenge = compute_challenge(decision)
    passkeys = list_passkeys(person)
    answer = _check(challenge, passkeys, signed.assertion)
    response = answer.response
    passkey = next(key for key in passkeys if bytes(key.credential_id or b"") == answer.raw_id)
    _note_counter(passkey, response.authenticator_data)
    decision.passkey, decision.factors, decision.factor_since = passkey, [CredentialKind.PASSKEY], passkey.given_at
    decision.assertion = {
        "challenge": challenge.hex(),
        "public_key": bytes(passkey.public_key or b"").hex(),
        "client_data": response.client_data.hex(),
        "authenticator_data": response.authenticator_data.hex(),
        "signature": response.signature.hex(),
    }


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
        raise NotSigned(_("Your passkey did not sign this decision. Nothing was recorded. Try again.")) from error
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
