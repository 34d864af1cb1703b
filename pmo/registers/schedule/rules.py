"""Permissions of the schedule."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from pmo.authorities import FOLLOWER, STEERING_IS_FOLLOWED

PERMISSIONS = (
    Permission(
        "pmo.confirm_dependencies",
        _("confirm the dependencies of this project"),
        "R2",
        STEERING_IS_FOLLOWED,
        FOLLOWER,
    ),
    Permission("pmo.plan_schedule", _("update the schedule of this project"), "R2", STEERING_IS_FOLLOWED, FOLLOWER),
)
