"""Filter, grouping and order of the tasks of a person, from the query string."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Self

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.desk.inbox.obligations import OBLIGATIONS
from governance.desk.inbox.task import WEEK, Task
from governance.desk.inbox.weights import DECISION, ROUTINE, URGENT
from governance.workspace_registry import TASKS

LATE, SOON, UNDATED, LATER, SNOOZED = "late", "week", "undated", "later", "snoozed"
WHEN = {
    LATE: pgettext_lazy("tasks", "Late"),
    SOON: pgettext_lazy("tasks", "This week"),
    UNDATED: pgettext_lazy("tasks", "No due date"),
    LATER: pgettext_lazy("tasks", "Later"),
    SNOOZED: pgettext_lazy("tasks", "Snoozed"),
}
BY_WEIGHT, BY_DATE, BY_PROJECT, BY_KIND = "", "date", "project", "kind"
GROUPS = {
    BY_WEIGHT: pgettext_lazy("group tasks", "By importance"),
    BY_DATE: pgettext_lazy("group tasks", "By date"),
    BY_PROJECT: pgettext_lazy("group tasks", "By project"),
    BY_KIND: pgettext_lazy("group tasks", "By kind"),
}
#: Groups by weight, in the order of the page.
FIRST, NEXT, ROUTINE_LAST = "first", "next", "routine"
BANDS = {
    FIRST: pgettext_lazy("tasks", "First"),
    NEXT: pgettext_lazy("tasks", "Next"),
    ROUTINE_LAST: pgettext_lazy("tasks", "Routine and information"),
}
#: In the order of the page.
_PLACES = {kind.name: place for place, kind in enumerate((*TASKS, OBLIGATIONS))}
HEAVIEST = DECISION.number
_PERIODS = {period: place for place, period in enumerate(WHEN)}


def find_period(task: Task, day: date) -> str:
    """Return the chip of a task."""
    if task.is_snoozed(day):
        return SNOOZED
    if task.due is None:
        return UNDATED
    if task.due < day:
        return LATE
    return SOON if task.due <= day + WEEK else LATER


def find_band(task: Task) -> str:
    """Return the group of a weighed task by its weight."""
    number = task.weight.number
    return FIRST if number >= URGENT else ROUTINE_LAST if number <= ROUTINE else NEXT


class Mark(NamedTuple):
    """What the filter asks of a task: few differ, so a page counts them instead of its tasks."""

    when: str
    project: int | None
    kind: str

    @classmethod
    def of(cls, task: Task) -> Self:
        """Return the mark of a task whose period is set."""
        return cls(task.period, task.project_id, task.kind.name)


@dataclass(frozen=True)
class Filter:
    """What the address asks for; invalid values are ignored. `project` and `kind` are empty for all of them."""

    codes: dict[int | None, str]
    when: str = ""
    project: str = ""
    kind: str = ""
    group: str = BY_WEIGHT
    after: str = ""

    @classmethod
    def read(cls, query: QueryDict, codes: dict[int | None, str]) -> Self:
        """Read the query string. `codes` maps the projects of the tasks to their codes."""
        when, project, kind, group = (query.get(name, "") for name in ("when", "project", "kind", "group"))
        return cls(
            codes,
            when if when in WHEN else "",
            project if project in codes.values() else "",
            kind if kind in _PLACES else "",
            group if group in GROUPS else BY_WEIGHT,
            query.get("after", ""),
        )

    def matches(self, mark: Mark, *, but: str = "") -> bool:
        """Return whether the page lists a task of this mark, leaving one part of the filter out."""
        return (
            (but == "when" or (mark.when == self.when if self.when else mark.when != SNOOZED))
            and (but == "project" or not self.project or self.codes.get(mark.project) == self.project)
            and (but == "kind" or not self.kind or mark.kind == self.kind)
        )

    def order(self, task: Task) -> str:
        """Return the key by which the page is sorted and continued: by weight and date, unless it groups by date."""
        place, due = f"{_PLACES[task.kind.name]:03}", (task.due or date.max).isoformat()
        weight = f"{HEAVIEST - task.weight.number:03}"
        last = f"{place}~{task.row.zfill(12)}"
        if self.group == BY_DATE:
            return f"{_PERIODS[task.period]}~{due}~{weight}~{last}"
        first = self.codes.get(task.project_id, "") if self.group == BY_PROJECT else ""
        return f"{place if self.group == BY_KIND else first}~{weight}~{due}~{last}"

    def find_group_key(self, task: Task) -> str:
        """Return the key of the group of a task."""
        if self.group == BY_PROJECT:
            return str(task.project_id or "")
        if self.group == BY_KIND:
            return task.kind.name
        return task.period if self.group == BY_DATE else find_band(task)

    def name_group(self, task: Task) -> Any:
        """Return the heading of the group of a task."""
        if self.group == BY_PROJECT:
            return task.project.title if task.project else _("No project")
        if self.group == BY_KIND:
            return task.kind.heading
        return WHEN[task.period] if self.group == BY_DATE else BANDS[find_band(task)]

    def count(self, marks: Counter[Mark], part: str) -> Counter[Any]:
        """Count the tasks by one part of the filter, as the other parts narrow them down."""
        counts = Counter[Any]()
        for mark, number in marks.items():
            if self.matches(mark, but=part):
                counts[getattr(mark, part)] += number
        return counts
