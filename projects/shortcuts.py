"""What an address names, if its reader may see it: absent and forbidden are the same 404."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from projects.project.models import Project


def visible_project(request: HttpRequest, code: str) -> Project:
    """The project, or 404 when absent or not for this reader."""
    return get_object_or_404(Project.objects.visible_to(request.user), code=code)
