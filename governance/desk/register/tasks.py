"""Celery task that writes the register on paper."""

from typing import Any

from celery import shared_task

from core.files.prepared import write_file
from governance.desk.register.files import RegisterFile


@shared_task(name="governance.write_register", acks_late=True, reject_on_worker_lost=True)
def write_register(**wanted: Any) -> str:
    """Write one file for its person."""
    return write_file(RegisterFile(**wanted))
