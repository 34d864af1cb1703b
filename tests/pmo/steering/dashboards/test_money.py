"""Test the money of a programme on its dashboard: what is missing is said, and is not zero."""

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from core.history import version_of
from governance.life.facts.services import switch_workspaces
from pmo.registers.budget.services import write_budget_line
from projects.models import Project
from tests.governance.place.nodes import found, place, resolve, share

pytestmark = pytest.mark.django_db
BOARD = "/projects/PRG/dashboard/"


@pytest.fixture
def node(cast: dict[str, Any], project_one: Project, project_two: Project) -> Project:
    """Open a programme above projects one and two, without a budget."""
    opened = found(cast, "PRG")
    for project in (project_one, project_two):
        place(cast, project, opened)
    return opened


def read(english: Any, person: Any) -> dict[str, str]:
    """Return the figures of the dashboard with their notes, by name."""
    money = english(person).get(BOARD).context["money"]
    return {str(number.name): f"{number.value} ({number.note})" for number in money}


def test_the_money_of_a_programme_says_what_it_rests_on(
    node: Project, cast: dict[str, Any], pmo: Any, project_one: Project, english: Any
) -> None:
    assert read(english, cast["other_owner"])["Budget"] == "— (no budget is decided)"
    resolve(node, "budget", budget="1000.00")
    share(node, "ONE=600.00")
    figures = {"label": "Cranes", "envelope": Decimal(500), "committed": Decimal(200), "forecast": Decimal(700)}
    write_budget_line(actor=pmo, project=project_one, fields=figures)
    sums = project_one.budget_lines.aggregate(committed=Sum("committed"), forecast=Sum("forecast"))
    after = read(english, cast["other_owner"])
    assert after["Budget"] == "€1,000 ()"
    assert after["Shares"] == "€600 (1 of 2 projects)"
    assert after["Not allocated"] == "€400 ()"
    for name, total in (("Committed", sums["committed"]), ("Forecast at completion", sums["forecast"])):
        assert after[name].startswith(f"€{total:,.0f} (1 of 2 projects, oldest figures")


def test_without_the_steering_it_still_says_the_shares(node: Project, cast: dict[str, Any], english: Any) -> None:
    for project in Project.objects.all():
        seat = project.mandates.deciding().active().first()
        if seat and project.has("steering"):
            switch_workspaces(actor=seat.holder, project=project, workspaces=[], seen=version_of(project))
    assert set(read(english, cast["other_owner"])) == {"Budget", "Shares", "Not allocated"}
