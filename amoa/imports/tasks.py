"""Celery tasks of imports: run one, and resume those without a worker."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from amoa.imports import runner
from amoa.imports.enums import ImportState

#: Seconds before an import retries when the project is locked.
AGAIN = 2.0

logger = logging.getLogger(__name__)


@shared_task(name="amoa.import_requirements", acks_late=True, reject_on_worker_lost=True)
def run_import(pk: int) -> str:
    """Write one import. Does nothing when another worker has it."""
    state = runner.run(pk)
    if state == ImportState.WAITING:  # another act locks the project
        nudge(pk, countdown=AGAIN)
    return state


@shared_task(name="amoa.resume_imports")
def resume_imports() -> int:
    """Queue every import without a worker and cancel the abandoned ones; return how many were queued."""
    runner.cancel_abandoned()
    waiting = runner.list_waiting()
    for pk in waiting:
        nudge(pk)
    return len(waiting)


def nudge(pk: int, countdown: float = 0) -> None:
    """Queue the import; when Redis is away the sweep finds it later."""
    try:
        run_import.apply_async((pk,), countdown=countdown, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        logger.warning("Cannot queue the import; the next sweep will: %s", error)
