"""The main job in a browser: the AMOA proposes, the PMO advises, the owner decides, everybody sees the record."""

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.visitor import mail_of
from tests.effort import in_turn

Person = Callable[..., Page]

READERS = ("pmo", "amoa", "moe", "recipient", "delegate", "future_owner")
CONDITION = "The crews are told in writing before the first day."
REASONS = "Both roles agree, and the crews must know in time."
ADVICE = "Within the envelope; the reserve covers the move."
PROOF = "Letter to the crews of quay 2, received."
WAIVER = "The divers leave on Monday; the advice would come too late."
BUDGET = {"fr": 4_311_000, "en": 4_322_000}


def write(page: Page, title: str, kind: str = "change", *, has_script: bool = True, **changes: str) -> str:
    """Write and submit a proposal through the pages with `changes` to its text; return the path of its dossier."""
    page.goto("/projects/ONE/")
    with page.expect_navigation():  # until its scripts listen
        page.locator('a[href$="/proposals/new/"]').first.click()
    page.locator('[name="kind"]').select_option(kind)
    if not has_script:
        page.locator('[name="choose_kind"]').click()
    expect(page.locator(f'[name="kind"] option[value="{kind}"][selected]')).to_have_count(1)  # the form came back
    return fill(page, title, **changes)


def unfold(page: Page) -> int:
    """Open every section of the form of a proposal, as a reader does; return the clicks it takes."""
    page.locator("#working-text").wait_for()  # a link may lead here
    folded, clicks = page.locator("#working-text details:not([open]) > summary:visible"), 0
    while folded.count():
        folded.first.click()
        clicks += 1
    return clicks


def fill(page: Page, title: str, **changes: str) -> str:
    """Fill the form of a proposal that is open, and submit it; returns the path of its dossier."""
    unfold(page)
    fill_texts(page, title, changes)
    if replaces := changes.pop("replaces", ""):
        page.locator('[name="replaces"]').select_option(replaces)
    for name, text in changes.items():
        field = page.locator(f'[name="{name}"]')
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)
    page.locator('button[form="working-text"][data-kind="primary"]:visible').first.click()
    expect(page).to_have_url(re.compile(r"/proposals/\d+/$"))
    address = urlsplit(page.url).path
    page.locator('form[action$="/submit/"] button').first.click()
    expect(page.locator('form[action$="/submit/"]')).to_have_count(0)
    expect(page.locator("h1")).to_contain_text(title)
    return address


def fill_texts(page: Page, title: str, changes: dict[str, str]) -> None:
    """Fill the texts that every proposal has, and take from `changes` those that differ."""
    for name, text in {
        "title": title,
        "question": "Shall quay 2 be renewed before quay 1?",
        "context": "The divers found quay 2 in a worse state.\n\n- Three cracks\n- One loose bollard",
        "options-0-title": "Quay 2 first",
        "options-0-description": "It may close in winter.",
        "options-1-title": "Do nothing",
        "options-1-description": "The present order stays.",
        "recommendation": "Quay 2 first, because of the cracks.",
        "impact_scope": "None.",
        "impact_cost": "EUR 12,000 for moving the site.",
        "risks": "Winter storms on quay 1.",
        "evidence": "Divers' report 7",
        "amount": "12 000,50",
        "decide_by": str(date.today() + timedelta(10)),
    }.items():
        page.locator(f'[name="{name}"]').fill(changes.pop(name, text))
    page.locator('[name="recommended"]').select_option("A")


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


def select(choice: Locator) -> None:
    """Select a choice as a person does: again, when the page still moved under the first click."""
    for _ in range(3):
        choice.click()
        if choice.is_checked():
            return
    expect(choice).to_be_checked()


