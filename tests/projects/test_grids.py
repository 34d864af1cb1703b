"""Test the grid of every register: changed rows are saved alone, refused and outdated ones keep what was typed."""

from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import override

from core.access import Refused
from core.history import Outdated, version_of
from core.pages.grid.rows import RowChange
from core.pages.register.registers import all_registers
from projects.models import LedgerEvent
from tests.database import fire_deferred_triggers
from tests.grids import BY_NAME, Cells, cells_of, read, typed_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture(params=BY_NAME)
def cells(request: Any) -> Cells:
    """Return the cells of each register in turn."""
    return BY_NAME[request.param]


@pytest.fixture
def rows(cells: Cells, cast: dict[str, Any], project_one: Any) -> list[Any]:
    """Make two rows of the register."""
    made = [cells.create(cast[cells.member], project_one, number) for number in (1, 2)]
    fire_deferred_triggers()
    return made


@pytest.fixture
def writer(cells: Cells, client_of: Any, cast: dict[str, Any]) -> Any:
    """Sign in the one who changes the rows, who reads English."""
    client = client_of(cast[cells.member])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def send(client: Any, cells: Cells, posted: dict[str, str]) -> Any:
    """Post the grid, and check what waits for the end of its act."""
    answer = client.post(f"{cells.grid}?q=Lamp", posted)
    fire_deferred_triggers()
    return answer


def write(cells: Cells, actor: Any, project: Any, changes: dict[int, RowChange]) -> Any:
    """Run the act of the grid."""
    request = RequestFactory().post(cells.grid)
    request.user = actor
    return cells.view.of_project(request, project).write(changes)


def versions(rows: list[Any]) -> list[int]:
    return [row.history.count() for row in rows]


def test_every_register_with_a_grid_is_tried() -> None:
    assert set(BY_NAME) == {register.name for register in all_registers() if register.grid_url}


def test_only_rows_with_a_changed_cell_are_saved(cells: Cells, rows: list[Any], writer: Any) -> None:
    page, made = writer.get(f"{cells.grid}?q=Lamp"), versions(rows)
    events = LedgerEvent.objects.count()
    assert {row.row.pk for row in page.context["rows"]} >= {row.pk for row in rows}
    assert send(writer, cells, cells_of(page)).status_code == 302
    assert (versions(rows), LedgerEvent.objects.count()) == (made, events)

    answer = send(writer, cells, cells_of(page) | typed_in(rows[0], cells.typed))
    assert answer["Location"].startswith(f"{cells.grid}?q=Lamp&edited=")
    assert read(rows[0], cells.saved) == cells.saved
    assert versions(rows)[1] == made[1]
    told = LedgerEvent.objects.order_by("pk")[events:]
    assert {event.subject_id for event in told if event.subject == rows[0]._meta.label_lower} == {rows[0].pk}


def test_a_save_is_undone_from_its_page(cells: Cells, rows: list[Any], writer: Any) -> None:
    now, page = [read(row, cells.saved) for row in rows], writer.get(f"{cells.grid}?q=Lamp")
    typed = {name: value for row in rows for name, value in typed_in(row, cells.typed).items()}
    answer = send(writer, cells, cells_of(page) | typed)
    assert [read(row, cells.saved) for row in rows] == [cells.saved] * 2
    assert cells.done in words(writer.get(answer["Location"]))
    seq = answer["Location"].rpartition("edited=")[2]
    writer.post(reverse(cells.register.undo_url, args=["ONE", seq]))
    fire_deferred_triggers()
    assert [read(row, cells.saved) for row in rows] == now


def test_a_refused_row_keeps_what_was_typed_and_the_others_are_saved(
    cells: Cells, rows: list[Any], writer: Any
) -> None:
    page, before = writer.get(f"{cells.grid}?q=Lamp"), read(rows[1], cells.saved)
    typed = cells.typed | cells.wrong
    answer = send(writer, cells, cells_of(page) | typed_in(rows[0], cells.typed) | typed_in(rows[1], typed))
    assert answer.status_code == 422
    [wrong] = cells.wrong
    with override("en"):
        said = f"{cells.view().get_name(rows[1])}, {cells.view.form_class.base_fields[wrong].label}: {cells.error}"
    assert said in words(answer).replace("&nbsp;", " ")
    assert answer.context["saved"].startswith("1 ")
    assert f'name="r{rows[0].pk}-seen" value="{version_of(rows[0])}"' in words(answer)
    assert read(rows[0], cells.saved) == cells.saved
    assert read(rows[1], cells.saved) == before
    [again] = [row.form for row in answer.context["rows"] if row.row.pk == rows[1].pk]
    assert {name: again[name].data for name in typed} == typed | {
        name: True for name, value in typed.items() if value == "on"
    }


