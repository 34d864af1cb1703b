"""What a refusal says of ties: those of the reader that block their role on the project, whatever it is (R8)."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from core.refusals.views import REMARKS
from projects.interests.queries import blocking_ties
from projects.project.models import Project


def describe_ties(request: HttpRequest, on: Any) -> str:
    """Return the ties of the reader that block them on the project of `on`; empty without any."""
    ties = blocking_ties(request.user, _project_of(on))
    return render_to_string("projects/interests/_refused_ties.html", {"ties": ties}, request) if ties else ""


def _project_of(on: Any) -> Project | None:
    """Return the project of what was refused: of the decision of a condition, of a delegation's mandate, or its own."""
    for above in ("decision", "mandate"):
        on = getattr(on, above, on)
    return on if isinstance(on, Project) else getattr(on, "project", None)


REMARKS.append(describe_ties)
