"""Test evidence given by hand in a browser: too early, too short, not received, given again, received."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.effort import in_turn

Person = Callable[..., Page]

#: language → the role that gives evidence every month, its holder, the responsibility; the PMO receives it.
GIVEN = {"fr": ("MOE", "moe", "MOE-02"), "en": ("AMOA", "amoa", "AMOA-07")}
#: A report of a month is accepted in its last working days, holidays among them.
LAST_DAYS = timedelta(days=14)
SHORT = "aaa"
WHY = "Nobody can tell from these letters what was done."
WORDS = "The plan of the month and what was built are in the shared folder, version 3."
WORDS_OF = {
    "fr": {
        "not run": "la période n’est pas écoulée",
        "not yet": "Il comptera une fois bien reçu",
        "until": "À vérifier avant le",
        "gone": "Sans pièce récente",
        "late": "En retard",
        "not received": "Non reçu",
        "received": "Bien reçu",
        "given": "Remise, à vérifier",
        "done": "Remplie",
        "fresh": "À jour",
    },
    "en": {
        "not run": "is not over yet",
        "not yet": "It counts once PMO has received it",
        "until": "PMO has until",
        "gone": "No recent evidence",
        "late": "Late",
        "not received": "Not received",
        "received": "Received",
        "given": "Given, to be checked",
        "done": "Fulfilled",
        "fresh": "Up to date",
    },
}


def give(page: Page, address: str, note: str) -> None:
    """Send this text as evidence of the obligation at this address."""
    page.goto(f"{address}fulfil/")
    page.locator('[name="note"]').fill(note)
    page.locator("main form.card button[data-kind=primary]").click()


def check(page: Page, address: str, verdict: str, reason: str = "") -> None:
    """Find the evidence at this address among the tasks, and say this word on it."""
    page.goto("/?kind=evidence")
    page.locator(f'main a[href="{address}check/"]').first.click()
    page.locator(f'[name="verdict"][value="{verdict}"]').check()
    page.locator('[name="reason"]').fill(reason)
    page.locator("main form.card button[data-kind=primary]").click()


@pytest.mark.parametrize("language", in_turn(2, ["fr", "en"]))
def test_evidence_is_given_again_until_its_receiver_has_it(
    language: str, person: Person, query: Any, complaints: Any
) -> None:
    role, member, duty = GIVEN[language]
    words, of_role = WORDS_OF[language], f"/projects/ONE/obligations/{role}/{duty}/"
    giver, pmo = person(member, language=language), person("pmo", language=language)

    def count() -> int:
        [(number,)] = query("SELECT count(*) FROM governance_discharge WHERE role = %s AND duty = %s", role, duty)
        return int(number)

    given, today = count(), date.today()
    giver.goto(f"/projects/ONE/roles/responsibilities/?role={role}")
    line = giver.locator("tbody tr", has_text=duty)
    expect(line).to_contain_text(words["gone"])
    if today.replace(day=monthrange(today.year, today.month)[1]) - today > LAST_DAYS:
        give(giver, f"{of_role}{today:%Y-%m}/", WORDS)
        expect(giver.locator("main")).to_contain_text(words["not run"])
        assert count() == given

    giver.goto(f"/projects/ONE/obligations/?role={role}&q={duty}&standing=late")
    last = giver.locator(f'tbody a[href^="{of_role}"][href$="/fulfil/"]').last
    address = str(last.get_attribute("href")).removesuffix("fulfil/")
    give(giver, address, SHORT)
    expect(giver.locator("body")).to_contain_text(words["not yet"])
    giver.goto(f"{address}evidence/")
    expect(giver.locator("main .lede")).to_contain_text(words["late"])

    check(pmo, address, "not_received", WHY)
    giver.goto("/notifications/")
    giver.locator("main li, main tr").filter(has_text=duty).get_by_role("link").first.click()
    expect(giver).to_have_url(f"{giver.url.split('/projects/')[0]}{address}evidence/")
    for text in (SHORT, words["not received"], WHY):
        expect(giver.locator("main")).to_contain_text(text)
    giver.locator(f'main a[href="{address}fulfil/"]').click()
    giver.locator('[name="note"]').fill(WORDS)
    giver.locator("main form.card button[data-kind=primary]").click()
    expect(giver.locator("body")).to_contain_text(words["until"])
    giver.goto(f"{address}evidence/")
    expect(giver.locator("main .lede")).to_contain_text(words["given"])

    check(pmo, address, "received")
    giver.goto(f"{address}evidence/")
    expect(giver.locator("main .lede")).to_contain_text(words["done"])
    for text in (SHORT, WHY, WORDS, words["received"]):
        expect(giver.locator("main")).to_contain_text(text)
    assert count() == given + 2
    giver.goto(f"/projects/ONE/roles/responsibilities/?role={role}")
    expect(line).to_contain_text(words["fresh"])
    assert [text for text in complaints if "422" not in text] == []
