"""The nightly snapshot of every project."""

import logging

from celery import shared_task

from pmo.dashboards.snapshots import take
from projects.enums import Level
from projects.models import Project

logger = logging.getLogger(__name__)


@shared_task(name="pmo.take_snapshots")
def take_snapshots() -> int:
    """Keep today's figures of every project; how many were kept. Another run on the same day keeps nothing."""
    kept = take(Project.objects.exclude(level=Level.ORGANISATION))
    logger.info("Snapshots: %s projects", kept)
    return kept
