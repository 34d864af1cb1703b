"""Celery task that writes the file of a large specification."""

import logging
from dataclasses import asdict

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from amoa.specification.jobs import FileState, Wanted, note, write_file

logger = logging.getLogger(__name__)


@shared_task(name="amoa.write_specification", acks_late=True, reject_on_worker_lost=True)
def write_specification(**wanted: int | str) -> str:
    """Write one file for its person."""
    return write_file(Wanted(**wanted))  # type: ignore[arg-type]


def ask_for(wanted: Wanted) -> None:
    """Queue the file. Without Redis it stays waiting, and its page says so."""
    note(wanted, FileState.WAITING)
    transaction.on_commit(lambda: _queue(wanted), robust=True)


def _queue(wanted: Wanted) -> None:
    try:
        write_specification.apply_async(kwargs=asdict(wanted), retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        logger.warning("Cannot queue the specification: %s", error)
