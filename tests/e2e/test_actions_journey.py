"""Test an action in a browser: given from a risk, done by its person, counted by week, on both widths and languages."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.effort import in_turn

Person = Callable[..., Page]

WIDTHS = {"fr": 1440, "en": 390}
ASSIGN = {"fr": "Confier une action", "en": "Assign an action"}
SETTLE = {"fr": "Indiquer ce qui a été fait", "en": "Record what was done"}
DONE = {"fr": "Faite", "en": "Done"}


@pytest.mark.parametrize("language", in_turn(0, ["fr", "en"]))
def test_an_action_is_given_from_a_risk_counted_by_week_and_done_by_its_person(
    language: str, person: Person, instance: dict[str, Any], complaints: Any
) -> None:
    amoa, moe = (person(member, language=language) for member in ("amoa", "moe"))
    [risk, *_], what = instance["projects"]["one"]["risks"], f"Mark the shallow line ({language})."
    for page in (amoa, moe):
        page.set_viewport_size({"width": WIDTHS[language], "height": 900})
    amoa.goto(f"/risks/{risk}/")
    amoa.get_by_role("link", name=ASSIGN[language]).click()
    amoa.locator('[name="text"]').fill(what)
    amoa.locator('[name="seat"]').select_option(f"MOE-{instance['users']['moe']['id']}")
    amoa.locator('[name="due_on"]').fill(str(date.today() + timedelta(9)))
    amoa.locator('main form button[data-kind="primary"]').click()
    expect(amoa.locator("h1")).to_contain_text(what)
    assert amoa.locator(f'main a[href="/risks/{risk}/"]').count() == 1

    amoa.goto("/projects/ONE/dashboard/workload/")
    row = amoa.locator("main tbody tr").filter(has_text=instance["users"]["moe"]["name"])
    expect(row).to_be_visible()
    assert amoa.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    moe.goto("/?kind=actions")
    moe.get_by_role("link", name=what).first.click()
    moe.get_by_role("link", name=SETTLE[language]).click()
    moe.locator('[name="state"]').select_option("done")
    moe.locator('[name="outcome"]').fill("Two buoys mark it.")
    moe.locator('main form button[data-kind="primary"]').click()
    expect(moe.locator("main")).to_contain_text("Two buoys mark it.")

    amoa.goto(f"/projects/ONE/actions/?state=done&q={what.partition(' (')[0]}")
    expect(amoa.locator("main tbody tr").filter(has_text=what)).to_contain_text(DONE[language])
    assert amoa.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert complaints == []
