"""Permissions on the facts of a project."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core import access
from core.access import Permission
from projects.seats.mandates.authorities import OWNER
from projects.workspaces import find_project

OWNER_KEEPS = _("The owner archives a project that has ended, or takes it out of the archive.")

PERMISSIONS = (
    Permission(
        "governance.edit_facts",
        _("change the title, prefix and language of the project"),
        "R1",
        _("The owner is responsible for the name of the project."),
        OWNER,
    ),
    Permission(
        "governance.switch_workspaces",
        _("switch the workspaces of the project on or off"),
        "R1",
        _("The owner chooses the workspaces of the project."),
        OWNER,
    ),
    Permission(
        "governance.sign_decisions",
        _("require that decisions be signed with a passkey, or no longer"),
        "R1",
        _("The owner chooses how their decisions are proved."),
        OWNER,
        own_hand=True,
    ),
    Permission("governance.archive", _("archive the project"), "R1", OWNER_KEEPS, OWNER),
    Permission("governance.unarchive", _("take the project out of the archive"), "R1", OWNER_KEEPS, OWNER),
)
#: What may still be done to an archived project.
IN_THE_ARCHIVE = frozenset(
    {
        "governance.unarchive",
        "projects.name_owner",
        "projects.accept",
        "projects.decline",
        "projects.end_mandate",
        "projects.find_person",
        "projects.propose_replacement",
        "projects.second_replacement",
        "projects.take_replacement",
        "projects.confirm_replacement",
        "projects.end_replacement",
    }
)


def _is_granted(_table: str, name: str, on: Any) -> bool:
    """Return whether a permission may hold on the object: its project is not archived."""
    project = None if name in IN_THE_ARCHIVE else find_project(on)
    return project is None or not project.archived


access.CONDITIONS.append(_is_granted)
