"""An identity that waits in the session for its person to press the button: the way back from the provider is a GET."""

import time
from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpRequest

from projects.people.sign_in_provider.claims import Identity
from projects.people.sign_in_provider.enums import Process

KEY, SECONDS = "provider_identity", 600


@dataclass(frozen=True)
class Pending:
    """An identity, what its person went to the provider for, and what the session noted then."""

    process: Process
    identity: Identity
    data: dict[str, Any]
    next_url: str


def keep(request: HttpRequest, pending: Pending) -> None:
    """Keep the identity in the session for ten minutes."""
    request.session[KEY] = {
        "at": time.time(),
        "process": str(pending.process),
        "identity": asdict(pending.identity),
        "data": pending.data,
        "next": pending.next_url,
    }


def read(request: HttpRequest) -> Pending | None:
    """Return what waits; None when nothing does, or no longer."""
    kept = request.session.get(KEY)
    if not kept or time.time() - kept["at"] > SECONDS:
        return None
    return Pending(Process(kept["process"]), Identity(**kept["identity"]), kept["data"], kept["next"])


def drop(request: HttpRequest) -> None:
    """Forget what waits: its button works once."""
    request.session.pop(KEY, None)
