"""Test the change of ticked rows by the cells of their grid, in each register, and the way back for ten minutes."""

from datetime import timedelta
from typing import Any

import pytest

from amoa.acceptance.forms import AcceptanceTestForm
from amoa.acceptance.services import write_test
from core.history import version_of
from pmo.registers.risks.services import raise_issue
from pmo.registers.schedule.services import write_milestone
from projects import bulk_views, undo
from projects.models import LedgerEvent
from tests.database import fire_deferred_triggers
from tests.grids import BY_NAME, DAY, TODAY, Cells, create_milestone, read, words

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[name for name in BY_NAME if name != "requirements"])
def register(request: Any) -> Cells:
    """Return the cells of each register in turn; many requirements are changed by a form of their own."""
    return BY_NAME[request.param]


@pytest.fixture
def rows(register: Cells, cast: dict[str, Any], project_one: Any) -> list[Any]:
    """Make two rows of the register."""
    made = [register.create(cast[register.member], project_one, number) for number in (1, 2)]
    fire_deferred_triggers()
    return made


@pytest.fixture
def writer(register: Cells, client_of: Any, cast: dict[str, Any]) -> Any:
    """Sign in the one who changes the rows, who reads English."""
    client = client_of(cast[register.member])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def milestones(pmo: Any, project_one: Any) -> list[Any]:
    """Plan two milestones."""
    return [create_milestone(pmo, project_one, number) for number in (1, 2)]


@pytest.fixture
def planner(client_of: Any, pmo: Any) -> Any:
    """Sign in the PMO, who reads English."""
    client = client_of(pmo)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def path(page: str) -> str:
    """Return the address of a page of the project."""
    return f"/projects/ONE/{page}"


GRID = path("schedule/grid/")


def ticked(*rows: Any) -> dict[str, Any]:
    """Return what a list posts for these rows."""
    return {"one": [row.pk for row in rows], "filter": "q=Lamp"}


def send(client: Any, rows: list[Any], **values: str) -> Any:
    """Give the milestones these values."""
    return client.post(f"{GRID}change/", ticked(*rows) | {"fields": "1"} | values)


def undo_url(answer: Any) -> str:
    """Return the address that undoes the change which a redirect names."""
    return f"{GRID}undo/{answer['Location'].rpartition('edited=')[2]}/"


