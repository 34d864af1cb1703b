"""Permission to open a project."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission, Person
from projects.project.models import Project
from projects.seats.mandates.authorities import Owner
from roles.authorities import ADMINISTRATOR


class OwnerAbove(Owner):
    """Authority of the owner of a programme or portfolio over what is part of it."""

    def holds_on(self, user: Person, project: Project) -> bool:
        return project.has_parts and super().holds_on(user, project)


PERMISSIONS = (
    Permission(
        "projects.found",
        _("open a project and name its first owner"),
        "R1",
        _("An administrator or the owner above opens the project and names its owner, who then appoints."),
        ADMINISTRATOR | OwnerAbove(_("the owner of the programme or portfolio above")),
        own_hand=True,
    ),
)
