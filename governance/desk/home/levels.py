"""Programmes and portfolios around a project, and the progress of each child's launch."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from core.access import Person
from core.acts import act_time
from governance.desk.inbox.versions import with_version
from projects.enums import Level, ProjectState
from projects.models import Project
from projects.seats.launch.checklist import Check, checklist_of, owner_of, prefetch_seats

#: Most children that the page lists, and parts of those.
MOST, MOST_BELOW = 50, 500


@dataclass(frozen=True)
class Child:
    """A project of a programme, or a child of a portfolio.

    `owner` is empty without an owner. `missing` counts the open launch items; None after the launch.
    """

    project: Any
    owner: str
    missing: int | None


def with_parent(projects: QuerySet[Project], user: Person) -> QuerySet[Project]:
    """Load the parent programme or portfolio, and annotate whether `user` may read it (`reads_parent`)."""
    above = Project.objects.visible_to(user).filter(pk=OuterRef("parent"))
    return projects.select_related("parent").annotate(reads_parent=Exists(above))


def list_children(project: Project, user: Person) -> list[Child]:
    """List the children that `user` may read. Two queries; none for a plain project."""
    if project.level == Level.PROJECT:
        return []
    projects = with_version(
        Project.objects.visible_to(user).unarchived().filter(parent=project).select_related("matrix").order_by("code")
    )
    return [_build_child(row) for row in projects.prefetch_related(prefetch_seats(act_time(), launched=False))[:MOST]]


def list_parts(project: Project, children: Iterable[Child], user: Person) -> tuple[tuple[int, str], ...]:
    """List the parts that `user` may read at each level below, with their versions. One query for a portfolio."""
    known = [(child.project.pk, child.project.version) for child in children]
    if project.level == Level.PORTFOLIO:
        below = Project.objects.visible_to(user).unarchived().filter(parent__parent=project)
        known += with_version(below).order_by("pk").values_list("pk", "version")[:MOST_BELOW]
    return tuple(known)


def _build_child(project: Any) -> Child:
    missing = count_missing(checklist_of(project)) if is_to_launch(project) else None
    child = Child(project, owner_of(project), missing)
    del project.seats_  # they refer to the project, which would stay with its matrix until a garbage collection
    return child


def is_to_launch(project: Project) -> bool:
    """Return whether the launch is still to come."""
    return project.state == ProjectState.DRAFT


def count_missing(checklist: list[Check]) -> int:
    """Count the open items of the launch."""
    return sum(not check.done for check in checklist)