def test_the_form_names_the_first_of_the_rows_that_it_changes(
    planner: Any, milestones: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ">M-41, M-42</span>." in words(planner.post(f"{GRID}change/", ticked(*milestones)))
    monkeypatch.setattr("core.pages.lists.undo.NAMED", 1)
    for values in ({}, {"fields": "1", "forecast_on": "soon"}):
        form = words(planner.post(f"{GRID}change/", ticked(*milestones) | values))
        assert ">M-41 and 1 other</span>." in form


def test_ticked_rows_take_the_values_with_an_event_each_and_their_author_takes_them_back(
    register: Cells, rows: list[Any], writer: Any
) -> None:
    listed, grid, names = register.listed, register.grid, register.saved
    page = words(writer.get(f"{listed}?q=Lamp"))
    assert f'action="{grid}change/"' in page
    assert f'name="one" value="{rows[0].pk}"' in page
    form = writer.post(f"{grid}change/", ticked(*rows))
    assert "Change 2 rows" in words(form)
    before, now = LedgerEvent.objects.count(), [read(row, names) for row in rows]
    answer = writer.post(f"{grid}change/", ticked(*rows) | {"fields": "1"} | register.typed)
    fire_deferred_triggers()
    assert answer["Location"].startswith(f"{listed}?q=Lamp&edited=")
    assert [read(row, names) for row in rows] == [register.saved, register.saved]
    subjects = [(e.subject, e.subject_id) for e in LedgerEvent.objects.order_by("pk")[before:]]
    assert {(row._meta.label_lower, row.pk) for row in rows} <= set(subjects)
    page = words(writer.get(answer["Location"]))
    assert register.done in page
    back = f"{grid}undo/{answer['Location'].rpartition('edited=')[2]}/"
    assert f'action="{back}"' in page
    undone = writer.post(back, {"filter": "q=Lamp"}, follow=True)
    fire_deferred_triggers()
    assert "2 rows are as they were before." in words(undone)
    assert [read(row, names) for row in rows] == now
    again = writer.post(back, {"filter": "q=Lamp"})
    assert "0 rows are as they were before." in words(again)
    assert "2 rows could not be restored" in words(again)
    assert "It was changed since." in words(again)


def test_nobody_else_changes_or_undoes(
    register: Cells, rows: list[Any], writer: Any, client_of: Any, cast: dict[str, Any]
) -> None:
    grid = register.grid
    answer = writer.post(f"{grid}change/", ticked(*rows) | {"fields": "1"} | register.typed)
    seq = answer["Location"].rpartition("edited=")[2]
    before = LedgerEvent.objects.count()
    for member in {"owner", "moe", "recipient", "other_pmo"} - register.also:
        other = client_of(cast[member])
        sent = [
            other.post(f"{grid}change/", ticked(*rows) | {"fields": "1"} | register.typed),
            other.post(f"{grid}undo/{seq}/"),
        ]
        assert {response.status_code for response in sent} <= {403, 404}, member
        assert LedgerEvent.objects.count() == before, member
        listed = other.get(f"{register.listed}?edited={seq}")
        assert "undo/" not in words(listed), member


def test_all_of_a_filter_are_changed_and_no_other(milestones: list[Any], planner: Any) -> None:
    planner.post(f"{GRID}change/", {"all": "1", "filter": "q=Lamp 2", "fields": "1", "gate": "G2"})
    assert [read(row, ["gate"])["gate"] for row in milestones] == ["", "G2"]


def test_rows_that_break_a_rule_stay_with_the_reason_and_the_others_change(
    milestones: list[Any], planner: Any, pmo: Any, project_one: Any
) -> None:
    first, reached = milestones
    write_milestone(actor=pmo, project=project_one, row=reached, seen=version_of(reached), fields={"actual_on": TODAY})
    later = str(TODAY + 50 * DAY)
    answer = send(planner, milestones, forecast_on=later, reason="Storms.")
    page = words(answer)
    assert answer.status_code == 200
    assert "1 milestone is saved." in page
    assert "1 row is unchanged" in page
    assert "Not editable in this row: Forecast date." in page
    assert "Undo this change" in page
    assert read(first, ["forecast_on"]) == {"forecast_on": TODAY + 50 * DAY}
    page = words(send(planner, [first], forecast_on=later[:-1] + ("1" if later[-1] != "1" else "2")))
    assert "Enter why it changes." in page
    page = words(send(planner, [first], actual_on=str(TODAY + 2 * DAY)))
    assert "Enter a day that is not in the future." in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Enter at least one new value."),
        ({"clear": "actual_on"}, "Nothing has changed."),
        ({"clear": "reason"}, "Select a valid choice"),
        ({"gate": "G9"}, "Select a valid choice"),
        ({"actual_on": "soon"}, "Enter a valid date"),
        ({"gate": "G2", "clear": "gate"}, "Enter a value or empty the field, not both."),
        ({"clear": "forecast_on"}, "Select a valid choice"),
        ({"name": "All the same"}, "Enter at least one new value."),
    ],
)
def test_values_that_make_no_sense_come_back_with_the_selection(
    typed: dict[str, str], said: str, milestones: list[Any], planner: Any
) -> None:
    before = LedgerEvent.objects.count()
    answer = planner.post(f"{GRID}change/", ticked(*milestones) | {"fields": "1"} | typed, follow=True)
    page = words(answer)
    assert said in page
    if answer.status_code == 422:
        assert f'name="one" value="{milestones[0].pk}"' in page
        assert 'name="filter" value="q=Lamp"' in page
    assert LedgerEvent.objects.count() == before


@pytest.mark.parametrize("one", [[], ["x"], ["9" * 30], ["99999999999"], ["-1"], ["0"]])
def test_a_selection_of_nothing_says_so(one: list[str], milestones: list[Any], planner: Any) -> None:
    answer = planner.post(f"{GRID}change/", {"one": one, "fields": "1", "gate": "G2"})
    assert answer.status_code == 422
    assert "Select the rows first." in words(answer)


def test_more_rows_than_one_act_changes_are_refused(
    milestones: list[Any], planner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_views, "MOST", 1)
    answer = send(planner, milestones, gate="G2")
    assert answer.status_code == 422
    assert "At most 1 rows are changed at once." in words(answer)
    assert {read(row, ["gate"])["gate"] for row in milestones} == {""}


def test_rows_of_another_project_stay_as_they_are(
    milestones: list[Any], planner: Any, cast: dict[str, Any], project_two: Any
) -> None:
    theirs = create_milestone(cast["other_pmo"], project_two, 1)
    send(planner, [*milestones, theirs], gate="G2")
    assert read(theirs, ["gate"]) == {"gate": ""}
    assert read(milestones[0], ["gate"]) == {"gate": "G2"}


