"""Who keeps the schedule of a project."""

from django.utils.translation import gettext_lazy as _

from governance.pmo_authorities import FOLLOWER, STEERING_IS_FOLLOWED
from roles.access import Permission

PERMISSIONS = (
    Permission(
        "governance.plan_schedule", _("keep the schedule of this project"), "R2", STEERING_IS_FOLLOWED, FOLLOWER
    ),
)
