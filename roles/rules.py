"""Who configures the referential of roles: administrators, who hold no right on any project by it (R1)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from roles.access import permit

ADMINISTRATORS_CONFIGURE = _("Administrators write and publish role templates; they take no part in any project by it.")


def is_administrator(user: Any, on: Any = None) -> bool:
    """Whether `user` configures the installation."""
    return bool(user.is_staff)


permit(
    "roles.configure", is_administrator,
    act=_("write role templates"), rule="R1", because=ADMINISTRATORS_CONFIGURE, may=_("an administrator"),
)  # fmt: skip
