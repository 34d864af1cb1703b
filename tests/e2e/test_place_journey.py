"""What an owner above decides, in a browser: shares within a budget, the end of a place, the rules of a level."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_counted_clicks import run_in_shell
from tests.e2e.test_dependency_journey import advise
from tests.e2e.test_journey import decide, fill, fill_texts, unfold
from tests.effort import in_turn

Person = Callable[..., Page]

SHARES = (
    "SELECT part.code, share.amount::int FROM governance_share share"
    " JOIN projects_project part ON part.id = share.part_id JOIN projects_project node ON node.id = share.project_id"
    " WHERE node.code = %s ORDER BY part.code"
)
RELEASED = (
    "SELECT role.code FROM projects_mandate mandate JOIN roles_roletemplate role ON role.id = mandate.role_id"
    " JOIN projects_project node ON node.id = mandate.project_id"
    " WHERE node.code = %s AND mandate.ended_by_id IS NOT NULL"
)
EXCEED = {"fr": "dépassent le budget de 300", "en": "exceed the budget by €300"}
AS_A_PROJECT = {"fr": "suit les règles d’un projet", "en": "has the rules of a project"}
FOLLOWS = {"fr": "Décider de la suite", "en": "Decide what follows"}


@pytest.fixture(scope="module")
def portfolio(instance: dict[str, Any]) -> Callable[[str], str]:
    """Return a function that opens a portfolio with two projects below it and returns its code."""

    def open_one(code: str) -> str:
        line = "from tests.e2e.above import open_below_a_portfolio"
        run_in_shell(instance, f"{line}; open_below_a_portfolio('{code}', '{code}A', '{code}B')")
        return code

    return open_one


def write(page: Page, code: str, kind: str) -> None:
    """Open the form of a proposal of this kind."""
    page.goto(f"/projects/{code}/proposals/new/?kind={kind}")
    unfold(page)


@pytest.mark.parametrize("language", in_turn(1, ["fr", "en"]))
def test_shares_beyond_the_budget_pass_with_the_decision_that_raises_it(
    language: str, portfolio: Callable[[str], str], person: Person, query: Any, complaints: Any
) -> None:
    code = portfolio(f"PS{language[0].upper()}")
    pmo, business, owner = (person(who, language=language) for who in ("other_pmo", "other_amoa", "other_owner"))
    write(pmo, code, "allocation")
    title = f"Shares of the quays ({language})"
    fill_texts(pmo, title, {})
    terms = {"starts_on": str(date.today()), f"shares-{code}A": "700", f"shares-{code}B": "600"}
    for name, text in terms.items():
        pmo.locator(f'[name="terms-{name}"]').fill(text)
    pmo.locator('button[form="working-text"][data-kind="primary"]:visible').first.click()
    submit = pmo.locator('form[action$="/submit/"] button').first
    submit.click()
    expect(pmo.locator("main")).to_contain_text(EXCEED[language])
    pmo.locator('main a[href$="/edit/"]:visible').first.click()
    unfold(pmo)
    for name, text in terms.items():
        expect(pmo.locator(f'[name="terms-{name}"]')).to_have_value(re.compile(text))
    address = fill(pmo, title, **{"terms-budget": "1300"})
    advise(business, address)
    owner.goto(address)
    decide(owner, "approved")
    assert query(SHARES, code) == [(f"{code}A", 700), (f"{code}B", 600)]
    assert query("SELECT budget::int FROM projects_project WHERE code = %s", code) == [(1300,)]


@pytest.mark.parametrize("language", in_turn(2, ["fr", "en"]))
def test_the_owner_above_ends_a_place_and_decides_nothing_inside(
    language: str, portfolio: Callable[[str], str], person: Person, query: Any, complaints: Any
) -> None:
    code = portfolio(f"PW{language[0].upper()}")
    pmo, business, above = (person(who, language=language) for who in ("other_pmo", "other_amoa", "other_owner"))
    amoa, office, owner = (person(who, language=language) for who in ("amoa", "pmo", "owner"))
    write(office, f"{code}A", "gate")
    inside = fill(office, f"Launch of the quays ({language})", **{"terms-gate": "G0"})
    advise(amoa, inside)
    write(pmo, code, "component_withdrawal")
    day = str(date.today())
    terms = {"terms-component": f"{code}A", "terms-ending": "ended", "terms-starts_on": day}
    address = fill(pmo, f"Exit of the quays ({language})", **terms)
    advise(business, address)
    above.goto(address)
    decide(above, "approved")

    above.goto(inside)
    expect(above.locator('form[action$="/decide/"]')).to_have_count(0)
    expect(above.locator("h1")).to_contain_text(f"Launch of the quays ({language})")
    owner.goto("/")
    task = owner.locator("ul.items > li", has_text=FOLLOWS[language]).filter(has_text=code)
    expect(task).to_have_count(1)
    expect(owner.locator("ul.items > li").first).to_contain_text(FOLLOWS[language])
    [state] = query("SELECT state FROM projects_project WHERE code = %s", f"{code}A")
    assert state == ("draft",), "nothing changes inside"


@pytest.mark.parametrize("language", in_turn(3, ["fr", "en"]))
def test_a_level_that_was_run_as_a_project_takes_its_own_rules(
    language: str, instance: Any, person: Person, query: Any, complaints: Any
) -> None:
    code = f"LV{language[0].upper()}"
    run_in_shell(instance, f"from tests.e2e.above import open_as_a_project; open_as_a_project('{code}')")
    pmo, business, owner = (person(who, language=language) for who in ("other_pmo", "other_amoa", "other_owner"))
    owner.goto(f"/projects/{code}/obligations/")
    expect(owner.locator("main")).to_contain_text(AS_A_PROJECT[language])
    write(pmo, code, "level_rules")
    address = fill(pmo, f"Rules of a programme ({language})", **{"terms-matrix": "Version 2"})
    advise(business, address)
    owner.goto(address)
    decide(owner, "approved")
    owner.goto(f"/projects/{code}/obligations/")
    expect(owner.locator("h1")).to_be_visible()
    expect(owner.locator("main")).not_to_contain_text(AS_A_PROJECT[language])
    assert query(RELEASED, code) == [("DEST",)]
