"""The main job in a browser: the AMOA proposes, the PMO advises, the owner decides, everybody sees the record."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.visitor import mail_of

Person = Callable[..., Page]

READERS = ("pmo", "amoa", "moe", "recipient", "former_owner", "delegate", "future_owner")
CONDITION = "The crews are told in writing before the first day."
REASONS = "Both roles agree, and the crews must know in time."
ADVICE = "Within the envelope; the reserve covers the move."
PROOF = "Letter to the crews of quay 2, received."


def write(page: Page, title: str) -> str:
    """Write and submit a proposal through the pages; returns the address of its dossier."""
    page.goto("/projects/ONE/")
    page.locator('a[href$="/proposals/new/"]').first.click()
    page.locator('[name="kind"]').select_option("change")
    page.locator('[name="title"]').fill(title)
    for name, text in {
        "question": "Shall quay 2 be renewed before quay 1?",
        "context": "The divers found quay 2 in a worse state.\n\n- Three cracks\n- One loose bollard",
        "options-0-title": "Quay 2 first",
        "options-0-description": "It may close in winter.",
        "options-1-title": "Do nothing",
        "options-1-description": "The present order stays.",
        "recommendation": "Quay 2 first, because of the cracks.",
        "impact_cost": "EUR 12,000 for moving the site.",
        "risks": "Winter storms on quay 1.",
        "evidence": "Divers' report 7",
        "amount": "12 000,50",
        "decide_by": str(date.today() + timedelta(10)),
    }.items():
        page.locator(f'[name="{name}"]').fill(text)
    page.locator('[name="recommended"]').select_option("A")
    page.locator('button[form="working-text"][data-kind="primary"]:visible').first.click()
    expect(page).to_have_url(re.compile(r"/proposals/\d+/$"))
    address = page.url
    page.locator('form[action$="/submit/"] button').first.click()
    expect(page.locator("h1")).to_contain_text(title)
    return address.partition("/proposals/")[1] + address.partition("/proposals/")[2]


def advise(page: Page, title: str) -> None:
    """Find the proposal in the inbox and send an opinion through its review."""
    page.goto("/")
    page.get_by_role("link", name=title).first.click()
    page.locator('#advise [name="position"][value="favourable"]').check()
    page.locator('#advise [name="reasons"]').fill(ADVICE)
    page.locator('#advise button[name="step"][value="review"]:visible').click()
    expect(page.locator("main")).to_contain_text(ADVICE)
    page.locator('button[name="step"][value="send"]').click()
    expect(page.locator("main")).to_contain_text(ADVICE)


def decide(page: Page, title: str) -> None:
    """Find the proposal in the inbox, answer with one condition, change one's mind once, seal."""
    page.goto("/")
    page.get_by_role("link", name=title).first.click()
    form = page.locator('form[action$="/decide/"]')
    form.locator('[name="outcome"][value="approved_with_conditions"]').check()
    form.locator('[name="reasons"]').fill("Not my last word.")
    form.locator('[name="conditions-0-text"]').fill(CONDITION)
    form.locator('[name="conditions-0-role"]').select_option("AMOA")
    form.locator('[name="conditions-0-due_on"]').fill(str(date.today() + timedelta(20)))
    form.locator('button[name="step"][value="review"]:visible').click()
    expect(page.locator("main")).to_contain_text(CONDITION)
    page.locator('button[name="step"][value="change"]').click()
    expect(page.locator('[name="conditions-0-text"]')).to_have_value(CONDITION)
    page.locator('[name="reasons"]').fill(REASONS)
    page.locator('button[name="step"][value="review"]:visible').click()
    page.locator('button[name="step"][value="seal"]').click()
    expect(page.locator("main")).to_contain_text(REASONS)
    expect(page.locator('form[action$="/decide/"]')).to_have_count(0)


