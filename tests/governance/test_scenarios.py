"""The scenarios: entered through the services, each act with its own date and actor, once (architecture §4)."""

from collections import deque
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from config.demo import SCENARIOS, sign_ins
from governance.models import Condition, Decision, LedgerEvent, Notification, Opinion, Proposal, ProposalRevision
from governance.scenarios import loader, world
from governance.scenarios.contract import describe
from projects.enums import ProjectState
from projects.models import Delegation, Mandate, Project
from roles.models import User
from tests.acts import recorded
from tests.database import owning
from tests.governance.test_ledger import broken_links
from tests.scenarios import PARIS, answers, entered, files

pytestmark = pytest.mark.django_db

#: domain.md §9.1: file → its author's role, kind and state on the day the scenario stops.
FILES = {
    "VP-01": ("PMO", "appointment", "decided"),
    "VP-02": ("AMOA", "requirement_baseline", "closed"),
    "VP-03": ("MOE", "arbitration", "decided"),
    "VP-04": ("MOE", "waiver", "decided"),
    "VP-05": ("AMOA", "change", "decided"),
    "VP-06": ("AMOA", "interim_acceptance", "closed"),
    "VP-07": ("AMOA", "risk_acceptance", "conditions_open"),
    "VP-08": ("PMO", "schedule", "closed"),
    "VP-09": ("AMOA", "waiver", "conditions_open"),
    "VP-10": ("AMOA", "acceptance", "deferred"),
    "VP-11": ("AMOA", "communication", "ready_for_decision"),
    "VP-12": ("PMO", "budget", "under_review"),
    "VP-13": ("PMO", "gate", "decided"),
}
#: decision → file, outcome, day, who signed.
ANSWERS = {
    "VD-01": ("VP-01", "approved", "2026-01-26", "Brémond"),
    "VD-02": ("VP-02", "approved_with_conditions", "2026-02-23", "Brémond"),
    "VD-03": ("VP-03", "approved", "2026-03-23", "Brémond"),
    "VD-04": ("VP-04", "rejected", "2026-03-23", "Brémond"),
    "VD-05": ("VP-05", "deferred", "2026-04-27", "Brémond"),
    "VD-06": ("VP-05", "approved", "2026-05-18", "Brémond"),
    "VD-07": ("VP-06", "accepted_with_reservations", "2026-06-15", "Rolland"),
    "VD-08": ("VP-07", "approved_with_conditions", "2026-06-29", "Brémond"),
    "VD-09": ("VP-08", "approved_with_conditions", "2026-09-14", "Delattre"),
    "VD-10": ("VP-09", "approved_with_conditions", "2026-10-12", "Delattre"),
    "VD-11": ("VP-10", "deferred", "2026-11-16", "Delattre"),
    "VD-12": ("VP-13", "approved", "2026-01-26", "Brémond"),
}


@pytest.fixture
def vigie(db: None) -> Project:
    """VIGIE, entered as the owner role."""
    entered("vigie")
    return Project.objects.get(code="VIGIE")


def test_vigie_has_its_files_their_states_and_its_decisions(vigie: Project) -> None:
    assert files("VIGIE") == FILES
    assert answers("VIGIE") == ANSWERS
    assert vigie.state == ProjectState.ACTIVE


def test_vigie_is_signed_by_the_delegate_once_and_supersedes_once(vigie: Project) -> None:
    delegated = Decision.objects.get(project=vigie, delegation__isnull=False)
    assert (delegated.number, "Brémond" in delegated.mandate.holder.name) == (7, True)
    superseding = Decision.objects.get(project=vigie, supersedes__isnull=False)
    assert (superseding.number, superseding.supersedes.number) == (6, 5)


def test_vigie_keeps_the_opinions_that_disagree(vigie: Project) -> None:
    """R7: two advisers say no to VP-04, the AMOA says no to VP-08, and the decisions stand beside them."""
    said = Opinion.objects.filter(revision__proposal__project=vigie)
    against = said.filter(position="unfavourable").values_list("revision__proposal__number", "role")
    assert {(4, "PMO"), (4, "AMOA"), (8, "AMOA")} <= set(against)
    assert not [
        opinion
        for opinion in said.select_related("revision__proposal")
        if opinion.role == opinion.revision.proposal.author_role
    ]


