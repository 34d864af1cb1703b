"""Test the journey from a failed check to a waiver in force, and past its last day."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_journey import advise, decide, fill
from tests.effort import in_turn

Person = Callable[..., Page]
STANDARD = (
    "from projects.models import Project; from roles.models import User;"
    " from tests.pmo.standards.standards import factories;"
    " owner, pmo = (User.objects.get(email=name + '@example.org') for name in ('owner', 'pmo'));"
    " asked = factories.CHECKPOINTS[:1]; one = Project.objects.get(code='ONE');"
    " factories.adopt(owner, factories.write_draft(pmo, one, '{code}', asked, from_gate='G0'))"
)
WAIVER = (
    "SELECT w.id FROM pmo_waiver w JOIN pmo_standardversion v ON v.id = w.version_id"
    " JOIN pmo_standard s ON s.id = v.standard_id WHERE s.code = %s"
)

#: Type and send a row's form in the moment it comes: before htmx has it, the browser would send it without its token.
ANSWER_AT_ONCE = """finding => new MutationObserver((_, observer) => {
  const field = document.querySelector('tr[data-editing] [name="finding"]');
  if (!field) return;
  observer.disconnect();
  field.value = finding;
  field.form.requestSubmit();
}).observe(document.body, { childList: true, subtree: true })"""


def adopted(instance: dict[str, Any], code: str) -> None:
    """Create a standard with one checkpoint in the library of project one, adopted by its owner."""
    subprocess.run(  # noqa: S602 our own command
        f'{instance["commands"]["shell"]} --no-imports -c "{STANDARD.format(code=code)}"',
        shell=True,
        check=True,
        timeout=120,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
    )


@contextmanager
def made_older(instance: dict[str, Any], waiver: int, days: int) -> Iterator[None]:
    """Let time pass for one waiver: move its days back, which the guards would refuse and the ledger would show."""
    _move(instance, waiver, -days)
    yield
    _move(instance, waiver, days)


def _move(instance: dict[str, Any], waiver: int, days: int) -> None:
    with psycopg.connect(instance["dsn"]["owner"]) as connection:
        connection.execute("SET LOCAL timezone = 'UTC'")  # so that the way back ends at the same instant
        connection.execute("ALTER TABLE pmo_waiver DISABLE TRIGGER USER")
        connection.execute(
            "UPDATE pmo_waiver SET starts_on = starts_on + %(n)s, ends_on = ends_on + %(n)s,"
            " acted_at = acted_at + make_interval(days => %(n)s) WHERE id = %(waiver)s",
            {"n": days, "waiver": waiver},
        )
        connection.execute("ALTER TABLE pmo_waiver ENABLE TRIGGER USER")


@pytest.mark.parametrize("language", in_turn(0, ["fr", "en"]))
def test_a_failed_check_leads_to_a_waiver_in_force_that_expires(
    language: str, person: Person, query: Any, instance: Any, complaints: Any
) -> None:
    code, title = f"STD-{language.upper()}", f"Map without a list ({language})"
    adopted(instance, code)
    pmo, moe, amoa, owner = (person(member, language=language) for member in ("pmo", "moe", "amoa", "owner"))
    conformity = f"/projects/ONE/conformity/?standard={code}"
    badge = "main table .badge"

    pmo.goto(conformity)
    pmo.evaluate(ANSWER_AT_ONCE, "The map has no list.")
    pmo.locator('main table [data-answer="3"]').click()
    expect(pmo.locator(badge)).to_have_attribute("data-outcome", "rejected")

    moe.goto(conformity)
    moe.locator('main table a[href*="kind=waiver"]').click()
    expect(moe.locator(f'[name="terms-checkpoints"][value="{code}.1#1"]')).to_be_checked()
    today = date.today()
    address = fill(
        moe,
        title,
        **{
            "terms-scope": "The map.",
            "terms-reason": "Spring.",
            "terms-impact": "Few.",
            "terms-measure": "A phone.",
            "terms-return_plan": "In spring.",
            "terms-affects_recipients": "yes",
            "terms-starts_on": str(today),
            "terms-ends_on": str(today + timedelta(20)),
        },
    )
    advise(pmo, title)
    advise(amoa, title)
    assert query(WAIVER, code) == []  # advice grants nothing
    owner.goto(address)
    decide(owner, "approved")
    [(waiver,)] = query(WAIVER, code)

    pmo.goto(conformity)
    expect(pmo.locator(badge)).to_have_attribute("data-outcome", "cond")
    pmo.goto(f"/waivers/{waiver}/")
    expect(pmo.locator("main")).to_contain_text("A phone.")
    expect(pmo.locator("main .lede")).to_contain_text("20")

    with made_older(instance, waiver, 21):
        pmo.goto(conformity)
        expect(pmo.locator(badge)).to_have_attribute("data-outcome", "rejected")
        pmo.goto("/projects/ONE/waivers/?show=expired")
        expect(pmo.locator(f'main table a[href="/waivers/{waiver}/"]')).to_have_count(1)