def test_an_issue_is_settled_with_its_resolution_and_in_its_order_only(
    planner: Any, pmo: Any, project_one: Any
) -> None:
    fields = {"title": "Lamp", "urgency": "medium", "impact": "medium", "size": "medium"}
    first, closed = [raise_issue(actor=pmo, project=project_one, fields=fields) for _number in range(2)]
    change = path("issues/grid/change/")
    page = words(planner.post(change, ticked(first, closed) | {"fields": "1", "state": "closed"}))
    assert "2 rows are unchanged" in page
    assert "Nothing has changed." in page
    assert "0 issues are saved." not in page
    assert "Describe how it was resolved." in page
    planner.post(change, ticked(closed) | {"fields": "1", "state": "closed", "resolution": "Sold."})
    page = words(planner.post(change, ticked(first, closed) | {"fields": "1", "state": "postponed"}))
    assert "1 issue is saved." in page
    assert "Not editable in this row: State." in page
    assert [read(row, ["state"])["state"] for row in (first, closed)] == ["postponed", "closed"]


def test_cells_that_refer_to_a_row_with_a_long_name_stay_as_they_are(
    client_of: Any, amoa: Any, project_one: Any
) -> None:
    requirement = project_one.requirements.exclude(criteria=[]).earliest("pk")
    assert len(str(requirement)) > AcceptanceTestForm.base_fields["requirement"].max_length
    of = {"requirement": requirement, "criterion": requirement.criteria[0]["number"]}
    test = write_test(actor=amoa, project=project_one, fields={"code": "L-1", "title": "Lamp"} | of)
    grid = path("acceptance/tests/edit/")
    answer = client_of(amoa).post(f"{grid}change/", ticked(test) | {"fields": "1", "expected": "Light."})
    assert read(test, ["expected", *of]) == {"expected": "Light."} | of
    client_of(amoa).post(f"{grid}change/", ticked(test) | {"fields": "1", "clear": ["requirement", "criterion"]})
    assert read(test, of) == {"requirement": None, "criterion": ""}
    client_of(amoa).post(f"{grid}undo/{find_newest_seq(project_one)}/")
    assert read(test, of) == of
    assert answer.status_code == 302


def find_newest_seq(project: Any) -> int:
    """Return the number of the last entry of the ledger of a project."""
    return int(project.events.latest("seq").seq)


def test_a_field_is_emptied_and_a_box_unticked(client_of: Any, amoa: Any, project_one: Any) -> None:
    test = write_test(actor=amoa, project=project_one, fields={"code": "L-1", "title": "Lamp", "steps": "Look."})
    grid = path("acceptance/tests/edit/")
    client_of(amoa).post(f"{grid}change/", ticked(test) | {"fields": "1", "clear": ["steps"], "retired": "on"})
    assert read(test, ["steps", "retired"]) == {"steps": "", "retired": True}
    client_of(amoa).post(f"{grid}change/", ticked(test) | {"fields": "1", "retired": "off"})
    assert read(test, ["retired"]) == {"retired": False}
    client_of(amoa).post(f"{grid}change/", ticked(test) | {"fields": "1", "steps": "off", "expected": "on"})
    assert read(test, ["steps", "expected"]) == {"steps": "off", "expected": "on"}


def test_a_row_that_somebody_changed_since_is_not_undone(
    milestones: list[Any], planner: Any, pmo: Any, project_one: Any
) -> None:
    first, second = milestones
    answer = send(planner, milestones, gate="G2")
    write_milestone(actor=pmo, project=project_one, row=first, seen=version_of(first), fields={"name": "Mine"})
    page = words(planner.post(undo_url(answer)))
    assert "1 row is as it was before." in page
    assert "It was changed since." in page
    assert (read(first, ["gate", "name"]), read(second, ["gate"])) == ({"gate": "G2", "name": "Mine"}, {"gate": ""})


def test_an_undone_forecast_says_so_in_the_language_of_the_project(
    milestones: list[Any], planner: Any, project_one: Any
) -> None:
    first, _second = milestones
    assert project_one.language == "en"
    planner.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    answer = send(planner, [first], forecast_on=str(TODAY + 50 * DAY), reason="Storms.")
    planner.post(undo_url(answer))
    assert read(first, ["forecast_on"]) == {"forecast_on": TODAY + 40 * DAY}
    assert first.forecasts.latest("pk").reason == "A change of several milestones is undone."


def test_a_change_is_undone_within_ten_minutes_by_its_author_only(
    milestones: list[Any], planner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = send(planner, milestones, gate="G2")
    seq = int(undo_url(answer).split("/")[-2])
    for other in (seq + 1, 10**30):
        assert planner.post(f"{GRID}undo/{other}/").status_code == 409
    monkeypatch.setattr(undo, "UNDONE_WITHIN", timedelta())
    refused = planner.post(undo_url(answer))
    assert refused.status_code == 409
    assert "This change can no longer be undone" in words(refused)
    assert "Undo this change" not in words(planner.get(answer["Location"]))
    assert read(milestones[0], ["gate"]) == {"gate": "G2"}
