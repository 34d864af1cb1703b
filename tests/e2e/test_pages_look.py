"""Every main page in Chromium: accessible, in both languages and themes, on every width, without a complaint.

What people should look at with their own eyes is left in var/screens.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from config.embedded import ROOT

SCREENS = ROOT / "var/screens"
WIDTHS = (1440, 768, 390, 320)
AXE_AT, SHOT_AT = (1440, 390), (1440, 768, 390)
MOST_SHIFT = 0.02
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 150);
})"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
EXPECTED_COMPLAINT = re.compile(r"the server responded with a status of (403|404|409|422)")


def _review_decision(page: Page) -> None:
    page.locator('[name="outcome"][value="approved"]').check()
    page.locator('#decide [name="reasons"], form[action$="/decide/"] [name="reasons"]').first.fill("Both say so.")
    page.locator('form[action$="/decide/"] button[name="step"][value="review"]:visible').click()


def _with_condition(page: Page) -> None:
    page.locator('[name="outcome"][value="approved_with_conditions"]').check()
    page.locator('form[action$="/decide/"] button[name="step"][value="review"]:visible').click()


def _review_opinion(page: Page) -> None:
    page.locator('[name="position"][value="with_reservations"]').check()
    page.locator('#advise [name="reasons"], form[action$="/advise/"] [name="reasons"]').first.fill(
        "The cost is missing."
    )
    page.locator('form[action$="/advise/"] button[name="step"][value="review"]:visible').click()


def _save_nothing(page: Page) -> None:
    page.locator('[name="title"]').fill(" ")
    page.locator('button[form="working-text"][data-kind="primary"]:visible').first.click()


def _review_end(page: Page) -> None:
    page.locator('[name="because"]').fill("Moved to another project.")
    page.locator('button[name="step"][value="review"]').click()


def visits(instance: dict[str, Any]) -> Iterator[tuple[str, tuple[str, str, Callable[[Page], None] | None]]]:
    """name → (who, address, what to do there first)."""
    url = {key: described["url"] for key, described in instance["proposals"].items()}
    yield "sign_in", ("anonymous", "/sign-in/", None)
    yield "password_reset", ("anonymous", "/password/reset/", None)
    yield "inbox_owner", ("owner", "/", None)
    yield "inbox_pmo", ("pmo", "/", None)
    yield "inbox_empty", ("outsider", "/", None)
    yield "projects", ("owner", "/projects/", None)
    yield "home", ("owner", "/projects/ONE/", None)
    yield "register", ("recipient", "/projects/ONE/register/", None)
    yield "record", ("recipient", "/decisions/1/", None)
    yield "proposals", ("amoa", "/projects/ONE/proposals/", None)
    yield "new", ("amoa", "/projects/ONE/proposals/new/", None)
    yield "new_refused", ("amoa", "/projects/ONE/proposals/new/", _save_nothing)
    yield "withdraw", ("amoa", f"{url['returned']}withdraw/", None)
    yield "dossier_draft", ("amoa", url["draft"], None)
    yield "dossier_owner", ("owner", url["revised"], None)
    yield "dossier_condition", ("owner", url["revised"], _with_condition)
    yield "decision_review", ("owner", url["revised"], _review_decision)
    yield "dossier_pmo", ("pmo", url["submitted"], None)
    yield "opinion_review", ("pmo", url["submitted"], _review_opinion)
    yield "dossier_decided", ("moe", url["closed"], None)
    yield "dossier_lift", ("owner", url["conditions_open"], None)
    yield "dossier_pending", ("other_pmo", url["ready_three"], None)
    yield "history", ("recipient", f"{url['revised']}history/", None)
    yield "revision", ("recipient", f"{url['revised']}revisions/1/", None)
    yield "revision_changes", ("recipient", f"{url['revised']}revisions/2/", None)
    yield "mandates", ("owner", "/projects/ONE/mandates/", None)
    yield "mandates_holder", ("moe", "/projects/ONE/mandates/", None)
    yield "appoint", ("owner", "/projects/ONE/mandates/appoint/", None)
    yield "delegate", ("owner", "/projects/ONE/mandates/delegate/", None)
    yield "mandate_end", ("owner", f"/mandates/{instance['projects']['one']['mandates']['moe']}/end/", _review_end)
    yield "authority", ("recipient", "/projects/ONE/authority/?kind=minor_change&amount=30000", None)
    yield "authority_nobody", ("other_pmo", "/projects/THREE/authority/", None)
    yield "notifications", ("owner", "/notifications/", None)
    yield "error_403", ("recipient", f"{url['revised']}decide/", None)
    yield "error_404", ("owner", "/proposals/999999/", None)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_is_accessible_quiet_and_never_wider_than_the_screen(
    language: str, theme: str, person: Any, instance: Any, complaints: Any
) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    checked = (language, theme) in {("fr", "light"), ("en", "dark")}  # colours do not depend on the language
    pages: dict[str, Page] = {}
    axe, problems = Axe(), []
    for name, (member, path, first) in visits(instance):
        if member not in pages:
            pages[member] = person(member, language=language, color_scheme=theme, reduced_motion="reduce")
        page = pages[member]
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        page.goto(path)
        if first:
            first(page)
        if not first and (shift := page.evaluate(SHIFT)) > MOST_SHIFT:
            problems.append(f"{name}: shifts by {shift:.3f}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if (more := page.evaluate(WIDER)) > 0:
                problems.append(f"{name}: {more} px wider than {width}")
            if width in SHOT_AT:
                page.screenshot(path=SCREENS / f"{name}-{width}-{theme}-{language}.png", full_page=True)
            if checked and width in AXE_AT:
                problems += [
                    f"{name} at {width}: {violation['id']} {violation['nodes'][0]['target']}"
                    for violation in axe.run(page).response["violations"]
                ]
    problems += [words for words in complaints if not EXPECTED_COMPLAINT.search(words)]
    assert problems == []
