"""Read the token of a request, and the people that provisioning keeps."""

import re
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare

from core.record.erasure import is_erased
from projects.people.provisioning.models import ProvisioningToken
from roles.models import INSTALLATION, User

PREFIX = "ouvrage_"
LONGEST = 200
#: `userName eq "…"`, which is how directories look for an account before they make one.
FILTER = re.compile(r'\s*(userName|externalId|id)\s+eq\s+"((?:[^"\\]|\\.)*)"\s*', re.IGNORECASE)
ESCAPED = re.compile(r"\\(.)")
COLUMNS = {"username": "email__iexact", "externalid": "external_id", "id": "key"}


def digest_of(secret: str) -> str:
    """Return the fingerprint under which a token is stored; its secret has 256 random bits."""
    return sha256(secret.encode()).hexdigest()


def find_token(header: str) -> ProvisioningToken | None:
    """Return the living token of an Authorization header.

    It is looked up by fingerprint, so the time of the answer says nothing of other tokens.
    """
    scheme, _space, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret.startswith(PREFIX) or len(secret) > LONGEST:
        return None
    digest = digest_of(secret)
    found = ProvisioningToken.objects.living().filter(digest=digest).first()
    return found if found and constant_time_compare(found.digest, digest) else None


def list_people() -> QuerySet[User]:
    """Filter the accounts of people, closed ones too, in a lasting order."""
    people: Any = User.objects.exclude(email=INSTALLATION)
    found: QuerySet[User] = people.exclude(name__startswith="[erased ").select_related("organisation").order_by("pk")
    return found


def find_person(key: str) -> User | None:
    """Return the person of this identifier."""
    try:
        person = list_people().filter(key=UUID(key)).first()
    except ValueError:
        return None
    return person if person and not is_erased(person.name) else None


def filter_people(text: str) -> QuerySet[User] | None:
    """Filter people by a SCIM filter; None for one that is not understood."""
    matched = FILTER.fullmatch(text)
    if matched is None or not text.isprintable():
        return None
    column, value = COLUMNS[matched[1].lower()], ESCAPED.sub(r"\1", matched[2])
    if column == "key":
        person = find_person(value)
        return list_people().filter(pk=person.pk) if person else list_people().none()
    return list_people().filter(**{column: value})
