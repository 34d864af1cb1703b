"""Permission to vouch for a person whose credential does not count yet."""

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Permission, Person
from projects.credentials.models import Credential
from projects.vouching.enums import Capacity
from projects.vouching.queries import find_capacity


class Voucher(Authority[Credential]):
    """Owns the node above all that the person owns, or is an administrator who did not send the link."""

    def holds(self, user: Person, on: Credential | None) -> bool:
        capacity = find_capacity(user, on) if on else None
        return capacity == Capacity.ABOVE or (capacity == Capacity.ADMINISTRATOR and user.is_staff)


PERMISSIONS = (
    Permission(
        "projects.vouch",
        _("vouch for a person whose credential is new"),
        "R1",
        _("A new credential counts at once when the owner above, or two administrators, vouch for its person."),
        Voucher(_("the owner above all that the person owns, or an administrator who did not send the link")),
        own_hand=True,
    ),
)
