"""Close a project in a browser: words on groups, an exception, items accepted elsewhere, and nothing after it."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import closing
from tests.e2e.test_counted_clicks import run_in_shell
from tests.e2e.test_journey import advise, fill, unfold
from tests.effort import in_turn

Person = Callable[..., Page]

WORDS = {
    "fr": {
        "title": "Clôture de la criée",
        "never_given": "Ces obligations n’ont plus d’objet.",
        "conditions": "L’exploitant affiche les tarifs.",
        "risks": "La pompe est remplacée.",
        "action": "L’exploitant entretient la pompe.",
        "by": "repris par",
        "select": "Sélectionnez la personne qui le reprend",
        "ended": "n’accepte rien de nouveau",
        "accepted": "accepté",
        "outcome": "La pompe est surveillée par l’exploitant.",
        "done": "soldé",
    },
    "en": {
        "title": "Closing of the fish market",
        "never_given": "These obligations serve nothing any more.",
        "conditions": "The operator displays the fees.",
        "risks": "The pump is replaced.",
        "action": "The operator keeps the pump.",
        "by": "carried over to",
        "select": "Select who takes it over",
        "ended": "takes nothing new",
        "accepted": "accepted",
        "outcome": "The operator inspects the pump.",
        "done": "done",
    },
}


@pytest.fixture
def people(instance: dict[str, Any], person: Person) -> Callable[[str, str], Page]:
    """Return a function that opens a page as one of the people of the projects."""

    def page_of(name: str, language: str) -> Page:
        user = {"email": closing.address_of(name), "password": closing.PASSWORD}
        instance["users"][f"closing_{name}"] = user
        return person(f"closing_{name}", language=language)

    return page_of


def write_closing(page: Page, code: str, words: dict[str, str]) -> str:
    """Write and submit the closing, with words prepared for the owner; return the path of its dossier."""
    page.goto(f"/projects/{code}/gates/")
    with page.expect_navigation():
        page.locator('main a[href*="kind=gate"]').first.click()
    unfold(page)
    expect(page.locator('[name="terms-closing_waivers_why"]')).to_have_count(0)
    prepared = {
        "terms-closing_never_given_fate": "excused",
        "terms-closing_never_given_why": words["never_given"],
        "terms-closing_risks_fate": "closed",
        "terms-closing_risks_why": words["risks"],
    }
    return fill(page, words["title"], amount="", decide_by=str(date.today() + timedelta(20)), **prepared)


def answer(page: Page, language: str, code: str) -> None:
    """Answer the groups as the owner: keep the prepared words, carry a condition and one action over."""
    words, form = WORDS[language], page.locator('form[action$="/decide/"]')
    groups = form.locator('[role="group"][aria-labelledby^="open-"]')
    expect(groups.first).to_be_hidden()
    form.locator('[name="option"][value="A"]').check()
    form.locator('[name="outcome"][value="approved"]').check()
    expect(groups.first).to_be_visible()
    assert groups.count() == 3
    expect(form.locator('[name="demand-risks"]')).to_have_value(words["risks"])
    conditions, risks = (form.locator(f'[aria-labelledby="open-{name}"]') for name in ("conditions", "risks"))
    taker = conditions.locator('[name="demand-conditions-into"]')
    expect(taker).to_be_hidden()
    conditions.locator('[name="demand-conditions-fate"][value="carried"]').check()
    conditions.locator('[name="demand-conditions"]').fill(words["conditions"])
    expect(taker).to_be_visible()
    risks.locator("summary").first.click()
    item = risks.locator("details details").filter(has_text=closing.ACTIONS[language][0])
    item.locator("summary").click()
    item.locator('[value="carried"]').check()
    item.locator("textarea").fill(words["action"])
    form.locator('[name="reasons"]').fill("The market runs.")
    form.locator('button[value="review"]:visible').click()
    expect(item).to_contain_text(words["select"])
    for field in (taker, item.locator("[list]")):
        field.fill(f"{code} · AMOA · {closing.NAMES['heir']}")
    form.locator('button[value="review"]:visible').click()


def finish(heir: Page, item: str, words: dict[str, str]) -> None:
    """Record from My tasks that an item that was taken over is done; the other one stays there."""
    heir.goto("/")
    tasks = heir.locator('main a[href^="/carried-over/"]')
    tasks.filter(has_text=item).first.click()
    heir.locator('main a[href$="/done/"]').click()
    heir.locator('[name="outcome"]').fill(words["outcome"])
    heir.locator('main form button[data-kind="primary"]').click()
    expect(heir.locator("main")).to_contain_text(words["outcome"])
    expect(heir.locator("main .tag", has_text=words["done"])).to_have_count(1)
    heir.goto("/")
    expect(tasks.filter(has_text=item)).to_have_count(0)
    expect(tasks.first).to_be_visible()


def expect_refused(page: Page, address: str, words: str) -> None:
    """Expect that a page of the closed project is refused in a sentence."""
    response = page.goto(address)
    assert response is not None
    assert response.status == 403
    expect(page.locator("main")).to_contain_text(words)


@pytest.mark.parametrize("language", in_turn(5, ["fr", "en"]))
def test_a_closing_is_answered_in_groups_and_what_it_carries_over_is_accepted_elsewhere(
    language: str, people: Any, instance: dict[str, Any], query: Any, complaints: Any
) -> None:
    run_in_shell(instance, f"from tests.e2e.closing import open_projects; open_projects('{language}')")
    words, code, other = WORDS[language], f"HALLE-{language.upper()}", f"AFTER-{language.upper()}"
    pmo, amoa, owner, heir = (people(name, language) for name in ("pmo", "amoa", "owner", "heir"))
    address = write_closing(pmo, code, words)
    advise(amoa, words["title"])
    owner.goto(address)
    answer(owner, language, other)
    texts = (words["conditions"], words["risks"], words["action"], *closing.ACTIONS[language], words["by"])
    for text in texts:
        expect(owner.locator("main")).to_contain_text(text)
    owner.locator('button[name="step"][value="seal"]').click()
    expect(owner.locator('form[action$="/decide/"]')).to_have_count(0)
    owner.locator('article a[href*="/decisions/"]').first.click()
    expect(owner).to_have_url(re.compile(r"/decisions/\d+/$"))
    for text in (*texts, words["never_given"], closing.NAMES["heir"]):
        expect(owner.locator("main")).to_contain_text(text)

    heir.goto("/")
    heir.locator('main a[href^="/carried-over/"]', has_text=closing.ACTIONS[language][0]).first.click()
    expect(heir.locator("main")).to_contain_text(words["action"])
    heir.locator('main a[href$="/accept/"]').click()
    heir.locator('[name="with_others"]').check()
    with heir.expect_navigation():
        heir.locator('main form button[data-kind="primary"]').click()
    heir.goto(f"/projects/{other}/obligations/")
    heir.locator(f'main a[href="/projects/{other}/carried-over/"]').click()
    expect(heir.locator("main .tag", has_text=words["accepted"])).to_have_count(2)
    finish(heir, closing.ACTIONS[language][0], words)
    amoa.goto("/")
    expect(amoa.locator("main")).not_to_contain_text(closing.CONDITION[language])

    expect_refused(pmo, f"/projects/{code}/risks/new/", words["ended"])
    expect_refused(owner, f"/projects/{code}/mandates/appoint/", words["ended"])
    states = query("SELECT p.state FROM projects_project p WHERE p.code = %s", code)
    carried = query(
        "SELECT c.state FROM governance_carryover c JOIN projects_project p ON p.id = c.project_id WHERE p.code = %s",
        code,
    )
    assert (states, sorted(carried)) == ([("closed",)], [("accepted",), ("done",)])
    assert [complaint for complaint in complaints if not re.search("403|422", complaint)] == []
