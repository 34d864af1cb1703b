"""Whether a former owner objects to the seat of a person: until it is confirmed anew, they act by nobody's hand."""

from collections.abc import Mapping
from typing import Any

from core.access import OWN_HAND, Permission, Person
from core.pages.refusals.exceptions import HandRefused
from projects.people.replacements.models import Replacement
from projects.people.replacements.queries import list_suspensions


class Suspended(HandRefused):
    """Raised while the former owner objects to the seat of the person; its page says who can confirm it."""

    template_name = "projects/people/replacements/suspended.html"

    def __init__(self, permission: Permission, replacements: list[Replacement]) -> None:
        super().__init__(f"{permission.name}: the former owner objects")
        self.permission, self.replacements = permission, replacements

    @property
    def context(self) -> Mapping[str, Any]:
        """Return what the page shows."""
        return {"replacements": self.replacements, "act": self.permission.act}


def ensure_not_suspended(person: Person, permission: Permission) -> None:
    """Raise Suspended while a former owner objects to a seat of the person."""
    if suspensions := list_suspensions(person):
        raise Suspended(permission, suspensions)


OWN_HAND.append(ensure_not_suspended)
