"""SOURCES: a portfolio, a programme, a project that runs and one that its launch gate holds back (R3)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from governance.decisions.effects import CannotTakeEffect
from governance.models import Condition, Decision, LedgerEvent, Notification, Opinion, Proposal
from governance.proofs.verification import verify
from projects.enums import Level, ProjectState
from projects.matrix.launch import Item, lacking
from projects.models import Project
from projects.rules import owners
from roles.access import Refused
from tests.acts import advised, decided, edited, submitted
from tests.scenarios import answers, files, incompatible, person, proposal_of, standing

pytestmark = pytest.mark.django_db
CODES = ("SN28", "PARCOURS", "LITS", "RDV")

#: domain.md §9.3, with the files of each level and the launches: file → its author's role, kind and state.
FILES = {
    "SP-01": ("PMO", "appointment", "decided"),
    "SP-02": ("PMO", "gate", "decided"),
    "PP-01": ("PMO", "appointment", "decided"),
    "PP-02": ("PMO", "gate", "decided"),
    "PP-03": ("PMO", "arbitration", "decided"),
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
    "RP-01": ("PMO", "appointment", "decided"),
    "RP-02": ("AMOA", "gate", "deferred"),
    "RP-03": ("PMO", "appointment", "submitted"),
}
#: decision → file, outcome, day, who signed.
ANSWERS = {
    "SD-01": ("SP-01", "approved", "2026-01-05", "Estève"),
    "SD-02": ("SP-02", "approved", "2026-01-07", "Estève"),
    "PD-01": ("PP-01", "approved", "2026-01-14", "Lemercier"),
    "PD-02": ("PP-02", "approved", "2026-01-16", "Lemercier"),
    "PD-03": ("PP-03", "approved", "2026-05-11", "Lemercier"),
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
    "RD-01": ("RP-01", "approved", "2026-09-14", "Lemercier"),
    "RD-02": ("RP-02", "deferred", "2026-09-21", "Lemercier"),
}


@pytest.fixture(scope="module")
def sources(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """SOURCES, entered once for the tests of this file."""
    with standing("sources", django_db_blocker):
        yield


@pytest.fixture
def projects(sources: None, db: None) -> dict[str, Project]:
    """The portfolio, the programme and the two projects of SOURCES, by their code."""
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
    """The owner of the portfolio owns neither programme nor project, and theirs does not own the portfolio."""
    with pytest.raises(Refused):
        decided(person("esteve"), proposal_of("RP-03"))
    assert not Proposal.objects.visible_to(person("esteve")).exclude(project=projects["SN28"]).exists()
    with pytest.raises(Refused):
        decided(person("lemercier"), proposal_of("SP-02"))


def test_rdv_lacks_a_provider_and_a_representative_and_nothing_else(projects: dict[str, Project]) -> None:
    with translation.override("en"):
        missing = lacking(projects["RDV"])
    assert [(check.item, check.role) for check in missing] == [(Item.PROVIDER, "MOE"), (Item.HELD, "DEST")]
    assert [check.sentence for check in missing] == [
        "Appoint a holder of the role MOE, or approve the gate by which it will be appointed.",
        "Appoint a representative of at least one recipient group as DEST.",
    ]
    deferred = Decision.objects.get(project=projects["RDV"], number=2)
    assert (deferred.outcome, deferred.return_on) == ("deferred", date(2026, 12, 14))
    assert "roles not all defined" in deferred.reasons


def _asked_again(author: str = "vautrin", adviser: str = "benali") -> Proposal:
    """The launch of RDV, put to its owner again by the AMOA who came in October."""
    launch = proposal_of("RP-02")
    edited(person(author), launch, title="Start RDV in December")
    submitted(person(author), launch)
    advised(person(adviser), launch)
    return launch


def test_the_owner_cannot_launch_rdv_while_roles_are_undefined(projects: dict[str, Project]) -> None:
    launch = _asked_again()
    with pytest.raises(CannotTakeEffect) as refused:
        decided(person("lemercier"), launch)
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
    advised(person("vautrin"), appointment)
    decided(person("lemercier"), appointment)
    assert lacking(Project.objects.get(code="RDV")) == []
    decided(person("lemercier"), _asked_again())
    assert Project.objects.get(code="RDV").state == ProjectState.ACTIVE


def test_lits_goes_live_with_a_reservation_that_is_still_open(projects: dict[str, Project]) -> None:
    conditions = Condition.objects.filter(decision__project=projects["LITS"]).order_by("decision__number", "number")
    told = [(c.decision.number, c.number, c.state) for c in conditions.select_related("decision")]
    assert told == [(5, 1, "met"), (6, 1, "open"), (6, 2, "met"), (9, 1, "open"), (10, 1, "open"), (10, 2, "open")]
    assert conditions.get(decision__number=6, number=1).text.startswith("Reservation: response time")


def test_the_recipients_give_their_opinion_where_the_matrix_lets_them(projects: dict[str, Project]) -> None:
    said = Opinion.objects.filter(revision__proposal__project=projects["LITS"], role="DEST")
    assert sorted(said.values_list("revision__proposal__number", flat=True)) == [2, 6]
    assert not [
        opinion
        for opinion in Opinion.objects.select_related("revision__proposal")
        if opinion.role == opinion.revision.proposal.author_role
    ]
