"""Permissions to make and end tokens of provisioning."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from roles.authorities import ADMINISTRATOR

PROVISIONING_KEEPS = _("Provisioning manages accounts as an administrator does. It gives and ends no role.")

PERMISSIONS = (
    Permission(
        "projects.make_token",
        _("make tokens of provisioning"),
        "R1",
        PROVISIONING_KEEPS,
        ADMINISTRATOR,
        own_hand=True,
    ),
    Permission("projects.end_token", _("end tokens of provisioning"), "R1", PROVISIONING_KEEPS, ADMINISTRATOR),
)
