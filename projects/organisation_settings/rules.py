"""Permission to change the settings of the organisation."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from roles.authorities import ADMINISTRATOR

PERMISSIONS = (
    Permission(
        "projects.edit_settings",
        _("change the settings of the organisation"),
        "R1",
        _("Administrators manage the settings. This gives them no decision on any project."),
        ADMINISTRATOR,
    ),
)
