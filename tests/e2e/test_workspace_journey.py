"""Test the journey from a file to a passed test: requirements imported, frozen, approved, built and verified."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_journey import advise, decide, write
from tests.effort import in_turn

Person = Callable[..., Page]
WRITTEN = re.compile("Importé le|Imported on")

STATE = (
    "SELECT r.state, v.number FROM amoa_requirement r JOIN projects_project p ON p.id = r.project_id"
    " LEFT JOIN amoa_requirementversion v ON v.id = r.in_force_id WHERE p.code = 'ONE' AND r.code = %s"
)
NEWEST = (
    "SELECT b.number, b.hash FROM amoa_requirementbaseline b JOIN projects_project p ON p.id = b.project_id"
    " WHERE p.code = 'ONE' ORDER BY b.number DESC LIMIT 1"
)


def primary(page: Page) -> None:
    """Press the main button of the page, and wait for the next one."""
    with page.expect_navigation():
        page.locator('main form button[data-kind="primary"]:visible').first.click()


def imported(page: Page, code: str) -> None:
    """Send a file of one requirement, check it, and wait until it is written."""
    page.goto("/projects/ONE/requirements/import/")
    lines = (
        f"Code;Kind;Title;Priority;State;Acceptance criteria\n{code};functional;Crews see the tide;must;proposed;Five"
    )
    page.set_input_files("input[type=file]", [{"name": "tide.csv", "mimeType": "text/csv", "buffer": lines.encode()}])
    primary(page)
    primary(page)
    primary(page)
    expect(page.locator("main .lede")).to_contain_text(WRITTEN)


@pytest.mark.parametrize("language", in_turn(3, ["fr", "en"]))
def test_requirements_go_from_a_file_to_an_approved_baseline_to_a_passed_test(
    language: str, person: Person, query: Any, complaints: Any
) -> None:
    code, title = f"TIDE-{language.upper()}", f"Tide baseline ({language})"
    amoa, pmo, owner, moe = (person(member, language=language) for member in ("amoa", "pmo", "owner", "moe"))
    imported(amoa, code)
    assert query(STATE, code) == [("proposed", None)]

    amoa.goto("/projects/ONE/requirements/baselines/freeze/")
    primary(amoa)
    [(number, fingerprint)] = query(NEWEST)
    address = write(amoa, title, "requirement_baseline", **{"terms-baseline": f"{number}:{fingerprint}"})
    advise(pmo, title)
    assert query(STATE, code) == [("proposed", None)]  # advice approves nothing
    owner.goto(address)
    decide(owner, "approved")
    assert query(STATE, code) == [("approved", 1)]

    moe.goto(f"/projects/ONE/requirements/?q={code}")
    moe.locator('main [name="one"]').first.check()
    with moe.expect_navigation():
        moe.locator('button[name="act"][value="implement"]').click()
    assert query(STATE, code) == [("implemented", 1)]

    amoa.goto("/projects/ONE/acceptance/tests/new/")
    for name, text in {"code": f"T-{code}", "title": "Look at the tide", "requirement": code, "criterion": "1"}.items():
        amoa.locator(f'main [name="{name}"]').fill(text)
    primary(amoa)
    amoa.goto("/projects/ONE/acceptance/campaigns/new/")
    amoa.locator('[name="stage"]').select_option("fitness")
    for name, text in {"title": title, "starts_on": str(date.today()), "ends_on": str(date.today())}.items():
        amoa.locator(f'main [name="{name}"]').fill(text)
    primary(amoa)
    row = amoa.locator("main tr", has_text=f"T-{code}")
    row.locator('[name="note"]').fill("Seen at high tide.")
    row.locator('[name="note"]').press("Escape")
    expect(row).to_be_focused()
    row.press("p")
    expect(amoa.locator("main tr", has_text=f"T-{code}").locator('[data-outcome="approved"]')).to_be_visible()
    assert query(STATE, code) == [("verified", 1)]

    [(pk,)] = query("SELECT id FROM amoa_requirement WHERE code = %s", code)
    owner.goto(f"/trace/requirement/{pk}/")
    expect(owner.locator("main .chain li").last).to_contain_text("OD-")
    assert complaints == []
