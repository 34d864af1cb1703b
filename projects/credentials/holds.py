"""Whether the credentials of a person prove them: until then they read, and act by nobody's hand (ADR 26)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from core.access import OWN_HAND, Permission, Person
from core.acts import act_time
from core.refusals.exceptions import HandRefused
from projects.credentials.models import Credential


@dataclass(frozen=True)
class Hold:
    """The credentials that do not count yet."""

    credentials: list[Credential]

    @property
    def until(self) -> datetime | None:
        """Return when the waiting time is over; None when it is."""
        return max((credential.counts_from for credential in self.waiting), default=None)

    @property
    def waiting(self) -> list[Credential]:
        """List the credentials whose waiting time is not over."""
        return [credential for credential in self.credentials if credential.waits]

    @property
    def can_ask(self) -> bool:
        """Return whether the person can ask somebody to vouch for them."""
        return any(credential.asked_at is None for credential in self.waiting)

    @property
    def asked_at(self) -> datetime | None:
        """Return when the person last asked for it."""
        return max((credential.asked_at for credential in self.waiting if credential.asked_at), default=None)

    @property
    def unconfirmed(self) -> list[Credential]:
        """List the credentials that the person has not confirmed from their mailbox."""
        return [credential for credential in self.credentials if credential.confirmed_at is None]


class Held(HandRefused):
    """Raised when a credential of the person does not count yet; its page says until when."""

    template_name = "projects/credentials/held.html"

    def __init__(self, permission: Permission, hold: Hold) -> None:
        super().__init__(f"{permission.name}: credentials do not count yet")
        self.permission, self.hold = permission, hold

    @property
    def context(self) -> Mapping[str, Any]:
        """Return what the page shows."""
        return {"hold": self.hold, "act": self.permission.act}


def find_hold(person_id: int) -> Hold | None:
    """Return what holds an account; None when all credentials count. One query."""
    waits = Q(confirmed_at=None) | Q(counts_from__gt=act_time(), vouched_at=None)
    waiting = list(Credential.objects.living().filter(waits, person=person_id).order_by("pk"))
    return Hold(waiting) if waiting else None


def ensure_proven(person: Person, permission: Permission) -> None:
    """Raise Held while a credential of the person does not count."""
    if hold := find_hold(person.pk):
        raise Held(permission, hold)


OWN_HAND.append(ensure_proven)
