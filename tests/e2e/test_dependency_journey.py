"""A project needs something before it is forecast, in a browser: its owner decides with a word, and others read it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_journey import REASONS, decide, fill, select
from tests.effort import in_turn

Person = Callable[..., Page]

NEEDED, FORECAST = date.today() + timedelta(60), date.today() + timedelta(79)
WORD = "The divers map by hand until the archive is open."
ADVICE = "The archive is late, the quays are not."
TOO_LATE = {"fr": "Trop tard", "en": "Too late"}
ENTER = {"fr": "Saisissez les motifs.", "en": "Enter the reasons."}


def need(page: Page, what: str) -> None:
    """Add a dependency of project two on project three, which forecasts it too late."""
    page.goto("/projects/TWO/schedule/dependencies/new/")
    for name, text in {"needs": "THREE", "what": what, "needed_on": NEEDED, "provided_on": FORECAST}.items():
        page.locator(f'[name="{name}"]').fill(str(text))
    page.locator('main form button[data-kind="primary"]').click()
    expect(page.locator("main")).to_contain_text(what)


def advise(page: Page, address: str) -> None:
    """Send an opinion through its review."""
    page.goto(address)
    page.locator('#advise [name="position"][value="favourable"]').check()
    page.locator('#advise [name="reasons"]').fill(ADVICE)
    page.locator('#advise button[name="step"][value="review"]:visible').click()
    page.locator('button[name="step"][value="send"]').click()
    expect(page.locator("main")).to_contain_text(ADVICE)


@pytest.mark.parametrize("language", in_turn(2, ["fr", "en"]))
def test_what_is_needed_too_late_passes_with_a_word_of_the_owner_in_need(
    language: str, person: Person, query: Any, complaints: Any
) -> None:
    what = f"The maps of the archive ({language})"
    pmo, amoa, owner = (person(member, language=language) for member in ("other_pmo", "other_amoa", "other_owner"))
    need(pmo, what)
    expect(pmo.locator("main")).to_contain_text(TOO_LATE[language])
    pmo.goto("/projects/TWO/proposals/new/?kind=schedule")
    ends = str(date.today() + timedelta(500))
    address = fill(pmo, f"New end ({language})", **{"terms-ends_on": ends, "impact_schedule": "Later."})
    advise(amoa, address)

    owner.goto(address)
    form = owner.locator('form[action$="/decide/"]')
    select(form.locator('[data-option="recommended"] input'))
    select(form.locator('[name="outcome"][value="approved"]'))
    form.locator('[name="reasons"]').first.fill(REASONS)
    form.locator('button[name="step"][value="review"]:visible').click()
    expect(owner.locator("main")).to_contain_text(ENTER[language])
    rows = query("SELECT id FROM pmo_dependency WHERE state = 'open' AND provided_on > needed_on ORDER BY id")
    decide(owner, "approved", **{f"demand-dependency:{row}": WORD for (row,) in rows})
    expect(owner.locator("main")).to_contain_text(WORD)

    for reader, code in ((owner, "TWO"), (pmo, "THREE")):
        reader.goto(f"/projects/{code}/schedule/")
        line = reader.locator("tr", has_text=what)
        expect(line).to_contain_text(WORD)
        expect(line).to_contain_text(TOO_LATE[language])
