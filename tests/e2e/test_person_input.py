"""Test in a browser how a person is picked by name, from the keyboard alone."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

Person = Callable[..., Page]


def test_a_person_is_picked_from_the_keyboard(person: Person, complaints: Any) -> None:
    page = person("owner", language="en")
    page.goto("/projects/ONE/mandates/delegate/")
    field, key = page.get_by_role("combobox", name="Person"), page.locator('[name="email_key"]')
    options = page.get_by_role("option")
    field.press_sequentially("solene")
    expect(options).to_have_count(1)
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "")
    name = options.first.locator("b").inner_text()
    field.press("Enter")
    expect(field).to_have_value(name)
    expect(key).not_to_have_value("")
    expect(options).to_have_count(0)
    field.press("Backspace")
    expect(key).to_have_value("")
    field.press_sequentially(name[-1])
    expect(options).to_have_count(1)
    field.press("Escape")
    expect(options).to_have_count(0)
    page.get_by_role("combobox", name="Person").press_sequentially(" nobody of that name")
    expect(page.get_by_role("status").filter(has_text="0 people match.")).to_be_visible()
    assert complaints == []
