"""Permissions of indicators."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from pmo.authorities import FOLLOWER, STEERING_IS_FOLLOWED

PERMISSIONS = (
    Permission(
        "pmo.follow_indicators", _("update the indicators of this project"), "R2", STEERING_IS_FOLLOWED, FOLLOWER
    ),
)
