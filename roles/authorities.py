"""Authority of the administrators, who hold no right on any project by it (R1)."""

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Person


class Administrator(Authority[object]):
    """Authority to configure the installation; the only one that needs no object."""

    def holds(self, user: Person, on: object | None) -> bool:
        return user.is_staff


ADMINISTRATOR = Administrator(_("an administrator"))
