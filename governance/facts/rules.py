"""Permissions on the facts of a project."""

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from projects.mandates.authorities import OWNER

PERMISSIONS = (
    Permission(
        "governance.edit_facts",
        _("change the title, prefix and language of the project"),
        "R1",
        _("What the project is called is a fact that its owner answers for."),
        OWNER,
    ),
    Permission(
        "governance.switch_workspaces",
        _("switch the workspaces of the project on or off"),
        "R1",
        _("The owner chooses what the project is steered with."),
        OWNER,
    ),
)
