"""My calendar in a browser: its views and filters at three widths, from the keyboard, and its address."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.effort import in_turn

#: Language → names of the page, of its views, of a kind, and of the buttons of its address.
WORDS = {
    "en": (
        "My calendar",
        ("Month", "List", "Roadmap of the year"),
        "Decision due",
        "Create the address",
        "Stop this address",
    ),
    "fr": (
        "Mon calendrier",
        ("Mois", "Liste", "Feuille de route de l’année"),
        "Décision attendue",
        "Créer l’adresse",
        "Arrêter cette adresse",
    ),
}
WIDTHS = (1440, 768, 390)
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
VIOLATIONS = "() => axe.run().then(found => found.violations.map(one => `${one.id}: ${one.nodes[0].html}`))"


@pytest.mark.parametrize("language", in_turn(0, [*WORDS]))
def test_a_person_reads_their_calendar_and_takes_it_along(
    person: Callable[..., Page], complaints: Any, language: str
) -> None:
    name, views, kind, create, stop = WORDS[language]
    page = person("pmo", language=language)
    page.goto("/")
    page.get_by_role("navigation").get_by_role("link", name=name).click()
    for view in views:
        page.get_by_role("link", name=view, exact=True).press("Enter")
        expect(page.get_by_role("link", name=view, exact=True)).to_have_attribute("aria-current", "true")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(WIDER) <= 0, (view, width)
            page.evaluate(AXE_SCRIPT)
            assert page.evaluate(VIOLATIONS) == [], (view, width)
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})

    page.get_by_role("link", name=views[1], exact=True).press("Enter")
    page.get_by_role("link", name=re.compile(f"^{kind} ?\\d+$")).press("Enter")
    expect(page).to_have_url(re.compile("kind=decision"))
    shown = page.locator(".calendar-list .kind")
    assert set(shown.all_inner_texts()) == {kind}

    page.get_by_role("button", name=create).press("Enter")
    address = page.locator("a[href$='.ics']")
    told = page.request.get(address.get_attribute("href") or "")
    assert told.status == 200
    assert "BEGIN:VEVENT" in told.text()
    path = address.get_attribute("href") or ""
    page.get_by_role("button", name=stop).press("Enter")
    expect(address).to_have_count(0)
    assert page.request.get(path).status == 404
    assert complaints == []
