"""A fact entered late marks an opinion, in a browser: from the administrator's form to the owner's dossier."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_journey import fill
from tests.effort import in_turn

Person = Callable[..., Page]

MARKED = {"fr": "Rendu alors que son auteur était lié au rôle MOE", "en": "Given while its author was tied to MOE"}
NO_LONGER = {
    "fr": "Les faits enregistrés depuis ne le confirment plus.",
    "en": "Facts recorded since no longer say so.",
}
SEAT = {"fr": "Pas d’indépendance vis-à-vis du rôle MOE", "en": "Not independent of MOE"}


def press(page: Page) -> None:
    """Press the button of the form, and wait for the next page."""
    with page.expect_navigation():
        page.locator('main form button[data-kind="primary"]').last.click()


def wait_for(page: Page, address: str, words: str) -> None:
    """Read the page again until it says so: the worker judges within seconds."""
    limit = time.monotonic() + 60
    while True:
        page.goto(address)
        if words in page.locator("main").inner_text():
            return
        assert time.monotonic() < limit, f"{address} never says {words}"
        time.sleep(0.5)


@pytest.mark.parametrize("language", in_turn(3, ["fr", "en"]))
def test_a_link_entered_late_marks_the_opinion_and_a_wrong_one_is_ended(
    language: str, person: Person, query: Any, complaints: Any
) -> None:
    owner, amoa, pmo, admin = (person(member, language=language) for member in ("owner", "amoa", "pmo", "staff_admin"))
    amoa.goto("/projects/ONE/proposals/new/?kind=change")
    address = fill(amoa, f"Second slipway ({language})")
    pmo.goto(address)
    pmo.locator('#advise [name="position"][value="favourable"]').check()
    pmo.locator('#advise [name="reasons"]').fill("The basin has room for it.")
    pmo.locator('#advise button[name="step"][value="review"]:visible').click()
    pmo.locator('button[name="step"][value="send"]').click()
    [(office, provider)] = query(
        "SELECT p.organisation_id, m.organisation_id FROM roles_user p, roles_user m"
        " WHERE p.email = 'pmo@example.org' AND m.email = 'moe@example.org'"
    )
    first = date.today() - timedelta(days=1)
    admin.goto("/administration/organisations/link/")
    admin.locator('[name="organisation"]').select_option(str(office))
    admin.locator('[name="kind"]').select_option("subcontractor")
    admin.locator('[name="other"]').select_option(str(provider))
    admin.locator('[name="starts_on"]').fill(str(first))
    admin.locator('[name="source"]').fill("Order form")
    press(admin)
    wait_for(owner, address, MARKED[language])
    owner.goto("/projects/ONE/mandates/")
    expect(owner.locator("main")).to_contain_text(SEAT[language])
    [(link, told)] = query(
        "SELECT (SELECT max(id) FROM projects_organisationlink), count(*) FROM projects_notification n"
        " JOIN roles_user u ON u.id = n.recipient_id"
        " WHERE n.reason = 'not_independent' AND u.email = 'owner@example.org'"
    )
    assert told >= 1
    admin.goto(f"/administration/organisations/links/{link}/end/")
    admin.locator('[name="ends_on"]').fill(str(first))
    press(admin)
    wait_for(owner, address, NO_LONGER[language])


@pytest.mark.parametrize("language", in_turn(4, ["fr", "en"]))
def test_a_person_changes_their_organisation_on_their_account(language: str, person: Person, complaints: Any) -> None:
    reader = person("outsider", language=language)
    reader.goto("/account/")
    with reader.expect_navigation():
        reader.locator('main a[href="/account/organisation/"]').click()
    reader.locator('[name="organisation"]').fill(f"Harbour pilots ({language})")
    reader.locator('[name="starts_on"]').fill("2026-01-05")
    press(reader)
    expect(reader.locator("main")).to_contain_text(f"Harbour pilots ({language})")
