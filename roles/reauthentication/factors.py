"""With which factors the session of the request last proved its person, as allauth records them in it."""

from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from core.access import Person
from core.allauth_internals import METHODS, METHODS_PERSON
from roles.reauthentication.proofs import current_session

#: Method and type of a record → the factor, by the code of its kind of credential; in the order of sentences.
FACTORS = {
    ("password", ""): "password",
    ("socialaccount", ""): "provider",
    ("mfa", "webauthn"): "passkey",
    ("mfa", "totp"): "code_app",
    ("mfa", "recovery_codes"): "recovery_codes",
}


@dataclass(frozen=True)
class Use:
    """A use of a factor; `stored` is the key of the row of allauth, which tells passkeys of one person apart."""

    factor: str
    stored: int | None


def list_uses(person: Person) -> list[Use]:
    """List what proved the session in its newest confirmation, else at its sign-in; empty without one of this person.

    In the order of FACTORS.
    """
    session = current_session()
    if session is None:
        return []
    return list_uses_in(session, person)


def list_all_uses(person: Person) -> list[Use]:
    """List what proved the session at its sign-in and in every confirmation; empty without one of this person."""
    session = current_session()
    return list_uses_in(session, person, every=True) if session is not None else []


def list_uses_in(session: SessionBase, person: Person, *, every: bool = False) -> list[Use]:
    """List the uses in a given session: of the newest confirmation, else of the sign-in, or every one."""
    if session.get(METHODS_PERSON) != str(person.pk):
        return []
    records = session.get(METHODS, [])
    anew = [record for record in records if record.get("reauthenticated")]
    used = {use for record in (records if every else anew[-1:] or records) if (use := _read(record))}
    order = list(FACTORS.values())
    return sorted(used, key=lambda use: (order.index(use.factor), use.stored or 0))


def _read(record: dict[str, Any]) -> Use | None:
    factor = FACTORS.get((record.get("method", ""), record.get("type", "")))
    return Use(factor, record.get("id")) if factor else None
