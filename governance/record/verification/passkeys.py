"""Compare what signs people in with the credentials that they were given: the rows of allauth with those of the record.

The secrets of code apps and recovery codes are in no record: of them, only that they are there is compared.
"""

from allauth.mfa.models import Authenticator
from fido2 import cbor

from projects.people.credentials.enums import CredentialKind
from projects.people.credentials.models import Credential
from roles.passkeys.keys import read_key
from tools.verify_ledger import ALTERED, Report

TABLE = Authenticator._meta.db_table
#: Kinds of credentials that allauth stores, as it calls them.
STORED = {
    CredentialKind.PASSKEY: Authenticator.Type.WEBAUTHN,
    CredentialKind.CODE_APP: Authenticator.Type.TOTP,
    CredentialKind.RECOVERY_CODES: Authenticator.Type.RECOVERY_CODES,
}
type Identity = tuple[str, int, bytes, bytes]


def verify_factors(report: Report) -> None:
    """Find passkeys and codes that were replaced, added or deleted past the record. Two queries."""
    given: dict[Identity, int] = {}
    for credential in Credential.objects.living().filter(kind__in=STORED).order_by("pk"):
        kind = STORED[CredentialKind(credential.kind)]
        identity = bytes(credential.credential_id or b""), bytes(credential.public_key or b"")
        given[str(kind), credential.person_id, *identity] = credential.pk
    for stored in Authenticator.objects.order_by("pk"):
        if given.pop(_identify(stored), None) is None:
            report.add(ALTERED, "", f"{TABLE} {stored.pk} is not what its person was given")
    for (kind, *_rest), number in given.items():
        report.add(ALTERED, "", f"projects_credential {number} was given and has not ended, and its {kind} is gone")


def _identify(stored: Authenticator) -> Identity:
    """Return kind, person, identifier and public key of a stored factor; those that cannot be read are empty."""
    identifier = key = b""
    if stored.type == Authenticator.Type.WEBAUTHN:
        try:
            data = read_key(stored)
            identifier, key = data.credential_id, cbor.encode(dict(data.public_key))
        except (ValueError, KeyError, TypeError):
            pass
    return str(stored.type), stored.user_id, identifier, key
