"""Test two editors at once: the form comes back with mine, and at each field with what the other saved."""

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.text import capfirst

from core.history import version_of
from pmo.models import Risk
from tests import acts
from tests.conftest import StrictClient
from tests.pages.visits import act, requirement

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}


def in_words(answer: Any) -> str:
    """Return the page in one line."""
    return " ".join(html.unescape(answer.content.decode()).split())


def read_form(client: Client, path: str) -> dict[str, str]:
    """Open the page and return what its main form would send."""
    return fields_of(in_words(client.get(path, headers=ENGLISH)).partition("<main")[2])


def fields_of(text: str) -> dict[str, str]:
    """Return the names and values of the fields of a page, with ticked boxes and chosen options only."""
    found = dict(re.findall(r'<textarea name="([^"]+)"[^>]*> ?(.*?) ?</textarea>', text))
    for tag in re.findall(r"<input [^>]*>", text):
        given = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if given.get("type") in {"radio", "checkbox"} and " checked" not in tag:
            continue
        if given.get("name", "csrfmiddlewaretoken") not in {"csrfmiddlewaretoken", "next"}:
            found[given["name"]] = given.get("value", "on" if given.get("type") == "checkbox" else "")
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', text):
        found[name] = next(iter(re.findall(r'<option value="([^"]*)" selected', options)), "")
    return found


def saved_beside(text: str) -> list[str]:
    """List what the page says that the other saved."""
    return [
        " ".join(re.sub("<[^>]+>", " ", part).split())
        for part in re.findall(r'class="saved-by-other">(.*?)</div>', text)
    ]


@pytest.fixture
def two(pmo: Any, amoa: Any) -> tuple[StrictClient, StrictClient]:
    """Return the browsers of two people who both may edit risks."""
    first, second = StrictClient(headers=ENGLISH), StrictClient(headers=ENGLISH)
    first.force_login(pmo)
    second.force_login(amoa)
    return first, second


def test_a_risk_that_two_people_edit_keeps_mine_and_offers_theirs(two: Any, amoa: Any) -> None:
    mine, other = two
    risk = Risk.objects.get(project__code="ONE", code="OR-2")
    path = reverse("pmo:risks:risk_edit", args=[risk.pk])
    opened = read_form(mine, path)
    assert (
        other.post(path, opened | {"title": "Their title", "category": "legal", "cause": "Theirs"}).status_code == 302
    )
    answer = mine.post(path, opened | {"title": "My title", "event": "Mine alone"})
    text = in_words(answer)
    assert answer.status_code == 409
    assert f"Not saved: {amoa} changed this on" in text
    assert saved_beside(text) == [
        "Saved meanwhile: Their title",
        f"Changed meanwhile. Before: {opened['cause']}",
        f"Changed meanwhile. Before: {capfirst(risk.get_category_display())}",
    ]
    assert reverse("pmo:risks:risk_list", args=["ONE"]) in text, "the menu of the project"
    again = fields_of(text.partition("<main")[2])
    assert (again["title"], again["event"]) == ("My title", "Mine alone")
    assert (again["cause"], again["category"]) == ("Theirs", "legal")
    assert again["seen"] == version_of(risk)
    assert mine.post(path, again).status_code == 302
    risk.refresh_from_db()
    assert (risk.title, risk.event, risk.cause, risk.category) == ("My title", "Mine alone", "Theirs", "legal")


def test_a_third_change_is_a_conflict_again(two: Any) -> None:
    mine, other = two
    path = reverse("pmo:risks:risk_edit", args=[Risk.objects.get(project__code="ONE", code="OR-2").pk])
    opened = read_form(mine, path)
    assert other.post(path, opened | {"title": "Their title"}).status_code == 302
    again = fields_of(in_words(mine.post(path, opened | {"title": "My title"})).partition("<main")[2])
    assert other.post(path, read_form(other, path) | {"title": "Their second"}).status_code == 302
    answer = mine.post(path, again)
    assert answer.status_code == 409
    assert saved_beside(in_words(answer)) == ["Saved meanwhile: Their second"]


def test_a_requirement_says_labels_and_merges_its_criteria(amoa: Any) -> None:
    mine, row = StrictClient(headers=ENGLISH), requirement("ONE-002")
    mine.force_login(amoa)
    path = reverse("amoa:requirements:requirement_edit", args=[row.pk])
    opened = read_form(mine, path)
    theirs = opened | {
        "priority": "could",
        "title": "Their title",
        "criteria-TOTAL_FORMS": "2",
        "criteria-1-text": "Theirs",
    }
    assert mine.post(path, theirs).status_code == 302
    answer = mine.post(path, opened | {"title": "My title", "lot": "Lot 9"})
    text = in_words(answer)
    assert answer.status_code == 409
    assert "Saved meanwhile: Their title" in saved_beside(text)
    assert any(said.startswith("Changed meanwhile. Before: Should") for said in saved_beside(text))
    again = fields_of(text.partition("<main")[2])
    assert (again["title"], again["lot"], again["priority"]) == ("My title", "Lot 9", "could")
    assert "Theirs" in [value for name, value in again.items() if name.endswith("-text")]
    assert mine.post(path, again).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.lot, row.priority) == ("My title", "Lot 9", "could")
    assert [criterion["text"] for criterion in row.criteria][-1] == "Theirs"


