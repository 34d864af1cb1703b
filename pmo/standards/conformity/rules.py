"""Permissions of conformity checks."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from pmo.authorities import CONFORMITY_IS_CHECKED, KEEPER_OF_STANDARDS

PERMISSIONS = (
    Permission(
        "pmo.check_conformity", _("record a conformity check"), "R2", CONFORMITY_IS_CHECKED, KEEPER_OF_STANDARDS
    ),
)
