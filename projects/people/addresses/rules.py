"""Permission to propose another address for an account."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from roles.authorities import ADMINISTRATOR

PERMISSIONS = (
    Permission(
        "projects.propose_address",
        _("propose another address for an account"),
        "R1",
        _("An administrator proposes an address. The mailboxes of the person confirm it, or object."),
        ADMINISTRATOR,
        own_hand=True,
    ),
)
