"""Test fields that show when they are of use: filters on a telephone, those of recipients, sections of the settings."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.effort import in_turn

PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize(("language", "words"), in_turn(0, [("en", "Filters"), ("fr", "Filtres")]))
def test_a_telephone_shows_decisions_before_filters_and_the_filters_on_demand(
    language: str, words: str, person: Callable[..., Page], complaints: list[str]
) -> None:
    page = person("pmo", language=language, viewport=PHONE)
    page.goto("/projects/ONE/register/?outcome=approved&q=OD-13")
    fields, fold = page.locator("form#filters select"), page.locator("form#filters summary")
    expect(fold).to_have_text(f"{words} (1)")
    first = page.locator(".timeline > li").first.bounding_box()
    assert first
    assert first["y"] + first["height"] < PHONE["height"]
    expect(fields.first).to_be_hidden()
    with page.expect_navigation():
        page.locator("#q").press("Enter")
    assert "outcome=approved" in page.url
    fold.click()
    for field in fields.all():
        shown = field.bounding_box()
        assert shown
        assert shown["width"] > PHONE["width"] * 0.8, "no label is cut"
    page.set_viewport_size({"width": 1440, "height": 900})
    page.reload()
    expect(fold).to_be_hidden()
    expect(fields.first).to_be_visible()
    assert complaints == []


def test_the_fields_of_recipients_show_for_recipients_alone(person: Callable[..., Page], complaints: list[str]) -> None:
    page = person("owner")
    page.goto("/projects/ONE/mandates/appoint/")
    group, champion = page.get_by_label("Recipient group"), page.get_by_label("Champion of the group")
    for role, is_shown in (("PMO", False), ("DEST", True), ("CDP", False), ("DEST", True)):
        page.get_by_label("Role", exact=True).select_option(role)
        expect(group).to_be_visible(visible=is_shown)
        expect(champion).to_be_visible(visible=is_shown)
    page.goto("/projects/ONE/mandates/appoint/?role=DEST")
    expect(group).to_be_visible()
    assert complaints == []


def test_a_section_of_the_settings_is_saved_by_itself(person: Callable[..., Page], complaints: list[str]) -> None:
    page = person("staff_admin")
    page.goto("/administration/settings/")
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Deadlines").click()
    days = page.get_by_label("Days to give an opinion")
    before = days.input_value()
    days.fill("17")
    page.get_by_role("button", name="Save the settings").click()
    expect(page.get_by_text("The settings are saved.")).to_be_visible()
    assert page.url.endswith("/administration/settings/deadlines/")
    expect(days).to_have_value("17")
    days.fill(before)
    page.get_by_role("button", name="Save the settings").click()
    expect(days).to_have_value(before)
    assert complaints == []


@pytest.mark.parametrize(("language", "words"), in_turn(2, [("en", "Other actions"), ("fr", "Autres actions")]))
def test_a_telephone_shows_the_main_action_and_the_others_on_demand(
    language: str, words: str, person: Callable[..., Page], complaints: list[str]
) -> None:
    page = person("pmo", language=language, viewport=PHONE)
    page.goto("/projects/ONE/risks/")
    actions = page.locator(".page-head .actions")
    fold, main, grid = (
        actions.locator(".others > summary"),
        actions.locator("[data-kind=primary]"),
        actions.locator("a[href*=grid]"),
    )
    expect(fold).to_have_text(words)
    first, second = main.bounding_box(), fold.bounding_box()
    assert first
    assert second
    assert abs(first["y"] - second["y"]) < 4, "they share a line"
    expect(grid).to_be_hidden()
    fold.click()
    expect(grid).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.reload()
    expect(fold).to_be_hidden()
    expect(grid).to_be_visible()
    assert complaints == []
