"""Test ORBELLE: a provider expected by a gate, an adviser with a tie who leaves, a waiver against an opinion."""

from datetime import date, datetime, timedelta

import pytest

from amoa.requirements.models import get_baseline_in_force
from core.access import Refused
from governance.models import Body, Condition, Decision, DecisionList, Effect, Opinion, Session
from governance.record.verification.verifier import verify
from governance.sessions.citations.queries import list_unrecorded
from governance.sessions.sittings.queries import read_agenda
from pmo.models import Standard, StandardVersion
from projects.enums import ProjectState
from projects.models import Delegation, LedgerEvent, Notification, Project, Ruling
from projects.seats.mandates.predicates import advising_role, opining_role, proposing_role
from tests import acts
from tests.demo.scenarios import (
    MOVED,
    PARIS,
    answers,
    communications,
    defects,
    files,
    groups,
    incompatible,
    person,
    poorly_written,
    proposal_of,
    requirements,
    results,
    untested,
)

pytestmark = pytest.mark.django_db

#: domain.md §9.2, and the launch: file → its author's role, kind and state on the last day.
FILES = {
    "GP-01": ("PMO", "appointment", "closed"),
    "GP-02": ("PMO", "appointment", "decided"),
    "GP-03": ("AMOA", "requirement_baseline", "decided"),
    "GP-04": ("AMOA", "supplier_choice", "decided"),
    "GP-05": ("MOE", "change", "decided"),
    "GP-06": ("AMOA", "interim_acceptance", "decided"),
    "GP-07": ("PMO", "risk_acceptance", "decided"),
    "GP-08": ("PMO", "waiver", "decided"),
    "GP-09": ("MOE", "waiver", "conditions_open"),
    "GP-10": ("AMOA", "gate", "ready_for_decision"),
    "GP-11": ("PMO", "gate", "decided"),
    "GP-12": ("PMO", "gate", "decided"),
    "GP-13": ("PMO", "gate", "decided"),
    "GP-14": ("AMOA", "gate", "decided"),
}
#: decision → file, outcome, day, signer.
ANSWERS = {
    "GD-01": ("GP-01", "approved_with_conditions", "2026-02-16", "Perrault"),
    "GD-02": ("GP-02", "approved", "2026-03-05", "Perrault"),
    "GD-03": ("GP-03", "approved", "2026-03-16", "Perrault"),
    "GD-04": ("GP-04", "approved", "2026-04-20", "Perrault"),
    "GD-05": ("GP-05", "rejected", "2026-06-08", "Perrault"),
    "GD-06": ("GP-06", "accepted", "2026-07-21", "Sarrazin"),
    "GD-07": ("GP-07", "approved", "2026-09-07", "Perrault"),
    "GD-08": ("GP-08", "approved", "2026-09-07", "Perrault"),
    "GD-09": ("GP-09", "approved_with_conditions", "2026-10-19", "Perrault"),
    "GD-10": ("GP-11", "approved", "2026-02-16", "Perrault"),
    "GD-11": ("GP-12", "approved", "2026-03-16", "Perrault"),
    "GD-12": ("GP-13", "approved", "2026-06-08", "Perrault"),
    "GD-13": ("GP-14", "approved", "2026-09-07", "Perrault"),
}
#: domain.md §9.2: requirement → kind, priority, state and criterion.
REQUIREMENTS = {
    "GUI-001": ("functional", "must", "accepted", "9 of 10 testers book in 4 steps or fewer."),
    "GUI-002": ("functional", "must", "accepted", "The slot that was given up appears as free at once."),
    "GUI-003": ("functional", "must", "verified", "The list loads in under 2 seconds."),
    "GUI-004": ("functional", "should", "verified", "5 statuses are shown in plain words."),
    "GUI-005": ("non_functional", "must", "implemented", "An audit by a third party gives 90 % or more."),
    "GUI-006": ("non_functional", "must", "verified", "6 users have reviewed every page."),
    "GUI-007": ("non_functional", "must", "verified", "Each page works at 320 px and on slow 3G."),
    "GUI-008": ("functional", "could", "deferred", "A receipt arrives by mail after each payment."),
    "GUI-009": ("business_rule", "must", "verified", "The same slots are bookable by phone."),
    "GUI-010": ("constraint", "must", "implemented", "The deletion is automatic, and a report proves it each month."),
    "GUI-011": ("functional", "should", "implemented", "A reminder is sent for 98 % of appointments."),
    "GUI-012": ("transition", "must", "approved", "36 of 36 clerks attended."),
}
GROUPS = {
    "Residents": ("41200", "medium", "low"),
    "Counter clerks of the 14 town halls": ("36", "high", "high"),
    "Disabled users and carers": ("2300", "high", "medium"),
}
COMMUNICATIONS = {
    "Your new agenda, half-day session": (
        "Counter clerks of the 14 town halls",
        "training",
        "AMOA",
        "2026-11-12",
        "done",
    ),
    "Book online from December": ("Residents", "leaflet and town display", "MOA", "2026-12-01", "planned"),
    "Test the service with us": ("Disabled users and carers", "workshop", "AMOA", "2026-09-23", "done"),
}


