"""Permissions of obligations."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from projects.mandates.authorities import OWNER, NamedRole

PERMISSIONS = (
    Permission(
        "governance.fulfil",
        _("fulfil this obligation"),
        "R4",
        _("The role that has a responsibility fulfils its obligations, with evidence."),
        NamedRole(_("a holder of the role that has the responsibility"), "role"),
    ),
    Permission(
        "governance.excuse",
        _("excuse a role from an obligation"),
        "R1",
        _("Only the project owner excuses a role from an obligation, in writing."),
        OWNER,
    ),
)
