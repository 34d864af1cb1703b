"""With which factors the session of the request last proved its person, as allauth records them in it."""

from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)

from core.access import Person
from roles.reauthentication.proofs import current_session

#: Method and type of a record → the factor, by the code of its kind of credential; in the order of sentences.
FACTORS = {
    ("password", ""): "password",
    ("socialaccount", ""): "provider",
    ("mfa", "webauthn"): "passkey",
    ("mfa", "totp"): "code_app",
    ("mfa", "recovery_codes"): "recovery_codes",
}


def list_factors(person: Person) -> list[str]:
    """List the factors of the newest confirmation, else of the sign-in; empty without a session of this person."""
    session = current_session()
    if session is None or session.get(_AUTHENTICATION_METHODS_USER_SESSION_KEY) != str(person.pk):
        return []
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    anew = [record for record in records if record.get("reauthenticated")]
    used = {_read(record) for record in (anew[-1:] or records)}
    return [factor for factor in FACTORS.values() if factor in used]


def _read(record: dict[str, Any]) -> str | None:
    return FACTORS.get((record.get("method", ""), record.get("type", "")))
