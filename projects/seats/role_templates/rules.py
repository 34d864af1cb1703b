"""Permissions on role templates and method packs."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from roles.authorities import ADMINISTRATOR

ADMINISTRATORS_CONFIGURE = _("Administrators write and publish role templates. This gives them no part in any project.")

PERMISSIONS = (
    Permission("roles.configure", _("write role templates"), "R1", ADMINISTRATORS_CONFIGURE, ADMINISTRATOR),
    Permission("projects.publish_role", _("publish a role template"), "R1", ADMINISTRATORS_CONFIGURE, ADMINISTRATOR),
    Permission("projects.retire_role", _("retire a role template"), "R1", ADMINISTRATORS_CONFIGURE, ADMINISTRATOR),
    Permission("projects.install_pack", _("install a method"), "R1", ADMINISTRATORS_CONFIGURE, ADMINISTRATOR),
)
