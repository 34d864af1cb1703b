"""Workspaces that a project switches on or off, and the capabilities that belong to each.

A capability announces itself in the workspace.py of its app. Its permissions then hold on projects that have the
workspace switched on, its pages explain on others that it is off, and its kinds of decision are not proposed there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.functional import Promise

from core import access
from core.pages.refusals.exceptions import NotHere
from projects.enums import OVER, Workspace
from projects.project.level_workspaces import may_have
from projects.project.models import Project

#: Capability, such as "pmo.risks" → its workspace.
_CAPABILITIES: dict[str, Workspace] = {}
#: Page of a capability that is always there → the workspace it is about, on a project without parts.
_PAGES: dict[str, Workspace] = {}


@dataclass(frozen=True)
class RequiringRows:
    """Rows of a workspace that require others of the projects below.

    `sql` selects workspace, name of the row and code of its node, from the expressions `{level}`, `{parent}` and
    `{project}`; `{project}` is null for a project that is not opened yet. `sentence` says why, with %(name)s and
    %(node)s.
    """

    sql: str
    sentence: str | Promise


#: Rows that require workspaces; a workspace adds its own.
REQUIRING: list[RequiringRows] = []


@dataclass(frozen=True)
class Requirement:
    """A workspace that a project is required to have: by the row `name` of the node with this code, and in words."""

    workspace: Workspace
    name: str
    node: str
    because: str


class SwitchedOff(NotHere):
    """Raised when a page belongs to a workspace that its project has switched off."""

    template_name = "projects/switched_off.html"

    def __init__(self, project: Project, workspace: Workspace) -> None:
        super().__init__(f"{workspace} is switched off on {project.code}")
        may_be_on = may_have(project.level, workspace)
        self.context = {"project": project, "workspace": workspace, "may_be_on": may_be_on}


def announce(workspace: Workspace, *capabilities: str, pages: tuple[str, ...] = ()) -> None:
    """Let these capabilities belong to `workspace`, and these view names of others be about it."""
    _CAPABILITIES.update(dict.fromkeys(capabilities, workspace))
    _PAGES.update(dict.fromkeys(pages, workspace))


def installed() -> list[Workspace]:
    """List the workspaces that this installation has, in display order."""
    return [workspace for workspace in Workspace if workspace in _CAPABILITIES.values()]


def offered_on(project: Project) -> list[Workspace]:
    """List the installed workspaces that the project may have, or has."""
    return [space for space in installed() if may_have(project.level, space) or project.has(space)]


def list_choices(workspaces: Iterable[Workspace]) -> list[tuple[str, Any]]:
    """List workspaces as choices of a form."""
    return [(workspace.value, workspace.label) for workspace in workspaces]


def workspace_of(name: str) -> Workspace | None:
    """Return the workspace of a module, in a wing or not, or of a view name; None for what every project has."""
    app, *parts = name.replace(":", ".").split(".")
    places = parts[:1] if ":" in name else parts[1::-1]
    return next(filter(None, (_CAPABILITIES.get(f"{app}.{place}") for place in places)), None)


def is_on(name: str, project: Project) -> bool:
    """Return whether `project` has the workspace of this module or view name, if it belongs to one."""
    workspace = workspace_of(name) or (None if project.has_parts else _PAGES.get(name))
    return workspace is None or project.has(workspace)


def ensure_on(name: str, project: Project) -> None:
    """Raise SwitchedOff unless `project` has the workspace of this module or view name."""
    if not is_on(name, project):
        workspace = workspace_of(name) or _PAGES[name]
        raise SwitchedOff(project, workspace)


def required_sql(level: str, parent: str, project: str) -> str:
    """Return the query of the workspaces that are required of a project, from SQL expressions; it may have no row."""
    none = "SELECT NULL AS workspace WHERE false"
    rows = [part.sql.format(level=level, parent=parent, project=project) for part in REQUIRING]
    return " UNION ALL ".join([none, *(f"SELECT workspace FROM ({sql}) AS required" for sql in rows)])  # noqa: S608


def list_requirements(level: str, parent: int | None, project: Project | None = None) -> list[Requirement]:
    """List what is required of a project of this level under the node with key `parent`, by workspace.

    One query for each REQUIRING; none without a parent.
    """
    if parent is None:
        return []
    found = []
    for part in REQUIRING:
        with connection.cursor() as cursor:
            cursor.execute(
                part.sql.format(level="%(level)s", parent="%(parent)s::bigint", project="%(project)s::bigint"),
                {"level": level, "parent": parent, "project": project.pk if project else None},
            )
            rows = cursor.fetchall()
        for code, name, node in rows:
            because = str(part.sentence) % {"name": name, "node": node}
            found.append(Requirement(Workspace(code), name, node, because))
    here = installed()
    return sorted((one for one in found if one.workspace in here), key=lambda one: here.index(one.workspace))


def requirements_of(project: Project) -> list[Requirement]:
    """List what is required of the project; nothing once it has ended."""
    return [] if project.state in OVER else list_requirements(project.level, project.parent_id, project)


def add_required(codes: Iterable[str], requirements: Iterable[Requirement]) -> list[str]:
    """Return these workspaces and the required ones, in display order."""
    chosen = {*codes, *(requirement.workspace.value for requirement in requirements)}
    return [code for code in Workspace.values if code in chosen]


def on_projects_using(workspace: Workspace, project: str = "project") -> Q:
    """Return the condition that the project of a row, under this lookup, has the workspace switched on."""
    of = "" if project == "pk" else f"{project}__"
    return Q(**{f"{of}workspaces__contains": [workspace.value]})


def find_project(row: Any) -> Project | None:
    """Return the project of a row: itself, its own, or that of its standard; None for a row of no project."""
    for owner in (row, getattr(row, "standard", None)):
        project = owner if isinstance(owner, Project) else getattr(owner, "project", None)
        if isinstance(project, Project):
            return project
    return None


def _is_granted(table: str, _name: str, on: Any) -> bool:
    """Return whether a permission of this table may hold on the object: its workspace is switched on."""
    if workspace_of(table) is None:
        return True
    project = find_project(on)
    return project is None or is_on(table, project)


access.CONDITIONS.append(_is_granted)
