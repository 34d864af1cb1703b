"""An authenticator in software: it answers the ceremonies of a browser without one, honestly or not."""

import copy
import json
import os
from collections.abc import Mapping
from hashlib import sha256
from struct import pack
from typing import Any, cast

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from fido2 import cbor, cose
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestedCredentialData

from roles.passkeys.keys import NewKey
from roles.passkeys.relying_party import origin, rp_id

PRESENT, VERIFIED, ATTESTED = 1, 4, 64
MADE: dict[str, Any] = {
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
}


class Authenticator:
    """One passkey. Attributes may be set to lie; `clone` copies it with its counter, which stays 0 if it begins so.

    `at` and `of` are origin and host of its answers, by default ours; `handle` is whom it says that it is of.
    """

    def __init__(self, algorithm: str = "ES256", counter: int = 0, at: str = "") -> None:
        self.algorithm, self.counter, self.at, self.of = algorithm, counter, at, ""
        self.credential_id = os.urandom(32)
        self.key = MADE[algorithm]()
        self.handle: bytes | None = None
        self.flags = PRESENT | VERIFIED

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
        return copy.copy(self)

    def parts(
        self,
        challenge: str,
        *,
        at: str = "",
        of: str = "",
        flags: int | None = None,
        kind: str = "webauthn.get",
        **said: Any,
    ) -> tuple[bytes, bytes, bytes]:
        """Return client data, authenticator data and signature for a challenge (base64url)."""
        self.counter += bool(self.counter)
        client = self._client_data(kind, challenge, at, **said)
        data = self._data(self.flags if flags is None else flags, of)
        return client, data, self._sign(data + sha256(client).digest())

    def make(self, options: dict[str, Any]) -> str:
        """Return what the browser sends when these options ask for a new passkey."""
        asked = options["publicKey"]
        self.handle = websafe_decode(asked["user"]["id"])
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + self.public_key
        data = self._data(self.flags | ATTESTED) + attested
        told = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._send(
            clientDataJSON=self._client_data("webauthn.create", asked["challenge"]), attestationObject=told
        )

    def answer(self, options: dict[str, Any], *, challenge: str = "", **otherwise: Any) -> str:
        """Return what the browser sends when these options ask for a proof or a signature."""
        asked = options.get("publicKey", options)["challenge"]
        client, data, signature = self.parts(challenge or asked, **otherwise)
        more = {"userHandle": self.handle} if self.handle else {}
        return self._send(clientDataJSON=client, authenticatorData=data, signature=signature, **more)

    def _client_data(self, kind: str, challenge: str, at: str = "", **said: Any) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": at or self.at or origin(), "crossOrigin": False}
        return json.dumps(told | said, separators=(",", ":")).encode()

    def _data(self, flags: int, of: str = "") -> bytes:
        host = of or self.of or rp_id()
        return sha256(host.encode()).digest() + bytes([flags]) + pack(">I", self.counter)

    def _send(self, **response: bytes) -> str:
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
