"""How the terms of a waiver name checkpoints: `STD-A11Y.2#3`, the standard, its version, the number.

Where two libraries above a project have the same code, the nearest one is meant.
"""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from governance.standards.models import Standard, StandardCheckpoint, StandardVersion
from projects.models import Project

#: Between two names in the terms.
BETWEEN = ","


def name_of(checkpoint: StandardCheckpoint) -> str:
    """The name of a checkpoint in the terms; its version and standard are at hand."""
    version = checkpoint.version
    return f"{version.standard.code}.{version.number}#{checkpoint.number}"


def checkpoints_of(project: Project, on: date | None = None) -> list[StandardCheckpoint]:
    """Every checkpoint of the standards in force for `project`, by standard and number. One query."""
    versions = StandardVersion.objects.in_force(on or timezone.localdate())
    versions = versions.filter(standard__in=Standard.objects.that_hold_for(project))
    found = StandardCheckpoint.objects.filter(version__in=versions).select_related("version__standard__project")
    return _nearest(project, found.order_by("version__standard__code", "number"))


def named(project: Project, text: str, on: date | None = None) -> list[StandardCheckpoint] | None:
    """The checkpoints that a term names, in order; None when one of them is not in force for `project`."""
    known = {name_of(one): one for one in checkpoints_of(project, on)}
    names = sorted(filter(None, text.split(BETWEEN)))
    return [known[name] for name in names] if names and all(name in known for name in names) else None


def _nearest(project: Project, found: Iterable[StandardCheckpoint]) -> list[StandardCheckpoint]:
    """Those of the nearest library where several have a standard of the same code."""
    rows = list(found)
    place = {project.pk: 0, project.parent_id: 1}
    nearest: dict[str, int] = {}
    for row in rows:
        standard = row.version.standard
        depth = place.get(standard.project_id, 2)
        nearest[standard.code] = min(nearest.get(standard.code, depth), depth)
    return [
        row for row in rows
        if place.get(row.version.standard.project_id, 2) == nearest[row.version.standard.code]
    ]  # fmt: skip
