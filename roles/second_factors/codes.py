"""Codes of an app (TOTP, RFC 6238) and recovery codes; each works once."""

import hmac
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import QuerySet

from core.allauth_internals import TOTP, RecoveryCodes, format_hotp_value, generate_totp_secret, hotp_value
from roles.accounts.models import User

PERIOD = 30
#: Periods by which the clock of a telephone may be wrong.
TOLERANCE = 1
CODE_TYPES = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
#: A person who has one of them is asked for a second step at sign-in.
SECOND_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def list_factors(person: User) -> QuerySet[Authenticator]:
    """Filter the stored factors of a person."""
    factors: QuerySet[Authenticator] = Authenticator.objects.filter(user=person)
    return factors


def has_second_step(person: User) -> bool:
    """Return whether the person has a code app or a passkey."""
    return list_factors(person).filter(type__in=SECOND_STEPS).exists()


def has_codes(person: User) -> bool:
    """Return whether the person has a code app, or recovery codes."""
    return list_factors(person).filter(type__in=CODE_TYPES).exists()


def new_secret() -> str:
    """Return a secret for a code app."""
    return str(generate_totp_secret())


def is_code_of(secret: str, code: str) -> bool:
    """Return whether the app with this secret shows the code now."""
    return _find_period(secret, code, after=0) is not None


def store_code_app(person: User, secret: str, code: str) -> Authenticator:
    """Store the secret of a code app, in place of the one before; the code that proved it is used up.

    The caller records the credential in the same transaction.
    """
    list_factors(person).filter(type=Authenticator.Type.TOTP).delete()
    stored: Authenticator = TOTP.activate(person, secret).instance
    stored.data["last_period"] = _find_period(secret, code, after=0) or 0
    stored.save(update_fields=["data"])
    return stored


def store_recovery_codes(person: User) -> list[str]:
    """Store other recovery codes in place of those before, and return them; see `store_code_app`."""
    list_factors(person).filter(type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(person).generate_codes()
    return codes


def count_recovery_codes(person: User) -> int | None:
    """Return how many recovery codes are left; None without any that can be read."""
    stored = list_factors(person).filter(type=Authenticator.Type.RECOVERY_CODES).first()
    if stored is None:
        return None
    try:
        return len(RecoveryCodes(stored).get_unused_codes())
    except InvalidToken:
        return None


def use_code(person: User, code: str) -> Authenticator | None:
    """Return the factor that a code proves, once; None for a wrong code and for one that was used."""
    code = "".join(code.split())
    with transaction.atomic():
        for stored in list_factors(person).filter(type__in=CODE_TYPES).select_for_update().order_by("-type"):
            try:
                is_right = _use_app(stored, code) if stored.type == Authenticator.Type.TOTP else _use_list(stored, code)
            except InvalidToken:  # stored under another SECRET_KEY
                continue
            if is_right:
                return stored
    return None


def _use_app(stored: Authenticator, code: str) -> bool:
    period = _find_period(decrypt(stored.data["secret"]), code, after=stored.data.get("last_period", 0))
    if period is None:
        return False
    stored.data["last_period"] = period
    stored.save(update_fields=["data"])
    return True


def _use_list(stored: Authenticator, code: str) -> bool:
    return bool(RecoveryCodes(stored).validate_code(code))


def _find_period(secret: str, code: str, after: int) -> int | None:
    """Return the period in which the app shows this code, none that is `after` or earlier: a code works once."""
    now = int(time.time()) // PERIOD
    for period in range(now - TOLERANCE, now + TOLERANCE + 1):
        shown = format_hotp_value(hotp_value(secret, period))
        if period > after and hmac.compare_digest(shown.encode(), code.encode()):
            return period
    return None
