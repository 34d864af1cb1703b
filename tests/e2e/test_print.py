"""Test that lists and registers print: on several sheets, without controls, with what a screen folds."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.effort import in_turn


@pytest.mark.parametrize("language", in_turn(3, ["fr", "en"]))
def test_a_list_prints_on_several_sheets(person: Callable[..., Page], complaints: list[str], language: str) -> None:
    page = person("pmo", language=language)
    page.goto("/projects/ONE/obligations/")
    sheets = re.findall(rb"/Type /Page\b", page.pdf(format="A4", prefer_css_page_size=True))
    assert len(sheets) > 1
    assert complaints == []


def test_paper_has_no_controls_and_cuts_a_long_card_between_its_rows(
    person: Callable[..., Page], complaints: list[str]
) -> None:
    page = person("pmo")
    page.goto("/projects/ONE/register/")
    page.emulate_media(media="print")
    for place in ("nav.sidenav", "header.topbar", "main form", "main .btn"):
        assert page.locator(place).locator("visible=true").count() == 0
    card = page.locator(".card:has(.timeline)")
    expect(card).to_have_css("break-inside", "auto")
    expect(card.locator(".timeline > li").first).to_have_css("break-inside", "avoid")
    assert complaints == []


def test_paper_shows_what_is_folded_on_the_screen(person: Callable[..., Page], complaints: list[str]) -> None:
    page = person("pmo")
    page.goto("/projects/ONE/dashboard/")
    folded = page.locator("main details:not([open])").first.locator("table")
    expect(folded).to_be_hidden()
    page.emulate_media(media="print")
    expect(folded).to_be_visible()
    assert complaints == []
