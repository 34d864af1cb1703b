"""A task of a person, of any kind."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import ngettext

from governance.decide.obligations.queries import Obligation
from governance.desk.inbox.weights import REGULAR, Weight, explain
from governance.workspace_registry import RowTasks, TaskKind
from projects.organisation_settings.queries import day_of, today

#: A task is due soon within so many days.
WEEK = timedelta(days=7)


@dataclass(slots=True)
class Task:
    """A task of a person: its kind, its row, its project if any, its last day, and the role of the person asked.

    `code`, `title`, `since` and `target` are read for those that a page shows; `period` is its chip there, `late_role`
    another role that has not done it. `weight` is set by `sort_by_weight`. `more` are the later obligations that it
    stands for besides its own.
    """

    kind: TaskKind
    row: str
    project_id: int | None
    due: date | None
    role: str
    presses: date | None = None
    snoozed: date | None = None
    period: str = ""
    late_role: str = ""
    code: str = ""
    title: str = ""
    since: Any = None
    target: str = ""
    project: Any = None
    obligation: Obligation | None = None
    more: tuple[Obligation, ...] = ()
    weight: Weight = REGULAR

    @property
    def key(self) -> str:
        """Return its key, the same for everybody."""
        return f"{self.kind.name}-{self.row}"

    @property
    def others(self) -> tuple[date, ...]:
        """Return the last days of the later obligations that it stands for."""
        return tuple(row.due_on for row in self.more if row.due_on)

    @property
    def why(self) -> str:
        """Return why it is listed, and when it is due."""
        return explain(self.weight, self.due, today())

    @property
    def age(self) -> str:
        """Return for how long a decision has waited for its owner; empty for other tasks."""
        days = (today() - day_of(self.since)).days if self.since and self.kind.name == "decide" else 0
        return ngettext("pending for %(n)s day", "pending for %(n)s days", days) % {"n": days} if days > 0 else ""

    def is_late(self, day: date) -> bool:
        """Return whether its last day is over."""
        return self.due is not None and self.due < day

    def is_snoozed(self, day: date) -> bool:
        """Return whether it is left out until later. What only one person can do comes back once it is late."""
        return self.snoozed is not None and self.snoozed > day and not (self.kind.is_own and self.is_late(day))

    @property
    def language(self) -> str:
        """Return the language of its title; empty for that of the reader."""
        is_written = isinstance(self.kind, RowTasks) and not isinstance(self.kind.title, tuple)
        return self.project.language if self.project and is_written else ""

    @property
    def url(self) -> str:
        """Return the address of the page where it is done."""
        return self.kind.link(self)
