"""Celery task that writes the file of a large specification."""

from typing import Any

from celery import shared_task

from amoa.specification.jobs import SpecificationFile
from core.files.prepared import write_file


@shared_task(name="amoa.write_specification", acks_late=True, reject_on_worker_lost=True)
def write_specification(**wanted: Any) -> str:
    """Write one file for its person."""
    return write_file(SpecificationFile(**wanted))
