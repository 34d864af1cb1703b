"""Remark on refusal pages: list the reader's ties that block their role on the project (R8)."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from core.pages.refusals.views import REMARKS
from projects.project.models import Project
from projects.seats.interests.queries import blocking_ties


def describe_ties(request: HttpRequest, on: Any) -> str:
    """Render the ties that block the reader on the project of `on`, or return an empty string."""
    ties = blocking_ties(request.user, _project_of(on))
    return render_to_string("projects/seats/interests/_tie_refusal.html", {"ties": ties}, request) if ties else ""


def _project_of(on: Any) -> Project | None:
    """Return the project of the refused object: of its decision, of its mandate, or its own."""
    for above in ("decision", "mandate"):
        on = getattr(on, above, on)
    return on if isinstance(on, Project) else getattr(on, "project", None)


REMARKS.append(describe_ties)
