"""Rows of the tree of projects: portfolio, programme, project, as far as the reader may read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, Count, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When

from core.access import Person
from core.array_lookup import in_array
from governance import workspace_registry
from governance.inbox.queries import count_by_project
from governance.project_tree.filters import Filter
from projects.enums import PARENTS, Level
from projects.mandates.seats import seats_of
from projects.models import Delegation, Mandate, Project
from roles.models import User

SIZE = 50


@dataclass(frozen=True)
class Row:
    """A project of the list.

    `depth` counts the readable levels above. `above` is the parent where the page does not show it before the row.
    `owner` is empty without one. `cells` are the templates of the workspaces with what each shows.
    """

    project: Any
    address: str
    depth: int
    above: Project | None
    owner: str
    waiting: int
    cells: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Tree:
    """One page of the list, the rows of each level the reader may read, and how many the filter matches."""

    rows: list[Row]
    levels: dict[str, int]
    found: int
    page: int
    pages: int

    @property
    def previous(self) -> int | None:
        """Return the number of the page before, if any."""
        return self.page - 1 if self.page > 1 else None

    @property
    def next(self) -> int | None:
        """Return the number of the page after, if any."""
        return self.page + 1 if self.page < self.pages else None


def read_tree(user: User, asked: Filter) -> Tree:
    """Read the page of the list. Three queries, and one for each column of a workspace."""
    waiting = count_by_project(user)
    visible = Project.objects.visible_to(user)
    condition = asked.condition(_holds_a_role(user), list(waiting))
    counted = visible.aggregate(
        found=Count("pk", filter=condition),
        **{level: Count("pk", filter=Q(level=level, archived=False)) for level in PARENTS},
    )
    found = counted.pop("found")
    pages = max(-(-found // SIZE), 1)
    page = min(asked.page, pages)
    owner = Mandate.objects.active().deciding().filter(project=OuterRef("pk")).values("holder__name")[:1]
    rows = asked.ordered(with_places(visible.filter(condition), user)).annotate(owner_=Subquery(owner))
    shown = list(rows.select_related("parent")[(page - 1) * SIZE : page * SIZE])
    return Tree(_build_rows(shown, user, waiting, asked.is_tree), counted, found, page, pages)


def _holds_a_role(user: Person) -> Func:
    """Return the condition that the reader holds a role on the project, or signs there by delegation."""
    held = Mandate.objects.active().filter(holder=user.pk).values("project")
    return in_array("pk", held.union(Delegation.objects.active().filter(delegate=user.pk).values("mandate__project")))


def with_places(projects: QuerySet[Project], user: Person) -> QuerySet[Project]:
    """Annotate the place in the tree: the codes from the top (`first`, `second`, `third`) and the `depth`.

    A parent that the reader may not read is left out, so that its children begin a branch.
    """
    visible = Project.objects.visible_to(user).values("pk")
    placed = projects.annotate(reads_parent=in_array("parent", visible), reads_top=in_array("parent__parent", visible))
    third, second = {"reads_parent": True, "reads_top": True}, {"reads_parent": True}
    own, parent, top, none = F("code"), F("parent__code"), F("parent__parent__code"), Value("")
    return placed.annotate(
        first=Case(When(**third, then=top), When(**second, then=parent), default=own),
        second=Case(When(**third, then=parent), When(**second, then=own), default=none),
        third=Case(When(**third, then=own), default=none),
        depth=Case(When(**third, then=Value(2)), When(**second, then=Value(1)), default=Value(0)),
    )


def _build_rows(projects: Sequence[Any], user: User, waiting: dict[int, int], is_tree: bool) -> list[Row]:
    """Build the rows; in the tree only the first row of a page names its parent, elsewhere each."""
    columns = workspace_registry.in_order(workspace_registry.PROJECT_COLUMNS)
    loaded = [(column.cell, column.load(projects)) for column in columns]
    owned = {seat.project_id for seat in seats_of(user) if seat.decides and not seat.is_delegated}
    rows = [
        Row(
            project=project,
            address=find_address(project) if project.pk in owned else project.get_absolute_url(),
            depth=project.depth if is_tree else 0,
            above=project.parent if project.reads_parent and not is_tree else None,
            owner=project.owner_ or "",
            waiting=waiting.get(project.pk, 0),
            cells=tuple((template, cells.get(project.pk)) for template, cells in loaded),
        )
        for project in projects
    ]
    if is_tree and rows and rows[0].depth:
        rows[0] = replace(rows[0], above=projects[0].parent)
    return rows


def find_address(project: Project) -> str:
    """Return the address of the page that the owner of `project` opens first."""
    if project.level == Level.PORTFOLIO and workspace_registry.PORTFOLIO_PAGES:
        return workspace_registry.PORTFOLIO_PAGES[0](project)
    return project.get_absolute_url()


def find_portfolio_of(user: User) -> Project | None:
    """Return the first portfolio that `user` owns, or None."""
    owned = Mandate.objects.active().deciding().filter(holder=user.pk).values("project")
    return Project.objects.filter(pk__in=owned, level=Level.PORTFOLIO).order_by("code").first()
