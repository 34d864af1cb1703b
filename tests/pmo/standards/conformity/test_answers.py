"""Test the answers to checkpoints from the list: one in its row, several at once, with and without script."""

from copy import deepcopy
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from core.access import Refused
from pmo.enums import Act
from pmo.models import ConformityCheck
from pmo.standards.conformity.enums import Result
from pmo.standards.conformity.services import record_checks
from projects.models import Project
from tests.database import fire_deferred_triggers
from tests.pmo.standards.conformity.checked_standards import adopted, checkpoint

pytestmark = pytest.mark.django_db
LISTED = "/projects/ONE/conformity/"


@pytest.fixture(scope="module")
def kept_standard(kept_database: None) -> Any:
    """Write a standard of four checkpoints in force for project one."""
    version = adopted(Project.objects.get(code="ONE"), "STD-A", "Read", "Heard", "Kept", "Told")
    fire_deferred_triggers()
    return version


@pytest.fixture
def standard(kept_standard: Any) -> Any:
    """Return that standard."""
    return deepcopy(kept_standard)


@pytest.fixture
def points(standard: Any) -> list[Any]:
    """Return its checkpoints."""
    return [checkpoint(standard, number) for number in range(1, 5)]


@pytest.fixture
def browser(client_of: Any, pmo: Any) -> Any:
    """Sign in the PMO, who reads English."""
    client = client_of(pmo)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def text(response: Any) -> str:
    """Return the page as one line of words."""
    return " ".join(response.content.decode().split())


def path_of(point: Any) -> str:
    """Return the address that answers a checkpoint."""
    return reverse("pmo:conformity:conformity_check", args=["ONE", point.pk])


def events(project: Any) -> int:
    """Count the checks in the ledger."""
    count: int = project.events.filter(act=Act.CHECK_CONFORMITY).count()
    return count


# — in the row —


