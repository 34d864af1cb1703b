"""Nightly task of the snapshots."""

import logging

from celery import shared_task

from pmo.steering.dashboards.snapshots import take_missing
from projects.enums import Level
from projects.models import Project

logger = logging.getLogger(__name__)


@shared_task(name="pmo.take_snapshots")
def take_snapshots() -> int:
    """Take today's snapshot of every project that is not archived; return their number. Idempotent."""
    taken = take_missing(Project.objects.unarchived().exclude(level=Level.ORGANISATION))
    logger.info("Snapshots: %s projects", taken)
    return taken
