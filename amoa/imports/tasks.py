"""Celery tasks of imports: run one, and resume those without a worker."""

from celery import shared_task

from amoa.imports import runner
from amoa.imports.enums import ImportState
from core import task_queue

#: Seconds before an import retries when the project is locked.
AGAIN = 2.0


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
    """Queue the import without waiting; when Redis is away the sweep finds it later."""
    task_queue.send(run_import, args=(pk,), countdown=countdown)
