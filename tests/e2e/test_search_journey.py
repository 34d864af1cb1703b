"""Test in a browser that everything is found and opened from the keyboard, in both languages and on a telephone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.effort import in_turn

Person = Callable[..., Page]

#: Language → names of the field, of a page of the menu, of one that begins something, and of the way to all results.
WORDS = {
    "en": ("Search or go to", "Decision register", "Raise a risk", "Search everything"),
    "fr": ("Chercher ou aller à", "Registre des décisions", "Signaler un risque", "Chercher partout"),
}


def open_palette(page: Page, language: str) -> Any:
    """Press Ctrl K and return the field of the palette."""
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name=WORDS[language][0])
    expect(field).to_be_focused()
    return field


@pytest.mark.parametrize("language", in_turn(0, [*WORDS]))
def test_a_code_a_word_and_a_page_are_opened_from_the_keyboard(person: Person, complaints: Any, language: str) -> None:
    _name, register, start, everything = WORDS[language]
    page = person("pmo", language=language)
    page.goto("/projects/ONE/")
    field = open_palette(page, language)
    options = page.get_by_role("option")
    expect(options.filter(has_text=start)).to_have_count(1)
    field.press_sequentially(register.lower()[:-2])
    expect(options.first).to_contain_text(register)
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/projects/ONE/register/$"))

    field = open_palette(page, language)
    field.press_sequentially("od11")
    expect(options.first).to_contain_text("OD-11")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/decisions/\d+/"))

    field = open_palette(page, language)
    field.press_sequentially("silting")
    expect(options.last).to_contain_text(everything)
    field.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=silting"))
    expect(page.locator("mark").first).to_have_text(re.compile("silting", re.IGNORECASE))
    assert complaints == []


def test_escape_closes_it_and_gives_the_focus_back(person: Person, complaints: Any) -> None:
    page = person("owner", language="en")
    page.goto("/projects/ONE/")
    field = open_palette(page, "en")
    field.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()
    expect(page.locator("[data-palette]")).to_be_focused()
    assert complaints == []


def test_keys_of_one_character_wait_for_the_switch(person: Person, complaints: Any) -> None:
    page = person("amoa", language="en")
    page.goto("/projects/ONE/")
    page.keyboard.press("/")
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.locator("summary.person").click()
    page.get_by_role("button", name="Shortcuts of one key").click()
    expect(page.locator("body[data-single-keys]")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search or go to")
    expect(field).to_be_focused()
    field.press_sequentially("/?")
    expect(field).to_have_value("/?")
    field.press("Escape")
    page.locator("summary.person").click()
    page.get_by_role("button", name="Shortcuts of one key").click()
    expect(page.locator("body[data-single-keys]")).to_have_count(0)
    assert complaints == []


def test_it_works_at_390_pixels_and_without_the_palette(person: Person, complaints: Any) -> None:
    page = person("owner", language="fr")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/projects/ONE/")
    page.locator("[data-palette]").click()
    box = page.locator("#palette").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.keyboard.press("Escape")
    page.goto("/search/?q=silting")
    expect(page.locator("mark").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert complaints == []
