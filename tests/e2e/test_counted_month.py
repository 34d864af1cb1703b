"""Count the clicks of a month of a PMO, against what they took when each was a form of its own."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import month
from tests.e2e.counted import Counted
from tests.e2e.test_counted_clicks import run_in_shell
from tests.e2e.test_journey import fill_texts, unfold
from tests.e2e.test_requirements_journey import PASTE

Person = Callable[..., Page]
#: Clicks of each part by hand, without the fields, as they were counted before.
BY_HAND = {
    "the weather of three projects": 3 * 2,
    "40 risks of a spreadsheet": 40 * 2,
    "a risk raised, rated and treated": 2 + 2 + 2,
    "who has not done what": 2,
    "the monthly review and its PDF": 2,
    "a gate submitted": 3,
}
RISKS = "\n".join(
    [
        "Risque(s)\tCauses\tDescription\tConséquences\tType\tProbabilité\tGravité",
        *(f"Le quai {n} s’affaisse\tLe sol est mou.\tLe quai descend.\tArrêt.\tTechnique\t3\t4" for n in range(40)),
    ]
)


@pytest.fixture
def pmo(instance: dict[str, Any], person: Person) -> Iterator[Counted]:
    """Sign in the PMO of three projects of their own."""
    run_in_shell(instance, "from tests.e2e.month import open_projects; open_projects()")
    instance["users"]["month_pmo"] = {"email": month.PMO, "password": month.PASSWORD}
    yield Counted(person("month_pmo"))
    del instance["users"]["month_pmo"]


def test_a_month_of_a_pmo_takes_a_third_of_the_clicks(pmo: Counted, query: Any, complaints: list[str]) -> None:
    page = pmo.page

    pmo.open("/weather/")
    for _project in month.CODES:
        pmo.type("Effect and action", "No effect: the works go on as planned.")
        with page.expect_navigation():
            pmo.click(re.compile("Publish"))
    expect(page.locator("main .lede")).to_contain_text("The weather of this month is published.")

    pmo.open("/projects/MONA/risks/")
    pmo.press(page.locator("summary", has_text="Add several risks"))
    pmo.click("Paste risks", "link")
    pmo.type("Rows of a spreadsheet", RISKS)
    pmo.click("Show the rows")
    expect(page.locator("[data-grid] tbody tr")).to_have_count(40)
    pmo.click("Raise these risks")
    expect(page.locator(".messages")).to_contain_text("40 risks are in the register.")

    pmo.click("Edit in a grid", "link")
    row = page.locator("[data-grid] tbody tr").first
    pmo.press(row.locator("[name$='-response']"))
    page.evaluate(PASTE, f"Reduce\tyes\t2\t3\tPMO\t31/12/{date.today().year + 1}\tGreen")
    pmo.clicks += 1
    expect(row.locator("[name$='-review_on']")).to_have_value(f"{date.today().year + 1}-12-31")
    expect(page.locator("[data-grid-changed]")).to_have_text("6")
    expect(row.locator("[data-cell='category'] [data-refused] q")).to_have_text("Green")
    pmo.click("Save the risks")
    expect(page.get_by_role("status").filter(has_text="1 risk is saved.")).to_be_visible()

    pmo.open("/projects/MONA/obligations/")
    pmo.press(page.locator("main table th a").first)
    expect(page.locator("main")).to_contain_text("Maud Lescop")

    pmo.open("/projects/MON/reviews/")
    pmo.click("Prepare a review", "link")
    pmo.click("Read the review")
    expect(page.locator("main")).to_contain_text("MONC")
    pmo.click(re.compile("Archive"))
    with page.expect_download() as download:
        pmo.click("Open the PDF", "link")
    assert download.value.suggested_filename.endswith(".pdf")

    pmo.open("/projects/MONA/gates/")
    pmo.click(re.compile("Write the proposal for gate"), "link")
    pmo.clicks += unfold(page) + 1  # the sections, and the recommended option
    fill_texts(page, "Launch", {})
    pmo.press(page.locator('button[form="working-text"][data-kind="primary"]:visible').first)
    expect(page).to_have_url(re.compile(r"/proposals/\d+/$"))
    pmo.press(page.locator('form[action$="/submit/"] button').first)
    expect(page.locator('form[action$="/submit/"]')).to_have_count(0)

    assert pmo.clicks * 3 <= sum(BY_HAND.values())  # 28 of 99
    done = query(
        "SELECT (SELECT count(*) FROM pmo_weatherreport w WHERE w.project_id = p.id),"
        " (SELECT count(*) FROM pmo_risk r WHERE r.project_id = p.id AND r.status = 'treated'),"
        " (SELECT count(*) FROM governance_proposal g WHERE g.project_id = p.id AND g.state = 'submitted')"
        " FROM projects_project p WHERE p.code = 'MONA'"
    )
    assert done == [(1, 1, 1)]
    assert [words for words in complaints if not words.endswith("/pdf/: net::ERR_ABORTED")] == []  # it is downloaded
