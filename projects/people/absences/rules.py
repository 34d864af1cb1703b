"""Permission to state an absence."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from roles.authorities import ADMINISTRATOR, ONESELF

PERMISSIONS = (
    Permission(
        "projects.state_absence",
        _("state an absence and a contact person"),
        "R1",
        _("The contact person gets no right from it: rights come from a mandate or a delegation."),
        ONESELF | ADMINISTRATOR,
    ),
)
