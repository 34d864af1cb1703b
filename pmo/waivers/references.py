"""How the terms of a waiver name checkpoints: `STD-A11Y.2#3`, the standard, its version, the number.

Where several libraries above a project have the same code, pmo/standards/precedence.py says which one is meant.
"""

from datetime import date

from pmo.standards.days import today
from pmo.standards.models import Standard, StandardCheckpoint, StandardVersion
from pmo.standards.precedence import holding
from projects.models import Project

#: Between two names in the terms.
BETWEEN = ","


def name_of(checkpoint: StandardCheckpoint) -> str:
    """The name of a checkpoint in the terms; its version and standard are at hand."""
    version = checkpoint.version
    return f"{version.standard.code}.{version.number}#{checkpoint.number}"


def checkpoints_of(project: Project, on: date | None = None) -> list[StandardCheckpoint]:
    """Every checkpoint that the standards in force ask of `project`, by standard and number. One query.

    `on` is by default today.
    """
    versions = StandardVersion.objects.in_force(on or today())
    versions = versions.filter(standard__in=Standard.objects.that_hold_for(project))
    found = StandardCheckpoint.objects.filter(version__in=versions).select_related("version__standard__project")
    return holding(found.order_by("version__standard__code", "number"), project)


def named(project: Project, text: str, on: date | None = None) -> list[StandardCheckpoint] | None:
    """The checkpoints that a term names, in order; None when one of them is not in force for `project`."""
    known = {name_of(one): one for one in checkpoints_of(project, on)}
    names = sorted(filter(None, text.split(BETWEEN)))
    return [known[name] for name in names] if names and all(name in known for name in names) else None
