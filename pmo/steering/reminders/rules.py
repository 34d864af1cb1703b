"""Permission to remind of an obligation."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from projects.seats.mandates.authorities import OWNER_OR_PROPOSER

PERMISSIONS = (
    Permission(
        "pmo.remind",
        _("remind a role of its obligation"),
        "R4",
        _("The project owner and the roles that propose remind others of what they owe, once a day at most."),
        OWNER_OR_PROPOSER,
    ),
)
