"""Test in Chromium that text survives an ended session and a lost connection, and that leaving it asks first."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_journey import unfold

Person = Callable[..., Page]
NEW = "/projects/ONE/proposals/new/"
ADD = "button[name='add_option']"


@pytest.fixture
def page(person: Person, visitor: Any, instance: dict[str, Any]) -> Page:
    """Open a new proposal with a text in it, in a browser where the AMOA has signed in before."""
    opened = person("amoa")
    [known] = [cookie for cookie in visitor("amoa").cookies if cookie.name == "known_browser"]
    opened.context.add_cookies([{"name": known.name, "value": known.value or "", "url": instance["base_url"]}])
    opened.goto(NEW)
    if (left := opened.get_by_role("button", name="Delete this text")).count():  # of the test before
        with opened.expect_navigation():
            left.click()
    unfold(opened)
    opened.locator("[name='title']").fill("A quay for the night")
    opened.locator("[name='context']").fill("These words took me an hour.")
    return opened


def test_an_ended_session_loses_nothing(page: Page, instance: dict[str, Any]) -> None:
    page.context.clear_cookies(name="sessionid")
    page.locator(ADD).first.click()
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended")
    expect(page.locator("[name='context']")).to_have_value("These words took me an hour.")
    page.get_by_role("button", name="Sign in and come back").click()
    expect(page.locator("main")).to_contain_text("what you typed is kept")
    page.locator("[name='login']").fill(instance["users"]["amoa"]["email"])
    page.locator("[name='password']").fill(instance["users"]["amoa"]["password"])
    page.locator("main form button[data-kind='primary']").click()
    expect(page.get_by_role("alert").first).to_contain_text("This was not saved.")
    expect(page.locator("[name='title']")).to_have_value("A quay for the night")
    expect(page.locator("[name='context']")).to_have_value("These words took me an hour.")


def test_a_lost_connection_says_so_and_leaves_the_form(page: Page) -> None:
    page.context.set_offline(True)
    page.locator(ADD).first.click()
    expect(page.get_by_role("alert")).to_contain_text("The answer did not come.")
    page.context.set_offline(False)
    rows = page.locator("[name^='options-'][name$='-title']").count()
    page.locator(ADD).first.click()
    expect(page.locator("[name^='options-'][name$='-title']")).to_have_count(rows + 1)
    expect(page.get_by_role("alert")).to_be_empty()
    expect(page.locator("[name='context']")).to_have_value("These words took me an hour.")


def test_what_is_typed_while_a_request_is_under_way_stays(page: Page) -> None:
    held: list[Any] = []
    page.route(f"**{NEW}", lambda route: held.append(route) if is_add(route.request) else route.continue_())
    with page.expect_request(is_add):
        page.locator(ADD).first.click()
    page.locator("[name='options-0-title']").fill("Typed while one waits")
    held[0].continue_()
    expect(page.locator("[name='options-2-title']")).to_have_count(1)
    expect(page.locator("[name='options-0-title']")).to_have_value("Typed while one waits")


def test_a_kind_shows_its_fields_and_the_list_of_what_is_missing_follows(page: Page) -> None:
    page.locator("[name='kind']").select_option("schedule")
    expect(page.locator("#state-terms")).to_have_count(1)
    expect(page.locator("[name='context']")).to_have_value("These words took me an hour.")
    missing = page.locator("#missing a[href='#id_question']")
    expect(missing).to_have_count(1)
    page.locator("[name='question']").fill("Do we build a quay?")
    page.locator("[name='question']").press("Tab")
    expect(missing).to_have_count(0)


def is_add(request: Any) -> bool:
    """Return whether the request asks for a row more."""
    return "add_option" in (request.post_data or "")


def is_save(route: Any) -> bool:
    """Return whether the request saves the draft of a form."""
    return "draft=save" in (route.request.post_data or "")


def test_leaving_a_filled_form_asks_first_and_sending_it_does_not(page: Page) -> None:
    asked: list[str] = []

    def answer(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", answer)
    page.route(f"**{NEW}", lambda route: route.abort() if is_save(route) else route.continue_())
    page.locator("[name='title']").press_sequentially(" and the day")
    page.locator(".sidenav a").first.click()
    expect(page.locator("[name='context']")).to_have_value("These words took me an hour.")
    assert asked == ["beforeunload"]
    rows = page.locator("[name^='options-'][name$='-title']").count()
    page.locator(ADD).first.click()
    expect(page.locator("[name^='options-'][name$='-title']")).to_have_count(rows + 1)
    page.locator(".sidenav a").first.click()
    expect(page.locator("[name='context']")).to_have_value("These words took me an hour.")
    assert asked == ["beforeunload"] * 2, "a form that htmx replaced is as unsent as before"
    page.locator("[name='title']").fill("")
    with page.expect_navigation():
        page.locator("form#working-text").evaluate("form => form.requestSubmit()")
    assert asked == ["beforeunload"] * 2


def test_leaving_a_form_whose_draft_is_saved_asks_nothing(page: Page) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    expect(page.locator("[data-draft-line]").first).to_contain_text("Saved at")
    with page.expect_navigation():
        page.locator(".sidenav a").first.click()
    assert asked == []
    page.goto(NEW)
    page.get_by_role("button", name="Delete this text").click()