def decide(page: Page, outcome: str, **answers: str) -> None:
    """Decide on the open dossier; `answers` fill the fields and choices of the form. Seal it.

    An approval takes the recommended option unless `answers` name another one; another answer takes none.
    """
    form = page.locator('form[action$="/decide/"]')
    approves = outcome.startswith(("approved", "accepted"))
    option = f'[value="{answers.pop("option")}"]' if "option" in answers else '[data-option="recommended"] input'
    select(form.locator(option if approves else '[data-option="none"] input'))
    select(form.locator(f'[name="outcome"][value="{outcome}"]'))
    for name, text in {"reasons": REASONS, **answers}.items():
        field = form.locator(f'[name="{name}"]').first
        if field.get_attribute("type") == "radio":
            select(form.locator(f'[name="{name}"][value="{text}"]'))
        elif name.endswith("-role"):
            field.select_option(text)
        else:
            field.fill(text)
    form.locator('button[name="step"][value="review"]:visible').click()
    for text in (REASONS, *(text for name, text in answers.items() if name.endswith("-text"))):
        expect(page.locator("main")).to_contain_text(text)
    page.locator('button[name="step"][value="seal"]').click()
    expect(page.locator("main")).to_contain_text(REASONS)
    expect(page.locator('form[action$="/decide/"]')).to_have_count(0)


def with_condition(text: str) -> dict[str, str]:
    """Add one condition for the AMOA, which the decision waits for."""
    due_on = str(date.today() + timedelta(20))
    first = {"conditions-0-text": text, "conditions-0-role": "AMOA", "conditions-0-due_on": due_on}
    return {**first, "effective": "when_met"}


def settle(page: Page, text: str, act: str) -> None:
    """Find the condition in the inbox, and prove or lift it; a given proof is shown, not written again."""
    page.goto("/")
    page.get_by_role("link", name=text).first.click()
    page.locator(f'main a[href$="/{act}/"]').click()
    page.wait_for_url(f"**/{act}/")
    if page.locator('main textarea[name="proof"]').count():
        page.locator('main textarea[name="proof"]').fill(PROOF)
    page.locator('main form button[data-kind="primary"]').click()
    expect(page.locator("main")).to_contain_text(PROOF)
    expect(page.locator('main a[href$="/lift/"]')).to_have_count(0)


def expect_budget(page: Page, euros: int, because: str = "") -> None:
    """Assert that the home of the project shows this budget, and its decision."""
    page.goto("/projects/ONE/")
    digits = r"\D".join(f"{euros:,}".split(","))
    expect(page.locator('section[aria-labelledby="terms"]')).to_contain_text(re.compile(digits))
    expect(page.locator('section[aria-labelledby="terms"] dd').last).to_contain_text(because)


