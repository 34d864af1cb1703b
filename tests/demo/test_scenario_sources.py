"""Test SOURCES: a portfolio, a programme, a running project and one that its launch gate holds back (R3)."""

from datetime import date

import pytest
from django.utils import translation

from amoa.requirements.models import get_baseline_in_force
from core.access import Refused
from governance.decide.decisions.effects import CannotTakeEffect
from governance.models import Condition, Decision, DecisionList, Effect, Opinion, Proposal
from governance.record.verification.verifier import verify
from governance.sessions.citations.queries import list_unrecorded
from pmo.models import Standard, StandardVersion
from projects.enums import Level, ProjectState
from projects.models import LedgerEvent, Notification, Project
from projects.seats.launch.checklist import Item, missing_checks
from projects.seats.mandates.holders import owners
from tests import acts
from tests.demo.scenarios import (
    MOVED,
    PARIS,
    answers,
    communications,
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
CODES = ("SN28", "PARCOURS", "LITS", "RDV")

#: domain.md §9.3, with the files of each level and the launches: file → its author's role, kind and state.
FILES = {
    "SP-01": ("PFPMO", "appointment", "decided"),
    "SP-02": ("PFPMO", "gate", "decided"),
    "SP-03": ("PFPMO", "standard_adoption", "decided"),
    "SP-04": ("PFPMO", "strategy", "decided"),
    "SP-05": ("PFPMO", "component_entry", "decided"),
    "SP-06": ("PFPMO", "periodic_review", "decided"),
    "PP-01": ("PGPMO", "appointment", "decided"),
    "PP-02": ("PGPMO", "gate", "decided"),
    "PP-03": ("PGPMO", "arbitration", "decided"),
    "PP-04": ("PGAMO", "benefits", "decided"),
    "PP-05": ("PGPMO", "allocation", "decided"),
    "PP-06": ("PGPMO", "gate", "decided"),
    "PP-07": ("PGPMO", "component_entry", "decided"),
    "LP-01": ("PMO", "appointment", "decided"),
    "LP-02": ("AMOA", "requirement_baseline", "decided"),
    "LP-03": ("AMOA", "change", "decided"),
    "LP-04": ("PMO", "arbitration", "decided"),
    "LP-05": ("AMOA", "gate", "closed"),
    "LP-06": ("AMOA", "acceptance", "conditions_open"),
    "LP-07": ("PMO", "arbitration", "deferred"),
    "LP-08": ("AMOA", "risk_acceptance", "decided"),
    "LP-09": ("MOE", "waiver", "conditions_open"),
    "LP-10": ("PMO", "gate", "conditions_open"),
    "LP-11": ("PMO", "gate", "decided"),
    "LP-12": ("PMO", "gate", "decided"),
    "LP-13": ("AMOA", "gate", "decided"),
    "RP-01": ("PMO", "appointment", "decided"),
    "RP-02": ("AMOA", "gate", "deferred"),
    "RP-03": ("PMO", "appointment", "submitted"),
}
#: decision → file, outcome, day, signer.
ANSWERS = {
    "SD-01": ("SP-01", "approved", "2026-01-05", "Estève"),
    "SD-02": ("SP-02", "approved", "2026-01-07", "Estève"),
    "SD-03": ("SP-03", "approved", "2026-01-09", "Estève"),
    "SD-04": ("SP-04", "approved", "2026-01-14", "Estève"),
    "SD-05": ("SP-05", "approved", "2026-01-16", "Estève"),
    "SD-06": ("SP-06", "approved", "2026-10-26", "Estève"),
    "PD-01": ("PP-01", "approved", "2026-01-14", "Lemercier"),
    "PD-02": ("PP-02", "approved", "2026-01-16", "Lemercier"),
    "PD-03": ("PP-03", "approved", "2026-05-11", "Lemercier"),
    "PD-04": ("PP-04", "approved", "2026-06-10", "Lemercier"),
    "PD-05": ("PP-05", "approved", "2026-06-17", "Lemercier"),
    "PD-06": ("PP-06", "approved", "2026-06-24", "Lemercier"),
    "PD-07": ("PP-07", "approved", "2026-09-11", "Lemercier"),
    "LD-01": ("LP-01", "approved", "2026-01-19", "Lemercier"),
    "LD-02": ("LP-02", "approved", "2026-03-02", "Lemercier"),
    "LD-03": ("LP-03", "approved", "2026-04-13", "Lemercier"),
    "LD-04": ("LP-04", "approved", "2026-05-11", "Lemercier"),
    "LD-05": ("LP-05", "approved_with_conditions", "2026-06-22", "Lemercier"),
    "LD-06": ("LP-06", "accepted_with_reservations", "2026-09-21", "Lemercier"),
    "LD-07": ("LP-07", "deferred", "2026-09-21", "Lemercier"),
    "LD-08": ("LP-08", "approved", "2026-10-26", "Lemercier"),
    "LD-09": ("LP-09", "approved_with_conditions", "2026-10-26", "Lemercier"),
    "LD-10": ("LP-10", "approved_with_conditions", "2026-11-23", "Lemercier"),
    "LD-11": ("LP-11", "approved", "2026-01-19", "Lemercier"),
    "LD-12": ("LP-12", "approved", "2026-03-09", "Lemercier"),
    "LD-13": ("LP-13", "approved", "2026-05-18", "Lemercier"),
    "RD-01": ("RP-01", "approved", "2026-09-14", "Lemercier"),
    "RD-02": ("RP-02", "deferred", "2026-09-21", "Lemercier"),
}
#: domain.md §9.3: requirement → kind, priority, state and criterion.
REQUIREMENTS = {
    "LIT-001": ("functional", "must", "accepted", "No status shown is more than 1 minute old."),
    "LIT-002": ("functional", "must", "accepted", "One gesture is enough, without retyping."),
    "LIT-003": ("functional", "must", "verified", "The confirmation works with wet-hands mode in 10 trials of 10."),
    "LIT-004": ("functional", "should", "verified", "3 proposals are shown with their reasons."),
    "LIT-005": ("constraint", "must", "verified", "The review of all 18 screens finds no diagnosis."),
    "LIT-006": ("non_functional", "must", "verified", "A paper sheet is printed each 2 hours."),
    "LIT-007": ("constraint", "must", "accepted", "No identity is entered by hand."),
    "LIT-008": ("functional", "could", "deferred", "The error of the forecast is under 10 %."),
    "LIT-009": ("functional", "should", "accepted", "The report is ready on Monday at 8:00."),
    "LIT-010": ("non_functional", "must", "implemented", "The 95th percentile is at most 2 seconds with 200 users."),
    "LIT-011": ("transition", "must", "implemented", "Attendance reaches 80 % in each ward."),
    "LIT-012": ("business_rule", "must", "accepted", "The hygiene team has signed each row of the rule table."),
}
GROUPS = {
    "Ward managers and nurses": ("780", "high", "high"),
    "Cleaning team": ("64", "high", "low"),
    "Admissions office": ("22", "medium", "medium"),
}
COMMUNICATIONS = {
    "End of paper boards, ward by ward": ("Ward managers and nurses", "ward meeting", "MOA", "2026-10-28", "done"),
    "Phone guide, one page with pictures": ("Cleaning team", "poster", "AMOA", "2026-11-18", "done"),
    "Go-live day timetable": ("Admissions office", "mail", "PMO", "2026-12-03", "planned"),
}


@pytest.fixture
def projects(demo: None, db: None) -> dict[str, Project]:
    """Map the portfolio, the programme and the two projects of SOURCES by their code."""
    return {project.code: project for project in Project.objects.filter(code__in=CODES)}


def test_sources_has_its_files_their_states_and_its_decisions(projects: dict[str, Project]) -> None:
    assert files(*CODES) == FILES
    assert answers(*CODES) == ANSWERS
    assert [fault for project in projects.values() for fault in verify(project).faults] == []
    events = LedgerEvent.objects.filter(project__code__in=CODES)
    assert {event.entered_afterwards for event in events} == {True}
    assert not Notification.objects.exists()
    assert incompatible(*CODES) == []


def test_each_level_of_sources_has_its_owner_and_runs_but_rdv(projects: dict[str, Project]) -> None:
    def told(project: Project) -> tuple[str, str, str, str]:
        (owner,) = owners(project)
        above = project.parent.code if project.parent else ""
        return project.level, above, owner.holder.name, project.state

    assert {code: told(project) for code, project in projects.items()} == {
        "SN28": (Level.PORTFOLIO, "", "Maud Estève", ProjectState.ACTIVE),
        "PARCOURS": (Level.PROGRAMME, "SN28", "Antoine Lemercier", ProjectState.ACTIVE),
        "LITS": (Level.PROJECT, "PARCOURS", "Antoine Lemercier", ProjectState.ACTIVE),
        "RDV": (Level.PROJECT, "PARCOURS", "Antoine Lemercier", ProjectState.DRAFT),
    }
    assert all(project.matrix_approved for project in projects.values())


def test_the_arbitration_of_the_programme_is_hidden_from_those_of_lits_only(projects: dict[str, Project]) -> None:
    arbitration = proposal_of("PP-03")
    assert arbitration.project == projects["PARCOURS"]
    for name in ("kolic", "aubry"):
        seen = Proposal.objects.visible_to(person(name))
        assert not seen.filter(project=projects["PARCOURS"]).exists()
        assert seen.filter(project=projects["LITS"]).exists()
        assert set(Project.objects.visible_to(person(name))) == {projects["LITS"]}
    for name in ("lemercier", "benali", "pradier"):
        assert arbitration in Proposal.objects.visible_to(person(name))


def test_nobody_decides_on_another_level_than_their_own(projects: dict[str, Project]) -> None:
    """The owner of the portfolio owns neither programme nor project, and their owner does not own the portfolio."""
    with pytest.raises(Refused):
        acts.decide(person("esteve"), proposal_of("RP-03"))
    assert Proposal.objects.visible_to(person("esteve")).filter(project=projects["RDV"]).exists()  # she may read them
    with pytest.raises(Refused):
        acts.decide(person("lemercier"), proposal_of("SP-02"))


def test_rdv_lacks_a_provider_and_a_representative_and_nothing_else(projects: dict[str, Project]) -> None:
    with translation.override("en"):
        missing = missing_checks(projects["RDV"])
    assert [(check.item, check.role) for check in missing] == [(Item.PROVIDER, "MOE"), (Item.HELD, "DEST")]
    assert [check.sentence for check in missing] == [
        "Appoint a holder of the role MOE, or approve the gate by which it will be appointed.",
        "Appoint a representative of at least one recipient group as DEST.",
    ]
    deferred = Decision.objects.get(project=projects["RDV"], number=2)
    assert (deferred.outcome, deferred.return_on) == ("deferred", date(2026, 12, 14) + MOVED)
    assert "roles not all defined" in deferred.reasons


def _asked_again(author: str = "vautrin", adviser: str = "benali") -> Proposal:
    """Put the launch of RDV to its owner again, as the AMOA who came in October."""
    launch = proposal_of("RP-02")
    acts.edit(person(author), launch, title="Start RDV in December")
    acts.submit(person(author), launch)
    acts.advise(person(adviser), launch)
    return launch


def test_the_owner_cannot_launch_rdv_while_roles_are_undefined(projects: dict[str, Project]) -> None:
    launch = _asked_again()
    with pytest.raises(CannotTakeEffect) as refused:
        acts.decide(person("lemercier"), launch)
    told = refused.value.messages
    assert len(told) == 2
    assert "MOE" in told[0]
    assert "DEST" in told[1]
    launch.refresh_from_db()
    projects["RDV"].refresh_from_db()
    assert (launch.state, projects["RDV"].state) == ("ready_for_decision", ProjectState.DRAFT)
    assert Decision.objects.filter(project=projects["RDV"]).count() == 2


def test_rdv_is_launched_once_what_it_lacks_is_approved(projects: dict[str, Project]) -> None:
    appointment = proposal_of("RP-03")
    acts.advise(person("vautrin"), appointment)
    acts.decide(person("lemercier"), appointment)
    acts.accept_mandates(projects["RDV"])
    assert missing_checks(Project.objects.get(code="RDV")) == []
    acts.decide(person("lemercier"), _asked_again())
    assert Project.objects.get(code="RDV").state == ProjectState.ACTIVE


def test_lits_goes_live_with_a_reservation_that_is_still_open(projects: dict[str, Project]) -> None:
    conditions = Condition.objects.filter(decision__project=projects["LITS"]).order_by("decision__number", "number")
    told = [(c.decision.number, c.number, c.state) for c in conditions.select_related("decision")]
    assert told == [(5, 1, "met"), (6, 1, "open"), (6, 2, "met"), (9, 1, "open"), (10, 1, "open"), (10, 2, "open")]
    assert conditions.get(decision__number=6, number=1).text.startswith("Response time")


def test_the_recipients_give_their_opinion_where_the_matrix_lets_them(projects: dict[str, Project]) -> None:
    said = Opinion.objects.filter(revision__proposal__project=projects["LITS"], role="DEST")
    assert sorted(said.values_list("revision__proposal__number", flat=True)) == [2, 6]
    assert not [
        opinion
        for opinion in Opinion.objects.select_related("revision__proposal")
        if opinion.role == opinion.revision.proposal.author_role
    ]


def test_lits_has_its_recipients_and_its_requirements_in_their_states(projects: dict[str, Project]) -> None:
    lits = projects["LITS"]
    assert requirements(lits) == REQUIREMENTS
    assert groups(lits) == GROUPS
    assert lits.requirements.needs().count() == 4
    assert poorly_written(lits) == []
    assert untested(lits) == {"LIT-008"}


def test_the_forecast_leaves_lot_1_with_a_second_baseline(projects: dict[str, Project]) -> None:
    first, second = projects["LITS"].baselines.order_by("number")
    assert get_baseline_in_force(projects["LITS"]) == second
    dropped = set(first.versions.all()) - set(second.versions.all())
    assert {version.requirement.code for version in dropped} == {"LIT-008"}
    assert not set(second.versions.all()) - set(first.versions.all())
    assert projects["LITS"].requirements.get(code="LIT-008").in_force is None
    approved = Effect.objects.filter(decision__project=projects["LITS"], field="baseline").order_by("pk")
    assert [(e.decision.number, e.after) for e in approved.select_related("decision")] == [(2, "1"), (3, "2")]


def test_the_pilot_of_lits_is_accepted_with_two_reservations_that_name_their_defects(
    projects: dict[str, Project],
) -> None:
    found = results(projects["LITS"])["Pilot in three wards"]
    assert sorted(test for test, result in found.items() if result != "passed") == ["T-010", "T-013"]
    accepted = Effect.objects.get(decision__project=projects["LITS"], field="acceptance")
    assert (accepted.decision.number, accepted.subject_id) == (6, projects["LITS"].campaigns.get(number=2).pk)
    reservations = Condition.objects.filter(decision=accepted.decision).order_by("number")
    defects = projects["LITS"].defects.in_bulk([reservation.subject_id for reservation in reservations])
    told = [(defects[c.subject_id].title, defects[c.subject_id].state, c.state) for c in reservations]
    assert told == [
        ("An answer takes 3.4 seconds at shift change", "open", "open"),
        ("The label of isolation rooms shows a colour without the word", "closed", "met"),
    ]
    label = reservations[1]
    assert label.lifted_at is not None
    assert label.lifted_at.date() == date(2026, 10, 2) + MOVED


def test_a_failure_in_the_wards_led_back_what_the_laboratory_had_verified(projects: dict[str, Project]) -> None:
    slow = projects["LITS"].requirements.get(code="LIT-010")
    states = list(slow.history.order_by("history_date", "history_id").values_list("state", flat=True))
    told = [state for state, before in zip(states, ["", *states], strict=False) if state != before]
    assert told == ["proposed", "approved", "implemented", "verified", "implemented"]


def test_lits_tells_teaches_and_hears_its_recipients(projects: dict[str, Project]) -> None:
    lits = projects["LITS"]
    assert communications(lits) == COMMUNICATIONS
    nights = lits.trainings.filter(title__startswith="Night session")
    assert (nights.count(), nights.filter(state="done").count()) == (16, 5)
    assert sum(session.expected or 0 for session in nights) == 121
    assert [str(question) for question in lits.questions.open()] == ["LIT-010 Q2"]
    assert lits.feedback.filter(answer="").count() == 1


def test_the_twelve_standards_hold_for_lits_since_before_it_began(demo: None, db: None) -> None:
    project = Project.objects.get(code="LITS")
    held = StandardVersion.objects.filter(standard__in=Standard.objects.that_hold_for(project))
    begun = held.in_force(date(2026, 1, 19) + MOVED)
    assert begun.count() == 12
    assert {version.standard.project.code for version in begun.select_related("standard__project")} == {"SN28"}
    with_template = begun.exclude(template=None).select_related("standard")
    assert [version.standard.code for version in with_template] == ["STD-RISK"]
    rewritten = held.get(state="draft")
    assert (rewritten.standard.code, rewritten.number) == ("STD-RISK", 2)


def test_the_portfolio_archived_the_review_of_its_projects_with_two_questions_of_its_own(
    projects: dict[str, Project],
) -> None:
    review = projects["SN28"].reviews.exclude(content__has_key="review").get()
    assert (review.number, str(review.made_by), review.entered_afterwards) == (2, str(person("valette")), True)
    assert review.acted_at.astimezone(PARIS).date() == date(2026, 11, 24) + MOVED
    assert sorted(review.reviewed) == sorted(project.pk for project in projects.values())
    own = [asked["text"] for asked in review.content["questions"] if asked["text"].startswith("November, ")]
    assert len(own) == 2


def test_each_session_that_a_decision_cites_is_recorded() -> None:
    assert list_unrecorded() == []
    rows = DecisionList.objects.filter(project__code__in=["LITS", "PARCOURS"])
    assert [row.content["session"] for row in rows.order_by("session__day")] == [
        *(f"COPIL {number}" for number in (1, 2, 3)),
        "COSTRAT 1",
        *(f"COPIL {number}" for number in (4, 5, 6, 7)),
    ]