@pytest.fixture
def guichet(demo: None, db: None) -> Project:
    """Return the project of ORBELLE."""
    return Project.objects.get(code="GUICHET")


def test_orbelle_has_its_files_their_states_and_its_decisions(guichet: Project) -> None:
    assert files("GUICHET") == FILES
    assert answers("GUICHET") == ANSWERS
    assert verify(guichet).faults == []
    assert {event.entered_afterwards for event in LedgerEvent.objects.filter(project=guichet)} == {True}
    assert not Notification.objects.exists()
    assert incompatible("GUICHET") == []


def test_guichet_was_launched_while_its_provider_was_to_come_by_gate_g2(guichet: Project) -> None:
    assert (guichet.state, guichet.provider_gate, guichet.matrix_approved) == (ProjectState.ACTIVE, "G2", True)
    launched = Decision.objects.get(project=guichet, number=10)
    provider = guichet.mandates.get(role__code="MOE")
    assert launched.acted_at < provider.starts_at
    effects = Effect.objects.filter(decision__project=guichet, decision__number__in=[1, 10])
    told = set(effects.values_list("decision__number", "field", "after"))
    at_launch = {(10, "gate", "G0"), (10, "state", "active"), (10, "criteria", "1")}
    assert told == {(1, "matrix", "1"), (1, "provider_gate", "G2")} | at_launch


def test_the_tie_with_a_bidder_ended_the_mandate_of_the_amoa(guichet: Project) -> None:
    bidders = {str(bidder.organisation) for bidder in guichet.bidders.all()}
    assert len(bidders) == 4
    assert any("Numérilys" in bidder for bidder in bidders)
    interest = guichet.interests.get()
    left = guichet.mandates.get(holder=interest.person)
    assert str(interest.organisation) in bidders
    assert (interest.person.name, interest.ruling, left.ends_at) == ("Bastien Rocher", Ruling.LEAVES, interest.ruled_at)
    assert interest.ruled_at is not None
    assert interest.ruled_at.astimezone(PARIS).date() == date(2026, 3, 6) + MOVED
    assert left.ended_because == interest.ruled_because
    award = Decision.objects.get(project=guichet, number=4)
    assert left.ends_at < award.acted_at


def test_the_amoa_who_left_can_do_nothing_any_more_and_the_one_who_came_can(guichet: Project) -> None:
    left, came, ready = person("rocher"), person("marchetti"), proposal_of("GP-08")
    assert (advising_role(left, guichet), proposing_role(left, guichet), opining_role(left, guichet, "gate")) == (
        None,
        None,
        None,
    )
    assert not Project.objects.visible_to(left).exists()
    with pytest.raises(Refused):
        acts.draft(left, guichet)
    with pytest.raises(Refused):
        acts.advise(left, ready)
    assert advising_role(came, guichet) == "AMOA"
    assert acts.draft(came, guichet).author == came


def test_orbelle_waives_in_writing_the_opinions_that_nobody_could_give(guichet: Project) -> None:
    waived = {decision.number: decision.waived for decision in Decision.objects.filter(project=guichet)}
    assert {number for number, what in waived.items() if what} == {2, 8}
    assert set(waived[2]) == set(waived[8]) == {"AMOA"}
    assert not Opinion.objects.filter(revision__proposal__project=guichet, revision__proposal__number=2).exists()


def test_orbelle_grants_a_waiver_against_the_amoa_and_waits_for_ten_forms(guichet: Project) -> None:
    said = Opinion.objects.filter(revision__proposal__project=guichet, revision__proposal__number=9)
    assert dict(said.values_list("role", "position")) == {"PMO": "with_reservations", "AMOA": "unfavourable"}
    conditions = Condition.objects.filter(decision__project=guichet, decision__number=9).order_by("number")
    assert [(c.role, c.due_on, c.state) for c in conditions] == [
        ("MOE", date(2026, 12, 18) + MOVED, "open"),
        ("AMOA", date(2026, 10, 31) + MOVED, "met"),
    ]
    second = conditions.get(number=2)
    assert (second.proved_by, second.lifted_by) == (person("marchetti"), person("perrault"))


