"""Read in a browser what concerns one: decisions for recipients and the informed, and weather that is not known yet."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_counted_clicks import run_in_shell
from tests.e2e.test_journey import advise, decide, write
from tests.effort import in_turn

Person = Callable[..., Page]

READ = {"fr": "Lire la décision", "en": "Read the decision"}
#: Writes a must-have requirement on a project that nobody has launched yet.
MUST = """
from projects.models import Project
from roles.models import User
from tests.amoa.requirements.factories import write
write(User.objects.get(email='other.amoa@example.org'), Project.objects.get(code='TWO'), priority='must')
"""
NOT_YET = {
    "fr": "Pas encore calculé\u202f: aucune version de référence n’est approuvée.",
    "en": "Not computed yet: no baseline is approved.",
}


def find_reading(page: Page, title: str) -> Locator:
    """Open My tasks, and find there the task to read the decision with this title, on the page that has it."""
    page.goto("/?kind=readings")
    language = page.locator("html").get_attribute("lang") or ""  # an account may have chosen another one before
    found = page.locator("main .items h3 a").filter(has_text=READ[language]).filter(has_text=title)
    further = page.locator('main a[href*="after="]')
    expect(page.locator("h1")).to_be_visible()
    while not found.count() and further.count():
        with page.expect_navigation():
            further.click()
    return found


@pytest.mark.parametrize("language", in_turn(0, ["fr", "en"]))
def test_a_decision_is_to_be_read_by_recipients_and_not_by_who_advised_or_decided(
    language: str, person: Person, complaints: Any
) -> None:
    owner, amoa, pmo, reader = (person(member, language=language) for member in ("owner", "amoa", "pmo", "recipient"))
    title = f"Read by the crews ({language})"
    address = write(amoa, title, amount="1800", impact_scope="None.", impact_cost="EUR 1,800.")
    advise(pmo, title)
    owner.goto(address)
    decide(owner, "approved")
    for other in (owner, amoa, pmo):
        expect(find_reading(other, title)).to_have_count(0)
    find_reading(reader, title).click()
    expect(reader.locator("main")).to_contain_text(title)
    reader.locator('form[action$="/read/"] button').first.click()
    expect(reader.locator('form[action$="/read/"]')).to_have_count(0)
    expect(find_reading(reader, title)).to_have_count(0)
    assert complaints == []


@pytest.mark.parametrize("language", in_turn(2, ["fr", "en"]))
def test_the_weather_before_a_baseline_is_not_computed_yet(
    language: str, person: Person, instance: dict[str, Any], complaints: Any
) -> None:
    run_in_shell(instance, MUST)
    page = person("other_pmo", language=language)
    page.goto("/projects/TWO/weather/publish/")
    expect(page.locator("main")).to_contain_text(NOT_YET[language])
    page.goto("/projects/TWO/weather/")
    expect(page.locator("main")).not_to_contain_text({"fr": "Orage", "en": "Storm"}[language])
    assert complaints == []