def test_the_working_text_of_a_proposal_merges_its_options(amoa: Any, proposal: Any) -> None:
    mine, read = StrictClient(headers=ENGLISH), proposal("draft")
    mine.force_login(amoa)
    path = reverse("governance:proposals:proposal_edit", args=[read.pk])
    opened = read_form(mine, path)
    theirs = {"title": "Their title", "context": "Theirs", "options-0-description": "Their option"}
    assert mine.post(path, opened | theirs).status_code == 302
    before = acts.count_evidence()
    answer = mine.post(path, opened | {"title": "My title", "question": "My question"})
    text = in_words(answer)
    assert answer.status_code == 409
    assert acts.count_evidence() == before
    assert saved_beside(text)[0] == "Saved meanwhile: Their title"
    again = fields_of(text.partition("<main")[2])
    assert (again["title"], again["question"]) == ("My title", "My question")
    assert (again["context"], again["options-0-description"]) == ("Theirs", "Their option")
    assert mine.post(path, again).status_code == 302
    assert acts.reread(read).draft.title == "My title"


@pytest.mark.parametrize("seen", ["", "x", "9" * 30, "-1", "٣", "\x00", "2026-02-30T00:00:00", "2020-01-01"])
def test_a_version_that_makes_no_sense_is_a_conflict_that_keeps_what_was_typed(seen: str, amoa: Any) -> None:
    client = StrictClient(headers=ENGLISH)
    client.force_login(amoa)
    for name in ("edit_risk", "edit_requirement"):
        path, fields = act(name, seen=seen, title="These words took me an hour.")
        answer = client.post(path, fields)
        assert answer.status_code in {409, 422}, name
        assert "These words took me an hour." in in_words(answer)


def test_a_draft_of_a_standard_merges_its_checkpoints(pmo: Any) -> None:
    client = StrictClient(headers=ENGLISH)
    client.force_login(pmo)
    path, fields = act("edit_standard")
    opened = read_form(client, path)
    assert set(fields) <= {*opened, "levels"}, "the contract names fields of the page"
    theirs = {"title_en": "Their title", "checkpoints-0-text_en": "Their checkpoint"}
    assert client.post(path, opened | theirs).status_code == 302
    before = acts.count_evidence()
    answer = client.post(path, opened | {"title_en": "My title", "source": "Mine alone"})
    text = in_words(answer)
    assert (answer.status_code, acts.count_evidence()) == (409, before)
    assert saved_beside(text) == [
        "Saved meanwhile: Their title",
        f"Changed meanwhile. Before: {opened['checkpoints-0-text_en']}",
    ]
    again = fields_of(text.partition("<main")[2])
    assert (again["title_en"], again["source"]) == ("My title", "Mine alone")
    assert again["checkpoints-0-text_en"] == "Their checkpoint"
    assert client.post(path, again).status_code == 302


def test_the_row_of_a_requirement_keeps_mine_and_offers_theirs(amoa: Any) -> None:
    client, row = StrictClient(headers=ENGLISH | {"hx-request": "true"}), requirement("ONE-003")
    client.force_login(amoa)
    path = reverse("amoa:requirements:requirement_row", args=[row.pk])
    opened = fields_of(in_words(client.get(f"{path}?edit")))
    assert client.post(path, opened | {"title": "Their title", "lot": "Lot 7"}).status_code == 200
    answer = client.post(path, opened | {"title": "My title", "statement": "Mine alone."})
    text = in_words(answer)
    assert answer.status_code == 409
    assert f"Not saved: {amoa} changed this on" in text
    assert saved_beside(text) == ["Saved meanwhile: Their title", "Changed meanwhile. Before: Empty"]
    again = fields_of(text)
    assert (again["title"], again["statement"], again["lot"]) == ("My title", "Mine alone.", "Lot 7")
    assert client.post(path, again).status_code == 200
    row.refresh_from_db()
    assert (row.title, row.statement, row.lot) == ("My title", "Mine alone.", "Lot 7")


def test_a_step_of_the_roles_goes_on_from_the_version_that_somebody_else_wrote(pmo: Any) -> None:
    client = StrictClient(headers=ENGLISH)
    client.force_login(pmo)
    path = reverse("governance:responsibilities:roles_adapt_step", args=["ONE", "drop"])
    opened = read_form(client, path)
    codes = list(dict.fromkeys(re.findall(r'<option value="(PMO [^"]+)"', in_words(client.get(path)))))
    assert client.post(path, opened | {"duty": codes[0], "reason": "Theirs."}).status_code == 302
    answer = client.post(path, opened | {"duty": codes[1], "reason": "These words took me an hour."})
    text = in_words(answer)
    assert answer.status_code == 409
    assert f"Not saved: {pmo} changed this on" in text
    again = fields_of(text.partition("<main")[2])
    assert (again["duty"], again["reason"]) == (codes[1], "These words took me an hour.")
    assert client.post(path, again).status_code == 302
