"""An authenticator in software: passkeys without a browser, honest or not."""

import json
import os
from collections.abc import Mapping
from hashlib import sha256
from struct import pack
from typing import Any, cast

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from fido2 import cbor, cose
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestedCredentialData

from roles.passkeys.keys import NewKey
from roles.passkeys.relying_party import origin, rp_id

PRESENT, VERIFIED = 1, 4
MADE: dict[str, Any] = {
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
}


class Authenticator:
    """One passkey; `clone` copies it with its counter."""

    def __init__(self, algorithm: str = "ES256", counter: int = 0) -> None:
        self.algorithm, self.counter = algorithm, counter
        self.credential_id = os.urandom(32)
        self.key = MADE[algorithm]()

    @property
    def public_key(self) -> bytes:
        """Return the public key as a passkey gives it (COSE)."""
        return cbor.encode(dict(cose.CoseKey.for_name(self.algorithm).from_cryptography_key(self.key.public_key())))

    def as_new_key(self) -> NewKey:
        """Return the passkey as a browser that made it tells it."""
        key = cose.CoseKey.parse(cast("Mapping[int, Any]", cbor.decode(self.public_key)))
        return NewKey(AttestedCredentialData.create(Aaguid.NONE, self.credential_id, key), self.counter)

    def clone(self) -> "Authenticator":
        """Return a copy that counts for itself."""
        copy = Authenticator("EdDSA", self.counter)
        copy.algorithm, copy.credential_id, copy.key = self.algorithm, self.credential_id, self.key
        return copy

    def parts(
        self,
        challenge: str,
        *,
        at: str | None = None,
        of: str | None = None,
        flags: int = PRESENT | VERIFIED,
        kind: str = "webauthn.get",
        **said: Any,
    ) -> tuple[bytes, bytes, bytes]:
        """Return client data, authenticator data and signature for a challenge (base64url)."""
        self.counter += bool(self.counter)
        client = {"type": kind, "challenge": challenge, "origin": at or origin(), "crossOrigin": False} | said
        written = json.dumps(client, separators=(",", ":")).encode()
        data = sha256((of or rp_id()).encode()).digest() + bytes([flags]) + pack(">I", self.counter)
        return written, data, self._sign(data + sha256(written).digest())

    def answer(self, options: dict[str, Any], **otherwise: Any) -> str:
        """Return what the browser sends for these options."""
        client, data, signature = self.parts(options["challenge"], **otherwise)
        response = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return json.dumps(
            {
                "id": websafe_encode(self.credential_id),
                "rawId": websafe_encode(self.credential_id),
                "type": "public-key",
                "response": {name: websafe_encode(value) for name, value in response.items()},
            }
        )

    def facts(self, challenge: bytes, **otherwise: Any) -> dict[str, str]:
        """Return the facts of the event of a decision that it signed."""
        client, data, signature = self.parts(websafe_encode(challenge), **otherwise)
        return {
            "challenge": challenge.hex(),
            "public_key": self.public_key.hex(),
            "client_data": client.hex(),
            "authenticator_data": data.hex(),
            "signature": signature.hex(),
        }

    def _sign(self, message: bytes) -> bytes:
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(message, ec.ECDSA(hashes.SHA256()))
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        signature: bytes = self.key.sign(message)
        return signature