@pytest.mark.parametrize("language", in_turn(1, ["fr", "en"]))
def test_a_proposal_is_written_advised_decided_and_seen_by_all(
    language: str, person: Person, visitor: Any, instance: dict[str, Any], query: Any, told: Any, complaints: Any
) -> None:
    title, budget, condition = f"Order of the works ({language})", BUDGET[language], f"{CONDITION} ({language})"
    [(before,)] = query("SELECT budget::int FROM projects_project WHERE code = 'ONE'")
    owner, amoa, pmo = (person(member, language=language) for member in ("owner", "amoa", "pmo"))
    address = write(amoa, title, "budget", **{"terms-budget": str(budget)})
    owner.goto("/")
    expect(owner.get_by_role("link", name=title)).to_have_count(1)  # on its way, not to be decided yet
    advise(pmo, title)
    owner.goto("/")
    owner.get_by_role("link", name=title).first.click()
    form = owner.locator('form[action$="/decide/"]')
    form.locator('[name="option"][value="none"]').check()
    form.locator('[name="outcome"][value="rejected"]').check()
    form.locator('[name="reasons"]').fill("Not my last word.")
    form.locator('button[name="step"][value="review"]:visible').click()
    owner.locator('button[name="step"][value="change"]').click()
    expect(owner.locator('[name="reasons"]')).to_have_value("Not my last word.")
    decide(owner, "approved_with_conditions", **with_condition(condition))

    proposal = int(address.strip("/").rpartition("/")[2])
    [(decision, number, hash_, revision_hash, decided_by)] = query(
        "SELECT d.id, d.number, d.revision_hash, r.hash, d.decided_by_id FROM governance_decision d"
        " JOIN governance_proposalrevision r ON r.id = d.revision_id WHERE d.proposal_id = %s",
        proposal,
    )
    assert hash_ == revision_hash
    assert decided_by == instance["users"]["owner"]["id"]
    for member in READERS:
        page = html.unescape(visitor(member).get(address).text)
        for part in (REASONS, condition, ADVICE, instance["users"]["owner"]["name"]):
            assert part in page
        assert not re.search(r'action="[^"]*/decide/"|href="[^"]*/lift/"|value="seal"', page)
        values = {"proposal": proposal, "fingerprint": hash_}
        assert visitor(member).act("decide", **values).status == 403
    assert {visitor(member).get(address).status for member in ("former_owner", "outsider")} == {404}
    assert query("SELECT id FROM governance_decision WHERE proposal_id = %s", proposal) == [(decision,)]

    email = {member: instance["users"][member]["email"] for member in ("owner", "pmo", "amoa", "moe")}
    assert told(proposal, "opinion_asked").keys() == {email["pmo"]}
    assert told(proposal, "decision_asked").keys() == {email["owner"]}
    assert told(proposal, "decided").keys() == set(email.values())  # the signatory gets the receipt
    for address_of, notice in (told(proposal, "decision_asked") | told(proposal, "decided")).items():
        mail = mail_of(instance, notice, 20)
        assert mail["To"] == address_of
        assert title in mail["Subject"]
        assert instance["base_url"] + address in mail.get_content()
    for reader in (owner, pmo, amoa):
        reader.goto("/notifications/")
        expect(reader.get_by_role("link", name=title).first).to_be_visible()

    expect_budget(owner, before)  # the condition is open
    settle(amoa, condition, "prove")
    settle(owner, condition, "lift")
    expect_budget(owner, budget, f"OD-{number:02d}")
    timeline = person("recipient", language=language)
    timeline.goto(f"{address}history/")
    for part in (ADVICE, REASONS, PROOF):
        expect(timeline.locator("main")).to_contain_text(part)
    for actor in ("amoa", "pmo", "owner"):
        expect(timeline.locator("main")).to_contain_text(instance["users"][actor]["name"])
    acts = query("SELECT act FROM projects_ledgerevent WHERE proposal_id = %s ORDER BY seq", proposal)
    assert [act for (act,) in acts] == ["draft", "submit", "advise", "decide", "prove", "lift"]

    title, budget = f"Order of the works, once more ({language})", budget + 500
    write(amoa, title, "budget", **{"terms-budget": str(budget), "replaces": str(decision)})
    advise(pmo, title)
    owner.goto("/")
    owner.get_by_role("link", name=title).first.click()
    [(effect,)] = query("SELECT id FROM governance_effect WHERE decision_id = %s", decision)
    decide(owner, "approved", **{f"fate-effect-{effect}": "changed"})
    [(newer,)] = query("SELECT number FROM governance_decision WHERE supersedes_id = %s", decision)
    expect_budget(owner, budget, f"OD-{newer:02d}")
    timeline.goto(address)
    expect(timeline.locator("main")).to_contain_text(f"OD-{newer:02d}")
    assert complaints == []


def test_everything_works_without_javascript(person: Person) -> None:
    title, condition = "Order of the works, without a script", "The slipway is free of boats."
    amoa, owner = person("amoa", java_script_enabled=False), person("owner", java_script_enabled=False)
    terms = {"terms-ends_on": str(date.today() + timedelta(500))}
    write(amoa, title, "schedule", has_script=False, impact_schedule="Four weeks.", **terms)
    advise(person("pmo", java_script_enabled=False), title)
    owner.goto("/")
    owner.get_by_role("link", name=title).first.click()
    decide(owner, "approved_with_conditions", **with_condition(condition))
    settle(amoa, condition, "prove")
    settle(owner, condition, "lift")


