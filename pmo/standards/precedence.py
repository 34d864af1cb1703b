"""Which standards hold for a project where several of the libraries above it have one under the same code."""

from collections.abc import Iterable, Mapping

from pmo.standards.models import StandardCheckpoint
from projects.models import Project


def place_of(library: int, project: Project) -> int:
    """How far a library that holds for `project` is from it: 0 its own, 1 that of what it is part of, 2 the next."""
    return {project.pk: 0, project.parent_id: 1}.get(library, 2)


def ruling(places: Mapping[int, bool]) -> int:
    """Of the places that have a standard under one code, the one whose standard holds; each says if it is mandatory.

    The nearest one is meant. But nobody below sets aside what a library further up makes mandatory: that takes a
    waiver (R9).
    """
    return max((place for place, mandatory in places.items() if mandatory), default=min(places))


def holding(found: Iterable[StandardCheckpoint], project: Project) -> list[StandardCheckpoint]:
    """Of the checkpoints in force in the libraries of `project`, those that hold for it, at its level, by code.

    Their version and standard are at hand.
    """
    known: dict[str, dict[int, list[StandardCheckpoint]]] = {}
    for one in found:
        standard = one.version.standard
        if project.level in one.version.levels:
            place = place_of(standard.project_id, project)
            known.setdefault(standard.code, {}).setdefault(place, []).append(one)
    return [
        one
        for places in known.values()
        for one in places[ruling({place: rows[0].version.mandatory for place, rows in places.items()})]
    ]
