"""Authority of the administrators, who hold no right on any project by it (R1), and of a person over their account."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Person
from roles.models import User


class Administrator(Authority[object]):
    """Authority to configure the installation; the only one that needs no object."""

    def holds(self, user: Person, on: object | None) -> bool:
        return user.is_staff


class Oneself(Authority[Any]):
    """Authority of a person over their own account."""

    def holds(self, user: Person, on: Any) -> bool:
        return isinstance(on, User) and on.pk == user.pk


ADMINISTRATOR = Administrator(_("an administrator"))
ONESELF = Oneself(_("the person"))
