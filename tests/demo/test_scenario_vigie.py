"""Test VIGIE: a deferral, a delegated signature, a change of owner, a pilot with defects."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from amoa.models import RequirementBaseline, TestRun
from amoa.requirements.models import get_baseline_in_force
from governance.models import Condition, Decision, DecisionList, Effect, Opinion, Proposal, ProposalRevision
from governance.record.acknowledgements.models import Acknowledgement
from governance.record.verification.verifier import verify
from governance.sessions.citations.queries import list_unrecorded
from pmo.models import Standard, StandardVersion
from projects.enums import ProjectState
from projects.models import Delegation, LedgerEvent, Mandate, Notification, Project
from roles.models import User
from tests.demo.scenarios import (
    MOVED,
    PARIS,
    answers,
    communications,
    files,
    groups,
    poorly_written,
    requirements,
    results,
    untested,
)
from tests.projects.ledger.test_ledger import broken_links

pytestmark = pytest.mark.django_db

#: domain.md §9.1: file → its author's role, kind and state on the last day.
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
    "VP-18": ("AMOA", "budget", "ready_for_decision"),
    "VP-13": ("PMO", "gate", "decided"),
    "VP-14": ("PMO", "gate", "decided"),
    "VP-15": ("PMO", "gate", "decided"),
    "VP-16": ("AMOA", "gate", "decided"),
    "VP-17": ("AMOA", "arbitration", "decided"),
}
#: decision → file, outcome, day, signer.
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
    "VD-13": ("VP-14", "approved", "2026-02-23", "Brémond"),
    "VD-14": ("VP-15", "approved", "2026-06-29", "Brémond"),
    "VD-15": ("VP-16", "approved", "2026-09-28", "Delattre"),
    "VD-16": ("VP-17", "approved", "2026-10-19", "Delattre"),
}


#: domain.md §9.1: requirement → kind, priority, state and criterion.
REQUIREMENTS = {
    "VIG-001": ("functional", "must", "verified", "With the network off, the list is readable for 12 hours."),
    "VIG-002": ("functional", "must", "verified", "8 of 10 testers write a standard report in less than 8 minutes."),
    "VIG-003": ("functional", "must", "implemented", "The alert is shown within 5 seconds in 95 % of 200 trials."),
    "VIG-004": ("functional", "must", "implemented", "No position shown is more than 30 seconds old."),
    "VIG-005": (
        "constraint",
        "must",
        "approved",
        "100 % of consultations are logged, and the log is kept for 36 months.",
    ),
    "VIG-006": ("non_functional", "should", "verified", "Each touch target measures at least 12 mm."),
    "VIG-007": ("non_functional", "must", "implemented", "The view is available 99.5 % of each month."),
    "VIG-008": (
        "non_functional",
        "must",
        "approved",
        "The list view gives the same data as the map, at most 30 seconds old.",
    ),
    "VIG-009": ("constraint", "must", "verified", "No staff data is entered a second time."),
    "VIG-010": ("functional", "should", "implemented", "3 units approve the printed layout."),
    "VIG-011": ("functional", "could", "deferred", "A usable draft in 7 of 10 trials."),
    "VIG-012": ("transition", "must", "approved", "99.9 % of the records are read back."),
}
GROUPS = {
    "Patrol units": ("1850", "high", "medium"),
    "Control rooms": ("140", "high", "high"),
    "Support and logistics": ("95", "low", "low"),
}
COMMUNICATIONS = {
    "Why VIGIE is not a tracking tool": ("Patrol units", "unit visit", "AMOA", "2026-05-27", "done"),
    "Pilot dates changed": ("Control rooms", "mail", "MOA", "2026-09-16", "done"),
    "What changes for tablets": ("Support and logistics", "intranet", "AMOA", "2026-12-01", "planned"),
}


@pytest.fixture
def vigie(demo: None, db: None) -> Project:
    """Return the project of VIGIE."""
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
    """R7: two advisers oppose VP-04, the AMOA opposes VP-08, and the record shows them beside the decisions."""
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

    change = date(2026, 9, 1) + MOVED
    assert "Brémond" in owner_on(change - timedelta(days=1))
    assert "Delattre" in owner_on(change)
    lent = Delegation.objects.filter(mandate__project=vigie)
    assert not lent.active(datetime(2026, 9, 1, tzinfo=PARIS) + MOVED).exists()
    assert lent.active(datetime(2026, 6, 15, tzinfo=PARIS) + MOVED).exists()


def test_vigie_has_one_condition_overdue(vigie: Project) -> None:
    conditions = Condition.objects.filter(decision__project=vigie)
    assert {c.due_on for c in conditions.filter(decision__number=8)} == {date(2026, 10, 30) + MOVED}
    states = {c.decision.number: c.state for c in conditions.select_related("decision")}
    assert states == {2: "met", 7: "met", 8: "open", 9: "met", 10: "open"}


def test_vigie_has_its_recipients_and_its_requirements_in_their_states(vigie: Project) -> None:
    assert requirements(vigie) == REQUIREMENTS
    assert groups(vigie) == GROUPS
    assert vigie.requirements.needs().count() == 5
    assert poorly_written(vigie) == []
    assert untested(vigie) == set()
    assert {row.code for row in vigie.requirements.all() if not row.recipients} == set()


def test_the_voice_note_moves_to_lot_2_with_a_second_baseline(vigie: Project) -> None:
    first, second = vigie.baselines.order_by("number")
    assert get_baseline_in_force(vigie) == second
    moved = vigie.requirements.get(code="VIG-011")
    assert (set(second.versions.all()) - set(first.versions.all())) == {moved.in_force}
    assert [version.content["lot"] for version in moved.versions.order_by("number")] == ["Lot 1", "Lot 2"]
    approved = Effect.objects.filter(decision__project=vigie, field="baseline").order_by("pk")
    assert [(e.decision.number, e.after) for e in approved.select_related("decision")] == [(2, "1"), (6, "2")]


def test_the_pilot_of_vigie_is_not_fit_for_three_major_defects(vigie: Project) -> None:
    found = results(vigie)["Fitness verification of the pilot, lot 1"]
    assert {test for test, result in found.items() if result == "passed"} == {
        "T-001",
        "T-002",
        "T-006",
        "T-009",
        "T-014",
    }
    assert {test for test, result in found.items() if result == "failed"} == {"T-003", "T-005", "T-013"}
    pilot = vigie.campaigns.get(number=2)
    assert pilot.report is not None
    assert [defect[1] for defect in pilot.report["defects"]].count("major") == 3
    assert (pilot.defects.count(), len(pilot.report["defects"])) == (12, 8)
    put = Proposal.objects.get(project=vigie, number=10).current
    assert put is not None
    assert put.terms == {"campaign": f"2:{pilot.hash}"}
    assert not vigie.campaigns.get(number=3).is_closed


def test_the_reservation_on_the_alert_button_closed_its_defect(vigie: Project) -> None:
    reservation = Condition.objects.get(decision__project=vigie, decision__number=7)
    defect = vigie.defects.get(number=1)
    assert (reservation.subject, reservation.subject_id) == ("amoa.defect", defect.pk)
    assert (reservation.about, reservation.is_reservation, defect.state) == (defect.reference, True, "closed")
    assert defect.closed_at == reservation.lifted_at
    assert defect.closed_at is not None
    assert defect.closed_at.astimezone(PARIS).date() == date(2026, 6, 24) + MOVED


def test_vigie_tells_teaches_and_hears_its_recipients(vigie: Project) -> None:
    assert communications(vigie) == COMMUNICATIONS
    plan, put = vigie.change_plans.get(), Proposal.objects.get(project=vigie, number=11).current
    assert put is not None
    assert put.terms == {"plan": f"1:{plan.hash}"}
    champions = vigie.trainings.filter(title__startswith="Champions")
    assert sum(session.expected or 0 for session in champions) == 148
    assert vigie.feedback.filter(answer="").count() == 1
    assert [str(question) for question in vigie.questions.open()] == ["VIG-003 Q1"]
    assert vigie.estimates.filter(requirement__code="VIG-011").get().cost == 39000
    readers = Acknowledgement.objects.filter(decision__project=vigie, decision__number=9)
    assert readers.count() == 3


def test_everything_in_vigie_says_that_it_was_entered_afterwards(vigie: Project) -> None:
    rows: list[Any] = [
        *Decision.objects.filter(project=vigie),
        *LedgerEvent.objects.filter(project=vigie),
        *Mandate.objects.filter(project=vigie),
        *Delegation.objects.filter(mandate__project=vigie),
        *Opinion.objects.filter(revision__proposal__project=vigie),
        *ProposalRevision.objects.filter(proposal__project=vigie),
        *RequirementBaseline.objects.filter(project=vigie),
        *TestRun.objects.filter(project=vigie),
        *Acknowledgement.objects.filter(decision__project=vigie),
    ]
    assert len(rows) > 80
    assert {row.entered_afterwards for row in rows} == {True}
    assert max(row.acted_at for row in rows) < min(row.recorded_at for row in rows)
    assert broken_links(vigie) == []
    assert verify(vigie).faults == []
    assert not Notification.objects.exists()


def test_the_history_of_vigie_is_told_by_those_who_acted(vigie: Project) -> None:
    versions = Proposal.history.filter(project=vigie)
    assert versions.filter(history_date__date__lt=date(2026, 2, 1) + MOVED).exists()
    names = set(versions.values_list("history_user__name", flat=True))
    assert len(names) >= 5
    assert User.objects.installation().name not in names


def test_the_twelve_standards_hold_for_vigie_since_before_it_began(demo: None, db: None) -> None:
    project = Project.objects.get(code="VIGIE")
    held = StandardVersion.objects.filter(standard__in=Standard.objects.that_hold_for(project))
    begun = held.in_force(date(2026, 1, 12) + MOVED)
    assert begun.count() == 12
    assert {version.standard.project.code for version in begun.select_related("standard__project")} == {"GDV-SI"}
    with_template = begun.exclude(template=None).select_related("standard")
    assert [version.standard.code for version in with_template] == ["STD-RISK"]


def test_each_session_that_a_decision_cites_is_recorded() -> None:
    assert list_unrecorded() == []
    assert [row.content["session"] for row in DecisionList.objects.filter(project__code="VIGIE").order_by("pk")] == [
        f"COPIL {number}" for number in range(1, 10)
    ]