def test_two_editors_of_a_row_see_both_texts_and_other_rows_are_saved(
    cells: Cells, rows: list[Any], writer: Any
) -> None:
    page, [name] = writer.get(f"{cells.grid}?q=Lamp"), cells.again
    send(writer, cells, cells_of(page) | typed_in(rows[0], cells.typed | cells.again))
    theirs, mine = read(rows[0], cells.saved), {name: cells.typed[name]}

    answer = send(writer, cells, cells_of(page) | typed_in(rows[0], mine) | typed_in(rows[1], cells.typed))
    assert answer.status_code == 409
    assert "Saved meanwhile:" in words(answer)
    [form] = [row.form for row in answer.context["rows"] if row.row.pk == rows[0].pk]
    assert form[name].data == mine[name]
    assert read(rows[0], cells.saved) == theirs
    assert read(rows[1], cells.saved) == cells.saved

    assert send(writer, cells, cells_of(answer)).status_code == 302
    assert read(rows[0], cells.saved) == cells.saved


def test_a_row_that_only_somebody_else_changed_is_no_conflict(cells: Cells, rows: list[Any], writer: Any) -> None:
    page = writer.get(f"{cells.grid}?q=Lamp")
    send(writer, cells, cells_of(page) | typed_in(rows[0], cells.typed))
    assert send(writer, cells, cells_of(page) | typed_in(rows[1], cells.typed)).status_code == 302
    assert [read(row, cells.saved) for row in rows] == [cells.saved] * 2


def test_the_act_itself_refuses_an_outdated_row_alone(
    cells: Cells, rows: list[Any], cast: dict[str, Any], project_one: Any
) -> None:
    [name] = cells.again
    fields = {name: cells.saved[name]}
    changes = {rows[0].pk: RowChange(fields, "0"), rows[1].pk: RowChange(fields, version_of(rows[1]))}
    events = LedgerEvent.objects.count()
    done = write(cells, cast[cells.member], project_one, changes)
    fire_deferred_triggers()
    assert [row.pk for row in done.saved] == [rows[1].pk]
    told = LedgerEvent.objects.order_by("pk")[events:]
    assert {event.subject_id for event in told if event.subject == rows[0]._meta.label_lower} == {rows[1].pk}
    assert {pk: type(error) for pk, error in done.refused.items()} == {rows[0].pk: Outdated}


def test_only_who_changes_the_rows_opens_their_grid(
    cells: Cells, rows: list[Any], cast: dict[str, Any], client_of: Any, project_one: Any
) -> None:
    link = f'href="{cells.grid}?q=Lamp"'
    assert link in client_of(cast[cells.member]).get(f"{cells.listed}?q=Lamp").text
    for member in {"owner", "moe", "recipient", cells.other} - cells.also:
        client = client_of(cast[member])
        assert client.get(cells.grid).status_code == 403, member
        assert client.post(cells.grid, typed_in(rows[0], {"seen": "0"})).status_code == 403, member
        assert link not in client.get(f"{cells.listed}?q=Lamp").text, member
        with pytest.raises(Refused):
            write(cells, cast[member], project_one, {})


def test_rows_of_another_project_are_not_touched(
    cells: Cells, cast: dict[str, Any], project_one: Any, project_two: Any, writer: Any
) -> None:
    theirs = cells.create(cast[f"other_{cells.member}"], project_two, 1)
    fire_deferred_triggers()
    before, seen = read(theirs, cells.saved), {"seen": version_of(theirs)}
    send(writer, cells, typed_in(theirs, cells.typed | seen))
    done = write(cells, cast[cells.member], project_one, {theirs.pk: RowChange(cells.saved, version_of(theirs))})
    assert done.saved == []
    assert read(theirs, cells.saved) == before