def lift(page: Page, address: str) -> None:
    """Note that the condition is met."""
    page.goto(address)
    page.locator("details:has(form[action$='/lift/']) summary").click()
    page.locator("form[action$='/lift/'] [name='proof']").fill(PROOF)
    page.locator("form[action$='/lift/'] button").click()
    expect(page.locator("main")).to_contain_text(PROOF)
    expect(page.locator("form[action$='/lift/']")).to_have_count(0)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_proposal_is_written_advised_decided_and_seen_by_all(
    language: str, person: Person, visitor: Any, instance: dict[str, Any], query: Any, told: Any, complaints: Any
) -> None:
    title = f"Order of the works ({language})"
    owner = person("owner", language=language)
    address = write(person("amoa", language=language), title)
    owner.goto("/")
    expect(owner.get_by_role("link", name=title)).to_have_count(1)  # on its way, not to be decided yet
    owner.goto(address)
    expect(owner.locator('form[action$="/decide/"]')).to_have_count(0)
    advise(person("pmo", language=language), title)
    decide(owner, title)

    proposal = int(address.strip("/").rpartition("/")[2])
    [(decision, hash_, revision_hash, decided_by)] = query(
        "SELECT d.id, d.revision_hash, r.hash, d.decided_by_id FROM governance_decision d"
        " JOIN governance_proposalrevision r ON r.id = d.revision_id WHERE d.proposal_id = %s",
        proposal,
    )
    assert hash_ == revision_hash
    assert decided_by == instance["users"]["owner"]["id"]
    for member in READERS:
        page = person(member, language=language)
        page.goto(address)
        for part in (REASONS, CONDITION, ADVICE, instance["users"]["owner"]["name"]):
            expect(page.locator("main")).to_contain_text(part)
        expect(page.locator('form[action$="/decide/"], form[action$="/lift/"], [value="seal"]')).to_have_count(0)
        values = {"proposal": proposal, "fingerprint": hash_}
        assert visitor(member).act("decide", **values).status == 403
    assert visitor("outsider").get(address).status == 404
    assert query("SELECT id FROM governance_decision WHERE proposal_id = %s", proposal) == [(decision,)]

    email = {member: instance["users"][member]["email"] for member in ("owner", "pmo", "amoa", "moe")}
    assert told(proposal, "opinion_asked").keys() == {email["pmo"]}
    assert told(proposal, "decision_asked").keys() == {email["owner"]}
    assert told(proposal, "decided").keys() == {email["pmo"], email["amoa"], email["moe"]}
    for address_of, notice in (told(proposal, "decision_asked") | told(proposal, "decided")).items():
        mail = mail_of(instance, notice, 20)
        assert mail["To"] == address_of
        assert title in mail["Subject"]
        assert instance["base_url"] + address in mail.get_content()
    for member in ("owner", "pmo", "amoa"):
        page = person(member, language=language)
        page.goto("/notifications/")
        expect(page.get_by_role("link", name=title).first).to_be_visible()

    lift(owner, address)
    timeline = person("recipient", language=language)
    timeline.goto(f"{address}history/")
    for part in (ADVICE, REASONS, PROOF):
        expect(timeline.locator("main")).to_contain_text(part)
    for actor in ("amoa", "pmo", "owner"):
        expect(timeline.locator("main")).to_contain_text(instance["users"][actor]["name"])
    acts = query("SELECT act FROM governance_ledgerevent WHERE proposal_id = %s ORDER BY seq", proposal)
    assert [act for (act,) in acts] == ["draft", "submit", "advise", "decide", "lift"]
    assert complaints == []


def test_everything_works_without_javascript(person: Person) -> None:
    title = "Order of the works, without a script"
    address = write(person("amoa", java_script_enabled=False), title)
    advise(person("pmo", java_script_enabled=False), title)
    owner = person("owner", java_script_enabled=False)
    decide(owner, title)
    lift(owner, address)


def test_one_signs_in_and_out_through_the_pages(person: Person, instance: dict[str, Any]) -> None:
    page = person("anonymous")
    page.goto("/projects/ONE/")
    page.locator('[name="login"]').fill(instance["users"]["moe"]["email"])
    page.locator('[name="password"]').fill(instance["users"]["moe"]["password"])
    page.locator('main form button[data-kind="primary"]').click()
    expect(page).to_have_url(re.compile(r"/projects/ONE/$"))
    page.locator("details.menu summary.person").click()
    page.locator('form[action$="/sign-out/"] button').click()
    page.goto("/projects/ONE/")
    expect(page).to_have_url(re.compile(r"/sign-in/\?next="))


def test_the_language_and_the_theme_are_switched_on_any_page(person: Person) -> None:
    page = person("recipient", language="en")
    page.goto("/projects/ONE/register/")
    page.locator('.topbar button[name="language"][value="fr"]').first.click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page).to_have_url(re.compile(r"/projects/ONE/register/$"))
    page.locator('.topbar button[name="theme"]:visible').first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", re.compile("light|dark"))
    page.locator('.topbar button[name="language"][value="en"]').first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
