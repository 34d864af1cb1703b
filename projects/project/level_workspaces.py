"""Workspaces that a level may have: requirements are captured and accepted in projects, never above them."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from projects.enums import Level, Workspace

#: Workspaces of a project alone.
OF_PROJECTS = (Workspace.REQUIREMENTS,)
LISTED = ", ".join(f"'{workspace}'" for workspace in OF_PROJECTS)


def may_have(level: str, workspace: str) -> bool:
    """Return whether a project of this level may have the workspace."""
    return level == Level.PROJECT or workspace not in OF_PROJECTS


def may_have_sql(level: str, workspace: str) -> str:
    """Return `may_have` as a condition, from SQL expressions."""
    return f"({level} = '{Level.PROJECT}' OR {workspace} NOT IN ({LISTED}))"


def workspaces_at(level: str) -> list[str]:
    """Return the codes of all workspaces that the level may have, which it has by default."""
    return [workspace for workspace in Workspace.values if may_have(level, workspace)]


def ensure_may_have(level: str, workspaces: Collection[str]) -> None:
    """Raise ValidationError unless the level may have all of these."""
    if not all(may_have(level, workspace) for workspace in workspaces):
        sentence = _("Requirements and acceptance belong to projects, not to a programme or portfolio.")
        raise ValidationError(sentence)
