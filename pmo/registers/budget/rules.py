"""Permissions of the budget."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from pmo.authorities import FOLLOWER, STEERING_IS_FOLLOWED

PERMISSIONS = (
    Permission("pmo.plan_means", _("update the budget of this project"), "R2", STEERING_IS_FOLLOWED, FOLLOWER),
)
