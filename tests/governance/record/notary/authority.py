"""A time-stamping authority (RFC 3161) of the tests: its certificates, its tokens, and a server that gives them."""

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tools.verify_ledger import (
    CONTENT_TYPE,
    INTEGER,
    MESSAGE_DIGEST,
    MOMENT,
    OCTETS,
    OID,
    SEQUENCE,
    SET,
    SIGNED_DATA,
    SIGNING_CERTIFICATE_V2,
    TST_INFO,
    read_elements,
)

NAME = "Horloge du quai"
SHA256 = bytes.fromhex("608648016503040201")
ECDSA_SHA256 = bytes.fromhex("2a8648ce3d040302")
POLICY = bytes.fromhex("2a030401")


def der(tag: int, *parts: bytes) -> bytes:
    """Return an element of DER."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def whole_number(value: int) -> bytes:
    """Return a positive INTEGER."""
    return der(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def algorithm(identifier: bytes) -> bytes:
    """Return an algorithm without parameters."""
    return der(SEQUENCE, der(OID, identifier))


def attribute(kind: bytes, value: bytes) -> bytes:
    """Return a signed attribute."""
    return der(SEQUENCE, der(OID, kind), der(SET, value))


@dataclass
class Authority:
    """A root and the certificate of an authority below it, good from yesterday until tomorrow."""

    purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING
    since: timedelta = timedelta(days=-1)
    until: timedelta = timedelta(days=1)
    root_key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        self.root = self._issue("Racine", self.root_key, x509.BasicConstraints(True, None))
        self.certificate = self._issue(NAME, self.key, x509.ExtendedKeyUsage([self.purpose]))

    def _issue(self, name: str, key: Any, extension: x509.ExtensionType) -> x509.Certificate:
        now = datetime.now(UTC).replace(microsecond=0)
        names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, "Racine")]
        builder = x509.CertificateBuilder().subject_name(names[0]).issuer_name(names[1]).public_key(key.public_key())
        builder = builder.not_valid_before(now + self.since).not_valid_after(now + self.until)
        builder = builder.serial_number(x509.random_serial_number()).add_extension(extension, critical=True)
        return builder.sign(self.root_key, hashes.SHA256())

    def write_certificates(self, file: Path) -> Path:
        """Write the certificate that a verifier trusts: that of the root."""
        file.write_bytes(self.root.public_bytes(Encoding.PEM))
        return file

    def token(self, digest: bytes, nonce: int | None = None, at: datetime | None = None) -> bytes:
        """Return a token on this digest."""
        moment = (at or datetime.now(UTC)).strftime("%Y%m%d%H%M%SZ").encode()
        imprint = der(SEQUENCE, algorithm(SHA256), der(OCTETS, digest))
        parts = [whole_number(1), der(OID, POLICY), imprint, whole_number(secrets.randbits(64)), der(MOMENT, moment)]
        info = der(SEQUENCE, *parts, *([] if nonce is None else [whole_number(nonce)]))
        mine = self.certificate.public_bytes(Encoding.DER)
        named = der(SEQUENCE, der(SEQUENCE, der(SEQUENCE, der(OCTETS, hashlib.sha256(mine).digest()))))
        attributes = sorted(
            (
                attribute(CONTENT_TYPE, der(OID, TST_INFO)),
                attribute(MESSAGE_DIGEST, der(OCTETS, hashlib.sha256(info).digest())),
                attribute(SIGNING_CERTIFICATE_V2, named),
            )
        )
        signer = der(
            SEQUENCE,
            whole_number(1),
            der(SEQUENCE, self.certificate.issuer.public_bytes(), whole_number(self.certificate.serial_number)),
            algorithm(SHA256),
            der(0xA0, *attributes),
            algorithm(ECDSA_SHA256),
            der(OCTETS, self.key.sign(der(SET, *attributes), ec.ECDSA(hashes.SHA256()))),
        )
        signed = der(
            SEQUENCE,
            whole_number(3),
            der(SET, algorithm(SHA256)),
            der(SEQUENCE, der(OID, TST_INFO), der(0xA0, der(OCTETS, info))),
            der(0xA0, mine),
            der(SET, signer),
        )
        return der(SEQUENCE, der(OID, SIGNED_DATA), der(0xA0, signed))

    def answer(self, query: bytes) -> bytes:
        """Return the answer to a request, as it should be."""
        digest, nonce = read_query(query)
        return granted(self.token(digest, nonce))


def read_query(query: bytes) -> tuple[bytes, int]:
    """Return digest and nonce of a request."""
    [request] = read_elements(query)
    _version, imprint, nonce, *_more = request.parts(INTEGER, SEQUENCE, INTEGER)
    return imprint.parts(SEQUENCE, OCTETS)[1].content, int.from_bytes(nonce.content, "big")


def granted(token: bytes, status: int = 0) -> bytes:
    """Return an answer with this status and token."""
    return der(SEQUENCE, der(SEQUENCE, whole_number(status)), token)


@contextmanager
def serving(answer: Callable[[bytes], bytes], **headers: str) -> Iterator[tuple[str, list[bytes]]]:
    """Serve on this machine while the block runs; yield the address, and the requests that came.

    `headers` are further ones; `status` is the one of the answer.
    """
    asked: list[bytes] = []
    status = int(headers.pop("status", "200"))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            for name, value in ({"Content-Type": "application/timestamp-reply"} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer(asked[-1]))

        def log_message(self, *words: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/stamp", asked
    finally:
        server.shutdown()
        server.server_close()
