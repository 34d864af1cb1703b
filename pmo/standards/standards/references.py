"""References to checkpoints in the terms of a waiver: `STD-A11Y.2#3` is standard, version, number.

Several libraries above a project may use the same code; pmo/standards/standards/precedence.py picks one.
"""

from datetime import date

from core.acts import cached
from pmo.standards.standards.models import Standard, StandardCheckpoint, StandardVersion
from pmo.standards.standards.precedence import filter_holding
from projects.models import Project
from projects.organisation_settings.queries import today

#: Separator between two references.
SEPARATOR = ","


def reference_of(checkpoint: StandardCheckpoint) -> str:
    """Return the reference of a checkpoint; its version and standard must be loaded."""
    version = checkpoint.version
    return f"{version.standard.code}.{version.number}#{checkpoint.number}"


def list_checkpoints(project: Project, on: date | None = None) -> list[StandardCheckpoint]:
    """List the checkpoints of the standards in force for `project`, by standard and number. One query per request.

    `on` defaults to today.
    """
    day = on or today()
    return cached(("checkpoints", project.pk, day), lambda: _read_checkpoints(project, day))


def _read_checkpoints(project: Project, on: date) -> list[StandardCheckpoint]:
    versions = StandardVersion.objects.in_force(on)
    versions = versions.filter(standard__in=Standard.objects.that_hold_for(project))
    checkpoints = StandardCheckpoint.objects.filter(version__in=versions).select_related("version__standard__project")
    return filter_holding(checkpoints.order_by("version__standard__code", "number"), project)


def resolve_checkpoints(project: Project, text: str, on: date | None = None) -> list[StandardCheckpoint] | None:
    """Resolve the references of a term, in order; None when one is not in force for `project`."""
    known = {reference_of(checkpoint): checkpoint for checkpoint in list_checkpoints(project, on)}
    names = sorted(filter(None, text.split(SEPARATOR)))
    return [known[name] for name in names] if names and all(name in known for name in names) else None
