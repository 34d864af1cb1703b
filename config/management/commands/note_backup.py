"""Note that the server has just been saved; deploy/ calls it, and the state of the system reads it."""

from typing import Any

from django.core.cache import cache
from django.core.management import BaseCommand
from django.utils import timezone

from config.system_state.host import BACKUP


class Command(BaseCommand):
    help = "Note that the server has just been saved: the backup calls it."
    requires_system_checks = ()  # they load every page; migrate runs them

    def handle(self, *args: Any, **options: Any) -> None:
        """Note the time, for ever."""
        cache.set(BACKUP, timezone.now(), None)
