"""Read in a browser what concerns one: decisions for recipients and the informed, and weather that is not known yet."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_journey import advise, decide, write

Person = Callable[..., Page]

NOT_YET = {
    "fr": "Pas encore calculé : aucune version de référence n’est approuvée.",
    "en": "Not computed yet: no baseline is approved.",
}


@pytest.mark.parametrize("language", ["fr", "en"])
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
        other.goto("/?kind=readings")
        expect(other.locator("main")).not_to_contain_text(title)
    reader.goto("/?kind=readings")
    reader.locator('main a[href*="/decisions/"]', has_text=title).first.click()
    expect(reader.locator("main")).to_contain_text(title)
    reader.locator('form[action$="/acknowledge/"] button').first.click()
    expect(reader.locator('form[action$="/acknowledge/"]')).to_have_count(0)
    reader.goto("/?kind=readings")
    expect(reader.locator("main")).not_to_contain_text(title)
    assert complaints == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_weather_before_a_baseline_is_not_computed_yet(language: str, person: Person, complaints: Any) -> None:
    page = person("other_pmo", language=language)
    page.goto("/projects/TWO/weather/publish/")
    expect(page.locator("main")).to_contain_text(NOT_YET[language])
    page.goto("/projects/TWO/weather/")
    expect(page.locator("main")).not_to_contain_text({"fr": "Orage", "en": "Storm"}[language])
    assert complaints == []
