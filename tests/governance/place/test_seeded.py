"""Compare what finds contradictions of shares, in Python and in SQL, with a check of every single day."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.place.shares.guards import excess_sql, least_share_sql
from governance.place.shares.models import Share
from governance.place.shares.queries import find_excess, find_least
from projects.organisation_settings.queries import today
from tests.database import run

HORIZON = 30
NODE = 1
PARTS = (1, 2, 3, 4)
#: Scenarios, half of which contradict by construction.
SEEDED = 300


@dataclass(frozen=True)
class Row:
    """A share: of which part, how much, from how many days after today, and whether it withdraws the place."""

    part: int
    amount: int
    day: int
    withdrawn: bool = False
    undone: bool = False


rows = st.builds(
    Row,
    part=st.sampled_from(PARTS),
    amount=st.integers(0, 9),
    day=st.integers(-9, HORIZON - 5),
    withdrawn=st.booleans(),
)


def holds_on(decided: Sequence[Row], day: int) -> dict[int, Row]:
    """Return what holds on a day, one row after the other as they were decided."""
    held: dict[int, Row] = {}
    for row in decided:
        if row.day <= day and not row.undone:
            held[row.part] = row
    return held


def first_excess(decided: Sequence[Row], budget: int) -> tuple[int, int] | None:
    """Look at each day: return the first one whose shares exceed the budget, and by how much."""
    for day in range(HORIZON):
        over = sum(row.amount for row in holds_on(decided, day).values()) - budget
        if over > 0:
            return day, over
    return None


def least(decided: Sequence[Row], part: int, *, withdrawn: bool) -> int | None:
    """Look at each day: return the least share of a part."""
    held = (holds_on(decided, day).get(part) for day in range(HORIZON))
    return min((row.amount for row in held if row and (withdrawn or not row.withdrawn)), default=None)


def as_shares(decided: Sequence[Row], start: date) -> list[Share]:
    """Build the rows of the model, unsaved, as `list_shares` returns them."""
    return [
        Share(
            part_id=row.part,
            amount=Decimal(row.amount),
            starts_on=start + timedelta(days=row.day),
            is_withdrawn=row.withdrawn,
        )
        for row in decided
        if not row.undone
    ]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(rows, max_size=12), st.integers(0, 25))
def test_python_finds_what_a_look_at_each_day_finds(decided: list[Row], budget: int) -> None:
    start = date(2026, 12, 1)
    shares = as_shares(decided, start)
    found = find_excess(shares, Decimal(budget), start)
    assert (((found[0] - start).days, found[1]) if found else None) == first_excess(decided, budget)
    for part in PARTS:
        for withdrawn in (True, False):
            assert find_least(shares, part, start, withdrawn=withdrawn) == least(decided, part, withdrawn=withdrawn)


def seed(number: int) -> tuple[list[Row], int]:
    """Return a scenario: its rows, and a budget that is exceeded in every other one."""
    chance = random.Random(number)  # noqa: S311 — the same scenarios each time
    decided = [
        Row(
            chance.choice(PARTS),
            chance.randint(0, 9),
            chance.randint(-9, HORIZON - 5),
            chance.random() < 0.2,
            chance.random() < 0.2,
        )
        for _place in range(chance.randint(1, 12))
    ]
    decided.append(Row(chance.choice(PARTS), chance.randint(1, 9), chance.randint(-9, HORIZON - 5)))
    most = max(sum(row.amount for row in holds_on(decided, day).values()) for day in range(HORIZON))
    return decided, most - 1 if number % 2 else most


def ask(sql: str, decided: Sequence[Row], budget: int, start: date) -> Any:
    """Return the answer of SQL of the triggers about these rows, which stand in the place of the tables."""
    for name in ("governance_share", "governance_effect", "projects_project"):
        sql = sql.replace(f"public.{name}", f"given_{name}")
    shares = ", ".join(
        f"({key}, {NODE}, {row.part}, {row.amount}, '{start + timedelta(days=row.day)}'::date, {row.withdrawn}, now())"
        for key, row in enumerate(decided)
    )
    undone = [f"({key})" for key, row in enumerate(decided) if row.undone] or ["(-1)"]
    [[answer]] = run(
        f"""WITH given_projects_project (id, budget) AS (VALUES ({NODE}, {budget})),
          given_governance_effect AS (
            SELECT 'governance.share' AS subject, undone.id AS subject_id, '' AS after
            FROM (VALUES {", ".join(undone)}) AS undone(id)),
          given_governance_share (id, project_id, part_id, amount, starts_on, is_withdrawn, acted_at) AS (
            VALUES {shares})
        SELECT {sql}"""
    )
    return answer


@pytest.mark.django_db
def test_the_database_finds_all_of_300_seeded_contradictions_and_invents_none() -> None:
    start, contradict = today(), 0
    for number in range(SEEDED):
        decided, budget = seed(number)
        expected = first_excess(decided, budget) is not None
        contradict += expected
        assert ask(f"EXISTS ({excess_sql(str(NODE))})", decided, budget, start) == expected, (number, decided, budget)
        assert (find_excess(as_shares(decided, start), Decimal(budget), start) is not None) == expected
        for part in PARTS:
            for withdrawn, also in ((True, "true"), (False, "NOT held.is_withdrawn")):
                found = ask(least_share_sql(str(NODE), str(part), also), decided, budget, start)
                assert found == least(decided, part, withdrawn=withdrawn), (number, decided, part)
    assert contradict == SEEDED // 2
