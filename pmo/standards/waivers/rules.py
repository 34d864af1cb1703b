"""Permissions of waivers: early ends only. A decision alone grants one (R9)."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from pmo.authorities import CONFORMITY_IS_CHECKED, KEEPER_OF_STANDARDS
from projects.seats.mandates.authorities import OWNER, OWNER_DECIDES

PERMISSIONS = (
    Permission("pmo.close_waiver", _("close this waiver"), "R9", CONFORMITY_IS_CHECKED, KEEPER_OF_STANDARDS),
    Permission("pmo.revoke_waiver", _("revoke this waiver"), "R9", OWNER_DECIDES, OWNER),
)
