"""Celery task that writes the file of a large specification."""

from dataclasses import asdict

from celery import shared_task
from django.db import transaction

from amoa.specification.jobs import FileState, Wanted, note, write_file
from core import task_queue


@shared_task(name="amoa.write_specification", acks_late=True, reject_on_worker_lost=True)
def write_specification(**wanted: int | str) -> str:
    """Write one file for its person."""
    return write_file(Wanted(**wanted))  # type: ignore[arg-type]


def ask_for(wanted: Wanted) -> None:
    """Queue the file. Without Redis it stays waiting, and its page says so."""
    note(wanted, FileState.WAITING)
    transaction.on_commit(lambda: task_queue.send(write_specification, kwargs=asdict(wanted)), robust=True)
