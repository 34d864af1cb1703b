"""The relying party of passkeys: its identifier and its origin, both from BASE_URL."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from fido2.cose import ES256, RS256, EdDSA
from fido2.server import Fido2Server
from fido2.webauthn import PublicKeyCredentialParameters, PublicKeyCredentialRpEntity, PublicKeyCredentialType

NAME = "Ouvrage"
#: Signatures that a passkey may make; the verifiers of proofs know the same ones.
ALGORITHMS = (ES256.ALGORITHM, EdDSA.ALGORITHM, RS256.ALGORITHM)
USUAL_PORTS = {"http": 80, "https": 443}


def rp_id() -> str:
    """Return the identifier that passkeys are bound to: the host name."""
    return _address().hostname or ""


def origin() -> str:
    """Return the only origin that a ceremony may come from, as browsers write it."""
    address = _address()
    port = address.port if address.port != USUAL_PORTS.get(address.scheme) else None
    return f"{address.scheme}://{rp_id()}" + (f":{port}" if port else "")


def is_available() -> bool:
    """Return whether browsers know passkeys here: with TLS or on localhost, and never at an IP address."""
    try:
        ip_address(rp_id())
    except ValueError:
        return _address().scheme == "https" or rp_id() == "localhost"
    return False


def build_server() -> Fido2Server:
    """Return the server side of the ceremonies, which refuses every other origin, subdomains included."""
    server = Fido2Server(
        PublicKeyCredentialRpEntity(name=NAME, id=rp_id()), verify_origin=lambda found: found == origin()
    )
    server.allowed_algorithms = [
        PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=algorithm)
        for algorithm in ALGORITHMS
    ]
    return server


def _address() -> SplitResult:
    return urlsplit(settings.BASE_URL)
