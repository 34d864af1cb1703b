"""What matters first, in a browser: My tasks by importance, and missed months settled with one word."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_journey import fill
from tests.effort import in_turn

Person = Callable[..., Page]

NOTE = "The reports of these months are in the shared folder, from the first one on."
REASON = "The port was closed in that month: there was nothing to report."
MISSED = {"fr": "mois manqués depuis", "en": "months missed since"}
WHY = {"fr": "La décision n’est pas encore proche", "en": "The decision is not near yet"}
BANDS = {"fr": ["En priorité", "Ensuite", "Suivi courant et information"], "en": ["First", "Next", "Routine"]}
FULFILLED = {"fr": "obligations sont remplies.", "en": "obligations are fulfilled."}
EXCUSED = {"fr": "Le rôle est dispensé de 1 obligation.", "en": "The role is excused from 1 obligation."}
#: language → a role, its holder, and a responsibility of every month: what one run settles is settled for the other.
MISSING = {"fr": ("MOE", "moe", "MOE-04"), "en": ("PMO", "pmo", "PMO-14")}


@pytest.mark.parametrize("language", in_turn(2, ["fr", "en"]))
def test_missed_months_are_one_row_and_are_settled_with_one_word(
    language: str, person: Person, query: Any, complaints: Any
) -> None:
    role, member, duty = MISSING[language]
    holder, owner = (person(one, language=language) for one in (member, "owner"))
    [before] = query("SELECT count(*) FROM governance_discharge WHERE duty = %s", duty)
    holder.goto(f"/projects/ONE/obligations/?role={role}")
    row = holder.locator("tbody tr", has_text=duty).filter(has_text=MISSED[language])
    expect(row).to_have_count(1)
    row.locator('a[href*="/catch-up/"]').click()
    boxes = holder.locator('[name="missed"]')
    months = boxes.count()
    assert months > 2
    for box in boxes.all():
        expect(box).to_be_checked()
    boxes.first.uncheck()
    holder.locator('[name="note"]').fill(NOTE)
    holder.locator("main form.card button[data-kind=primary]").click()
    expect(holder.locator("body")).to_contain_text(f"{months - 1} {FULFILLED[language]}")
    rows = query("SELECT key, note, answer FROM governance_discharge WHERE duty = %s ORDER BY id", duty)
    assert [(note, answer) for _key, note, answer in rows[before[0] :]] == [(NOTE, "fulfilled")] * (months - 1)
    owner.goto(f"/projects/ONE/obligations/{role}/excuse/?duty={duty}")
    expect(owner.locator('[name="missed"]')).to_have_count(1)
    owner.locator('[name="reason"]').fill(REASON)
    owner.locator("main form.card button[data-kind=primary]").click()
    expect(owner.locator("body")).to_contain_text(EXCUSED[language])
    holder.goto(f"/projects/ONE/obligations/{role}/catch-up/?duty={duty}")
    expect(holder.locator('[name="missed"]')).to_have_count(0)


@pytest.mark.parametrize("language", in_turn(2, ["fr", "en"]))
def test_my_tasks_begin_with_what_others_need_and_say_why(
    language: str, person: Person, query: Any, complaints: Any
) -> None:
    amoa, pmo = (person(member, language=language) for member in ("amoa", "pmo"))
    title = f"Tide tables ({language})"
    amoa.goto("/projects/ONE/proposals/new/?kind=budget")
    fill(amoa, title, **{"terms-budget": "4400000"})
    pmo.goto("/")
    headings = [heading.inner_text() for heading in pmo.locator("main h2.group-title").all()]
    bands = [band for heading in headings for band in BANDS[language] if heading.startswith(band)]
    assert bands == [band for band in BANDS[language] if band in bands]
    assert BANDS[language][-1] in bands
    opinion = pmo.locator("ul.items > li", has_text=title)
    expect(opinion).to_contain_text(WHY[language])
    rows = pmo.locator("ul.items > li")
    texts = [row.inner_text() for row in rows.all()]
    place = next(number for number, text in enumerate(texts) if title in text)
    routine = [number for number, text in enumerate(texts) if ("Routine" in text or "Suivi courant" in text)]
    assert routine
    assert place < min(routine)
