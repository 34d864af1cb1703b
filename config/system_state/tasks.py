"""Celery task that beat starts each minute: its trace shows that beat and a worker run."""

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

#: Key of the last run in the cache, and the seconds that it is kept.
HEARTBEAT, KEPT = "system_state.heartbeat", 30 * 24 * 3600


@shared_task(name="config.heartbeat")
def heartbeat() -> None:
    """Note the time."""
    cache.set(HEARTBEAT, timezone.now(), KEPT)
