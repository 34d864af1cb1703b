"""Test roles in a browser: an administrator publishes a responsibility, an owner approves it, permissions follow."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_journey import advise, decide, write
from tests.effort import in_turn

Person = Callable[..., Page]

#: language → (code, kind of decision, its activity): a kind that the provider may not propose before.
GIVEN = {"fr": ("MOE-21", "scope", "CADRE"), "en": ("MOE-22", "communication", "CHANGEMENT")}


def publish(page: Page, code: str, activity: str) -> None:
    """Add a proposing responsibility to the next version of the provider's template, and publish it."""
    page.goto("/referential/")
    role = page.locator("main tr").filter(has_text="MOE")
    role.locator('a[href*="/referential/templates/"]').first.click()
    page.locator('form[action$="/next/"] button').first.click()
    page.wait_for_load_state()
    page.locator('a[href$="/responsibilities/new/"]').first.click()
    for name, text in {
        "code": code,
        "label_fr": f"Porter ce que la réalisation appelle ({code})",
        "label_en": f"Put forward what the build calls for ({code})",
        "evidence_fr": "Dossier de décision",
        "evidence_en": "Decision file",
    }.items():
        page.locator(f'[name="{name}"]').fill(text)
    page.locator('[name="nature"]').select_option("propose")
    page.locator('[name="recurrence"]').select_option("each_proposal")
    page.locator('[name="domains"][value="technical"]').check()
    folded = page.locator("details:not([open]):has([name='activities']) > summary")
    if folded.count():
        folded.click()
    page.locator(f'[name="activities"][value="{activity}"]').check()
    page.locator('main form button[data-kind="primary"]').click()
    expect(page.locator("main")).to_contain_text(code)
    page.locator('main a[href$="/publish/"]').first.click()
    expect(page.locator("main")).to_contain_text(code)
    page.locator('main form button[data-kind="primary"]').click()
    expect(page.locator("main")).to_contain_text(code)


def kinds_offered(page: Page) -> list[str]:
    """List the kinds of decision that the reader may propose on project one."""
    page.goto("/projects/ONE/proposals/new/")
    values = page.locator('[name="kind"] option').evaluate_all("options => options.map(option => option.value)")
    return [value for value in values if value]


def letters(page: Page, code: str, activity: str) -> str:
    """Return the words in the cell of a role and an activity, on the matrix of project one."""
    page.goto("/projects/ONE/roles/")
    table = page.locator("table.matrix").first
    heads = [text.strip() for text in table.locator("thead th").all_inner_texts()]
    place = next(number for number, text in enumerate(heads) if text.startswith(code))
    row = table.locator(f'tr:has(a[href*="line={activity}"])').first
    return row.locator("th, td").nth(place).inner_text()


@pytest.mark.parametrize("language", in_turn(2, ["fr", "en"]))
def test_a_published_responsibility_counts_once_the_owner_approves_it(
    language: str, person: Person, visitor: Any, query: Any, told: Any, complaints: Any
) -> None:
    code, kind, activity = GIVEN[language]
    title = f"Roles with {code}"
    publish(person("staff_admin", language=language), code, activity)
    moe, pmo, owner = (person(member, language=language) for member in ("moe", "pmo", "owner"))
    assert kind not in kinds_offered(moe)  # published, but not yet in the project
    before = letters(moe, "MOE", activity)

    pmo.goto("/projects/ONE/roles/adapt/")
    pmo.locator('main a[href*="/roles/adapt/take/"]').first.click()
    pmo.locator('[name="reason"]').fill("The organisation published it.")
    pmo.locator('main form button[data-kind="primary"]').click()
    expect(pmo.locator("main")).to_contain_text(code)
    assert kind not in kinds_offered(moe)  # written, but not in force
    [(number, fingerprint)] = query(
        "SELECT m.number, m.hash FROM projects_matrix m JOIN projects_project p ON p.id = m.project_id"
        " WHERE p.code = 'ONE' ORDER BY m.number DESC LIMIT 1"
    )
    address = write(pmo, title, "appointment", **{"terms-matrix": f"{number}:{fingerprint}"})
    advise(person("amoa", language=language), title)
    owner.goto(address)
    decide(owner, "approved")

    assert kind in kinds_offered(moe)
    assert letters(moe, "MOE", activity) != before
    moe.goto(f"/projects/ONE/permissions/?kind={kind}&author=MOE")
    expect(moe.locator("main")).to_contain_text("MOE")
    proposed = write(moe, f"By the provider ({code})", kind, **_terms(kind))
    pmo.goto("/")
    expect(pmo.get_by_role("link", name=f"By the provider ({code})").first).to_be_visible()
    proposal = int(proposed.strip("/").rpartition("/")[2])
    assert {"pmo@example.org", "amoa@example.org"} <= told(proposal, "opinion_asked").keys()
    shown = html.unescape(visitor("recipient").get("/projects/ONE/roles/").text)
    assert f"{number}" in shown
    assert complaints == []


def _terms(kind: str) -> dict[str, str]:
    """Return the fields of a proposal of this kind beside the common text."""
    needed = {
        "scope": {"terms-scope": "Both quays and the slipway."},
        "communication": {"terms-message": "It changes on Monday."},
    }
    return {"impact_recipients": "They know.", **needed[kind]}
