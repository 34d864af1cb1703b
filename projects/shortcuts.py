"""Lookups for views; an absent and a forbidden object give the same 404."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from projects.project.models import Project


def get_project_or_404(request: HttpRequest, code: str) -> Project:
    """Return the project. Raises Http404 when it is absent or not visible to the reader."""
    return get_object_or_404(Project.objects.visible_to(request.user), code=code)
