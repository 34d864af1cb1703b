"""Ask database and Redis whether they answer, and the proxy for its certificate."""

import socket
import ssl
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings
from django.db import DatabaseError, connection

READ_ONLY = "SELECT current_setting('transaction_read_only') = 'on'"
#: Seconds to wait for the proxy.
PATIENCE = 2


def database_state() -> str:
    """Return `ok`, `read-only` or `down`."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(READ_ONLY)
            return "read-only" if cursor.fetchone()[0] else "ok"
    except DatabaseError:
        return "down"


def redis_state() -> str:
    """Return `ok` or `down`."""
    return "down" if count_tasks() is None else "ok"


def count_tasks() -> int | None:
    """Return how many tasks wait in the queue; None while Redis does not answer."""
    import redis  # a tenth of a second, which most processes never need

    try:
        server = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.3, socket_timeout=0.3)
        return int(server.llen("celery"))
    except redis.RedisError:
        return None


def read_certificate() -> tuple[datetime, datetime]:
    """Return from when to when the certificate of BASE_URL is valid. Raises OSError where nobody answers there."""
    url = urlsplit(settings.BASE_URL)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # its dates alone: browsers judge the rest
    with (
        socket.create_connection((str(url.hostname), url.port or 443), PATIENCE) as plain,
        context.wrap_socket(plain, server_hostname=url.hostname) as secured,
    ):
        certificate = x509.load_der_x509_certificate(secured.getpeercert(binary_form=True) or b"")
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc
