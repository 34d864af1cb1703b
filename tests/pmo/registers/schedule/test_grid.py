"""Test milestones and budget lines as cells: the rules of their forms hold in each row."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from core.history import version_of
from core.pages.grid.rows import RowChange
from pmo.models import BudgetReading, Milestone
from pmo.registers.budget.services import edit_budget_lines, write_budget_line
from pmo.registers.schedule.services import edit_milestones, write_milestone
from projects.models import LedgerEvent
from tests.database import fire_deferred_triggers
from tests.days import today

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MILESTONES, LINES = (
    reverse(name, args=["ONE"]) for name in ("pmo:schedule:milestones_grid", "pmo:budget:budget_lines_grid")
)


@pytest.fixture
def milestones(pmo: Any, project_one: Any) -> list[Milestone]:
    """Plan three milestones, the last of which is reached."""
    fields = {"name": "Lamps", "baseline_on": today() + 40 * DAY}
    rows = [
        write_milestone(actor=pmo, project=project_one, fields=fields | {"code": f"M-{number}"})
        for number in (20, 21, 22)
    ]
    reached = {"actual_on": today()}
    write_milestone(actor=pmo, project=project_one, row=rows[2], seen=version_of(rows[2]), fields=reached)
    return rows


def change(actor: Any, project: Any, *changes: tuple[Any, dict[str, Any]], act: Any = edit_milestones) -> Any:
    """Change these rows in one act, and check what waits for its end."""
    given = {row.pk: RowChange(fields, version_of(row)) for row, fields in changes}
    done = act(actor=actor, project=project, changes=given)
    fire_deferred_triggers()
    return done


def events_since(count: int) -> list[str]:
    """List the subjects of the events after the first `count`."""
    return [event.subject for event in LedgerEvent.objects.order_by("pk")[count:]]


def test_milestones_move_and_are_reached_with_the_events_of_their_forms(
    milestones: Any, pmo: Any, project_one: Any
) -> None:
    first, second, _reached = milestones
    before, later = LedgerEvent.objects.count(), today() + 50 * DAY
    done = change(
        pmo,
        project_one,
        (first, {"forecast_on": later, "reason": "Storms.", "name": "Lights"}),
        (second, {"actual_on": today()}),
    )
    assert done.refused == {}
    assert events_since(before) == ["pmo.milestoneforecast", "pmo.milestone", "pmo.milestone"]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.name, first.forecast_on, second.actual_on) == ("Lights", later, today())
    assert first.forecasts.latest("pk").reason == "Storms."


def test_a_milestone_that_breaks_a_rule_is_refused_alone(milestones: Any, pmo: Any, project_one: Any) -> None:
    first, second, reached = milestones
    later = today() + 50 * DAY
    wrong = [
        ({"forecast_on": later}, "reason"),
        ({"reason": "Storms."}, "forecast_on"),
        ({"actual_on": today() + DAY}, "actual_on"),
    ]
    for fields, name in wrong:
        done = change(pmo, project_one, (first, fields | {"name": "Lost"}), (second, {"gate": "G2"}))
        assert list(done.refused[first.pk].message_dict) == [name]
        assert not project_one.milestones.filter(name="Lost").exists()
    for fields in ({"forecast_on": later, "reason": "Storms."}, {"reason": "Storms."}):
        [error] = change(pmo, project_one, (reached, fields)).refused.values()
        assert isinstance(error, ValidationError)
        assert "atteint" in str(error.message_dict["forecast_on"])


def test_figures_of_budget_lines_are_recorded_with_a_reading_each(pmo: Any, project_one: Any) -> None:
    figures = {"envelope": Decimal(100), "committed": Decimal(10), "forecast": Decimal(90)}
    lines = [
        write_budget_line(actor=pmo, project=project_one, fields=figures | {"label": label})
        for label in ("Lamp", "Sea")
    ]
    before, readings = LedgerEvent.objects.count(), BudgetReading.objects.count()
    changes = [(lines[0], {"committed": Decimal(50), "note": "First order"}), (lines[1], {"note": "Nothing new"})]
    done = change(pmo, project_one, *changes, act=edit_budget_lines)
    assert [row.label for row in done.saved] == ["Lamp", "Sea"]
    assert events_since(before) == ["pmo.budgetline"] * 2
    assert list(BudgetReading.objects.order_by("pk").values_list("committed", "note")[readings:]) == [
        (50, "First order"),
        (10, "Nothing new"),
    ]


def test_what_is_typed_into_a_cell_is_kept_as_a_draft_of_the_grid(
    milestones: Any, client_of: Any, pmo: Any, project_one: Any
) -> None:
    figures = {"envelope": Decimal(100), "committed": Decimal(10), "forecast": Decimal(90), "label": "Lamp"}
    line = write_budget_line(actor=pmo, project=project_one, fields=figures)
    client = client_of(pmo)
    for address, row, cell in ((MILESTONES, milestones[0], "reason"), (LINES, line, "note")):
        [page] = re.findall(rf'name="draft_page" value="(\w+)" data-draft="{address}"', client.get(address).text)
        typed = {f"r{row.pk}-seen": version_of(row), f"r{row.pk}-{cell}": "Storms until May."}
        assert client.post(address, typed | {"draft": "save", "draft_page": page}).status_code == 200
        assert "Storms until May." not in client.get(address).text
        used = client.post(address, {"draft": "use", "draft_page": page})
        assert "Storms until May." in used.text
