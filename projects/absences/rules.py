"""Permission to state an absence."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Permission, Person
from roles.authorities import ADMINISTRATOR
from roles.models import User


class Oneself(Authority[Any]):
    """Authority of a person over their own account."""

    def holds(self, user: Person, on: Any) -> bool:
        return isinstance(on, User) and on.pk == user.pk


PERMISSIONS = (
    Permission(
        "projects.state_absence",
        _("state an absence and a contact person"),
        "R1",
        _("The contact person gets no right from it: rights come from a mandate or a delegation."),
        Oneself(_("the person")) | ADMINISTRATOR,
    ),
)
