"""Celery task that writes the papers of a session."""

from typing import Any

from celery import shared_task

from core.files.prepared import write_file
from governance.desk.packet.jobs import PacketFile


@shared_task(name="governance.write_packet", acks_late=True, reject_on_worker_lost=True)
def write_packet(**wanted: Any) -> str:
    """Write one file for its person."""
    return write_file(PacketFile(**wanted))
