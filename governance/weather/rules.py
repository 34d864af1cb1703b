"""Who publishes the weather of a project."""

from django.utils.translation import gettext_lazy as _

from governance.pmo_authorities import FOLLOWER, STEERING_IS_FOLLOWED
from roles.access import Permission

PERMISSIONS = (
    Permission(
        "governance.publish_weather", _("publish the weather of this project"), "R2", STEERING_IS_FOLLOWED, FOLLOWER
    ),
)
