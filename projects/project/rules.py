"""Permission to open a project."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from roles.authorities import ADMINISTRATOR

PERMISSIONS = (
    Permission(
        "projects.found",
        _("open a project and name its first owner"),
        "R1",
        _("An administrator opens the project and names its owner; from then on the owner appoints."),
        ADMINISTRATOR,
    ),
)
