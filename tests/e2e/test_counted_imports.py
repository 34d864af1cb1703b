"""Count the clicks of imports in Chromium, against what they took by hand."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.amoa.imports import messy
from tests.e2e.counted import Counted

Person = Callable[..., Page]


def test_a_messy_workbook_of_300_requirements_takes_13_clicks(person: Person, complaints: list[str]) -> None:
    """It took 13 clicks when its words were known, and an hour of retyping when they were not."""
    user = Counted(person("other_amoa"))
    user.open("/projects/TWO/requirements/")
    user.click("Import", "link")
    user.attach("exigences.xlsx", messy.workbook("CLIC"))
    user.click("Read the file")
    user.select("Charge (j)", "Add it to “Justification” as a line")
    user.click("Check every line")
    labels = {"constraint": "Constraint", "non_functional": "Non-functional", "must": "Must have"}
    for word, value in messy.MEANT.items():
        user.select(word, labels[value])
    user.click("Check every line")
    user.tick("Leave out the lines in error")
    user.click("Import 297 requirements")
    expect(user.page.locator("main .lede")).to_contain_text("Imported on")
    assert user.clicks <= 13
    assert complaints == []


def test_40_risks_of_a_spreadsheet_take_a_third_of_the_clicks_of_40_forms(
    person: Person, complaints: list[str]
) -> None:
    """By hand: two clicks and six fields for each risk."""
    user = Counted(person("other_pmo"))
    user.open("/projects/TWO/risks/")
    user.press(user.page.locator("summary", has_text="Add several risks"))
    user.click("Import risks", "link")
    user.attach("risques.xlsx", messy.register(40))
    user.click("Read the file")
    user.click("Check every line")
    user.select("Planning", "Business")
    user.click("Check every line")
    user.click("Import 40 lines")
    expect(user.page.locator("main .lede")).to_contain_text("Imported on")
    assert user.clicks * 3 <= 40 * 2
    assert user.texts == 0
    assert complaints == []
