"""A session in a browser: founded, prepared, convened and opened by its secretary, followed by the owner from afar."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from tests.effort import in_turn

#: Language → kind of a body that the cast has not, and the names of what is pressed.
WORDS = {
    "en": ("coproj", "Sessions", "Prepare a session", "Follow the session", "Next item", "Previous item"),
    "fr": ("cotech", "Séances", "Préparer une séance", "Suivre la séance", "Point suivant", "Point précédent"),
}
WIDTHS = (1440, 768, 390)
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
VIOLATIONS = "() => axe.run().then(found => found.violations.map(one => `${one.id}: ${one.nodes[0].html}`))"


def submit(page: Page) -> None:
    """Press the button of the form of a page."""
    page.locator("main form button.btn[data-kind=primary]").last.press("Enter")


def go(page: Page, ending: str) -> None:
    """Follow the first link of a page whose address ends so."""
    page.locator(f'main a[href$="{ending}"]').first.press("Enter")


@pytest.mark.parametrize("language", in_turn(0, [*WORDS]))
def test_the_owner_follows_from_afar_the_session_that_the_secretary_runs(
    person: Callable[..., Page], complaints: Any, language: str
) -> None:
    kind, menu, prepare, follow, following, previous = WORDS[language]
    secretary = person("pmo", language=language)
    secretary.goto("/projects/ONE/")
    secretary.get_by_role("navigation").get_by_role("link", name=menu, exact=True).press("Enter")
    go(secretary, f"/bodies/new/?kind={kind}")
    submit(secretary)
    secretary.get_by_role("link", name=prepare).first.press("Enter")
    secretary.locator("input[name=day]").fill(str(timezone.localdate() + timedelta(days=3)))
    submit(secretary)
    for act in ("convene", "open"):
        go(secretary, f"/{act}/")
        submit(secretary)
    secretary.get_by_role("link", name=follow).press("Enter")
    shown = secretary.locator("#shown")
    first = shown.inner_text()

    owner = person("owner", language=language)
    owner.goto(secretary.url)
    heard, told = owner.locator("#shown"), owner.locator("#room-told")
    expect(heard).to_have_text(first)
    secretary.get_by_role("button", name=following).press("Enter")
    expect(shown).not_to_have_text(first)
    expect(heard).to_have_text(shown.inner_text())
    expect(told).to_have_text(shown.inner_text())
    for page in (secretary, owner):
        _look_at(page)
    secretary.get_by_role("button", name=previous).press("Enter")
    expect(heard).to_have_text(first)

    _note(secretary.locator("#room-note"), secretary)
    expect(secretary.locator("#screen")).to_contain_text("The calendar was read.")
    expect(owner.locator("#screen")).to_contain_text("The calendar was read.")
    assert complaints == []


def _look_at(page: Page) -> None:
    """Ask that a page is accessible and no wider than its screen."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(WIDER) <= 0, width
        page.evaluate(AXE_SCRIPT)
        assert page.evaluate(VIOLATIONS) == [], width
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})


def _note(link: Locator, page: Page) -> None:
    """Note the item that is shown, which leads back to the room."""
    link.press("Enter")
    page.locator("textarea[name=note]").fill("The calendar was read.")
    submit(page)
