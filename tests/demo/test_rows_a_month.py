"""Test the ceiling of a person's tasks: at most twelve rows on a project or a level in a month of a year."""

from calendar import monthrange
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.http import QueryDict
from django.utils import timezone

from governance.decide.obligations.occasions import File
from governance.decide.obligations.queries import derive_obligations
from governance.desk.inbox.filters import Filter
from governance.desk.inbox.folds import fold
from governance.desk.inbox.obligations import fold_points, group_duties, list_asked
from governance.desk.inbox.queries import list_tasks, sort_by_weight
from governance.desk.inbox.weights import REGULAR
from projects.models import Mandate, Project
from roles.enums import Authority
from roles.models import User
from tests.demo.scenarios import PARIS
from tests.governance.decide.obligations.made_up import facts_of

pytestmark = pytest.mark.django_db
CEILING = 12
#: A project, a programme and a portfolio with a year of their own.
CODES = ("VIGIE", "PARCOURS", "SN28")
MONTHS = range(1, 13)


def list_people(project: Project) -> list[User]:
    holders = Mandate.objects.active().filter(project=project).values("holder")
    return list(User.objects.filter(pk__in=holders, is_active=True).order_by("pk"))


def _is_of(day: date, year: int, month: int) -> bool:
    return (day.year, day.month) == (year, month)


def count_asked(files: list[File], role: str, authority: str, year: int, month: int) -> int:
    """Return the opinions and decisions that a month asks of a role, and the decisions that it reads."""
    submitted = [file for file in files if _is_of(file.submitted.on, year, month)]
    decided = [file for file in files if file.decided and _is_of(file.decided.on, year, month)]
    if authority == Authority.ADVISES:
        return sum(file.author_role != role for file in submitted)
    if authority == Authority.DECIDES:
        return len(submitted)
    return sum(role in file.read for file in decided)


@pytest.mark.parametrize("code", CODES)
def test_no_month_of_a_year_asks_a_role_for_more_than_twelve_rows(code: str, demo: None, db: None) -> None:
    """What falls due in the month or is missed, folded, with the opinions and decisions of its proposals."""
    project = Project.objects.get(code=code)
    year = project.starts_on.year
    authorities = {role.code: role.authority for role in project.roles()}
    found: dict[tuple[str, int], int] = {}
    for month in MONTHS:
        at = datetime(year, month, monthrange(year, month)[1], 20, tzinfo=PARIS)
        facts = facts_of(project, at)
        rows = derive_obligations(facts)
        duties, life = group_duties(list_asked(rows, at.date())), facts.life
        for point in fold_points(duties):
            found[point.oldest.role, month] = found.get((point.oldest.role, month), 0) + 1
        for role in {row.oldest.role for row in duties}:
            asked = count_asked(list(life.files), role, authorities[role], year, month)
            found[role, month] = found.get((role, month), 0) + asked
    assert {key: count for key, count in found.items() if count > CEILING} == {}
    assert max(found.values()) > 1


@pytest.mark.parametrize("code", CODES)
def test_a_year_in_which_nobody_does_anything_adds_no_rows_beyond_twelve(code: str, demo: None, db: None) -> None:
    project = Project.objects.get(code=code)
    people = list_people(project)
    found: dict[tuple[str, int], int] = {}
    for month in MONTHS:
        with time_machine.travel(timezone.now() + timedelta(days=30 * month), tick=False):
            for person in people:
                tasks = sort_by_weight(task for task in list_tasks(person) if task.project_id == project.pk)
                rows = fold(Filter.read(QueryDict(), {}), tasks, {project.pk: (project.code, project.title)})
                routine = [task for task, _folded in rows if task.weight.number <= REGULAR.number]
                found[person.name, month] = len(routine)
    assert {key: count for key, count in found.items() if count > CEILING} == {}
