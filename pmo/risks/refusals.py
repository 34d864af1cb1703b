"""Remark on refusal pages: the register of an ended project takes nothing new."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from projects.workspaces import find_project


def describe_end(request: HttpRequest, on: Any) -> str:
    """Render that the project of the refused object has ended, on pages of risks; else return an empty string."""
    project, match = find_project(on), request.resolver_match
    is_about = project and project.is_over and not project.archived and match and match.namespace == "pmo:risks"
    return render_to_string("pmo/risks/_ended_refusal.html", {"project": project}, request) if is_about else ""
