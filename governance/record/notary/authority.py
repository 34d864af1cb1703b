"""Client of a time-stamping authority (RFC 3161): ask for a token by HTTP, and verify it before it is kept.

The authority is not trusted to behave: its answer is bounded in size and time, and no redirect is followed.
"""

import hashlib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPSConnection
from queue import Empty, SimpleQueue
from socket import SHUT_RDWR
from threading import Thread
from urllib.parse import urlsplit

from cryptography.x509 import Certificate
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerifierBuilder,
    decode_timestamp_response,
)

from governance.record.notary.guards import LARGEST_TOKEN
from tools.verify_ledger import verify_token

#: Seconds to wait for each part of the exchange, and for all of it.
STEP, WHOLE = 10.0, 20.0
TYPE = "application/timestamp-reply"


class NoTimestamp(Exception):
    """No time stamp could be had; the message gives the reason."""


def ask(url: str, message: bytes, trusted: Sequence[Certificate]) -> bytes:
    """Return a token of the authority on the SHA-256 of `message`. Raises NoTimestamp."""
    request = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True)
    asked = request.cert_request(cert_request=True).build()
    digest = hashlib.sha256(message)
    try:
        answer = decode_timestamp_response(_post_in_time(url, asked.as_bytes()))
        verifier = VerifierBuilder(nonce=asked.nonce, roots=list(trusted)).build()
        verifier.verify(answer, digest.digest())
        token = answer.time_stamp_token()
        # It must satisfy whoever verifies it later as well.
        verify_token(token, digest.hexdigest(), trusted)
    except NoTimestamp:
        raise
    except Exception as error:  # whatever a hostile answer provokes
        raise NoTimestamp(f"its answer is refused: {error}") from error
    if len(token) > LARGEST_TOKEN:
        raise NoTimestamp("its answer is too large")
    return token


def _post_in_time(url: str, body: bytes) -> bytes:
    """Return the answer to a request, within WHOLE seconds however slowly it comes. Raises NoTimestamp."""
    answers: SimpleQueue[bytes | Exception] = SimpleQueue()
    parts = urlsplit(url)
    connection = (
        HTTPSConnection(parts.netloc, timeout=STEP, context=ssl.create_default_context())
        if parts.scheme == "https"
        else HTTPConnection(parts.netloc, timeout=STEP)
    )

    def work() -> None:
        try:
            answers.put(_post(connection, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", body))
        except Exception as error:
            answers.put(error)

    # In a thread: only from outside does an answer that drips come to an end.
    Thread(target=work, daemon=True).start()
    try:
        answer = answers.get(timeout=WHOLE)
    except Empty:
        with suppress(OSError, AttributeError):
            connection.sock.shutdown(SHUT_RDWR)
        raise NoTimestamp(f"it did not answer within {WHOLE:.0f} seconds") from None
    if isinstance(answer, NoTimestamp):
        raise answer
    if isinstance(answer, Exception):
        raise NoTimestamp(f"it cannot be reached: {answer!r}") from answer
    return answer


def _post(connection: HTTPConnection, path: str, body: bytes) -> bytes:
    """Return the answer to a request. Raises OSError, HTTPException or NoTimestamp."""
    try:
        connection.request("POST", path, body, {"Content-Type": "application/timestamp-query", "Accept": TYPE})
        with connection.getresponse() as response:
            if response.status != 200:
                raise NoTimestamp(f"it answered {response.status}")
            if response.headers.get_content_type() != TYPE:
                raise NoTimestamp("it did not answer with a time stamp")
            answer = response.read(LARGEST_TOKEN + 1)
            if len(answer) > LARGEST_TOKEN:
                raise NoTimestamp("its answer is too large")
            return answer
    finally:
        connection.close()
