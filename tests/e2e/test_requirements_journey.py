"""Test requirements from the keyboard: walk, edit and save rows in Chromium, in both languages."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.effort import in_turn

Person = Callable[..., Page]
LISTED = "/projects/ONE/requirements/"


def rows(page: Page) -> Locator:
    return page.locator("[data-rows] tr[data-row]")


def added(page: Page, title: str) -> None:
    """Write a draft through the form."""
    page.goto(f"{LISTED}new/")
    page.locator("[name='title']").fill(title)
    page.locator("[name='statement']").fill("The clerk sends each crew the tide 30 minutes ahead.")
    with page.expect_navigation():
        page.locator("button[form='requirement'][data-kind='primary']:visible").first.click()


@pytest.mark.parametrize("language", in_turn(4, ["fr", "en"]))
def test_rows_are_changed_without_a_mouse(language: str, person: Person, query: Any, complaints: Any) -> None:
    page = person("amoa", language=language)
    titles = [f"Swell {language} {n}" for n in range(2)]
    for title in titles:
        added(page, title)
    page.goto(f"{LISTED}?q=Swell {language}")
    first, second = (rows(page).nth(n).get_attribute("id") for n in range(2))

    rows(page).first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#{second}")).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(f"#{first}")).to_be_focused()

    page.keyboard.press("F2")
    field = page.locator(f"#{first} [name='title']")
    expect(field).to_be_focused()
    field.fill(f"{titles[0]} jjkk")  # single keys are text in a field
    page.keyboard.press("Escape")
    expect(page.locator(f"#{first} [name='title']")).to_have_count(0)
    expect(page.locator(f"#{first}")).to_be_focused()
    assert query("SELECT count(*) FROM amoa_requirement WHERE title LIKE %s", "%jjkk") == [(0,)]

    page.keyboard.press("Enter")
    expect(page.locator(f"#{first} [name='title']")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(f"{titles[0]} changed")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"#{second} [name='title']")).to_be_focused()
    expect(page.locator(f"#{first}")).to_contain_text(f"{titles[0]} changed")
    page.locator(f"#{second} [name='priority']").select_option("must")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"#{second} [name='title']")).to_have_count(0)
    expect(page.locator(f"#{second}")).to_be_focused()
    [(title,)] = query("SELECT title FROM amoa_requirement WHERE title = %s", f"{titles[0]} changed")
    assert title
    [(priority,)] = query("SELECT priority FROM amoa_requirement WHERE title = %s", titles[1])
    assert priority == "must"
    aborted = f"{LISTED}lint/: net::ERR_ABORTED"  # the advice of a form sent meanwhile is dropped
    assert [words for words in complaints if not words.endswith(aborted)] == []


PASTE = """text => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
}"""


def test_a_block_from_a_spreadsheet_fills_the_cells_of_the_grid(person: Person, query: Any) -> None:
    page = person("amoa", language="fr")
    for n in range(2):
        added(page, f"Grid {n}")
    page.goto(f"{LISTED}grid/?q=Grid")
    cells = page.locator("[data-grid] tbody tr")
    title, changed = cells.first.locator("[name$='-title']"), page.locator("[data-grid-changed]")
    title.focus()
    page.keyboard.press("Enter")
    expect(cells.nth(1).locator("[name$='-title']")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    cells.first.locator("[name$='-category']").focus()
    page.evaluate(PASTE, 'Marées\tINDISPENSABLE\n"Quais ""nord"""\tHaute')
    expect(cells.nth(1).locator("[name$='-category']")).to_have_value('Quais "nord"')
    expect(changed).to_have_text("3")
    expect(cells.nth(1).locator("[data-refused] q")).to_have_text("Haute")
    page.locator("[data-grid-undo]").click()
    expect(changed).to_have_text("0")
    expect(page.locator("[data-refused]")).to_have_count(0)
    page.evaluate(PASTE, "Marées\tINDISPENSABLE\nQuais\tsouhaitable")
    with page.expect_navigation():
        page.locator("[data-grid-changed]").locator("xpath=ancestor::form").locator("[data-kind='primary']").click()
    saved = query("SELECT category, priority FROM amoa_requirement WHERE title LIKE 'Grid %%' ORDER BY title")
    assert saved == [("Marées", "must"), ("Quais", "could")]


