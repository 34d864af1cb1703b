"""Test the page of estimates: many requirements, one save, refusals in their row, and what changed meanwhile."""

import re
from decimal import Decimal
from typing import Any

import pytest

from amoa.enums import Act
from amoa.models import Estimate
from amoa.questions.services import estimate_many
from core.access import Refused
from core.history import Outdated
from tests.amoa.requirements.factories import edit, freeze, write

pytestmark = pytest.mark.django_db
LISTED = "/projects/ONE/estimates/"


@pytest.fixture
def rows(amoa: Any, project_one: Any) -> list[Any]:
    """Write three proposed requirements without an estimate."""
    return [write(amoa, project_one, title=f"Lamp {n}", state="proposed") for n in range(3)]


@pytest.fixture
def browser(client_of: Any, moe: Any) -> Any:
    """Sign in the provider, who reads English."""
    client = client_of(moe)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def text(response: Any) -> str:
    """Return the page as one line of words."""
    return " ".join(response.content.decode().split())


def fields(row: Any, **typed: str) -> dict[str, Any]:
    """Return the fields of the row of a requirement, as the page sends them."""
    sent = {"days": "", "cost": "", "note": "", "version": row.version} | typed
    return {f"r{row.pk}-{name}": value for name, value in sent.items()}


def given(rows: list[Any]) -> list[tuple[int, Decimal | None, Decimal | None, str]]:
    """Return the estimates of these requirements."""
    found = Estimate.objects.filter(requirement__in=rows).order_by("requirement__code")
    return list(found.values_list("requirement_id", "days", "cost", "note"))


def test_many_estimates_are_saved_at_once_and_empty_rows_are_left_out(
    browser: Any, rows: list[Any], project_one: Any
) -> None:
    events = project_one.events.filter(act=Act.ESTIMATE).count()
    posted = fields(rows[0], days="2,5") | fields(rows[1]) | fields(rows[2], cost="3 000", note="A lamp.")
    answer = browser.post(LISTED, posted, follow=True)
    assert "2 estimates are saved." in text(answer)
    assert given(rows) == [(rows[0].pk, Decimal("2.5"), None, ""), (rows[2].pk, None, Decimal("3000.00"), "A lamp.")]
    assert project_one.events.filter(act=Act.ESTIMATE).count() == events + 2
    page = text(answer)
    assert "Lamp 1" in page
    assert "Lamp 0" not in page
    assert "Lamp 0" in text(browser.get(f"{LISTED}?show=all"))


def test_a_refused_row_says_why_and_keeps_all_that_was_typed(browser: Any, rows: list[Any]) -> None:
    posted = fields(rows[0], days="many") | fields(rows[1], days="3", note="Two lamps.")
    refused = browser.post(LISTED, posted)
    assert refused.status_code == 422
    page = text(refused)
    for words in ("Write a number in figures", 'value="many"', "Two lamps.</textarea>", 'value="3"'):
        assert words in page
    assert f"{rows[0].code}, Workload (days): Write a number in figures" in page, "the row in the list of errors"
    assert given(rows) == []


def test_a_requirement_that_changed_since_is_not_estimated_unread(browser: Any, rows: list[Any]) -> None:
    posted = fields(rows[0], days="2", version="7") | fields(rows[1], days="3")
    refused = browser.post(LISTED, posted)
    assert refused.status_code == 409
    assert "while you were writing" in text(refused)
    assert given(rows) == []
    again = fields(rows[0], days="2") | fields(rows[1], days="3")
    assert browser.post(LISTED, again).status_code == 302
    assert len(given(rows)) == 2


def test_a_change_of_the_requirement_comes_back_with_both_texts_and_what_was_typed(
    browser: Any, amoa: Any, rows: list[Any], project_one: Any
) -> None:
    freeze(amoa, project_one)
    posted = fields(rows[0], days="2", note="One lamp.") | fields(rows[1], days="3")
    edit(amoa, rows[0], statement="Lit for six hours.")
    refused = browser.post(LISTED, posted)
    page = " ".join(text(refused).partition("<main")[2].split())
    assert refused.status_code == 409
    for words in (
        f"Not saved: {amoa.name}",
        "As you read it",
        "six hours.</ins>",
        'value="2"',
        "One lamp.",
        'value="3"',
    ):
        assert words in page
    assert f'name="r{rows[0].pk}-version" value="{rows[0].version + 1}"' in page
    assert given(rows) == []


def test_what_is_typed_into_rows_is_kept_as_a_draft(browser: Any, rows: list[Any]) -> None:
    [page] = re.findall(rf'name="draft_page" value="(\w+)" data-draft="{LISTED}"', browser.get(LISTED).text)
    typed = fields(rows[0], days="soon", note="Storms until May.") | {"draft": "save", "draft_page": page}
    assert browser.post(LISTED, typed).status_code == 200
    assert "You wrote here" in text(browser.get(LISTED))
    used = text(browser.post(LISTED, {"draft": "use", "draft_page": page}))
    for words in ('value="soon"', "Storms until May.</textarea>", "It is not sent."):
        assert words in used
    assert "There is a problem" not in used
    assert given(rows) == []
    sent = fields(rows[0], days="2", note="Storms until May.") | {"draft_page": page}
    assert browser.post(LISTED, sent).status_code == 302
    assert "You wrote here" not in text(browser.get(LISTED))


@pytest.mark.parametrize("name", ["r99999999999-days", "rx-days", "r-1-days", "r\x00-days"])
def test_rows_that_are_not_there_are_left_out(name: str, browser: Any, rows: list[Any]) -> None:
    assert browser.post(LISTED, {name: "3"}).status_code in {302, 409, 422}
    assert given(rows) == []


def test_a_requirement_that_is_not_of_the_project_is_refused(moe: Any, rows: list[Any], project_one: Any) -> None:
    with pytest.raises(Outdated):
        estimate_many(actor=moe, project=project_one, estimates={10**6: {"days": Decimal(1)}}, seen={10**6: 1})
    assert given(rows) == []


@pytest.mark.parametrize("member", ["owner", "pmo", "amoa", "recipient", "outsider"])
def test_only_the_provider_estimates(member: str, cast: dict[str, Any], rows: list[Any], project_one: Any) -> None:
    typed = {rows[0].pk: {"days": Decimal(2), "cost": None, "note": ""}}
    with pytest.raises(Refused):
        estimate_many(actor=cast[member], project=project_one, estimates=typed, seen={rows[0].pk: rows[0].version})
    assert given(rows) == []
