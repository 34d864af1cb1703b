"""Test requirements as a table of cells, beside what every grid does (tests/projects/test_grids.py)."""

import re
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from amoa.requirements.models import Requirement
from tests.amoa.requirements.factories import write

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


def test_an_emptied_cell_is_saved_empty_and_rows_stand_in_the_order_of_the_list(
    three: Any, amoa: Any, client_of: Any
) -> None:
    client = client_of(amoa)
    fields = opened(client)
    assert [name for name in fields if name.endswith("-seen")] == [f"r{row.pk}-seen" for row in three]
    assert save(client, fields | {f"r{three[2].pk}-lot": [""]}).status_code == 302
    assert [Requirement.objects.get(pk=row.pk).lot for row in three] == ["A", "A", ""]


def test_what_is_posted_by_hand_changes_nothing_else(three: Any, amoa: Any, client_of: Any) -> None:
    client = client_of(amoa)
    fields = opened(client)
    for row in ("x", "0", "9" * 11, str(10**30), "²"):
        posted = {name.replace(f"r{three[0].pk}-", f"r{row}-"): value for name, value in fields.items()}
        assert save(client, posted | {f"r{row}-title": ["No"], f"r{three[0].pk}-title": ["No"]}).status_code == 302
    assert save(client, {f"r{three[0].pk}-seen": ["0"]}).status_code == 409  # a row without its cells is an old page
    assert Requirement.objects.get(pk=three[0].pk).title == "Grid 0"


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
