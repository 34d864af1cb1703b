"""Test the first screen of each level on the demo: its questions in their order, without what belongs below."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse

from governance.desk.home.questions import OF_OFFICE, OF_OWNER, Question, is_of_office
from pmo.registers.weather.queries import WITHOUT, latest_reports
from pmo.registers.weather.services import publish_weather
from projects.enums import Level
from projects.models import Project
from tests.demo.scenarios import person

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def home(client: Any, code: str) -> Any:
    return client.get(reverse("governance:home:project_home", args=[code]), headers=ENGLISH)


def test_each_level_has_the_questions_of_its_owner_and_of_its_office() -> None:
    levels = {Level.PROJECT, Level.PROGRAMME, Level.PORTFOLIO}
    assert OF_OWNER.keys() == OF_OFFICE.keys() == levels
    assert Question.DUTIES not in OF_OWNER[Level.PROJECT]
    assert all(Question.DUTIES in order[level] for order in (OF_OWNER, OF_OFFICE) for level in levels - {Level.PROJECT})


@pytest.mark.parametrize(
    ("name", "code", "is_office"),
    [
        ("esteve", "SN28", False),
        ("valette", "SN28", True),
        ("hadji", "SN28", False),
        ("lemercier", "PARCOURS", False),
        ("benali", "PARCOURS", True),
        ("benali", "SN28", False),
        ("pradier", "LITS", False),
    ],
)
def test_the_office_is_the_adviser_who_keeps_the_budget(
    name: str, code: str, is_office: bool, demo: None, db: None
) -> None:
    assert is_of_office(person(name), Project.objects.get(code=code)) is is_office


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("esteve", "SN28"),
        ("valette", "SN28"),
        ("lemercier", "PARCOURS"),
        ("benali", "PARCOURS"),
        ("lemercier", "LITS"),
        ("benali", "LITS"),
    ],
)
def test_a_home_answers_in_the_order_of_its_reader(name: str, code: str, demo: None, db: None, client_of: Any) -> None:
    project, reader = Project.objects.get(code=code), person(name)
    page = home(client_of(reader), code)
    shown = [block.question for block in page.context["blocks"]]
    order = (OF_OFFICE if is_of_office(reader, project) else OF_OWNER)[project.level]
    assert shown == [question for question in order if question in shown]
    assert shown
    assert all(0 < len(block.answers) <= 3 for block in page.context["blocks"])
    for block in page.context["blocks"]:
        for answer in block.answers:
            assert client_of(reader).get(answer.url).status_code == 200, answer
    if project.has_parts:
        assert "not published" not in page.text
        assert page.context["leading"] == []


def test_obligations_below_are_one_figure_per_role_on_the_screens_above(demo: None, db: None, client_of: Any) -> None:
    page = client_of(person("esteve")).get(reverse("pmo:dashboards:dashboard", args=["SN28"]), headers=ENGLISH)
    own = client_of(person("esteve")).get(page.context["today"].late.routine_url)
    assert own.context["page"].found == page.context["today"].late.routine
    assert {row.project for row in own.context["page"].rows} <= {"SN28"}


def test_a_portfolio_has_a_state_and_no_weather(demo: None, db: None, client_of: Any) -> None:
    portfolio, client = Project.objects.get(code="SN28"), client_of(person("valette"))
    page = client.get(reverse("pmo:weather:weather", args=["SN28"]), headers=ENGLISH)
    assert "<title>State of the portfolio, " in page.text
    assert sum(page.context["state"].skies.values()) + page.context["state"].unknown > 0
    assert client.get(reverse("pmo:weather:weather_publish", args=["SN28"])).status_code == 404
    with pytest.raises(ValidationError, match=r"no weather|météo"):
        publish_weather(actor=person("valette"), project=portfolio, comment="Calm.", overall="sunny", reason="It is.")
    board = client.get(reverse("pmo:dashboards:dashboard", args=["SN28"]))
    assert board.context["state"] == page.context["state"]


def test_the_office_says_the_weather_of_a_programme_in_its_own_words(demo: None, db: None, client_of: Any) -> None:
    programme, office = Project.objects.get(code="PARCOURS"), person("benali")
    page = client_of(office).get(reverse("pmo:weather:weather", args=["PARCOURS"]), headers=ENGLISH)
    assert [line.aspect for line in page.context["lines"]] == ["benefits", "dependencies", "cost", "escalated"]
    assert page.context["computed"] is None
    with pytest.raises(ValidationError, match=r"overall|temps|weather"):
        publish_weather(actor=office, project=programme, comment="Calm.")
    report = publish_weather(
        actor=office, project=programme, comment="One project is late.", overall="cloudy", reason="Three go well."
    )
    assert (report.computed, report.overall, report.risk) == ("", "cloudy", "")


def test_a_portfolio_is_named_by_what_it_has(demo: None, db: None, client_of: Any) -> None:
    client = client_of(person("valette"))
    reviews = client.get(reverse("pmo:reviews:review_list", args=["SN28"]), headers=ENGLISH)
    assert "Monthly reviews" not in reviews.text
    assert "Reviews" in reviews.text
    portfolio, programme = (Project.objects.get(code=code) for code in ("SN28", "PARCOURS"))
    cells = latest_reports([portfolio, programme])
    assert cells[portfolio.pk] is WITHOUT
    shown = [render_to_string("pmo/registers/weather/_project_cell.html", {"cell": cell}) for cell in (WITHOUT, None)]
    assert ["publi" in html for html in shown] == [False, True], "a portfolio has no weather to publish"
