"""Permissions of the standards library."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from pmo.authorities import KEEPER_OF_STANDARDS

PERMISSIONS = (
    Permission(
        "pmo.keep_standards",
        _("manage the standards library"),
        "R2",
        _(
            "The roles that produce or propose the standards in the matrix keep the library. The owner adopts and"
            " retires."
        ),
        KEEPER_OF_STANDARDS,
    ),
)
