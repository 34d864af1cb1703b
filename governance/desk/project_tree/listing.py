"""List of projects as a tree, or flat in the order of a column: columns, order and filters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Lower
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.pages.lists.columns import NOTHING, Column, Text, rank
from core.pages.lists.filters import Asked, Filter, read_filters
from core.pages.lists.pages import Listing
from core.record.erasure import display_name
from core.templatetags.ui import euros
from core.words.language import in_reader_language
from governance import workspace_registry
from governance.desk.inbox.queries import count_by_project
from governance.desk.project_tree.queries import find_address, holds_a_role, with_places
from governance.workspace_registry import ProjectColumn
from projects.enums import PARENTS, Level, ProjectState
from projects.models import Mandate, Project
from projects.seats.mandates.seats import seats_of
from roles.models import User

#: Values of the filter `mine`: a role held by the reader, a task that waits for the reader.
HELD, WAITING = "held", "waiting"
MINE = ((HELD, gettext_lazy("Where I hold a role")), (WAITING, gettext_lazy("With tasks for me")))
#: Value of the filter `state` that shows the archive, which is left out otherwise.
ARCHIVED = "archived"
#: Name of the column whose order is the tree.
TREE = "tree"
_PLACE = Func(
    F("first"), F("second"), F("third"), template="ARRAY[%(expressions)s]::text[]", output_field=ArrayField(TextField())
)


@dataclass(frozen=True)
class Row:
    """A project of the list.

    `depth` counts the readable levels above. `above` is the parent where the page does not show it before the row.
    `owner` is empty without one. `cells` is what each column of a workspace shows.
    """

    project: Any
    address: str
    depth: int
    above: Project | None
    waiting: int
    cells: tuple[Any, ...]

    @property
    def pk(self) -> int:
        """Return the primary key of the project."""
        return int(self.project.pk)

    @property
    def owner(self) -> str:
        """Return the name of the owner; empty without one."""
        return str(display_name(self.project.owner_ or ""))


def build_listing(user: User, query: QueryDict) -> tuple[Listing, Asked]:
    """Build the list of projects that the query string asks for, as a tree by default, and what it asks for."""
    waiting = count_by_project(user)
    asked = read_filters(query, _list_filters(user, waiting))
    visible = Project.objects.visible_to(user).filter(archived=asked.values["state"] == ARCHIVED)
    among = with_places(visible, user)
    columns = workspace_registry.in_order(workspace_registry.PROJECT_COLUMNS)

    def build(projects: Sequence[Any]) -> list[Row]:
        return _build_rows(projects, user, waiting, columns, as_tree=is_tree(listing, asked))

    listing = Listing(
        rows=asked.narrow(among, ("code", "title_fr", "title_en")),
        among=among,
        columns=[*_list_columns(waiting), *map(_build_column, range(len(columns)), columns)],
        query=query,
        sort=TREE,
        size=50,
        load=_load,
        build=build,
        attributes=_render_level,
        chips=asked.chips,
    )
    return listing, asked


def is_tree(listing: Listing, asked: Asked) -> bool:
    """Return whether the rows are shown as a tree: the whole of it, in its own order."""
    return not asked.is_narrow and listing.sorted_by == TREE


def _list_filters(user: User, waiting: dict[int, int]) -> list[Filter]:
    states: list[tuple[str, Text]] = [*ProjectState.choices, (ARCHIVED, _("archived"))]
    mine: dict[str, Callable[[], Q]] = {HELD: lambda: Q(holds_a_role(user)), WAITING: lambda: Q(pk__in=list(waiting))}
    return [
        Filter("level", _("All levels"), [(level.value, level.label) for level in Level if level in PARENTS]),
        Filter("state", _("All states"), states, lambda value: Q() if value == ARCHIVED else Q(state=value)),
        Filter("mine", _("All I can read"), MINE, lambda value: mine[value]()),
    ]


def _find_owner() -> Subquery:
    """Return a subquery of the name of the owner."""
    return Subquery(Mandate.objects.active().deciding().filter(project=OuterRef("pk")).values("holder__name")[:1])


def _load(projects: QuerySet[Project]) -> QuerySet[Project]:
    return projects.annotate(owner_=_find_owner()).select_related("parent")


def _build_rows(
    projects: Sequence[Any], user: User, waiting: dict[int, int], columns: Sequence[ProjectColumn], *, as_tree: bool
) -> list[Row]:
    """Build the rows; in the tree only the first row of a page names its parent, elsewhere each."""
    loaded = [column.load(projects) for column in columns]
    owned = {seat.project_id for seat in seats_of(user) if seat.decides and not seat.is_delegated}
    rows = [
        Row(
            project=project,
            address=find_address(project) if project.pk in owned else project.get_absolute_url(),
            depth=project.depth if as_tree else 0,
            above=project.parent if project.reads_parent and not as_tree else None,
            waiting=waiting.get(project.pk, 0),
            cells=tuple(cells.get(project.pk) for cells in loaded),
        )
        for project in projects
    ]
    if as_tree and rows and rows[0].depth:
        rows[0] = replace(rows[0], above=projects[0].parent)
    return rows


def _render_level(row: Row) -> SafeString:
    return mark_safe(f' data-level="{row.depth + 1}"' if row.depth else "")  # noqa: S308 — a number


def _list_columns(waiting: dict[int, int]) -> list[Column]:
    tasks: Any = Value(0)
    if waiting:
        steps = (When(pk=pk, then=Value(n)) for pk, n in waiting.items())
        tasks = Case(*steps, default=Value(0), output_field=IntegerField())
    return [
        Column(
            "title",
            gettext_lazy("Project"),
            lambda row: f"{row.project.code} {row.project.title}",
            Lower(in_reader_language("title_fr", "title_en")),
            html=_render_title,
            head=True,
            card=True,
        ),
        Column(
            "state",
            gettext_lazy("State"),
            lambda row: capfirst(row.project.get_state_display()),
            rank("state", ProjectState.values),
            html=lambda row: render_to_string("governance/_launch_state.html", {"project": row.project}),
            card=True,
        ),
        Column(
            "owner", gettext_lazy("Owner"), lambda row: row.owner or None, _find_owner(), html=_render_owner, card=True
        ),
        Column("tasks", gettext_lazy("My tasks"), lambda row: row.waiting, tasks, html=_render_tasks, numeric=True),
        Column("end", gettext_lazy("End"), lambda row: row.project.ends_on, "ends_on", numeric=True, card=True),
        Column(TREE, gettext_lazy("Place in the tree"), _write_place, _PLACE, usual=False, css="mono"),
        Column(
            "level",
            pgettext_lazy("project", "Level"),
            lambda row: capfirst(row.project.get_level_display()),
            rank("level", Level.values),
            usual=False,
        ),
        Column(
            "start", gettext_lazy("Start"), lambda row: row.project.starts_on, "starts_on", numeric=True, usual=False
        ),
        Column(
            "budget",
            gettext_lazy("Budget (€)"),
            lambda row: row.project.budget,
            "budget",
            html=lambda row: euros(row.project.budget) or NOTHING,
            numeric=True,
            usual=False,
        ),
    ]


def _build_column(place: int, column: ProjectColumn) -> Column:
    """Build the column of a workspace from what its `load` returned for the rows."""

    def draw(row: Row) -> str:
        return render_to_string(column.cell, {"cell": row.cells[place]})

    return Column(
        column.name, column.label, lambda row: column.text(row.cells[place]), column.sort, html=draw, card=True
    )


def _write_place(row: Row) -> str:
    return " / ".join(filter(None, (row.project.first, row.project.second, row.project.third)))


def _render_title(row: Row) -> str:
    return render_to_string("governance/desk/project_tree/_project.html", {"row": row})


def _render_owner(row: Row) -> SafeString:
    return format_html("{}", row.owner) if row.owner else format_html('<span class="warn">{}</span>', _("No one yet"))


def _render_tasks(row: Row) -> SafeString:
    shown = '<span class="count" data-hot>{}</span>' if row.waiting else '<span class="faint">{}</span>'
    return format_html(shown, row.waiting)
