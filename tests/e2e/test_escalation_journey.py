"""A risk that a project cannot settle goes up in a browser: rated above, answered by the owner there, read below."""

import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Person = Callable[..., Page]

WHY = "The port authority alone can close quay 2."
ANSWER = "We close the quay for a month, and the ferry lands at quay 4."
WAITS = {"fr": "En attente de réponse", "en": "Awaiting an answer"}
ACCEPTED = {"fr": "Accepté à ce niveau", "en": "Accepted at this level"}
BLOCK = {"fr": "1 risque remonté attend une réponse.", "en": "1 escalated risk awaits an answer."}


@pytest.fixture(scope="module")
def above(instance: dict[str, Any]) -> str:
    """Open a programme with a project below it, and return its code."""
    code = "from tests.e2e.above import open_below_a_programme; open_below_a_programme('PRG', 'LOW')"
    subprocess.run(  # noqa: S602 our own command
        f'{instance["commands"]["shell"]} --no-imports -c "{code}"',
        shell=True,
        check=True,
        timeout=120,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
    )
    return "PRG"


def send(page: Page) -> None:
    """Send the form of the page."""
    page.locator('main form button[data-kind="primary"]').click()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_risk_goes_up_is_rated_there_and_comes_back_with_an_answer(
    language: str, above: str, person: Person, query: Any, complaints: Any
) -> None:
    pmo, office, owner = (person(member, language=language) for member in ("pmo", "other_pmo", "other_owner"))
    [(risk,)] = query("SELECT id FROM pmo_risk WHERE code = %s", "LOWR-1" if language == "fr" else "LOWR-2")
    pmo.goto(f"/risks/{risk}/")
    pmo.locator(f'main a[href="/risks/{risk}/escalate/"]').click()
    pmo.locator('[name="because"]').fill(WHY)
    send(pmo)
    pmo.goto(f"/risks/{risk}/")
    expect(pmo.locator("main")).to_contain_text(WAITS[language])

    owner.goto(f"/projects/{above}/")
    expect(owner.locator("main")).to_contain_text(BLOCK[language])
    office.goto(f"/projects/{above}/risks/escalated/?state=raised")
    office.locator("main table tbody a").first.click()
    expect(office.locator("main")).to_contain_text(WHY)
    office.locator('main .actions a[href$="/rate/"]').click()
    office.locator('[name="likelihood"]').select_option("4")
    office.locator('[name="impact"]').select_option("3")
    send(office)

    owner.goto(f"/projects/{above}/risks/escalated/?state=raised")
    owner.locator("main table tbody a").first.click()
    owner.locator('main .actions a[href$="/answer/"]').click()
    owner.locator('[name="state"][value="accepted"]').check()
    owner.locator('[name="answer"]').fill(ANSWER)
    send(owner)
    expect(owner.locator("main")).to_contain_text(ACCEPTED[language])

    pmo.goto(f"/risks/{risk}/")
    expect(pmo.locator("main")).to_contain_text(ANSWER)
    pmo.set_viewport_size({"width": 390, "height": 800})
    assert pmo.evaluate("document.documentElement.scrollWidth <= innerWidth")
