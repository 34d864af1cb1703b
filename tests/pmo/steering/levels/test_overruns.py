"""Test forecasts above a share for two months: every one found, none invented, and answered by a decision."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from core.history import version_of
from governance.desk.home.questions import Question
from governance.desk.inbox.queries import list_tasks, sort_by_weight
from governance.models import Share
from pmo.models import BudgetLine, BudgetReading
from pmo.registers.budget.services import write_budget_line
from pmo.steering.levels.overruns import filter_overruns
from projects.models import Project
from projects.organisation_settings.queries import today
from tests import acts
from tests.database import backdate, fire_deferred_triggers, owning, run, undone
from tests.governance.place.nodes import found, place, resolve, share
from tests.pmo.steering.levels.test_places import read_block

pytestmark = pytest.mark.django_db
#: Scenarios, the same each time.
SEEDED = 300


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


@pytest.fixture
def node(cast: dict[str, Any], project_one: Project) -> Project:
    """Open a programme with a budget of 9,000, of which project one has 600 since half a year."""
    opened = found(cast, "PRG")
    place(cast, project_one, opened)
    resolve(opened, "budget", budget="9000.00")
    share(opened, "ONE=600.00", today() - timedelta(days=200))
    backdate("governance_share", "acted_at", timezone.now() - timedelta(days=190), "true")
    return acts.fresh(opened)  # type: ignore[no-any-return]


def month_start(back: int = 0) -> date:
    """Return the first day of this month, or of one before it."""
    first = today().replace(day=1)
    for _month in range(back):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def list_weights(person: Any) -> list[int]:
    """Return the weight of each task of a person on a forecast above a share."""
    return [task.weight.number for task in sort_by_weight(list_tasks(person)) if task.kind.name == "overruns"]


def forecast(cast: dict[str, Any], project: Project, amount: int, on: date) -> None:
    """Read a forecast on a day: the only line of the project that counts."""
    row = BudgetLine.objects.filter(project=project, label="Works").first()
    fields = {"label": "Works", "envelope": Decimal(500), "committed": Decimal(0), "forecast": Decimal(amount)}
    seen = {"row": row, "seen": version_of(row)} if row else {}
    write_budget_line(actor=cast["pmo"], project=project, fields=fields, note="Read again.", **seen)
    newest = BudgetReading.objects.latest("pk").pk
    backdate("pmo_budgetreading", "acted_at", at(on), f"id = {newest}")


def at(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, 12))


@pytest.fixture
def alone(project_one: Project) -> Project:
    """Leave project one with no forecast of the scenario."""
    with owning():
        for table in ("pmo_budgetreading", "pmo_budgetline"):
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        run(f"UPDATE pmo_budgetreading SET forecast = 0 WHERE project_id = {project_one.pk}")
        run(f"UPDATE pmo_budgetline SET forecast = 0 WHERE project_id = {project_one.pk}")
        for table in ("pmo_budgetreading", "pmo_budgetline"):
            run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return project_one


def test_a_forecast_above_the_share_for_two_months_is_the_owners_until_they_decide(
    cast: dict[str, Any], alone: Project, node: Project, english: Any
) -> None:
    owner = cast["other_owner"]
    forecast(cast, alone, 700, month_start(1) - timedelta(days=3))
    assert list_weights(owner) == [100], "above it at the ends of both months"
    office = english(cast["other_pmo"])
    [answer] = [row for row in read_block(office, node, Question.CONTRADICTIONS) if "ONE" in str(row.text)]
    assert answer.note == "for two months: raise the share, or confirm it with reasons"
    share(node, "ONE=600.00")
    assert list_weights(owner) == [], "confirmed with reasons"


def test_a_forecast_that_rises_above_what_was_confirmed_comes_back(
    cast: dict[str, Any], alone: Project, node: Project
) -> None:
    forecast(cast, alone, 700, month_start(5))
    share(node, "ONE=600.00")
    confirmed = Share.objects.latest("pk").pk
    backdate("governance_share", "acted_at", at(month_start(4)), f"id = {confirmed}")
    assert list_weights(cast["other_owner"]) == []
    forecast(cast, alone, 701, month_start(1))
    assert list_weights(cast["other_owner"]) == [], "one month only"
    backdate("pmo_budgetreading", "acted_at", at(month_start(2)), "forecast = 701")
    assert list_weights(cast["other_owner"]) == [100]


def recount(readings: list[tuple[int, date]], amount: int, decided: date) -> bool:
    """Judge one scenario by hand: `readings` of one line, in the order in which they were written."""

    def known(until: date) -> int | None:
        found = [forecast for forecast, on in readings if on <= until]
        return found[-1] if found else None

    ends = [month_start(back) - timedelta(days=1) for back in (0, 1)]
    limit = max(amount, known(decided) or 0)
    return decided <= ends[1] and all((known(end) or 0) > limit for end in ends)


def test_all_seeded_overruns_are_found_and_none_is_invented(
    cast: dict[str, Any], alone: Project, node: Project
) -> None:
    forecast(cast, alone, 0, today() - timedelta(days=300))
    line, held = BudgetLine.objects.get(project=alone, label="Works"), Share.objects.latest("pk")
    fire_deferred_triggers()
    tables, overruns = ("pmo_budgetreading", "governance_share"), 0
    with owning():
        for table in tables:
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for number in range(SEEDED):
            chance = random.Random(number)  # noqa: S311 — the same scenarios each time
            days = sorted(today() - timedelta(days=chance.randint(1, 150)) for _reading in range(chance.randint(1, 6)))
            readings = [(chance.randint(400, 900), day) for day in days]
            decided = today() - timedelta(days=chance.randint(0, 150))
            with undone():
                Share.objects.filter(pk=held.pk).update(amount=600, acted_at=at(decided))
                given = {"project": alone, "line": line, "envelope": 0, "committed": 0, "read_by": cast["pmo"]}
                for amount, day in readings:
                    BudgetReading.objects.bulk_create([BudgetReading(forecast=amount, acted_at=at(day), **given)])
                answer = filter_overruns(today()).exists()
            assert answer == recount(readings, 600, decided), (number, readings, decided)
            overruns += answer
        for table in tables:
            run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    assert 20 < overruns < SEEDED - 20
