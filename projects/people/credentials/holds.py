"""Whether the credentials of a person prove them: until then they read, and act by nobody's hand (ADR 26)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from core.access import OWN_HAND, Permission, Person
from core.pages.refusals.exceptions import HandRefused
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.models import Credential, CredentialQuerySet

#: Kinds of factors that prove another credential of their person.
PROVING = (CredentialKind.PASSKEY, CredentialKind.CODE_APP, CredentialKind.RECOVERY_CODES)


@dataclass(frozen=True)
class Hold:
    """The credentials that do not count yet."""

    credentials: list[Credential]

    @property
    def until(self) -> datetime | None:
        """Return when the waiting time is over; None when it is, and while two people have to vouch."""
        return max((credential.due_at for credential in self.waiting if not credential.needs_vouches), default=None)

    @property
    def waiting(self) -> list[Credential]:
        """List the credentials that wait for time or for consent."""
        return [credential for credential in self.credentials if credential.waits]

    @property
    def needs_vouches(self) -> bool:
        """Return whether time alone is not enough: their person decides or administers."""
        return any(credential.needs_vouches for credential in self.credentials)

    @property
    def can_prove(self) -> bool:
        """Return whether another factor of the person counts, which proves what holds their account. One query."""
        held = [credential for credential in self.waiting if credential.origin != Origin.ADDED]
        if not held:
            return False
        others = Credential.objects.counting().filter(person=held[0].person_id, kind__in=PROVING)
        return others.exists()

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

    template_name = "projects/people/credentials/held.html"

    def __init__(self, permission: Permission, hold: Hold) -> None:
        super().__init__(f"{permission.name}: credentials do not count yet")
        self.permission, self.hold = permission, hold

    @property
    def context(self) -> Mapping[str, Any]:
        """Return what the page shows."""
        return {"hold": self.hold, "act": self.permission.act}


def find_hold(person_id: int) -> Hold | None:
    """Return what holds an account; None when what its person signs in with counts. One query.

    A factor that was added beside it holds nothing: it proves nothing until it counts (session_proofs.py).
    """
    return _find_waiting(Credential.objects.exclude(origin=Origin.ADDED), person_id)


def find_waiting(person_id: int) -> Hold | None:
    """Return all credentials of a person that do not count yet, those that hold nothing included; None without any."""
    return _find_waiting(Credential.objects.all(), person_id)


def _find_waiting(credentials: CredentialQuerySet, person_id: int) -> Hold | None:
    waits = Q(confirmed_at=None) | Q(lacks__isnull=False)
    waiting = list(credentials.living().filter(person=person_id).with_standing().filter(waits).order_by("pk"))
    return Hold(waiting) if waiting else None


def ensure_proven(person: Person, permission: Permission) -> None:
    """Raise Held while what the person signs in with does not count."""
    if hold := find_hold(person.pk):
        raise Held(permission, hold)


OWN_HAND.append(ensure_proven)
