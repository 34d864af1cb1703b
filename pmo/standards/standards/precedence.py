"""Precedence of standards with the same code in several libraries above a project."""

from collections.abc import Iterable, Mapping

from pmo.standards.standards.models import StandardCheckpoint
from projects.models import Project


def library_distance(library: int, project: Project) -> int:
    """Return the distance of a library from `project`: 0 its own, 1 its parent's, 2 the next."""
    return {project.pk: 0, project.parent_id: 1}.get(library, 2)


def ruling_place(places: Mapping[int, bool]) -> int:
    """Return the place whose standard holds; `places` maps places to mandatory, for one code.

    The nearest one wins, unless a library above makes its own mandatory: setting that aside takes a waiver (R9).
    """
    return max((place for place, mandatory in places.items() if mandatory), default=min(places))


def filter_holding(checkpoints: Iterable[StandardCheckpoint], project: Project) -> list[StandardCheckpoint]:
    """Filter the checkpoints in force to those that hold for `project` at its level, grouped by code.

    Their version and standard must be loaded.
    """
    known: dict[str, dict[int, list[StandardCheckpoint]]] = {}
    for checkpoint in checkpoints:
        standard = checkpoint.version.standard
        if project.level in checkpoint.version.levels:
            place = library_distance(standard.project_id, project)
            known.setdefault(standard.code, {}).setdefault(place, []).append(checkpoint)
    return [
        checkpoint
        for places in known.values()
        for checkpoint in places[ruling_place({place: rows[0].version.mandatory for place, rows in places.items()})]
    ]
