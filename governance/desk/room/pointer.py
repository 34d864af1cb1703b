"""Which item of a session the room shows, and since when.

It is kept in the cache: it shows what is heard and is no record of anything. Lost, the room shows the first item that
is left open.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from governance.sessions.sittings.models import Session

#: Seconds for which it is kept: a session lasts a day at most.
KEPT = 24 * 3600


@dataclass(frozen=True)
class Pointer:
    """The place of the item shown, and since when it is."""

    place: int
    since: datetime

    @property
    def minutes(self) -> int:
        """Return the whole minutes since."""
        return max(0, int((timezone.now() - self.since).total_seconds()) // 60)


def read_pointer(session: Session) -> Pointer | None:
    """Return what the secretary shows; None before they showed anything."""
    found: Pointer | None = cache.get(_key(session))
    return found


def write_pointer(session: Session, place: int) -> None:
    """Show the item of this place from now on."""
    cache.set(_key(session), Pointer(place, timezone.now()), KEPT)


def _key(session: Session) -> str:
    return f"room.{session.pk}"