def test_the_owner_decides_without_an_opinion_and_says_why(person: Person, query: Any, complaints: Any) -> None:
    title = "Order of the works, at once"
    address = write(person("amoa", language="fr"), title)
    owner = person("owner", language="fr")
    owner.goto(address)
    owner.locator("details:has(form[action$='/decide/']) > summary").click()
    decide(owner, "approved", **{"waiver-PMO": WAIVER})
    reader = person("pmo", language="fr")
    reader.goto(address)
    expect(reader.locator("main")).to_contain_text(WAIVER)
    expect(reader.locator("#advise")).to_have_count(0)
    proposal = int(address.strip("/").rpartition("/")[2])
    assert query("SELECT waived FROM governance_decision WHERE proposal_id = %s", proposal) == [({"PMO": WAIVER},)]
    assert complaints == []


def test_a_delegate_signs_until_the_delegation_ends_and_who_could_decide_is_answered_for_then(
    person: Person, visitor: Any, instance: dict[str, Any], query: Any, complaints: Any
) -> None:
    owner, amoa, pmo = (person(member, language="fr") for member in ("owner", "amoa", "pmo"))
    name, email = (instance["users"]["former_owner"][key] for key in ("name", "email"))
    owner.goto("/projects/ONE/mandates/")
    owner.locator('a[href$="/mandates/delegate/"]').click()
    owner.locator('[name="kinds"][value="communication"]').check()
    for field, text in {"email": email, "cap": "600", "ends_on": str(date.today()), "document": "Act 7"}.items():
        owner.locator(f'[name="{field}"]').fill(text)
    owner.locator('button[name="step"][value="review"]').click()
    owner.locator('button[name="step"][value="record"]').click()
    expect(owner.locator('section[aria-labelledby="lent"]')).to_contain_text(name)

    addresses = []
    for number in (1, 2):
        title = f"Letter {number} to the crews"
        said = {"impact_recipients": "They know.", "terms-message": "The crews move on Monday."}
        addresses.append(write(amoa, title, "communication", amount="500", **said))
        advise(pmo, title)
    delegate = person("former_owner", language="fr")
    delegate.goto(addresses[0])
    decide(delegate, "approved")
    owner.goto("/projects/ONE/mandates/")
    owner.locator('section[aria-labelledby="lent"] tr').filter(has_text=name).locator('a[href$="/revoke/"]').click()
    owner.locator('main form button[data-kind="danger"], main form button[data-kind="primary"]').click()
    expect(owner.locator("main")).to_contain_text("Act 7")
    assert visitor("former_owner").get(addresses[1]).status == 404, "a former delegate reads their record alone"
    proposal = int(addresses[1].strip("/").rpartition("/")[2])
    [(hash_,)] = query("SELECT hash FROM governance_proposalrevision WHERE proposal_id = %s", proposal)
    assert visitor("former_owner").act("decide", proposal=proposal, fingerprint=hash_).status == 404

    reader = person("recipient", language="fr")
    reader.goto(addresses[0])
    reader.locator('article[id^="decision-"] h3 a').click()
    expect(reader.locator("main")).to_contain_text(name)
    pdf = reader.locator('a[href*="record.pdf"]').first.get_attribute("href") or ""
    first, second = (reader.request.get(pdf) for _ in range(2))
    assert first.headers["content-type"] == "application/pdf"
    assert first.body() == second.body()
    assert first.body().startswith(b"%PDF-")
    reader.locator('a[href*="/authority/"]').click()
    expect(reader.locator('.notice[data-kind="ok"]')).to_contain_text(name)
    reader.goto("/projects/ONE/authority/?kind=communication&amount=500")
    expect(reader.locator('.notice[data-kind="ok"]')).not_to_contain_text(name)
    assert complaints == []


def test_a_person_signs_in_and_out_through_the_pages(person: Person, instance: dict[str, Any]) -> None:
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