def test_the_delegation_of_the_summer_signed_once_and_is_over(guichet: Project) -> None:
    signed = Decision.objects.get(project=guichet, delegation__isnull=False)
    lent = Delegation.objects.get(mandate__project=guichet)
    assert (signed.number, signed.delegation) == (6, lent)
    last = datetime(2026, 8, 28, 12, tzinfo=PARIS) + MOVED
    assert Delegation.objects.active(last).filter(pk=lent.pk).exists()
    assert not Delegation.objects.active(last + timedelta(days=1)).filter(pk=lent.pk).exists()
    assert (lent.cap, sorted(lent.kinds)) == (5000, ["communication", "interim_acceptance"])


def test_guichet_has_its_recipients_and_its_requirements_in_their_states(guichet: Project) -> None:
    assert requirements(guichet) == REQUIREMENTS
    assert groups(guichet) == GROUPS
    assert guichet.requirements.needs().count() == 4
    assert poorly_written(guichet) == []
    assert untested(guichet) == {"GUI-008"}
    assert get_baseline_in_force(guichet) == guichet.baselines.get()


def test_the_prototype_is_accepted_by_the_delegate_with_what_it_was_tried_on(guichet: Project) -> None:
    trial = guichet.campaigns.get(number=1)
    accepted = Effect.objects.get(decision__project=guichet, field="acceptance")
    assert (accepted.decision.number, accepted.subject_id, trial.stage) == (6, trial.pk, "interim")
    assert set(results(guichet)["Trial of the prototype"].values()) == {"passed"}
    settled = guichet.requirements.filter(state="accepted").values_list("code", flat=True)
    assert sorted(settled) == ["GUI-001", "GUI-002"]


def test_before_the_opening_seven_of_ten_tests_pass_and_two_minor_defects_are_open(guichet: Project) -> None:
    found = list(results(guichet)["Check before the opening"].values())
    assert (found.count("passed"), found.count("blocked"), len(found)) == (7, 3, 10)
    unsettled = [told for told in defects(guichet).values() if told[1] != "closed"]
    assert unsettled == [("minor", "open"), ("minor", "open")]


def test_guichet_tells_teaches_and_hears_its_recipients(guichet: Project) -> None:
    assert communications(guichet) == COMMUNICATIONS
    assert sum(session.expected or 0 for session in guichet.trainings.all()) == 36
    assert sum(session.attended or 0 for session in guichet.trainings.all()) == 9
    assert [str(question) for question in guichet.questions.open()] == ["GUI-010 Q1"]
    assert guichet.feedback.filter(answer="").count() == 1


def test_the_twelve_standards_hold_for_guichet_since_before_it_began(demo: None, db: None) -> None:
    project = Project.objects.get(code="GUICHET")
    held = StandardVersion.objects.filter(standard__in=Standard.objects.that_hold_for(project))
    begun = held.in_force(date(2026, 2, 2) + MOVED)
    assert begun.count() == 12
    assert {version.standard.project.code for version in begun.select_related("standard__project")} == {"CCO-SI"}
    with_template = begun.exclude(template=None).select_related("standard")
    assert [version.standard.code for version in with_template] == ["STD-RISK"]


def test_each_session_that_a_decision_cites_is_recorded_with_its_list() -> None:
    assert list_unrecorded() == []
    committee = Body.objects.get(project__code="GUICHET")
    held = committee.sessions.filter(state="closed").order_by("number")
    assert [session.number for session in held] == [1, 2, 3, 4, 5, 6]
    lists = DecisionList.objects.filter(session__in=held).order_by("session__number")
    cited = [[said["reference"] for item in row.content["items"] for said in item["decisions"]] for row in lists]
    assert cited == [["GD-01"], ["GD-03"], ["GD-04"], ["GD-05"], ["GD-07", "GD-08"], ["GD-09"]]
    taken = {said["taken"] for row in lists for item in row.content["items"] for said in item["decisions"]}
    assert taken == {"in_session"}


def test_a_session_is_to_come_that_hears_the_gate() -> None:
    session = Session.objects.get(body__project__code="GUICHET", state="convened")
    assert session.day > date.today()
    heard = read_agenda(session, person("perrault"))
    assert [entry.text for entry in heard if entry.source == "proposal"] == [f"GP-10 · {proposal_of('GP-10').title}"]