def test_an_answer_in_its_row_brings_the_row_and_the_figures(browser: Any, points: list[Any], project_one: Any) -> None:
    posted = {"result": "conform", "filter": "standard=STD-A"}
    answer = browser.post(path_of(points[0]), posted, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    page = text(answer)
    assert f'<tr data-row id="row-{points[0].pk}">' in page  # answered: no longer open
    assert 'id="counts" hx-swap-oob="true"' in page
    assert "1 of 4 answered" in page
    assert f'href="#row-{points[1].pk}"' in page
    assert "<html" not in page
    assert ConformityCheck.objects.get().result == Result.CONFORM
    assert events(project_one) == 1


def test_a_result_that_needs_words_opens_its_form_in_the_row(browser: Any, points: list[Any]) -> None:
    form = browser.get(f"{path_of(points[0])}?result=not_conform", headers={"HX-Request": "true"})
    assert '<option value="not_conform" selected>' in text(form)
    assert f'name="finding" class="input" maxlength="20000" id="id_{points[0].pk}_finding"' in text(form) or (
        f'id="id_{points[0].pk}_finding"' in text(form)
    )
    refused = browser.post(
        path_of(points[0]), {"result": "not_conform", "finding": " "}, headers={"HX-Request": "true"}
    )
    assert refused.status_code == 422
    assert "Describe the finding" in text(refused)
    assert "<html" not in text(refused)
    assert not ConformityCheck.objects.exists()


def test_a_row_left_is_as_it_was(browser: Any, points: list[Any]) -> None:
    row = text(browser.get(path_of(points[0]), headers={"HX-Request": "true"}))
    assert f'<tr data-row id="row-{points[0].pk}" data-open>' in row
    assert "<form" not in row


def test_without_script_an_answer_leads_to_the_next_unanswered_row(browser: Any, points: list[Any]) -> None:
    posted = {"result": "conform", "filter": "standard=STD-A"}
    answer = browser.post(path_of(points[3]), posted)
    assert answer.status_code == 302
    assert answer["Location"] == f"{LISTED}?standard=STD-A#row-{points[0].pk}"
    form = text(browser.get(f"{path_of(points[0])}?result=partially_conform"))
    assert 'value="partially_conform" checked' in form or "checked" in form
    assert "<html" in form


def test_a_reader_gets_no_buttons_and_no_row(recipient: Any, client_of: Any, points: list[Any]) -> None:
    client = client_of(recipient)
    page = text(client.get(LISTED))
    assert "data-answer" not in page
    assert 'id="checks"' not in page
    posted = {"result": "conform", "filter": ""}
    assert client.post(path_of(points[0]), posted, headers={"HX-Request": "true"}).status_code == 403
    assert not ConformityCheck.objects.exists()


# — several at once —


def test_several_checkpoints_get_one_answer_and_an_event_each(
    browser: Any, points: list[Any], project_one: Any
) -> None:
    ticked = [point.pk for point in points[:3]]
    posted = {"one": ticked, "result": "not_conform", "finding": "No list.", "filter": "standard=STD-A"}
    answer = browser.post(f"{LISTED}checks/", posted)
    assert answer["Location"] == f"{LISTED}?standard=STD-A#row-{points[3].pk}"
    found = ConformityCheck.objects.values_list("checkpoint_id", "result", "finding")
    assert set(found) == {(pk, "not_conform", "No list.") for pk in ticked}
    assert events(project_one) == 3
    assert "3 checks are recorded." in text(browser.get(answer["Location"]))


def test_an_answer_to_several_that_lacks_its_finding_comes_back_with_what_was_typed(
    browser: Any, points: list[Any]
) -> None:
    posted = {"one": [point.pk for point in points], "result": "not_conform", "finding": " ", "filter": "gate=G5"}
    refused = browser.post(f"{LISTED}checks/", posted)
    assert refused.status_code == 422
    page = text(refused)
    assert "Describe the finding" in page
    assert "4 checkpoints get the same answer." in page
    assert page.count('name="one"') == page.count("checked>") == 4
    assert 'value="gate=G5"' in page
    assert not ConformityCheck.objects.exists()


@pytest.mark.parametrize("ticked", [[], ["x"], ["9" * 40], ["-1", "0"], ["1\x00"]])
def test_nothing_that_is_ticked_is_refused_with_words(ticked: list[str], browser: Any, points: list[Any]) -> None:
    refused = browser.post(f"{LISTED}checks/", {"one": ticked, "result": "conform"})
    assert refused.status_code == 422
    assert "Select at least one checkpoint." in text(refused)


def test_a_checkpoint_of_another_project_is_left_out(browser: Any, points: list[Any], project_two: Any) -> None:
    theirs = checkpoint(adopted(project_two, "STD-T"))
    posted = {"one": [theirs.pk, points[0].pk], "result": "conform"}
    assert browser.post(f"{LISTED}checks/", posted).status_code == 302
    assert [check.checkpoint_id for check in ConformityCheck.objects.all()] == [points[0].pk]


def test_all_are_recorded_or_none(pmo: Any, project_one: Any, project_two: Any, points: list[Any]) -> None:
    theirs = checkpoint(adopted(project_two, "STD-T"))
    with pytest.raises(ValidationError) as refused:
        record_checks(actor=pmo, project=project_one, checkpoints=[points[0], theirs], result=Result.CONFORM)
    assert set(refused.value.message_dict) == {"checkpoint"}
    assert not ConformityCheck.objects.exists()
    assert events(project_one) == 0


@pytest.mark.parametrize("member", ["owner", "amoa", "moe", "recipient", "outsider"])
def test_only_who_keeps_the_standards_answers_several(
    member: str, cast: dict[str, Any], project_one: Any, points: list[Any]
) -> None:
    with pytest.raises(Refused):
        record_checks(actor=cast[member], project=project_one, checkpoints=points, result=Result.CONFORM)
    assert not ConformityCheck.objects.exists()
