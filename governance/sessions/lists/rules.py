"""Permissions on decision lists."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from projects.seats.mandates.authorities import OWNER

OWNER_SETTLES = _("The owner chairs the session and settles its decision list.")

PERMISSIONS = (
    Permission("governance.settle_list", _("settle a decision list"), "R1", OWNER_SETTLES, OWNER),
    Permission("governance.rectify_list", _("rectify a decision list"), "R1", OWNER_SETTLES, OWNER),
)