def test_vigie_changes_its_owner_on_the_first_of_september(vigie: Project) -> None:
    def owner_on(day: date) -> str:
        (mandate,) = vigie.mandates.deciding().active(datetime(day.year, day.month, day.day, tzinfo=PARIS))
        return mandate.holder.name

    change = date(2026, 9, 1)
    assert "Brémond" in owner_on(change - timedelta(days=1))
    assert "Delattre" in owner_on(change)
    assert not Delegation.objects.filter(mandate__project=vigie).active(datetime(2026, 9, 1, tzinfo=PARIS)).exists()
    assert Delegation.objects.filter(mandate__project=vigie).active(datetime(2026, 6, 15, tzinfo=PARIS)).exists()


def test_vigie_has_one_condition_overdue(vigie: Project) -> None:
    conditions = Condition.objects.filter(decision__project=vigie)
    assert {c.due_on for c in conditions.filter(decision__number=8)} == {date(2026, 10, 30)}
    states = {c.decision.number: c.state for c in conditions.select_related("decision")}
    assert states == {2: "met", 7: "met", 8: "open", 9: "met", 10: "open"}


def test_everything_in_vigie_says_that_it_was_entered_afterwards(vigie: Project) -> None:
    rows: list[Any] = [
        *Decision.objects.filter(project=vigie),
        *LedgerEvent.objects.filter(project=vigie),
        *Mandate.objects.filter(project=vigie),
        *Delegation.objects.filter(mandate__project=vigie),
        *Opinion.objects.filter(revision__proposal__project=vigie),
        *ProposalRevision.objects.filter(proposal__project=vigie),
    ]
    assert len(rows) > 80
    assert {row.entered_afterwards for row in rows} == {True}
    assert max(row.acted_at for row in rows) < min(row.recorded_at for row in rows)
    assert broken_links(vigie) == []
    assert not Notification.objects.exists()


def test_the_history_of_vigie_is_told_by_those_who_acted(vigie: Project) -> None:
    versions = Proposal.history.filter(project=vigie)
    assert versions.filter(history_date__year=2026, history_date__month=1).exists()
    names = set(versions.values_list("history_user__name", flat=True))
    assert len(names) >= 5
    assert User.objects.installation().name not in names


@pytest.mark.parametrize("name", ["cast", *SCENARIOS])
def test_a_scenario_entered_twice_changes_nothing(name: str, db: None) -> None:
    entered(name)
    kept, said = recorded(), StringIO()
    people = User.objects.count()
    with owning():
        call_command("load_scenario", name, stdout=said)
    assert "already there" in said.getvalue()
    assert (recorded(), User.objects.count()) == (kept, people)


def test_the_scenarios_of_the_demo_stand_side_by_side(db: None) -> None:
    for name in SCENARIOS:
        entered(name)
    codes = {project["code"] for name in SCENARIOS for project in loader.read(name)["projects"]}
    assert set(Project.objects.values_list("code", flat=True)) > codes
    prefixes = Project.objects.filter(code__in=codes).values_list("prefix", flat=True)
    assert sorted(prefixes) == ["G", "L", "P", "R", "S", "V"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_demo_offers_a_sign_in_for_each_role_of_a_scenario(name: str, db: None) -> None:
    entered(name)
    made = {name: describe(name)}
    told = sign_ins(made)
    for sign_in in made[name]["sign_ins"]:
        user, role = made[name]["users"][sign_in["person"]], sign_in["role"].split()[0]
        assert role in user["roles"]
        assert user["email"] in told
    assert {"MOA", "PMO", "AMOA", "MOE", "DEST", "admin"} <= {sign_in["role"] for sign_in in made[name]["sign_ins"]}


def test_the_runtime_role_enters_no_scenario() -> None:
    with pytest.raises((DatabaseError, CommandError)), transaction.atomic():
        deque(loader.load("vigie"), maxlen=0)
    assert not Project.objects.filter(code="VIGIE").exists()


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
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        world.instant(text)
