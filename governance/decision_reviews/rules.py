"""Permission to review a decision."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from projects.mandates.authorities import OWNER

PERMISSIONS = (
    Permission(
        "governance.review_decision",
        _("confirm or review this decision"),
        "R1",
        _("When something it was decided on has changed, the owner alone says whether a decision still holds."),
        OWNER,
    ),
)
