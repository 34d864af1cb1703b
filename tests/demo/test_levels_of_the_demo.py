"""Test that the demo shows a portfolio and a programme at work: their own roles, shares, reviews and benefits."""

from typing import Any

import pytest

from governance.decide.obligations.enums import Standing
from governance.decide.obligations.queries import load_obligations
from governance.models import Decision, Effect
from governance.place.shares.models import Share
from pmo.registers.schedule.queries import list_late_dependencies, name_dependency
from pmo.registers.success_criteria.models import CriterionMeasure, SuccessCriterion
from pmo.steering.gates.stages import list_stages
from pmo.steering.strategy.queries import find_strategy
from projects.models import Project
from projects.organisation_settings.queries import today
from roles.enums import Authority
from tests.demo.scenarios import MOVED, person

pytestmark = pytest.mark.django_db
#: Every node above a project in the demo, with its method.
ABOVE = {"GDV-SI": "fr-portfolio", "CCO-SI": "fr-portfolio", "SN28": "fr-portfolio", "PARCOURS": "fr-programme"}


def said_on(project: str, number: int) -> set[str]:
    """Return the items that a decision passes, each with words of its owner."""
    decision = Decision.objects.get(project__code=project, number=number)
    assert all(word["because"] for word in decision.settled)
    return {word["item"] for word in decision.settled}


@pytest.mark.parametrize(("code", "pack"), ABOVE.items())
def test_a_level_of_the_demo_owes_nothing_for_a_role_that_it_lacks(code: str, pack: str, demo: None, db: None) -> None:
    node = Project.objects.get(code=code)
    assert node.pack_id == pack
    own = {role.code for role in node.roles()}
    assert Authority.DELIVERS not in {role.authority for role in node.roles()}
    rows = load_obligations(node)
    assert {row.role for row in rows} <= own
    assert {row.role for row in rows if row.standing == Standing.LATE} <= set(
        node.mandates.active().values_list("role__code", flat=True)
    )


def test_each_portfolio_of_the_demo_has_its_strategy_and_passed_its_opening_without_it(demo: None, db: None) -> None:
    for code in ("GDV-SI", "CCO-SI", "SN28"):
        assert find_strategy(Project.objects.get(code=code), today())
        assert said_on(code, 2) == {"criterion:strategy"}


def test_the_shares_of_the_demo_hold_and_one_place_is_withdrawn(demo: None, db: None) -> None:
    rows = Share.objects.held_on(today()).reverse().select_related("project", "part")  # the newest holds
    held = {(row.project.code, row.part.code): (int(row.amount), row.is_withdrawn) for row in rows}
    assert held == {
        ("SN28", "PARCOURS"): (1_070_000, False),
        ("PARCOURS", "LITS"): (620_000, False),
        ("PARCOURS", "RDV"): (450_000, False),
        ("CCO-SI", "GUICHET"): (310_000, False),
        ("CCO-SI", "BIBLIO"): (0, True),
    }
    left = Share.objects.get(part__code="BIBLIO", is_withdrawn=True)
    assert Project.objects.get(code="BIBLIO").state == "closed", "its owner decided what followed"
    closing = Decision.objects.get(project__code="BIBLIO", number=3)
    assert left.answer_by is not None
    assert left.acted_at < closing.acted_at
    assert closing.acted_at.date() <= left.answer_by


def test_a_late_dependency_of_the_demo_passed_with_words_and_a_quarterly_review_is_concluded(
    demo: None, db: None
) -> None:
    [late] = list_late_dependencies(Project.objects.get(code="LITS"))
    assert name_dependency(late) in said_on("LITS", 10)
    review = Project.objects.get(code="SN28").reviews.get(number=1)
    assert review.words == {"PARCOURS": "continue", "LITS": "watch", "RDV": "arbitrate"}
    concluded = Effect.objects.get(decision__project__code="SN28", decision__number=6)
    assert (concluded.field, concluded.subject_id) == ("review", review.pk)


def test_the_review_of_a_quarter_counts_for_it_though_it_is_concluded_after_its_end(demo: None, db: None) -> None:
    rows = load_obligations(Project.objects.get(code="SN28"))
    for code in ("PFMOA-04", "PFPMO-02"):
        found = {row.key[-2:]: row.standing for row in rows if row.duty.code == code}
        assert found.items() >= {"Q1": Standing.LATE, "Q2": Standing.LATE, "Q3": Standing.DONE}.items()


def test_the_weather_of_a_programme_is_computed_into_nothing_and_says_so_nowhere(
    demo: None, db: None, client_of: Any
) -> None:
    page = client_of(person("lemercier")).get("/projects/PARCOURS/weather/", headers={"Accept-Language": "en"}).text
    assert "Beds help in three wards" in page
    assert "Computed:" not in page


def test_a_task_on_a_programme_names_the_gate_as_its_level_does(demo: None, db: None, client_of: Any) -> None:
    page = client_of(person("lemercier")).get("/projects/PARCOURS/", headers={"Accept-Language": "en"}).text
    assert "(PG1 · definition)" in page
    assert "(G1 ·" not in page
    assert "Somebody who answers at night" in client_of(person("esteve")).get("/projects/SN28/").text


def test_the_programme_of_the_demo_is_defined_with_stages_and_measures_its_benefits(demo: None, db: None) -> None:
    programme = Project.objects.get(code="PARCOURS")
    assert programme.gate == "G1"
    assert [stage.effect for stage in list_stages(programme)] == [None, None]
    benefits = SuccessCriterion.objects.filter(project=programme).order_by("number")
    assert [(row.state, row.is_complete) for row in benefits] == [("approved", True)] * 2
    measures = CriterionMeasure.objects.filter(project=programme).order_by("criterion__number")
    assert [(row.value, row.met) for row in measures] == [("8.7", "partly"), ("11.2", "no")]


def test_a_benefit_of_the_demo_is_measured_after_its_project_was_closed(demo: None, db: None) -> None:
    closing = Decision.objects.get(project__code="BIBLIO", number=3)
    later = CriterionMeasure.objects.filter(project__code="BIBLIO", acted_at__gt=closing.acted_at)
    assert [(row.value, row.met) for row in later] == [("47", "partly")]


def test_the_portfolio_of_the_demo_ranks_what_it_holds(demo: None, db: None) -> None:
    ranked = Decision.objects.get(project__code="CCO-SI", number=6)
    assert ranked.content.terms["order"] == "GUICHET,BIBLIO"
    assert str(ranked.acted_at.date() - MOVED) == "2026-03-04"
