"""Tag of the menu of a project."""

from typing import Any

from django import template

from core.access import can
from governance.workspace_registry import OF_PROJECT, Entry, Group, in_order

register = template.Library()


@register.simple_tag(takes_context=True)
def project_menu(context: dict[str, Any], project: Any) -> list[tuple[str, list[Entry], bool]]:
    """List the groups of the menu: label, entries that the project uses, and whether it is open.

    Open are the first group, that of the page, and those in which the reader has a permission.
    """
    request = context["request"]
    here = context.get("menu_view") or (request.resolver_match.view_name if request.resolver_match else "")
    used = [entry for entry in in_order(OF_PROJECT) if not entry.workspace or entry.workspace in project.workspaces]
    groups = []
    for group in Group:
        entries = [entry for entry in used if entry.group == group]
        is_open = (
            group == Group.DECIDE
            or any(entry.is_current(here) for entry in entries)
            or any(can(request.user, name, project) for entry in entries for name in entry.permissions)
        )
        groups.append((str(group.label), entries, is_open))
    return groups
