"""What provisioning says of a person, and where; without the library of SCIM."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse


@dataclass(frozen=True)
class Fields:
    """What provisioning says of a person."""

    email: str
    name: str
    title: str
    language: str
    organisation: str
    external_id: str
    is_active: bool


def address(path: str) -> str:
    """Return the address of a resource."""
    return settings.BASE_URL + reverse("projects:provisioning:scim", args=[path])
