"""Read the XML of Microsoft Project as a table: one line for each task, in the order of the plan.

Only its own fields are read: resources, assignments, calendars and links are left aside. So are the summary of the
project, empty lines and inactive tasks.
"""

import re
from typing import IO

from django.utils.translation import gettext_lazy as _

from core.files.checks import DAMAGED
from core.tables.cells import clean
from core.tables.limits import MOST_ROWS, TOO_MANY_ROWS, check_cell, check_size, refusal
from core.tables.markup import DEEPEST, scan_xml
from core.tables.tables import Table

#: Columns of the table, as Microsoft Project names them: never translated.
COLUMNS = {
    "UID": "Unique ID",
    "Name": "Task Name",
    "Start": "Start",
    "Finish": "Finish",
    "Baseline": "Baseline Finish",
    "ActualFinish": "Actual Finish",
    "PercentComplete": "% Complete",
    "Milestone": "Milestone",
    "OutlineLevel": "Outline Level",
    "Notes": "Notes",
}
DAYS = ("Start", "Finish", "Baseline", "ActualFinish")
#: Path of a task, and of the last day of its first baseline.
TASK, BASELINE = ("Project", "Tasks", "Task"), ("Project", "Tasks", "Task", "Baseline")
#: Fields that tell which tasks are left aside, and which are milestones where no field says so.
OTHERS = frozenset(("IsNull", "Active", "Duration"))
DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d:\d\d)?")
NO_TIME = re.compile(r"P(?:0D)?(?:T(?:0H)?(?:0M)?(?:0S)?)?")

NOT_A_PLAN = _("This XML is not a plan of Microsoft Project. Save the plan there as XML, or as .xlsx, .ods or .csv.")
NO_TASKS = _("This plan contains no task. Save it again with its tasks.")


def read_project_plan(content: bytes | IO[bytes]) -> Table:
    """Read a plan. Raises ValidationError, before any text is kept that exceeds the limits of a table."""
    known = _Reader()
    scan_xml(content, start=known.start, end=known.end, text=known.handle_text, only_utf8=False)
    rows = [_build_row(task) for task in known.tasks if _is_kept(task)]
    if not rows:
        raise refusal(NO_TASKS, "empty")
    filled = [place for place in range(len(COLUMNS)) if any(row[place] for row in rows)]
    header = [name for place, name in enumerate(COLUMNS.values()) if place in filled]
    check_size(len(rows), len(header), known.characters)
    return Table(
        kind="xml",
        header=header,
        rows=[[row[place] for place in filled] for row in rows],
        lines=list(range(1, len(rows) + 1)),
    )


class _Reader:
    """Collect the fields of the tasks in one pass. Size limits are checked while reading."""

    def __init__(self) -> None:
        self.tasks: list[dict[str, str]] = []
        self.characters = 0
        self._path: list[str] = []
        self._parts: list[str] | None = None
        self._baseline: dict[str, str] = {}

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        """Handle the start of an element."""
        if not self._path and name != "Project":
            raise refusal(NOT_A_PLAN, "content")
        if len(self._path) == DEEPEST:
            raise refusal(DAMAGED, "damaged")
        above = tuple(self._path)
        self._path.append(name)
        self._parts = None
        if tuple(self._path) == TASK:
            if len(self.tasks) == MOST_ROWS:
                raise refusal(TOO_MANY_ROWS, "rows", most=MOST_ROWS)
            self.tasks.append({})
        elif tuple(self._path) == BASELINE:
            self._baseline = {}
        elif (above == TASK and (name in COLUMNS or name in OTHERS)) or above == BASELINE:
            self._parts = []

    def handle_text(self, text: str) -> None:
        """Keep the text of a field that is read."""
        if self._parts is not None:
            self.characters += len(text)
            check_size(0, 0, self.characters)
            self._parts.append(text)

    def end(self, name: str) -> None:
        """Handle the end of an element."""
        above = tuple(self._path[:-1])
        if self._parts is not None:
            text = clean("".join(self._parts))
            check_cell(len(text), f"{COLUMNS.get(name, name)} {len(self.tasks)}")
            (self._baseline if above == BASELINE else self.tasks[-1]).setdefault(name, text)
        elif tuple(self._path) == BASELINE and self._baseline.get("Number", "0") == "0":
            self.tasks[-1].setdefault("Baseline", self._baseline.get("Finish", ""))
        self._parts = None
        self._path.pop()


def _is_kept(task: dict[str, str]) -> bool:
    is_summary_of_all = task.get("UID") == "0" or task.get("OutlineLevel") == "0"
    return not is_summary_of_all and task.get("IsNull") != "1" and task.get("Active") != "0" and bool(task.get("Name"))


def _build_row(task: dict[str, str]) -> list[str]:
    cells = {name: task.get(name, "") for name in COLUMNS}
    for name in DAYS:
        found = DAY.fullmatch(cells[name])
        cells[name] = found[1] if found else cells[name]
    is_milestone = (
        cells["Milestone"] == "1" if cells["Milestone"] else bool(NO_TIME.fullmatch(task.get("Duration", "?")))
    )
    return list((cells | {"Milestone": "yes" if is_milestone else "no"}).values())
