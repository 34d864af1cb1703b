"""Where a project stands among programmes and portfolios, and how far each is from its launch."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from projects.enums import Level, ProjectState
from projects.matrix.launch import checks
from projects.models import Mandate, Project
from roles.access import Visitor

MOST = 50


@dataclass(frozen=True)
class Child:
    """A project of a programme, or either of a portfolio: its owner if it has one, what its launch lacks if it has not
    taken place (None once it has)."""

    project: Project
    owner: Mandate | None
    missing: int | None


def parent_of(project: Project, user: Visitor) -> Project | None:
    """The programme or portfolio the project is part of, when `user` may read it. One query at most."""
    if project.parent_id is None:
        return None
    return Project.objects.visible_to(user).filter(pk=project.parent_id).first()


def children_of(project: Project, user: Visitor) -> list[Child]:
    """What is part of a programme or portfolio and `user` may read. Two queries, none for a project."""
    if project.level == Level.PROJECT:
        return []
    active = Mandate.objects.active().select_related("holder", "role")
    found = Project.objects.visible_to(user).filter(parent=project).select_related("matrix").order_by("code")
    rows = found.prefetch_related(Prefetch("mandates", active, to_attr="seats"))[:MOST]
    return [_child(row, row.seats) for row in rows]  # type: ignore[attr-defined]


def _child(project: Project, seats: list[Mandate]) -> Child:
    owner = next((seat for seat in seats if seat.decides), None)
    return Child(project, owner, lacking_of(project, seats) if is_to_launch(project) else None)


def is_to_launch(project: Project) -> bool:
    """Whether the launch is still to come."""
    return project.state == ProjectState.DRAFT


def lacking_of(project: Project, active: Iterable[Mandate]) -> int:
    """How many items the launch lacks, told from the `active` mandates."""
    return len([check for check in checks(project, active) if not check.done])
