"""Open obligations as tasks, and the progress of each role: derived once per state of a project, calendar and day.

Deriving takes some milliseconds a project, and every page counts them. The result depends on the ledger and the history
of the project, the settings of the organisation and the day, so each process keeps the last ones by these.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from governance.decide.obligations.facts import Facts, load_facts
from governance.decide.obligations.missed import describe_occasions, find_point, find_together, is_missed
from governance.decide.obligations.proofs import OWN_TASKS
from governance.decide.obligations.queries import Obligation, Progress, count_by_role, derive_obligations, sort_by_date
from governance.workspace_registry import TaskKind
from projects.enums import ProjectState
from projects.models import Project
from projects.organisation_settings.queries import organisation
from projects.project.gates import OF_A_PROJECT
from roles.enums import Recurrence

#: An obligation is a task so long before its due date.
AHEAD = timedelta(days=30)
#: Points of a role on a project, which are one task, by the rhythm that `find_point` tells.
POINTS: dict[str, Any] = {Recurrence.MONTHLY: _("Monthly point"), Recurrence.QUARTERLY: _("Quarterly point")}
#: Most states of projects that a process keeps.
KEPT = 2_000


class State(NamedTuple):
    """State of a project that its obligations follow from: the newest event and version, the day, the calendar."""

    project: int
    version: str
    day: date
    calendar: tuple[str, str, tuple[str, ...]]


class OpenDuty(NamedTuple):
    """A responsibility with something to do: its oldest open obligation, and the others by due date.

    A point is one for all monthly responsibilities of a role, or for all quarterly and yearly ones.
    """

    oldest: Obligation
    others: tuple[Obligation, ...]


class Known(NamedTuple):
    """Obligations late or due within a month, by due date, and their responsibilities; the progress of each role."""

    obligations: tuple[Obligation, ...]
    duties: tuple[OpenDuty, ...]
    progress: tuple[Progress, ...]


_known: dict[State, Known] = {}


def is_due(row: Obligation, day: date) -> bool:
    """Tell whether an obligation is open and late, or due within a month, on a project that goes on."""
    goes_on = row.project.state == ProjectState.ACTIVE and not row.project.archived
    return goes_on and row.is_open and row.due_on is not None and row.due_on <= day + AHEAD


def find_line(row: Obligation) -> str:
    """Return the address of the line of an obligation among those of its role."""
    address = reverse("governance:obligations:obligation_list", args=[row.project.code])
    return f"{address}?{urlencode({'role': row.role, 'q': row.duty.code})}#row-{row.place}"


def find_key(row: Obligation) -> str:
    """Return the key of an open obligation as a task: `Task.row`."""
    return f"{row.project.pk}.{row.place}"


def _find_page(task: Any) -> str:
    """Return the page that fulfils what a task asks for, or its line where an act of the product does."""
    row: Obligation = task.obligation
    missed = [one for one in (row, *task.more) if is_missed(one)]
    if len(missed) > 1:
        return find_together(missed, "catch_up")
    if row.is_by_act:
        return find_line(row)
    place = (row.project.code, row.role, row.duty.code, row.key)
    return reverse("governance:obligations:obligation_fulfil", args=place)


OBLIGATIONS = TaskKind(
    name="obligations",
    heading=_("Obligations"),
    verb=_("Fulfil the obligation"),
    link=_find_page,
    is_reminded=True,
)


def list_open_duties(versions: Mapping[int, str], at: datetime, day: date) -> dict[int, tuple[OpenDuty, ...]]:
    """Map the projects of these keys and versions to their responsibilities with `list_open_obligations`."""
    return {pk: known.duties for pk, known in _know(versions, at, day).items()}


def list_open_obligations(versions: Mapping[int, str], at: datetime, day: date) -> dict[int, tuple[Obligation, ...]]:
    """Map the projects of these keys and versions to their obligations late or due within a month, by due date.

    Obligations of a proposal are left out: a decision, an opinion or a reading is a task of its own, and so are some
    events (OWN_TASKS). One query, for projects whose state is new to this process; else none.
    """
    return {pk: known.obligations for pk, known in _know(versions, at, day).items()}


def list_progress(versions: Mapping[int, str], at: datetime, day: date) -> dict[int, tuple[Progress, ...]]:
    """Map the projects of these keys and versions to the progress of each role. Queries: see above."""
    return {pk: known.progress for pk, known in _know(versions, at, day).items()}


def _know(versions: Mapping[int, str], at: datetime, day: date) -> dict[int, Known]:
    settings = organisation()
    calendar = (settings.time_zone, settings.holidays, tuple(map(str, settings.own_holidays)))
    states = {pk: State(pk, version, day, calendar) for pk, version in versions.items()}
    found = {pk: known for pk, state in states.items() if (known := _known.get(state)) is not None}
    missing = [pk for pk in states if pk not in found]
    if missing:
        for facts in load_facts(Project.objects.filter(pk__in=missing), at):
            project = facts.project.pk
            found[project] = _known[states[project]] = _derive(facts, day)
        for state in list(_known)[:-KEPT]:
            _known.pop(state, None)
    return found


def _derive(facts: Facts, day: date) -> Known:
    project, found = facts.project, derive_obligations(facts)
    progress = tuple(count_by_role(found))
    if project.state != ProjectState.ACTIVE or project.archived:
        return Known((), (), progress)
    names = ("id", "code", "prefix", "title_fr", "title_en", "level")
    named = Project(**{name: getattr(project, name) for name in names})
    named.keeps_project_gates = project.gates is OF_A_PROJECT  # so that it names gates as its level does
    rows = tuple(replace(row, project=named) for row in list_asked(found, day))
    return Known(rows, tuple(group_duties(rows)), progress)


def list_asked(rows: Iterable[Obligation], day: date) -> list[Obligation]:
    """List the obligations late or due within a month that no other task stands for, by due date."""
    return [
        row for row in sort_by_date(rows) if is_due(row, day) and row.occasion.file is None and not _has_own_task(row)
    ]


def group_duties(rows: Iterable[Obligation]) -> list[OpenDuty]:
    """Group obligations by their responsibility, each point of it apart."""
    by_duty: dict[tuple[str, str, str], list[Obligation]] = {}
    for row in rows:
        by_duty.setdefault((row.role, row.duty.code, find_point(row)), []).append(row)
    return [OpenDuty(oldest, tuple(others)) for oldest, *others in by_duty.values()]


def _has_own_task(row: Obligation) -> bool:
    """Return whether what it asks for is a task already: a question, a defect, feedback."""
    return row.rhythm == Recurrence.EVENT and row.duty.code in OWN_TASKS


def fold_points(duties: Iterable[OpenDuty]) -> list[OpenDuty]:
    """Fold monthly responsibilities of a role on a project into one point, quarterly and yearly ones into another."""
    found: dict[tuple[int, str, str], list[OpenDuty]] = {}
    for duty in duties:
        row = duty.oldest
        point = find_point(row)
        name = point if point in POINTS else row.duty.code
        found.setdefault((row.project.pk, row.role, name), []).append(duty)
    return [same[0] if len(same) == 1 else _join(same) for same in found.values()]


def _join(duties: Iterable[OpenDuty]) -> OpenDuty:
    oldest, *others = sort_by_date(row for duty in duties for row in (duty.oldest, *duty.others))
    return OpenDuty(oldest, tuple(others))


def find_code(duty: OpenDuty) -> str:
    """Return the code of a responsibility with something to do, empty for a point."""
    code = duty.oldest.duty.code
    return code if all(row.duty.code == code for row in duty.others) else ""


def describe_duty(duty: OpenDuty) -> tuple[str, str]:
    """Return the code of a responsibility with something to do, empty for a point, and its title with what is open."""
    rows = (duty.oldest, *duty.others)
    code, when = find_code(duty), describe_occasions(rows)
    if code:
        return code, f"{duty.oldest.duty.label} ({when})"
    codes = {row.duty.code for row in rows}
    words = _("%(point)s (%(codes)s: %(when)s)")
    return "", words % {"point": POINTS[find_point(duty.oldest)], "codes": ", ".join(sorted(codes)), "when": when}
