"""Time stamps of checkpoints: have the newest one stamped by the configured authority, at most once an hour."""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from django.conf import settings
from django.db.models import Max, Subquery

from core.acts import database_time
from governance.record.notary.authority import NoTimestamp, ask
from governance.record.notary.models import Checkpoint, Timestamp
from tools.verify_ledger import (
    CHECKPOINT_DOMAIN,
    CLOCKS_DIFFER,
    Unverifiable,
    find_signer,
    name_of,
    read_authorities,
    read_token,
)

logger = logging.getLogger(__name__)
#: A token covers all that came before. Most authorities that count in court are paid by the token.
EVERY = timedelta(hours=1)
#: Seconds before an authority that failed is asked again.
AGAIN = 600.0


@dataclass(frozen=True)
class Stamp:
    """The newest time stamp, for pages: number and time of its checkpoint, time and name that the token says."""

    number: int
    made_at: datetime
    at: datetime
    authority: str


def list_trusted() -> list[x509.Certificate]:
    """Return the configured certificates of authorities; none without a file. Raises OSError or ValueError."""
    file = settings.TIMESTAMP_CERTIFICATES
    return read_authorities([Path(file)]) if file else []


#: Annotations of any query with the newest time stamp: what `read_stamp` reads.
NEWEST = {
    f"stamp_{name}": Subquery(Timestamp.objects.order_by("-checkpoint__number").values(column)[:1])
    for name, column in {"number": "checkpoint__number", "made_at": "checkpoint__made_at", "token": "token"}.items()
}


def get_newest_stamp() -> Stamp | None:
    """Return the newest time stamp; None without one, and for one that was altered past reading. One query."""
    newest = Timestamp.objects.order_by("-checkpoint__number")
    row = newest.values_list("checkpoint__number", "checkpoint__made_at", "token").first()
    return read_stamp(*row) if row else None


def read_stamp(number: int | None, made_at: datetime | None, token: Any) -> Stamp | None:
    """Return a time stamp from its columns; None without one, and for one that was altered past reading."""
    if number is None or made_at is None or token is None:
        return None
    try:
        read = read_token(bytes(token))
        signer = find_signer(read, map(x509.load_der_x509_certificate, read.certificates))
    except (ValueError, Unverifiable):
        return None
    return Stamp(number, made_at, read.at, name_of(signer) if signer else "")


def stamp_when_due() -> Timestamp | None:
    """Have the newest checkpoint stamped; None when it is, or another one was less than an hour ago.

    Raises NoTimestamp, and OSError or ValueError when the certificates cannot be read.
    """
    checkpoint = Checkpoint.objects.order_by("number").last()
    if checkpoint is None:
        return None
    last = Timestamp.objects.aggregate(number=Max("checkpoint__number"), made_at=Max("checkpoint__made_at"))
    if last["number"] == checkpoint.number or (last["made_at"] and database_time() - last["made_at"] < EVERY):
        return None
    token = ask(settings.TIMESTAMP_URL, CHECKPOINT_DOMAIN + bytes(checkpoint.body), list_trusted())
    at = read_token(token).at
    if not checkpoint.made_at - CLOCKS_DIFFER <= at <= database_time() + CLOCKS_DIFFER:
        raise NoTimestamp(f"its clock and that of the database differ: it says {at:%Y-%m-%d %H:%M:%S} UTC")
    return Timestamp.objects.create(checkpoint=checkpoint, token=token)


class Stamper:
    """Has checkpoints stamped again and again. An authority that fails stops nothing, and is asked again later."""

    def __init__(self) -> None:
        self.not_before = 0.0

    def stamp(self) -> Timestamp | None:
        """Have the newest checkpoint stamped where an authority is configured and it is time. Log a failure."""
        if not settings.TIMESTAMP_URL or time.monotonic() < self.not_before:
            return None
        try:
            return stamp_when_due()
        except (NoTimestamp, OSError, ValueError) as error:
            self.not_before = time.monotonic() + AGAIN
            logger.error("CHECKPOINTS ARE NOT TIME-STAMPED: %s", error)
            return None
