"""Test second looks in a browser: an owner has an approval come back, and says later what became of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_journey import advise, decide, write
from tests.effort import in_turn

Person = Callable[..., Page]

MEASURE = {"fr": "Part des équipages servis (%)", "en": "Share of crews served (%)"}
NOT_YET = {"fr": "Date à venir", "en": "Not yet due"}
ASKED = {"fr": "Porter un second regard sur la décision", "en": "Look back at the decision"}
KEPT = {"fr": "Maintenue", "en": "Kept"}
WORDS = {"fr": "Neuf équipages sur dix ont leur glace.", "en": "Nine crews in ten have their ice."}
OTHER = {"fr": "en", "en": "fr"}


@contextmanager
def on_its_day(instance: dict[str, Any], decision: int) -> Iterator[None]:
    """Let the months of a decision be over, past its triggers, and give it its own day again at the end."""
    move = "UPDATE governance_decision SET second_look_on = second_look_on + %s WHERE id = %s"
    with psycopg.connect(instance["dsn"]["owner"]) as connection:
        [days] = connection.execute(
            "SELECT second_look_on - current_date FROM governance_decision WHERE id = %s", [decision]
        ).fetchone() or [0]
    for shift in (-days, days):
        with psycopg.connect(instance["dsn"]["owner"]) as connection:
            connection.execute("ALTER TABLE governance_decision DISABLE TRIGGER USER")
            connection.execute(move, [shift, decision])
            connection.execute("ALTER TABLE governance_decision ENABLE TRIGGER USER")
        if shift < 0:
            yield


def look_back(owner: Page, decision: int, language: str) -> None:
    """Answer that the decision is kept, with what was measured."""
    owner.goto("/")
    owner.locator(f'main a[href="/decisions/{decision}/second-look/"]').first.click()
    expect(owner.locator("h1")).to_contain_text(ASKED[language])
    owner.locator('[name="answer"][value="kept"]').check()
    owner.locator('[name="reasons"]').fill(WORDS[language])
    owner.locator('[name="measured_value"]').fill("90")
    owner.locator('main form button[data-kind="primary"]').click()
    expect(owner.locator("main")).to_contain_text(WORDS[language])


@pytest.mark.parametrize("language", in_turn(0, ["fr", "en"]))
def test_an_approval_with_expected_figures_comes_back_after_its_months_and_is_looked_back_at(
    language: str, person: Person, instance: dict[str, Any], query: Any, complaints: Any
) -> None:
    owner, amoa, pmo = (person(member, language=language) for member in ("owner", "amoa", "pmo"))
    title = f"Ice for the crews ({language})"
    expected = {
        "options-0-expected_on": str(date.today() + timedelta(60)),
        "options-0-measure": MEASURE[language],
        "options-0-expected": "80",
    }
    address = write(amoa, title, amount="1800", impact_scope="None.", impact_cost="EUR 1,800.", **expected)
    expect(amoa.locator("main")).to_contain_text(MEASURE[language])
    advise(pmo, title)
    owner.goto(address)
    decide(owner, "approved", months="6")
    owner.goto("/projects/ONE/second-looks/")
    row = owner.locator("main tr").filter(has_text=title)
    expect(row).to_contain_text(NOT_YET[language])
    row.get_by_role("link").first.click()
    expect(owner.locator("main")).to_contain_text({"fr": "Second regard le", "en": "Second look on"}[language])
    [(decision,)] = query(
        "SELECT d.id FROM governance_decision d JOIN governance_proposalrevision r ON r.id = d.revision_id"
        " WHERE r.title = %s",
        title,
    )
    with on_its_day(instance, decision):
        look_back(owner, decision, language)
    for reader, spoken in ((pmo, language), (person("amoa", language=OTHER[language]), OTHER[language])):
        reader.goto("/projects/ONE/second-looks/")
        expect(reader.locator("main tr").filter(has_text=title)).to_contain_text(KEPT[spoken])
    assert complaints == []


def test_the_owner_looks_back_on_that_day_and_the_roles_involved_read_it(
    person: Person, instance: dict[str, Any], complaints: Any
) -> None:
    owner, pmo = person("owner", language="fr"), person("pmo", language="en")
    looked = instance["proposals"]["baseline_one"]
    owner.goto("/")
    owner.locator(f'main a[href="/decisions/{looked["decision"]}/second-look/"]').first.click()
    expect(owner.locator("h1")).to_contain_text("Porter un second regard sur la décision")
    owner.locator('[name="answer"][value="regretted"]').check()
    owner.locator('[name="reasons"]').fill("Trois exigences ont manqué dès le premier mois.")
    owner.locator('main form button[data-kind="primary"]').click()
    expect(owner.locator("main")).to_contain_text("Trois exigences ont manqué dès le premier mois.")
    pmo.goto("/projects/ONE/second-looks/")
    expect(pmo.locator("main")).to_contain_text("Regretted")
    pmo.goto("/notifications/")
    expect(pmo.locator("main")).to_contain_text("looked back at this decision")
    assert complaints == []
