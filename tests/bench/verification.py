"""Measure the verification of the ledger: create events in bulk, then run `manage.py ledger_verify`."""

import io
import json
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from hashlib import sha256

from django.core.management import call_command
from django.db import connection, transaction

from core.sealing import canonical
from projects.ledger.services import DOMAIN, instant, rows_sealed
from projects.models import LedgerEvent
from tests import acts
from tests.bench.place import Place
from tests.bench.report import Line

COMMAND = "ledger_verify"
EVENTS, BATCH, LEAST_A_SECOND = 20_000, 500, 5_000


def verification(place: Place, rounds: Callable[[int], Iterable[int]]) -> Line:
    """Measure events a second on one core, over the whole ledger, through the command.

    The command runs in this process, so that the start of Python is not counted; it has one thread.
    """
    lengthen(place, rounds)
    began = time.perf_counter()
    call_command(COMMAND, stdout=io.StringIO())
    seconds = time.perf_counter() - began
    count = LedgerEvent.objects.count()
    return Line(f"verify {count:,} events", rate=count / seconds, least_rate=LEAST_A_SECOND)


def lengthen(place: Place, rounds: Callable[[int], Iterable[int]]) -> None:
    """Extend the chain of the queue's project by EVENTS copies of its last event, each linked to the one before.

    The copies differ from it in position and date alone, and pass the guards of the database like any event.
    """
    acts.edit(place.amoa, place.text)
    last = place.queue.events.order_by("-seq")[0]
    for _ in rounds(EVENTS // BATCH):
        with transaction.atomic():
            LedgerEvent.objects.bulk_create(_copies(last))
        last = place.queue.events.order_by("-seq")[0]


def _copies(last: LedgerEvent) -> list[LedgerEvent]:
    with connection.cursor() as cursor:
        # Each copy needs its own instant within their transaction.
        cursor.execute("SELECT clock_timestamp() FROM pg_sleep(0.002)")
        (now,) = cursor.fetchone()
    told, seq, prev, made = json.loads(bytes(last.body)), last.seq, bytes(last.hash), []
    told["facts"] |= rows_sealed(last.project)
    for left in reversed(range(BATCH)):
        seq, at = seq + 1, now - timedelta(microseconds=left)
        body = canonical({**told, "seq": str(seq), "prev": prev.hex(), "at": instant(at)})
        found = sha256(DOMAIN + body).digest()
        made.append(
            LedgerEvent(
                project_id=last.project_id,
                seq=seq,
                act=last.act,
                actor_id=last.actor_id,
                role=last.role,
                proposal_id=last.proposal_id,
                detail=last.detail,
                subject=last.subject,
                subject_id=last.subject_id,
                acted_at=at,
                prev=prev,
                body=body,
                hash=found,
            )
        )
        prev = found
    return made
