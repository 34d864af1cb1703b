"""Permission to look back at a decision."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from projects.seats.mandates.authorities import OWNER

PERMISSIONS = (
    Permission(
        "governance.look_back",
        _("look back at this decision"),
        "R1",
        _("Only the owner says whether a decision is kept, corrected or regretted."),
        OWNER,
    ),
)
