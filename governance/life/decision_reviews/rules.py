"""Permission to review a decision."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from projects.seats.mandates.authorities import OWNER

PERMISSIONS = (
    Permission(
        "governance.review_decision",
        _("confirm or review this decision"),
        "R1",
        _("When the basis of a decision has changed, only the owner confirms whether it is still valid."),
        OWNER,
    ),
)
