"""Test requirements as a table of cells: changed rows are saved, refused and outdated ones keep what was typed."""

import re
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from amoa.requirements.models import Requirement
from tests.amoa.requirements.factories import edit, write

pytestmark = pytest.mark.django_db

GRID = reverse("amoa:requirements:requirements_grid", args=["ONE"])
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def three(amoa: Any, project_one: Any) -> list[Requirement]:
    """Write three requirements of one category."""
    return [write(amoa, project_one, title=f"Grid {n}", category="Grid", code=f"G-{n}", lot="A") for n in range(3)]


def fields_of(page: str) -> dict[str, list[str]]:
    """Return the fields of the form as a browser posts them unchanged."""
    form = page.partition('action="/projects/ONE/requirements/grid/')[2].partition("</form>")[0]
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        found = {name: unescape(value) for name, value in re.findall(r'(name|value)="([^"]*)"', tag)}
        fields.setdefault(found["name"], []).append(found.get("value", ""))
    for name, options in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        fields[name] = [unescape(value) for value in re.findall(r'<option value="([^"]*)" selected', options)] or [""]
    return fields


def opened(client: Any, query: str = "?q=Grid") -> dict[str, list[str]]:
    """Open the grid and return its fields."""
    return fields_of(client.get(GRID + query, headers=ENGLISH).text)


def save(client: Any, fields: dict[str, Any]) -> Any:
    """Post the grid."""
    return client.post(f"{GRID}?q=Grid", fields, headers=ENGLISH)


def versions(rows: list[Requirement]) -> list[int]:
    return [row.history.count() for row in rows]


def test_only_the_rows_with_a_changed_cell_are_saved(three: Any, amoa: Any, client_of: Any) -> None:
    client, before = client_of(amoa), versions(three)
    fields = opened(client)
    assert [name for name in fields if name.endswith("-seen")] == [f"r{row.pk}-seen" for row in three]
    fields |= {f"r{three[0].pk}-title": ["Berths"], f"r{three[2].pk}-priority": ["could"], f"r{three[2].pk}-lot": [""]}
    answer = save(client, fields)
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{GRID}?q=Grid&edited=")
    first, second, third = (Requirement.objects.get(pk=row.pk) for row in three)
    assert (first.title, first.lot, second.title) == ("Berths", "A", "Grid 1")
    assert (third.priority, third.lot) == ("could", "")
    assert [now - old for now, old in zip(versions(three), before, strict=True)] == [1, 0, 1]
    assert "2 requirements are changed" in client.get(answer["Location"], headers=ENGLISH).text


def test_nothing_changed_saves_nothing(three: Any, amoa: Any, client_of: Any) -> None:
    client, before = client_of(amoa), versions(three)
    assert save(client, opened(client)).status_code == 302
    assert versions(three) == before


def test_a_refused_cell_keeps_what_was_typed_and_the_other_rows_are_saved(
    three: Any, amoa: Any, client_of: Any
) -> None:
    client = client_of(amoa)
    fields = opened(client)
    fields |= {
        f"r{three[0].pk}-title": ["Saved"],
        f"r{three[1].pk}-title": [""],
        f"r{three[1].pk}-lot": ["Kept"],
        f"r{three[2].pk}-priority": ["urgent"],
    }
    answer = save(client, fields)
    assert answer.status_code == 422
    text = " ".join(unescape(answer.text).split())
    assert "Enter its title." in text
    assert 'value="Kept"' in text
    assert 'value="Saved"' in text
    assert "G-1, Title: Enter its title." in text
    assert "G-2, Priority: Select a valid choice. urgent is not one of the available choices." in text
    assert [Requirement.objects.get(pk=row.pk).title for row in three] == ["Saved", "Grid 1", "Grid 2"]
    assert Requirement.objects.get(pk=three[2].pk).priority != "urgent"


def test_a_row_changed_by_somebody_else_keeps_both_texts(three: Any, amoa: Any, client_of: Any) -> None:
    client = client_of(amoa)
    fields = opened(client)
    edit(amoa, three[0], title="Theirs", lot="B")
    edit(amoa, three[1], title="Only theirs")
    fields |= {f"r{three[0].pk}-title": ["Mine"], f"r{three[2].pk}-title": ["Not in dispute"]}
    answer = save(client, fields)
    assert answer.status_code == 409
    assert [Requirement.objects.get(pk=row.pk).title for row in three] == ["Theirs", "Only theirs", "Not in dispute"]
    text = unescape(answer.text)
    assert 'value="Mine"' in text
    assert "Theirs" in text
    assert 'value="Only theirs"' in text
    assert 'value="B"' in text  # only they changed the lot
    again = save(client, fields_of(answer.text))
    assert again.status_code == 302
    assert Requirement.objects.get(pk=three[0].pk).title == "Mine"
    assert Requirement.objects.get(pk=three[0].pk).lot == "B"


def test_what_is_posted_by_hand_changes_nothing_else(three: Any, amoa: Any, client_of: Any) -> None:
    client = client_of(amoa)
    fields = opened(client)
    for row in ("x", "0", "9" * 11, str(10**30), "²"):
        posted = {name.replace(f"r{three[0].pk}-", f"r{row}-"): value for name, value in fields.items()}
        assert save(client, posted | {f"r{row}-title": ["No"], f"r{three[0].pk}-title": ["No"]}).status_code == 302
    assert save(client, {f"r{three[0].pk}-seen": ["0"]}).status_code == 409  # a row without its cells is an old page
    assert Requirement.objects.get(pk=three[0].pk).title == "Grid 0"


@pytest.mark.parametrize("member", ["owner", "pmo", "recipient"])
def test_only_writers_open_it(member: str, three: Any, cast: Any, client_of: Any) -> None:
    client = client_of(cast[member])
    assert client.get(GRID).status_code == 403
    assert client.post(GRID, {f"r{three[0].pk}-seen": ["0"]}).status_code == 403


def test_pasted_requirements_are_shown_then_written_once_each(amoa: Any, project_one: Any, client_of: Any) -> None:
    paste, client = reverse("amoa:imports:requirements_paste", args=["ONE"]), client_of(amoa)
    before = project_one.requirements.count()
    rows = ("Marée\tbesoin\tdoit\t", "Quai\tfonctionnelle\tpeut-être\t", "Crue\tbesoin\tdoit\tX-9")
    text = "\n".join(("Titre\tNature\tPriorité\tParent", *rows))
    shown = client.post(paste, {"pasted": text}, headers=ENGLISH)
    assert (shown.status_code, project_one.requirements.count()) == (422, before)
    assert "The project has no need or requirement X-9." in unescape(shown.text)
    fields = [field for row in shown.context["rows"] for field in row.form]
    posted = {field.html_name: str(field.value()) for field in fields if field.value() not in (None, "")}
    again = client.post(paste, posted | {"n2-parent": ""}, headers=ENGLISH)
    assert [row.form["title"].value() for row in again.context["rows"]] == ["Quai"]  # its priority is unknown
    written = list(project_one.requirements.order_by("pk")[before:])
    assert [(row.title, row.kind, row.priority, row.state) for row in written] == [
        ("Marée", "need", "must", "draft"),
        ("Crue", "need", "must", "draft"),
    ]
    events = project_one.events.filter(act="write_requirements", subject_id__in=[row.pk for row in written])
    assert events.count() == 2
    twice = client.post(paste, posted | {"n2-parent": "", "n1-priority": "could"}, headers=ENGLISH)
    assert "This title is already used. Enter another title." in unescape(twice.text)
    assert project_one.requirements.count() == before + 3
