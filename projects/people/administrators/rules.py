"""Permissions to name administrators."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from roles.authorities import ADMINISTRATOR

ADMINISTRATORS_NAME = _("Administrators name each other. It gives them no role on any project.")

PERMISSIONS = (
    Permission(
        "projects.name_administrator", _("name administrators"), "R1", ADMINISTRATORS_NAME, ADMINISTRATOR, own_hand=True
    ),
    Permission(
        "projects.end_administrator",
        _("end the rights of administrators"),
        "R1",
        ADMINISTRATORS_NAME,
        ADMINISTRATOR,
        own_hand=True,
    ),
)
