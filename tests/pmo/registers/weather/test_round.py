"""Test the weather of several projects in a row: what a form shows, where it leads, and whose projects it names."""

from typing import Any

import pytest
from django.utils import timezone

from pmo.models import WeatherReport
from pmo.registers.weather.services import publish_weather
from projects.seats.mandates.services import appoint, found_project
from roles.models import RoleTemplate
from tests import acts

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_of: Any, pmo: Any, owner: Any, staff_admin: Any, project_one: Any) -> Any:
    """Sign in the PMO of project one, whose weather is published, and of two others, who reads English."""
    role = RoleTemplate.objects.get(pack="fr", code="PMO", state="published")
    days = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE}
    for code in ("WA", "WB"):
        words = {"code": code, "prefix": code, "title_fr": code, "title_en": code, "language": "en"}
        project = found_project(actor=staff_admin, owner=owner, fields=words | days)
        appoint(actor=owner, project=project, role=role, holder=pmo)
        acts.accept_mandates(project)
    publish_weather(actor=pmo, project=project_one, comment="No effect.")
    client = client_of(pmo)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def text(response: Any) -> str:
    """Return the page as one line of words."""
    return " ".join(response.content.decode().split())


def test_the_form_shows_the_aspects_of_today_and_the_last_report(pmo: Any, project_one: Any, client_of: Any) -> None:
    client = client_of(pmo)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    publish_weather(actor=pmo, project=project_one, comment="The quay is late: the crew works on Saturdays.")
    page = text(client.get("/projects/ONE/weather/publish/"))
    for words in ("Computed today", "whose text in force has not changed: ", "The last report", "on Saturdays"):
        assert words in page


def test_publishing_leads_from_one_project_to_the_next(browser: Any) -> None:
    first = browser.get("/weather/")
    assert first["Location"] == "/weather/WA/"
    page = text(browser.get("/weather/WA/"))
    assert "2 of your 3 projects lack the weather of this month." in page
    assert "Publish and next" in page
    assert 'href="/weather/ONE/"' in page
    report = {"comment": "No effect.", "overall": "sunny", "reason": "Nothing is planned yet."}
    answer = browser.post("/weather/WA/", report, follow=True)
    assert answer.redirect_chain[-1][0] == "/weather/WB/"
    page = text(answer)
    assert "The weather is published." in page
    assert "1 of your 3 projects lacks the weather of this month." in page
    assert "Publish and next" not in page
    assert browser.post("/weather/WB/", report)["Location"] == "/projects/WB/weather/"
    found = WeatherReport.objects.filter(comment="No effect.").values_list("project__code", flat=True)
    assert set(found) == {"ONE", "WA", "WB"}
    assert "The weather of all your projects is published." in text(browser.get("/weather/", follow=True))


def test_a_report_that_is_refused_keeps_its_text_on_the_page_of_its_project(browser: Any) -> None:
    posted = {"comment": "", "overall": "sunny", "reason": "The storm is over."}
    refused = browser.post("/weather/WA/", posted)
    assert refused.status_code == 422
    assert "Describe the effect and the action." in text(refused)
    assert "The storm is over." in text(refused)
    assert not WeatherReport.objects.filter(project__code="WA").exists()


@pytest.mark.parametrize(("member", "status"), [("owner", 403), ("recipient", 403), ("outsider", 404)])
def test_only_who_follows_a_project_has_its_form(
    member: str, status: int, cast: dict[str, Any], client_of: Any
) -> None:
    client, before = client_of(cast[member]), WeatherReport.objects.count()
    assert client.get("/weather/").status_code == 404
    assert client.get("/weather/ONE/").status_code == status
    assert client.post("/weather/ONE/", {"comment": "No effect."}).status_code == status
    assert WeatherReport.objects.count() == before
