"""The tasks of imports: one runs an import, one comes back to those that no worker has."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from amoa.imports import runner as running
from amoa.imports.enums import ImportState

#: Seconds after which an import that found the project busy tries again.
AGAIN = 2.0

logger = logging.getLogger(__name__)


@shared_task(name="amoa.import_requirements", acks_late=True, reject_on_worker_lost=True)
def run_import(pk: int) -> str:
    """Write one import; nothing happens when another worker has it."""
    state = running.run(pk)
    if state == ImportState.WAITING:  # another act holds the project
        nudge(pk, countdown=AGAIN)
    return state


@shared_task(name="amoa.resume_imports")
def resume_imports() -> int:
    """Hand every import that no worker has to one, and stop the forgotten ones; returns how many were handed over."""
    running.forget()
    found = running.waiting()
    for pk in found:
        nudge(pk)
    return len(found)


def nudge(pk: int, countdown: float = 0) -> None:
    """Wake the worker; when Redis is away the sweep finds the import later."""
    try:
        run_import.apply_async((pk,), countdown=countdown, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        logger.warning("The import waits for the next sweep: %s", error)
