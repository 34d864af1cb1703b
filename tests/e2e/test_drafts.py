"""A long form in a browser: it saves itself while one types, and the text is there after the page was closed."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.visitor import filled_in, hidden

Person = Callable[..., Page]

WORDS = "The survey of quay 2 took three weeks, and says that it holds."


def submitted(author: Any, title: str) -> str:
    """Write and submit a proposal of project ONE; return the path of its dossier."""
    created = author.act("draft", project="ONE", changes={"title": title})
    proposal = int(created.location.strip("/").rpartition("/")[2])
    page = author.get(created.location)
    assert author.act("submit", proposal=proposal, version=hidden(page, "version")).status == 302
    return filled_in("/proposals/{proposal}/", {"proposal": proposal})


def test_an_opinion_is_there_after_its_page_was_closed(person: Person, visitor: Any, complaints: Any) -> None:
    dossier = submitted(visitor("amoa"), "The survey of the quay")
    page = person("pmo", language="fr")
    page.goto(dossier)
    page.locator('#advise [name="reasons"]').press_sequentially(WORDS)
    expect(page.locator("#advise [data-draft-line]")).to_contain_text("Enregistré à")
    again = page.context.new_page()
    page.close()
    again.goto(dossier)
    expect(again.locator('#advise [name="reasons"]')).to_have_value("")
    again.get_by_role("button", name="Reprendre ce texte").click()
    expect(again.locator('#advise [name="reasons"]')).to_have_value(WORDS)
    again.locator('#advise [name="position"][value="favourable"]').check()
    again.locator('#advise button[data-kind="primary"]').click()
    again.locator('main form button[value="send"]').click()
    expect(again.locator("main")).to_contain_text(WORDS)
    again.goto(dossier)
    expect(again.locator(".draft-offer")).to_have_count(0)


def test_a_save_that_fails_says_since_when_and_the_next_one_works(person: Person, visitor: Any) -> None:
    dossier = submitted(visitor("amoa"), "The second survey of the quay")
    page = person("pmo", language="en")
    page.goto(dossier)
    line = page.locator("#advise [data-draft-line]")
    page.context.set_offline(True)
    page.locator('#advise [name="reasons"]').press_sequentially("First words.")
    expect(line).to_have_text("Not saved")
    page.context.set_offline(False)
    page.locator('#advise [name="reasons"]').press_sequentially(" Second words.")
    expect(line).to_contain_text("Saved at")


def test_a_pasted_table_or_list_keeps_its_lines(person: Person) -> None:
    page = person("amoa")
    page.goto("/projects/ONE/proposals/new/")
    paste = """(field, html) => {
        field.value = "";
        field.focus();
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/html", html);
        clipboardData.setData("text/plain", "plain");
        return field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }"""
    field = page.locator('[name="context"]')
    field.evaluate(
        paste, "<p>Costs</p><table><tr><th>Lot</th><th>EUR</th></tr><tr><td>Quay\n 2</td><td>12</td></tr></table>"
    )
    expect(field).to_have_value("Costs\nLot | EUR\nQuay 2 | 12")
    field.evaluate(
        paste, "<ul><li>Three <b>cracks</b><ul><li>one deep</li></ul></li><li>One bollard</li></ul><p>End</p>"
    )
    expect(field).to_have_value("- Three cracks\n- one deep\n- One bollard\nEnd")
    assert field.evaluate(paste, "<p>One <b>sentence</b></p>"), "a text without lines is pasted by the browser"
