"""When the session of the request last proved its person: by signing in, or by confirming that it is them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from core.access import Permission, Person

NOTE, MINUTES = "proved_at", 15
_session: ContextVar[SessionBase | None] = ContextVar("session", default=None)


class ProofTooOld(PermissionDenied):
    """Raised before an act by one's own hand in a session that proved its person too long ago."""


def note_proof(*, request: HttpRequest, **_signal: Any) -> None:
    """Note in the session that its person has just proved themselves. Receiver of each sign-in too."""
    request.session[NOTE] = timezone.now().isoformat()


@contextmanager
def within(session: SessionBase) -> Iterator[None]:
    """Run the block in the session of a reader; commands, tasks and scenarios have none and are not asked."""
    token = _session.set(session)
    try:
        yield
    finally:
        _session.reset(token)


def current_session() -> SessionBase | None:
    """Return the session of the request; None in commands, tasks and scenarios."""
    return _session.get()


def ensure_recent_proof(person: Person, permission: Permission) -> None:
    """Raise ProofTooOld when the session proved its person more than 15 minutes ago."""
    session = current_session()
    if session is not None and not _is_recent(session.get(NOTE)):
        raise ProofTooOld(permission.name)


def _is_recent(noted: str | None) -> bool:
    return noted is not None and timezone.now() - datetime.fromisoformat(noted) <= timedelta(minutes=MINUTES)
