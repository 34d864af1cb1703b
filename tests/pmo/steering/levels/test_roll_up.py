"""Test that money rolls up with what is missing said, never as nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from governance.desk.home.questions import Question
from pmo.models import BudgetLine
from pmo.registers.budget.services import write_budget_line
from pmo.steering.levels.figures import load_rows
from pmo.steering.levels.roll_up import build_roll_up
from pmo.steering.levels.views import read_group
from projects.models import Project
from projects.organisation_settings.queries import today
from tests import acts
from tests.database import backdate, fire_deferred_triggers
from tests.governance.place.nodes import TODAY, found, place, resolve, share
from tests.pmo.steering.levels.test_aspects import DAY, group, row
from tests.pmo.steering.levels.test_places import read_block

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


def priced(pk: int, committed: int | None, forecast: int | None, age: int = 0, **more: Any) -> Any:
    """Build a row as `with_money` loads it; None where it has no line."""
    read = timezone.make_aware(datetime(DAY.year, DAY.month, DAY.day, 12)) - timedelta(days=age)
    amounts = {
        "lines_committed": None if committed is None else Decimal(committed),
        "lines_forecast": None if forecast is None else Decimal(forecast),
        "lines_read_at": None if forecast is None else read,
    }
    return row(pk, **{"allocated": None} | amounts | more)


def test_what_is_missing_is_counted_and_is_not_nothing() -> None:
    root = priced(1, None, None, budget=Decimal(1000), share=Decimal(900), allocated=Decimal(600), level="programme")
    money = build_roll_up(group(root, priced(2, 100, 250, age=40), priced(3, None, None), priced(4, 50, 60)))
    assert money.sentence == (
        "Budget €1,000, Share €900, Not allocated €400, Committed €150, Forecast €310"
        " (2 of 3 with figures, the oldest 40 days old)"
    )
    nothing = build_roll_up(group(priced(1, None, None), priced(2, None, None)))
    assert (nothing.committed, nothing.forecast, nothing.left, nothing.sentence) == (None, None, None, "")


def test_what_rolls_up_is_what_a_recount_of_the_rows_finds(
    cast: dict[str, Any], project_one: Project, project_two: Project, english: Any
) -> None:
    random = Random(7)  # noqa: S311 — the same amounts each time
    node = found(cast, "PRG")
    place(cast, project_one, node)
    place(cast, project_two, node)
    resolve(node, "budget", budget="5000.00")
    share(node, "ONE=600.00,TWO=900.00,PRG=100.00")
    share(node, "ONE=700.00", TODAY + timedelta(days=9))
    share(node, "TWO=800.00")
    for number in range(6):
        amount = Decimal(random.randint(1, 9000))
        fields = {"label": f"Line {number}", "envelope": amount, "committed": amount / 2, "forecast": amount + 1}
        write_budget_line(actor=cast["pmo"], project=project_one, fields=fields)
    fire_deferred_triggers()
    backdate("pmo_budgetreading", "acted_at", timezone.now() - timedelta(days=12), f"project_id = {project_one.pk}")

    rolled = build_roll_up(read_group(acts.fresh(node), cast["other_owner"]))
    lines = list(BudgetLine.objects.filter(project__in=[node, project_one, project_two]))
    assert rolled.forecast == sum(line.forecast for line in lines)
    assert rolled.committed == sum(line.committed for line in lines)
    assert (rolled.budget, rolled.allocated, rolled.left) == (5000, 1500, 3500), "the shares of today, own cost too"
    assert rolled.known == len({line.project_id for line in lines})
    [loaded] = load_rows([project_one.pk], today()).rows
    assert (loaded.share, rolled.age) == (600, 12)

    client = english(cast["other_owner"])
    [first, *_others] = read_block(client, node, Question.LIMITS)
    assert first.text == rolled.sentence
    board = client.get(reverse("pmo:dashboards:dashboard", args=[node.code]))
    assert board.context["money"] == rolled
    assert "Not allocated" in board.text
