"""Test second looks in a browser: an owner has an approval come back, and says later what became of it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_journey import advise, decide, write

Person = Callable[..., Page]

MEASURE = {"fr": "Part des équipages servis (%)", "en": "Share of crews served (%)"}
NOT_YET = {"fr": "Date à venir", "en": "Not yet due"}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_approval_with_expected_figures_comes_back_after_the_months_its_owner_chose(
    language: str, person: Person, complaints: Any
) -> None:
    owner, amoa, pmo = (person(member, language=language) for member in ("owner", "amoa", "pmo"))
    title = f"Ice for the crews ({language})"
    expected = {
        "options-0-expected_on": str(date.today() + timedelta(60)),
        "options-0-measure": MEASURE[language],
        "options-0-expected": "80",
    }
    address = write(amoa, title, amount="1800", impact_scope="None.", impact_cost="EUR 1,800.", **expected)
    expect(amoa.locator("main")).to_contain_text(MEASURE[language])
    advise(pmo, title)
    owner.goto(address)
    decide(owner, "approved", months="6")
    owner.goto("/projects/ONE/second-looks/")
    row = owner.locator("main tr").filter(has_text=title)
    expect(row).to_contain_text(NOT_YET[language])
    row.get_by_role("link").first.click()
    expect(owner.locator("main")).to_contain_text({"fr": "Second regard le", "en": "Second look on"}[language])
    assert complaints == []


def test_the_owner_looks_back_on_that_day_and_the_roles_involved_read_it(
    person: Person, instance: dict[str, Any], complaints: Any
) -> None:
    owner, pmo = person("owner", language="fr"), person("pmo", language="en")
    looked = instance["proposals"]["baseline_one"]
    owner.goto("/")
    owner.locator(f'main a[href="/decisions/{looked["decision"]}/second-look/"]').first.click()
    expect(owner.locator("h1")).to_contain_text("Porter un second regard sur la décision")
    owner.locator('[name="answer"][value="regretted"]').check()
    owner.locator('[name="reasons"]').fill("Trois exigences ont manqué dès le premier mois.")
    owner.locator('main form button[data-kind="primary"]').click()
    expect(owner.locator("main")).to_contain_text("Trois exigences ont manqué dès le premier mois.")
    pmo.goto("/projects/ONE/second-looks/")
    expect(pmo.locator("main")).to_contain_text("Regretted")
    pmo.goto("/notifications/")
    expect(pmo.locator("main")).to_contain_text("looked back at this decision")
    assert complaints == []
