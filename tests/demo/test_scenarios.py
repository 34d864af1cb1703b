"""Test the scenarios: entered through the services, each act with its own date and actor, once (architecture §4)."""

from collections import deque
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from config.database import Dsn
from demo.scenarios import loader, world
from demo.scenarios.contract import describe
from governance.decide.obligations.ages import load_ages
from governance.decide.obligations.enums import Age
from pmo.registers.budget.queries import project_totals
from pmo.registers.schedule.queries import list_slips
from pmo.registers.weather.queries import reports_by_month
from projects.models import Mandate, Project
from roles.models import User
from tests import acts
from tests.database import owning
from tests.demo.scenarios import MOVED, PARIS
from tools.servers.demo import SCENARIOS, sign_ins, verify_ledger
from tools.servers.embedded import Servers
from tools.servers.instance import Instance

pytestmark = pytest.mark.django_db


def test_the_runtime_role_enters_no_scenario() -> None:  # before they stand here
    with pytest.raises((DatabaseError, CommandError)), transaction.atomic():
        deque(loader.load("vigie"), maxlen=0)
    assert not Project.objects.filter(code="VIGIE").exists()


@pytest.mark.parametrize("name", ["cast", *SCENARIOS])
def test_a_scenario_entered_twice_changes_nothing(name: str, demo: None, db: None) -> None:
    kept, said = acts.count_evidence(), StringIO()
    people = User.objects.count()
    with owning():
        call_command("load_scenario", name, stdout=said)
    assert "already there" in said.getvalue()
    assert (acts.count_evidence(), User.objects.count()) == (kept, people)


def test_a_scenario_of_an_earlier_version_is_refused_with_a_remedy(
    demo: None, db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = loader.read("vigie")
    later = [act for act in file["acts"] if act["act"] == "draft"][-1]
    file["acts"].append({**later, "proposal": "added_since"})
    (tmp_path / "vigie.yaml").write_text(yaml.safe_dump(file))
    monkeypatch.setattr(loader, "FOLDER", tmp_path)
    with owning(), pytest.raises(CommandError, match="make reset"):
        call_command("load_scenario", "vigie", "--json", stdout=StringIO())


def test_the_scenarios_of_the_demo_stand_side_by_side(demo: None, db: None) -> None:
    codes = {project["code"] for name in SCENARIOS for project in loader.read(name)["projects"]}
    assert set(Project.objects.values_list("code", flat=True)) > codes
    prefixes = Project.objects.filter(code__in=codes).values_list("prefix", flat=True)
    assert sorted(prefixes) == ["B", "C", "G", "I", "L", "P", "R", "S", "V"]


#: domain.md §9: the weather of each month from June to November 2026.
WEATHER = {
    "VIGIE": ["sunny", "cloudy", "cloudy", "stormy", "cloudy", "cloudy"],
    "GUICHET": ["sunny", "sunny", "sunny", "cloudy", "cloudy", "sunny"],
    "LITS": ["sunny", "sunny", "cloudy", "cloudy", "cloudy", "cloudy"],
}


@pytest.mark.parametrize("code", WEATHER)
def test_a_project_of_the_demo_is_steered(code: str, demo: None, db: None) -> None:
    project = Project.objects.get(code=code)
    months = [(date(2026, month, 4) + MOVED).replace(day=1) for month in range(6, 12)]
    found = reports_by_month(Project.objects.filter(code=code), months)[project.pk]
    assert [found[month].overall for month in months] == WEATHER[code]
    approved = project.success_criteria.filter(state="approved").count()
    assert approved == project.success_criteria.count() >= 2
    assert project.lessons.count() >= 2
    assert {slip.milestone.gate for slip in list_slips(project)} >= {"G1", "G4", "G5"}
    assert project_totals(project).envelope <= (project.budget or 0)


@pytest.mark.parametrize("code", WEATHER)
def test_a_project_of_the_demo_has_a_fading_responsibility_among_those_up_to_date(
    code: str, demo: None, db: None
) -> None:
    ages = {freshness.age for freshness in load_ages(Project.objects.get(code=code)).values()}
    assert Age.UP_TO_DATE in ages
    assert ages & {Age.TO_RENEW, Age.NO_RECENT}


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_demo_offers_a_sign_in_for_each_role_of_a_scenario(name: str, demo: None, db: None) -> None:
    made = {name: describe(name)}
    told = sign_ins(made)
    for sign_in in made[name]["sign_ins"]:
        user, role = made[name]["users"][sign_in["person"]], sign_in["role"].split()[0]
        assert role in user["roles"]
        assert user["email"] in told
    assert {"MOA", "PMO", "AMOA", "MOE", "DEST", "admin"} <= {sign_in["role"] for sign_in in made[name]["sign_ins"]}


def test_a_ledger_that_cannot_be_verified_is_reported() -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    servers = Servers(Dsn(nowhere, None), "")
    assert "Cannot verify" in verify_ledger(Instance("", servers, {"DATABASE_URL": nowhere}, {}))


def test_the_accounts_of_those_who_left_are_closed_and_their_acts_kept(inactive_owner: User) -> None:
    assert not inactive_owner.is_active
    assert inactive_owner.mandates.filter(project__code="THREE").exists()
    assert Mandate.objects.filter(appointed_by=inactive_owner).count() == 2


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=PARIS)),
        ("2026-03-02 09:30", datetime(2026, 3, 2, 9, 30, tzinfo=PARIS)),
        (date(2026, 3, 2), datetime(2026, 3, 2, tzinfo=PARIS)),
    ],
)
def test_a_date_of_a_scenario_is_in_the_time_of_paris(text: Any, moment: datetime) -> None:
    assert world.instant(text) == moment


def test_a_relative_date_counts_from_today() -> None:
    today = datetime.now(PARIS).date()
    assert world.instant("-40d 09:30").date() == today - timedelta(days=40)
    assert world.instant("+3d").date() == today + timedelta(days=3)
    assert f"{world.instant('-40d 09:30'):%H:%M}" == "09:30"


@pytest.mark.parametrize("text", ["soon", "3d", "2026-13-40", "", "+3d 25:00"])
def test_an_invalid_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        world.instant(text)
