"""Who keeps the indicators of a project."""

from django.utils.translation import gettext_lazy as _

from governance.pmo_authorities import FOLLOWER, STEERING_IS_FOLLOWED
from roles.access import Permission

PERMISSIONS = (
    Permission(
        "governance.follow_indicators", _("keep the indicators of this project"), "R2", STEERING_IS_FOLLOWED, FOLLOWER
    ),
)
