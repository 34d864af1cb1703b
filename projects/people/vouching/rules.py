"""Permission to vouch for a person whose credential or address does not count yet."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Permission, Person
from projects.people.vouching.enums import Capacity
from projects.people.vouching.predicates import find_capacity


class Voucher(Authority[Any]):
    """Owns the node above all that the person owns, or is an administrator who did not propose it."""

    def holds(self, user: Person, on: Any) -> bool:
        capacity = find_capacity(user, on) if on else None
        return capacity == Capacity.ABOVE or (capacity == Capacity.ADMINISTRATOR and user.is_staff)


PERMISSIONS = (
    Permission(
        "projects.vouch",
        _("vouch for a person whose credential or address is new"),
        "R1",
        _("It counts once two people have vouched: the owner above, where there is one, and administrators."),
        Voucher(_("the owner above all that the person owns, or an administrator who did not propose it")),
        own_hand=True,
    ),
)
