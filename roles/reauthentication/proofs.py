"""When the session of the request last proved its person: by signing in, or by confirming that it is them."""

from collections.abc import Callable, Iterator
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
#: Asked of each sign-in whether it proves its person: (request, person) → it does. Upper apps add to it.
SIGN_INS: list[Callable[[HttpRequest, Person], bool]] = []
#: Asked of each factor that confirms a reader, why it proves nothing yet: (person, factor of allauth or None for the
#: password) → the sentence, or None when it proves them. Upper apps add to it.
REFUSALS: list[Callable[[Person, Any], str | None]] = []
_session: ContextVar[SessionBase | None] = ContextVar("session", default=None)


class ProofTooOld(PermissionDenied):
    """Raised before an act by one's own hand in a session that proved its person too long ago."""


def note_proof(request: HttpRequest) -> None:
    """Note in the session that its person has just proved themselves."""
    request.session[NOTE] = timezone.now().isoformat()


def find_refusal(person: Person, factor: Any) -> str | None:
    """Return why a factor proves nothing yet; None when it proves its person."""
    return next((sentence for ask in REFUSALS if (sentence := ask(person, factor))), None)


def note_sign_in(*, request: HttpRequest, user: Person, **_signal: Any) -> None:
    """Note a sign-in as a proof, unless one of SIGN_INS says that it is none. Receiver of each sign-in."""
    if all(proves(request, user) for proves in SIGN_INS):
        note_proof(request)


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
    ensure_proved(permission.name)


def ensure_proved(what: str) -> None:
    """Raise ProofTooOld when the session proved its person more than 15 minutes ago; `what` is asked for."""
    session = current_session()
    if session is not None and not _is_recent(session.get(NOTE)):
        raise ProofTooOld(what)


def _is_recent(noted: str | None) -> bool:
    return noted is not None and timezone.now() - datetime.fromisoformat(noted) <= timedelta(minutes=MINUTES)
