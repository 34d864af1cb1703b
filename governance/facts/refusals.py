"""Remark on refusal pages: an archived project is read only."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from core.refusals.views import REMARKS
from projects.workspaces import find_project


def describe_archive(request: HttpRequest, on: Any) -> str:
    """Render that the project of the refused object is archived, or return an empty string."""
    project = find_project(on)
    return (
        render_to_string("governance/facts/_archive_refusal.html", {}, request) if project and project.archived else ""
    )


REMARKS.append(describe_archive)
