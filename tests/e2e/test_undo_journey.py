"""Test in Chromium what a change says of rows in force, what its undo gives back, and what red risks tell."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.effort import in_turn

Person = Callable[..., Page]
LISTED = "/projects/ONE/requirements/"
#: What the owner reads, in the language of their account.
RED = re.compile(r"ONE · \d+ (red risks|risques rouges)")
SAID = {
    "en": {
        "in force": "1 of 2 is in force: its text becomes a proposed version.",
        "undone": "1 row is as it was before.",
        "kept": "You cannot undo this for ONE-001.",
    },
    "fr": {
        "in force": "1 sur 2 est en vigueur\u202f: son texte devient une version proposée.",
        "undone": "1 ligne est revenue à son état précédent",
        "kept": "Vous ne pouvez pas annuler pour ONE-001.",
    },
}


def choose(page: Page, *codes: str, lot: str) -> None:
    """Tick these requirements and give them a lot from the bar."""
    page.goto(f"{LISTED}?q={codes[0].partition('-')[0]}")
    for code in codes:
        page.locator("main tr[data-row]", has_text=code).locator('[name="one"]').check()
    page.locator("#bulk_lot").fill(lot)
    with page.expect_navigation():
        page.locator("#bulk [data-kind='primary']").click()


def write(page: Page, title: str) -> None:
    """Write a draft."""
    page.goto(f"{LISTED}new/")
    page.locator("[name='title']").fill(title)
    with page.expect_navigation():
        page.locator("button[form='requirement'][data-kind='primary']:visible").first.click()


def test_a_change_of_a_requirement_in_force_is_confirmed_and_the_others_are_undone(
    person: Person, query: Any, complaints: Any
) -> None:
    pages = {language: person("amoa", language=language) for language in SAID}
    write(pages["en"], "Undone")
    [(code, before)] = query("SELECT code, lot FROM amoa_requirement WHERE title = 'Undone'")
    for language, page in pages.items():
        choose(page, "ONE-001", code, lot="Lot 90")
        expect(page.locator("main")).to_contain_text(SAID[language]["in force"])
    assert query("SELECT count(*) FROM amoa_requirement WHERE lot = 'Lot 90'") == [(0,)]
    page, said = pages["fr"], SAID["fr"]
    with page.expect_navigation():
        page.locator("main button[name='confirmed']").click()
    assert query("SELECT count(*) FROM amoa_requirement WHERE lot = 'Lot 90'") == [(2,)]
    for language in SAID:
        pages[language].goto(page.url)
        expect(pages[language].locator("main")).to_contain_text(SAID[language]["kept"])
    with page.expect_navigation():
        page.locator('main form[action*="/undo/"] button').click()
    expect(page.locator("main")).to_contain_text(said["undone"])
    expect(page.locator("main")).to_contain_text("ONE-001")
    assert query("SELECT code FROM amoa_requirement WHERE lot = 'Lot 90'") == [("ONE-001",)]
    assert query("SELECT lot FROM amoa_requirement WHERE code = %s", code) == [(before,)]
    assert complaints == []


@pytest.mark.parametrize("language", in_turn(0, [*SAID]))
def test_red_risks_of_a_file_lead_the_owner_to_their_list(language: str, person: Person, complaints: Any) -> None:
    keeper = person("pmo", language=language)
    names = [f"Swell {language} {number}" for number in range(3)]
    lines = [f"{name};The swell rises.;The dyke breaks.;A month is lost.;external;5;5" for name in names]
    table = "\n".join(["Risk;Cause;Event;Effect;Category;Likelihood;Impact", *lines])
    keeper.goto("/projects/ONE/import/risks/")
    file = {"name": "risks.csv", "mimeType": "text/csv", "buffer": table.encode()}
    keeper.locator('main input[type="file"]').set_input_files([file])  # type: ignore[list-item]
    for _step in ("read", "columns", "write"):
        with keeper.expect_navigation():
            keeper.locator("main form [data-kind='primary']").last.click()
    owner = person("owner", language=language)
    owner.goto("/notifications/")
    with owner.expect_navigation():
        owner.locator("main li.is-new a", has_text=RED).first.click()
    for name in names:
        expect(owner.locator("main")).to_contain_text(name)
    keeper.goto("/notifications/")
    expect(keeper.locator("main li.is-new", has_text=RED)).to_have_count(0)
    assert complaints == []
