"""Remarks on refusal pages: an archived project is read only, one that has ended takes nothing."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from core.pages.refusals.views import REMARKS
from projects.workspaces import find_project


def describe_archive(request: HttpRequest, on: Any) -> str:
    """Render that the project of the refused object is archived, or return an empty string."""
    project = find_project(on)
    return (
        render_to_string("governance/life/facts/_archive_refusal.html", {}, request)
        if project and project.archived
        else ""
    )


def describe_end(request: HttpRequest, on: Any) -> str:
    """Render that the project of the refused object has ended, or return an empty string."""
    project = find_project(on)
    if project is None or not project.is_over or project.archived:
        return ""
    return render_to_string("governance/life/facts/_ended_refusal.html", {"project": project}, request)


REMARKS.extend((describe_archive, describe_end))
