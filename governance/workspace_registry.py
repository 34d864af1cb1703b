"""Registry of what workspaces add to shared pages; each app fills it from its workspace.py."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Expression, F, Func, Q, QuerySet, TextChoices, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import pgettext_lazy

from core.sql.array_lookup import is_one_of
from core.sql.compiled_sql import Instant, Reader
from projects.enums import AT_REST, Workspace
from projects.ledger.enums import LedgerAct
from projects.workspaces import on_projects_using, workspace_of

#: Seats that a kind of task concerns: deciding ones, others, any; or it concerns people without a seat too.
DECIDING, ADVISING, ANY, EVERYBODY = "deciding", "advising", "any", ""


class Group(TextChoices):
    """Parts of the menu of a project."""

    DECIDE = "decide", pgettext_lazy("navigation", "Decide")
    PREPARE = "prepare", pgettext_lazy("navigation", "Prepare")
    FOLLOW = "follow", pgettext_lazy("navigation", "Follow")


@dataclass(frozen=True)
class Entry:
    """A navigation link, sorted by `place`; `within` lists the namespaces and views that mark it as active.

    Of a project: the part of its menu, which is open to the holders of one of these `permissions`.
    """

    place: int
    label: Any
    icon: str
    view: str
    within: tuple[str, ...] = ()
    group: str = Group.DECIDE
    permissions: tuple[str, ...] = ()

    def is_current(self, view: str) -> bool:
        """Return whether it leads to this view, or lists it or its namespace."""
        return view == self.view or view in self.within or view.rpartition(":")[0] in self.within

    @property
    def workspace(self) -> str:
        """Return the workspace that a project needs for it; empty without one."""
        return workspace_of(self.view) or ""


@dataclass(frozen=True, kw_only=True)
class Mine:
    """The reader of tasks as a queryset sees them: now, or as the parameters of a compiled statement.

    `day` is an expression, the day of the organisation; the others are arrays:

    - `roles` of the reader that act (`project:role`), and the `kinds` of decision that one of them is informed of by
      the matrix (`project:kind`);
    - `seated`, the projects on which the reader has a seat; `permitted`, those on which they have a permission.
    """

    reader: Reader
    at: Instant
    day: Any
    roles: Expression
    kinds: Expression
    seated: Expression
    permitted: Callable[[str], Expression]

    def may(self, permission: str, project: str = "project") -> Func:
        """Return the condition that the reader has this permission on the project of a row."""
        return is_one_of(F(project), self.permitted(permission), "bigint")

    def has_seat(self, project: str = "project") -> Func:
        """Return the condition that the reader has a seat on the project of a row, which its index finds."""
        return is_one_of(F(project), self.seated, "bigint")

    def holds(self, role: str, project: str = "project") -> Func:
        """Return the condition that the reader holds the role that this field of a row names."""
        return is_one_of(_on_project(role, project), self.roles, "text")

    def is_informed(self, kind: str, project: str = "project") -> Func:
        """Return the condition that a role of the reader is informed of the kind of decision in this field."""
        return is_one_of(_on_project(kind, project), self.kinds, "text")


def _on_project(code: str, project: str) -> Concat:
    """Return the code in this field of a row, behind the key of its project."""
    key = Cast(F(project), TextField())
    return Concat(key, Value(":"), Cast(F(code), TextField()), output_field=TextField())


@dataclass(frozen=True, kw_only=True)
class TaskKind:
    """A kind of task: what is asked, in words, and the page where a task of it is done.

    `is_own`: nobody else can do it, so that a task put off is shown again once it is late. `is_reminded`: its person
    gets mails before its last day, and when it is late. `few`: most of them that a page lists one by one.
    """

    name: str
    heading: Any
    verb: Any
    link: Callable[[Any], str]
    is_own: bool = False
    is_reminded: bool = False
    few: int = 0


@dataclass(frozen=True, kw_only=True)
class RowTasks(TaskKind):
    """Rows that ask for something, each a task of everybody who can do it.

    - `rows` returns those of a reader, who has `permission` on the project if it names one, and a seat of this kind.
    - `title` is the text of a row, or its texts in French and English; `code` and `since` are expressions too.
    - `due` is its last day, `role` the code of the role asked, `target` what `link` needs besides the key.
    - `say` puts the title of a task into words in the language of the reader, where the text of a row does not.
    - `presses` is the day that makes it weigh more when it is near (governance.desk.inbox.weights), by default `due`.
    - `project` is the lookup of the project of a row, empty for rows of none; `workspace` the one the project needs.
    - `does`: the act that does it, which fulfils an obligation as well.
    - `together` returns the page where many of a project, named by its code, are done at once; `together_label` its
      button.
    """

    rows: Callable[[Mine], QuerySet[Any]]
    title: Any
    code: Any = None
    due: Any = None
    presses: Any = None
    since: Any = None
    role: str = ""
    target: Any = "pk"
    project: str = "project"
    permission: str = ""
    seat: str = ANY
    workspace: Workspace | None = None
    does: LedgerAct | None = None
    together: Callable[[str], str] | None = None
    together_label: Any = ""
    say: Callable[[Any], str] | None = None

    def rows_of(self, mine: Mine) -> QuerySet[Any]:
        """Return the rows that the reader can act on, on projects that have the workspace switched on."""
        rows = self.rows(mine)
        if self.workspace:
            rows = rows.filter(on_projects_using(self.workspace, self.project))
        if self.permission:
            rows = rows.filter(mine.may(self.permission, self.project))
        return rows


def goes_on(project: str = "project") -> Q:
    """Return the condition that a project goes on: acts on its rows are possible."""
    of = "" if project == "pk" else f"{project}__"
    return Q(**{f"{of}archived": False}) & ~Q(**{f"{of}state__in": sorted(AT_REST)})


@dataclass(frozen=True)
class Announcements:
    """Rows that announce a decision to people, shown by the template `row`."""

    heading: Any
    find: Callable[[Any], QuerySet[Any]]
    row: str


@dataclass(frozen=True)
class ProjectColumn:
    """A column of the list of projects, placed by `place`.

    `load` returns what the template `cell` shows, by project id, for the projects of a page. One query. `text` puts it
    into words for a file; `sort` is an expression of the project.
    """

    place: int
    name: str
    label: Any
    load: Callable[[Sequence[Any]], dict[int, Any]]
    cell: str
    text: Callable[[Any], str | None]
    sort: Any


@dataclass(frozen=True, kw_only=True)
class EventSubject:
    """Rows that events are about, as a feed names them.

    `code`, `title` and `target` are fields or expressions. `link` takes the target, which is the key of the row by
    default, and the code of the project. `detail` puts the detail of the event into words.
    """

    code: Any = None
    title: Any = None
    target: Any = "pk"
    link: Callable[[str, str], str] | None = None
    detail: Callable[[str], Any] | None = None


class HomeState(NamedTuple):
    """State of a project that the figures of its home follow from: what was recorded, the day, who holds its roles."""

    project: int
    version: str
    day: date
    seats: tuple[int, ...]


@dataclass(frozen=True)
class Figure:
    """A key figure at the top of the home of a project: its value, a note, and the page behind it."""

    name: Any
    value: Any
    url: str
    note: Any = ""
    is_bad: bool = False


#: Links for everyone, for a project, and for administrators.
EVERYWHERE: list[Entry] = []
OF_PROJECT: list[Entry] = []
ADMINISTRATION: list[Entry] = []
#: In the order in which tasks of one day are listed.
TASKS: list[RowTasks] = []
ANNOUNCEMENTS: list[Announcements] = []
PROJECT_COLUMNS: list[ProjectColumn] = []
#: Label of a model in lower case → how a feed names its rows.
EVENT_SUBJECTS: dict[str, EventSubject] = {}
#: Key figures of a project in its state, in the order of its home.
HOME_FIGURES: list[Callable[[Any, HomeState], Sequence[Figure]]] = []
#: Addresses of the page that the owner of a portfolio opens first; the first one counts.
PORTFOLIO_PAGES: list[Callable[[Any], str]] = []


def in_order[T: (Entry, ProjectColumn)](entries: list[T]) -> list[T]:
    """Sort these entries in display order."""
    return sorted(entries, key=lambda entry: entry.place)
