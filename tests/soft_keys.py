"""A passkey in software, which answers the ceremonies of a browser, honestly or not."""

import base64
import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def encode(content: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class SoftKey:
    """A passkey on P-256; attributes may be set to lie."""

    def __init__(self, origin: str, rp_id: str = "localhost") -> None:
        self.origin, self.rp_id = origin, rp_id
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(32)
        self.handle: bytes | None = None
        self.counter = 0
        self.flags = PRESENT | VERIFIED

    @property
    def public_key(self) -> bytes:
        """Return the public key as COSE bytes."""
        return cbor.encode(dict(ES256.from_cryptography_key(self.private.public_key())))

    def make(self, options: dict[str, Any]) -> str:
        """Return the answer to a challenge that asks for a new passkey, as JSON."""
        asked = options["publicKey"]
        self.handle = decode(asked["user"]["id"])
        attested = bytes(16) + len(self.id).to_bytes(2) + self.id + self.public_key
        data = self._authenticator_data(self.flags | ATTESTED) + attested
        told = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(self._client_data("webauthn.create", asked["challenge"]), attestationObject=told)

    def prove(self, options: dict[str, Any], *, type_: str = "webauthn.get", challenge: str = "") -> str:
        """Return the answer to a challenge that asks for a proof, as JSON."""
        self.counter += 1
        client = self._client_data(type_, challenge or options["publicKey"]["challenge"])
        data = self._authenticator_data(self.flags)
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        more = {"userHandle": self.handle} if self.handle else {}
        return self._answer(client, authenticatorData=data, signature=signature, **more)

    def _authenticator_data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4)

    def _client_data(self, type_: str, challenge: str) -> bytes:
        return json.dumps({"type": type_, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, client: bytes, **parts: bytes) -> str:
        response = {name: encode(part) for name, part in {"clientDataJSON": client, **parts}.items()}
        return json.dumps({"id": encode(self.id), "rawId": encode(self.id), "type": "public-key", "response": response})