def test_the_row_above_the_others_fills_a_column_of_the_grid(person: Person, query: Any) -> None:
    page = person("amoa", language="fr")
    for n in range(3):
        added(page, f"Column {n}")
    page.goto(f"{LISTED}grid/?q=Column")
    top, changed = page.locator("[data-fill]"), page.locator("[data-grid-changed]")
    lots, priorities = page.locator("tbody [name$='-lot']"), page.locator("tbody [name$='-priority']")
    expect(top.locator("textarea")).to_have_count(0)  # a title is that of one row
    before = priorities.evaluate_all("all => all.map(one => one.value)")
    top.get_by_label("Priorité, Toutes les lignes").select_option("must")
    assert priorities.evaluate_all("all => all.map(one => one.value)") == ["must"] * 3
    page.locator("[data-grid-undo]").click()
    assert priorities.evaluate_all("all => all.map(one => one.value)") == before
    top.get_by_label("Lot, Toutes les lignes").fill("Quai nord")
    page.keyboard.press("Enter")
    expect(changed).to_have_text("3")
    lots.nth(1).fill("Quai sud")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    saved = query("SELECT lot, priority FROM amoa_requirement WHERE title LIKE 'Column %%' ORDER BY title")
    assert saved == [("Quai nord", before[0]), ("Quai sud", before[1]), ("Quai nord", before[2])]


def test_a_filter_changes_the_address_and_the_advice_follows_the_typing(person: Person) -> None:
    page = person("amoa")
    page.goto(LISTED)
    page.locator("#q").press_sequentially("fairway")
    expect(rows(page)).to_have_count(1)
    expect(page).to_have_url(f"{page.url.partition('?')[0]}?q=fairway&kind=&priority=&state=&lot=&recipient=")
    expect(page.locator("#q")).to_be_focused()
    page.locator("#q").fill("")  # as the cross of the browser or a paste: without a key
    expect(rows(page)).not_to_have_count(1)
    page.goto(f"{LISTED}new/")
    page.locator("[name='statement']").fill("The plan must be easy and must be fast.")
    expect(page.locator("aside [hx-post][role='status']")).to_contain_text("easy, fast")


def test_columns_are_chosen_in_the_menu_of_the_display(person: Person) -> None:
    page = person("amoa")
    page.goto(f"{LISTED}?q=plan")
    page.locator("summary", has_text="Display").click()
    page.locator("#display [name='column'][value='version']").check()
    with page.expect_navigation():
        page.locator("#display button").click()
    expect(page.locator("thead")).to_contain_text("Version")
    expect(page.locator("#q")).to_have_value("plan")
    assert "display=" not in page.url


def test_the_page_works_without_script(browser: Any, instance: dict[str, Any], visitor: Any) -> None:
    context = browser.new_context(base_url=instance["base_url"], java_script_enabled=False, locale="en")
    [session] = [cookie for cookie in visitor("amoa").cookies if cookie.name == "sessionid"]
    context.add_cookies([{"name": session.name, "value": session.value, "url": instance["base_url"]}])
    page = context.new_page()
    page.goto(f"{LISTED}?q=plan")
    page.locator("[data-edit]").first.click()
    assert page.url.endswith("/edit/")
    page.goto(LISTED)
    page.locator("summary", has_text="Display").click()
    page.get_by_role("link", name="Columns, order and rows per page").click()
    expect(page.locator("#display")).to_be_visible()
    page.goto(LISTED)
    page.locator("[name='one']").nth(1).check()
    page.locator("#bulk_priority").select_option("could")
    page.locator("#bulk button").first.click()
    assert page.url.partition("?edited=")[0].endswith(LISTED)
    context.close()
