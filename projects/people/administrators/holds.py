"""Whether the rights of an administrator count yet: until then they change neither administrators nor credentials."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.access import OWN_HAND, Permission, Person
from core.pages.refusals.exceptions import HandRefused
from projects.people.administrators.queries import find_counts_from
from roles.authorities import ADMINISTRATOR


class TooNew(HandRefused):
    """Raised when the rights of an administrator do not count yet; its page says from when."""

    template_name = "projects/people/administrators/too_new.html"

    def __init__(self, permission: Permission, counts_from: datetime) -> None:
        super().__init__(f"{permission.name}: the rights of the administrator do not count yet")
        self.permission, self.counts_from = permission, counts_from

    @property
    def context(self) -> Mapping[str, Any]:
        """Return what the page shows."""
        return {"counts_from": self.counts_from, "act": self.permission.act}


def ensure_rights_count(person: Person, permission: Permission) -> None:
    """Raise TooNew while the rights by which a person acts, those of an administrator, do not count."""
    if permission.who is ADMINISTRATOR and (counts_from := find_counts_from(person)):
        raise TooNew(permission, counts_from)


OWN_HAND.append(ensure_rights_count)
