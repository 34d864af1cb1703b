"""Two roles propose on one question; the owner compares, answers once and reads both records, in a browser."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_journey import decide, fill, unfold
from tests.effort import in_turn

Person = Callable[..., Page]

WHY_NOT = "The river depot comes with the next budget."
WORDS = {
    "fr": {"counter": "Proposer une autre réponse", "both": "2 propositions sur cette question"},
    "en": {"counter": "Propose another answer", "both": "2 proposals on this question"},
}


@pytest.mark.parametrize("language", in_turn(2, ["fr", "en"]))
def test_the_owner_answers_a_question_of_two_proposals_once(
    language: str, person: Person, query: Any, complaints: Any
) -> None:
    words = WORDS[language]
    owner, amoa, pmo = (person(member, language=language) for member in ("owner", "amoa", "pmo"))
    amoa.goto("/projects/ONE/proposals/new/?kind=budget")
    unfold(amoa)
    first = fill(amoa, f"One depot ({language})", **{"terms-budget": "4400000"})
    pmo.goto(first)
    pmo.get_by_role("link", name=words["counter"]).click()
    unfold(pmo)
    expect(pmo.locator('[name="question"]')).not_to_have_value("")
    other = fill(pmo, f"Two depots ({language})", **{"terms-budget": "4700000"})
    pmo.goto(first)
    pmo.locator('#advise [name="position"][value="unfavourable"]').check()
    pmo.locator('#advise [name="reasons"]').fill("Two depots serve the school lines.")
    pmo.locator('#advise button[name="step"][value="review"]:visible').click()
    pmo.locator('button[name="step"][value="send"]').click()
    expect(pmo.locator("main")).to_contain_text(words["both"])
    owner.goto(first)
    expect(owner.locator("main")).to_contain_text(words["both"])
    form = owner.locator('form[action$="/decide/"]')
    why_not = form.locator('[name^="demand-proposal-"]')
    expect(why_not).to_be_hidden()
    form.locator('[name="option"][value="A"]').check()
    form.locator('[name="outcome"][value="approved"]').check()
    why_not.fill(WHY_NOT)
    decide(owner, "approved", option="A")
    expect(owner.locator("main")).to_contain_text(WHY_NOT)
    owner.goto(other)
    expect(owner.locator("main")).to_contain_text(WHY_NOT)
    rows = query("SELECT outcome, acted_at FROM governance_decision ORDER BY id DESC LIMIT 2")
    assert ({outcome for outcome, _at in rows}, len({at for _outcome, at in rows})) == ({"approved", "merged"}, 1)
