"""The owner takes another option than the recommended one, in a browser, from the proposal to the register."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_journey import decide, expect_budget, fill, unfold
from tests.effort import in_turn

Person = Callable[..., Page]

WHY = "School families would ride without a ticket for six months."
BUDGET = {"fr": 4_455_000, "en": 4_466_000}
PREFERS = {"fr": "Préfère l’option B", "en": "Prefers option B"}
AGAINST = {"fr": "A était recommandée", "en": "A was recommended"}


def offer(page: Page, title: str, budget: int) -> str:
    """Write and submit a budget whose second option has a budget of its own; return the path of its dossier."""
    page.goto("/projects/ONE/proposals/new/?kind=budget")
    unfold(page)
    page.locator('[name="recommended"]').select_option("A")
    expect(page.locator('[name="options-0-changes"]')).to_be_hidden()  # said once, above
    expect(page.locator('[name="options-1-own-budget"]')).to_be_hidden()
    page.locator('[name="options-1-changes"]').select_option("own")
    page.locator('[name="options-1-own-budget"]').fill(str(budget))
    return fill(page, title, **{"terms-budget": "4400000", "options-1-amount": "2 450 000"})


def advise(page: Page, address: str, language: str) -> None:
    """Prefer the second option, and send the opinion through its review."""
    page.goto(address)
    page.locator('#advise [name="preferred"][value="B"]').check()
    page.locator('#advise [name="position"][value="with_reservations"]').check()
    page.locator('#advise [name="reasons"]').fill("It serves the school lines.")
    page.locator('#advise button[name="step"][value="review"]:visible').click()
    page.locator('button[name="step"][value="send"]').click()
    expect(page.locator("main")).to_contain_text(PREFERS[language])


@pytest.mark.parametrize("language", in_turn(2, ["fr", "en"]))
def test_the_owner_takes_another_option_than_the_recommended_one(
    language: str, person: Person, query: Any, complaints: Any
) -> None:
    title, budget = f"Pilot depot ({language})", BUDGET[language]
    owner, amoa, pmo = (person(member, language=language) for member in ("owner", "amoa", "pmo"))
    address = offer(amoa, title, budget)
    advise(pmo, address, language)
    owner.goto(address)
    form = owner.locator('form[action$="/decide/"]')
    expect(form.locator('[data-option="another"]').first).to_contain_text(re.compile("000"))
    expect(form.locator('[name="why_not"]')).to_be_hidden()
    form.locator('[data-option="none"] input').check()
    expect(form.locator('[name="outcome"][value="approved"]')).to_be_hidden()
    form.locator('[name="option"][value="B"]').check()
    expect(form.locator('[name="outcome"][value="rejected"]')).to_be_hidden()
    decide(owner, "approved", option="B", why_not=WHY)
    expect(owner.locator("main")).to_contain_text(WHY)
    expect(owner.locator("main")).to_contain_text(AGAINST[language])
    expect_budget(owner, budget)
    owner.goto("/projects/ONE/register/?option=other")
    expect(owner.get_by_role("link", name=title)).to_have_count(1)
    [row] = query("SELECT option, why_not FROM governance_decision ORDER BY id DESC LIMIT 1")
    assert row == ("B", WHY)
