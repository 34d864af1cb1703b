"""Celery task that stores decision records, after each decision and periodically. Safe to run concurrently."""

import logging

from celery import shared_task

from core import task_queue
from core.acts import NotRecorded
from governance.record.records.queries import list_missing
from governance.record.records.services import store_record
from roles.models import User

logger = logging.getLogger(__name__)
#: Files stored per run: about two seconds of one processor. Failures do not count, up to TRIES.
BATCH, TRIES = 40, 400


@shared_task(name="governance.store_records")
def store_records() -> int:
    """Store missing records, one transaction each, and return their number. Failures are retried by the next run."""
    installation = User.objects.installation()
    stored = 0
    for decision, language, dispute in list_missing(TRIES):
        if stored == BATCH:
            break
        try:
            kept = store_record(actor=installation, decision=decision, language=language, dispute=dispute)
            stored += kept is not None
        except NotRecorded:
            logger.info("The project of decision %s is busy: its record is stored by the next run", decision.pk)
        except Exception:  # one record that fails must not block the others
            logger.exception("The record of decision %s was not stored (%s)", decision.pk, language)
    return stored


def nudge() -> None:
    """Wake the worker without waiting. Without Redis, the periodic sweep stores the records later."""
    task_queue.send(store_records)
