"""Test the files of a large specification: the worker writes them, for one person, who is told how it stands."""

import html
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone, translation

from amoa.requirements.models import RequirementBaseline
from amoa.specification import jobs, tasks
from amoa.specification.jobs import SpecificationFile
from amoa.specification.state import read_state
from core import task_queue
from core.files import prepared
from projects.seats.mandates.services import end_mandate
from tests.amoa.requirements.factories import freeze

pytestmark = pytest.mark.django_db

ENGLISH, FRENCH = {"accept-language": "en"}, {"accept-language": "fr"}


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Collect what is queued, as a worker that is away would leave it."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.write_specification, "apply_async", lambda kwargs, **_options: found.append(kwargs))
    return found


@pytest.fixture
def baseline(amoa: Any, project_one: Any, monkeypatch: pytest.MonkeyPatch) -> RequirementBaseline:
    """Freeze a baseline that counts as large, whose files are written without notes from another connection."""
    monkeypatch.setattr(jobs, "LARGE", 1)
    monkeypatch.setattr(prepared, "BEAT", 3600)
    return freeze(amoa, project_one)


def to(name: str, baseline: RequirementBaseline, *args: Any) -> str:
    return reverse(f"amoa:specification:{name}", args=["ONE", baseline.number, *args])


def state_of(baseline: RequirementBaseline) -> str:
    """Return the key of what a file in English says of the baseline."""
    with translation.override("en"):
        return read_state(baseline.project, baseline).key


def wanted_by(person: Any, baseline: RequirementBaseline, kind: str) -> SpecificationFile:
    """Return the file of the baseline in English for a person."""
    return SpecificationFile(
        person=person.pk, baseline=baseline.pk, kind=kind, order="code", language="en", state=state_of(baseline)
    )


def read(client: Any, baseline: RequirementBaseline, headers: Any = ENGLISH) -> str:
    """Return the words of the page."""
    answer = client.get(to("baseline_specification", baseline), headers=headers)
    assert answer.status_code == 200
    return " ".join(html.unescape(answer.content.decode()).split())


def ask(client: Any, baseline: RequirementBaseline, callbacks: Any, kind: str = "pdf", headers: Any = ENGLISH) -> Any:
    """Ask for a file, and commit."""
    with callbacks(execute=True):
        answer = client.post(to("specification_prepare", baseline), {"kind": kind, "order": "code"}, headers=headers)
    assert task_queue.finish(10)
    return answer


def test_a_large_file_is_written_by_the_worker_and_fetched_by_its_person(
    baseline: RequirementBaseline,
    recipient: Any,
    client_of: Any,
    queued: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    client = client_of(recipient)
    page, file = read(client, baseline), to("specification_file", baseline, "pdf")
    assert ("Prepare the PDF" in page, "Prepare the DOCX" in page, file in page) == (True, True, False)
    assert client.get(file, headers=ENGLISH)["Location"].startswith(to("baseline_specification", baseline))
    assert ask(client, baseline, django_capture_on_commit_callbacks).status_code == 302
    assert ask(client, baseline, django_capture_on_commit_callbacks).status_code == 302
    assert len(queued) == 1, "a file that is being written is not written twice"
    page = read(client, baseline)
    assert ("The file is in the queue since" in page, "every 1s" in page, "Prepare the PDF" in page) == (
        True,
        True,
        False,
    )
    assert tasks.write_specification(**queued[0]) == "ready"
    page = read(client, baseline)
    assert ("The file is ready." in page, f"{file}?order=code" in page, "every 1s" in page) == (True, True, False)
    answer = client.get(f"{file}?order=code", headers=ENGLISH)
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert client.get(f"{file}?order=lot", headers=ENGLISH).status_code == 302, "another order is another file"


def test_the_line_of_progress_is_polled_until_nothing_is_written(
    baseline: RequirementBaseline, amoa: Any, client_of: Any, queued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    client = client_of(amoa)
    page, htmx = to("baseline_specification", baseline), ENGLISH | {"hx-request": "true"}
    ask(client, baseline, django_capture_on_commit_callbacks, "docx")
    wanted = SpecificationFile(**queued[0])
    prepared.note(wanted, prepared.FileState.RUNNING)
    answer = client.get(page, headers=htmx)
    assert ("The file is being written since" in answer.text, "<html" in answer.text) == (True, False)
    assert prepared.write_file(wanted) == "ready"
    assert client.get(page, headers=htmx)["HX-Refresh"] == "true"
    answer = client.get(to("specification_file", baseline, "docx"), headers=ENGLISH)
    assert answer.content[:2] == b"PK"


@pytest.mark.parametrize(("kind", "words"), [("docx", "120 of 2300 requirements"), ("pdf", "About 120 of 2300")])
def test_the_page_says_how_far_a_file_is(
    kind: str, words: str, baseline: RequirementBaseline, amoa: Any, client_of: Any
) -> None:
    wanted = wanted_by(amoa, baseline, kind)
    prepared.note(wanted, prepared.FileState.RUNNING, done=120, total=2300)
    page = read(client_of(amoa), baseline)
    assert (words in page, 'value="120" max="2300"' in page) == (True, True)


def test_a_pdf_advances_by_the_pace_of_the_last_one_and_a_docx_by_what_is_written(amoa: Any) -> None:
    wanted = SpecificationFile(person=amoa.pk, baseline=1, kind="pdf", order="code", language="en")
    cache.set(wanted.pace, 0.5, None)
    pulse = prepared.Pulse(wanted, 100)
    docx = prepared.Pulse(replace(wanted, kind="docx"), 100)
    docx.tell(3)
    for seconds, done in ((10, 20), (3_000, 95)):
        with time_machine.travel(pulse.since + timedelta(seconds=seconds), tick=False):
            assert (pulse.done, docx.done) == (done, 3)


def test_a_file_whose_worker_gives_no_sign_is_offered_again_and_one_that_is_there_is_not_written_twice(
    baseline: RequirementBaseline,
    amoa: Any,
    client_of: Any,
    queued: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    client = client_of(amoa)
    wanted = wanted_by(amoa, baseline, "pdf")
    prepared.note(wanted, prepared.FileState.RUNNING, timezone.now() - timedelta(minutes=5), 120, 2300)
    assert "Prepare the PDF" not in read(client, baseline), "a slow worker that gives signs is waited for"
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        client = client_of(amoa)
        page = read(client, baseline)
        assert ("No worker has finished it since" in page, "Prepare the PDF" in page) == (True, True)
        ask(client, baseline, django_capture_on_commit_callbacks)
        assert tasks.write_specification(**queued[0]) == "ready"
        monkeypatch.setattr(jobs, "build_specification", lambda *_given: 1 / 0)
        assert tasks.write_specification(**queued[0]) == "ready"


def test_a_small_specification_is_written_at_once(
    amoa: Any, project_one: Any, client_of: Any, queued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    small, client = freeze(amoa, project_one), client_of(amoa)
    page = read(client, small)
    assert ("Prepare the PDF" in page, to("specification_file", small, "pdf") in page) == (False, True)
    ask(client, small, django_capture_on_commit_callbacks)
    assert queued == []
    assert client.get(to("specification_file", small, "docx")).content[:2] == b"PK"


def test_nobody_fetches_the_file_of_another_person(
    baseline: RequirementBaseline,
    amoa: Any,
    recipient: Any,
    outsider: Any,
    client_of: Any,
    queued: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    ask(client_of(amoa), baseline, django_capture_on_commit_callbacks)
    tasks.write_specification(**queued[0])
    file = to("specification_file", baseline, "pdf")
    assert client_of(amoa).get(file, headers=ENGLISH).status_code == 200
    assert client_of(recipient).get(file, headers=ENGLISH).status_code == 302
    assert "Prepare the PDF" in read(client_of(recipient), baseline)
    assert client_of(outsider).get(file).status_code == 404
    assert ask(client_of(outsider), baseline, django_capture_on_commit_callbacks).status_code == 404
    assert len(queued) == 1


def test_who_left_the_project_meanwhile_gets_no_file(
    baseline: RequirementBaseline,
    owner: Any,
    recipient: Any,
    project_one: Any,
    client_of: Any,
    queued: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    client = client_of(recipient)
    for kind in ("pdf", "docx"):
        ask(client, baseline, django_capture_on_commit_callbacks, kind)
    assert tasks.write_specification(**queued[0]) == "ready"
    for seat in project_one.mandates.active().filter(holder=recipient):
        end_mandate(actor=owner, mandate=seat)
    assert tasks.write_specification(**queued[1]) == ""
    assert prepared.read_file(SpecificationFile(**queued[1])) is None
    for kind in ("pdf", "docx"):
        assert client.get(to("specification_file", baseline, kind)).status_code == 404


def test_the_page_says_that_no_worker_answers_and_offers_to_ask_again(
    baseline: RequirementBaseline, amoa: Any, client_of: Any, queued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    ask(client_of(amoa), baseline, django_capture_on_commit_callbacks)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        client = client_of(amoa)
        page = read(client, baseline)
        assert ("No worker has finished it since" in page, "Prepare the PDF" in page) == (True, True)
        assert "every 1s" not in page
        ask(client, baseline, django_capture_on_commit_callbacks)
    assert len(queued) == 2


def test_a_queue_that_is_away_loses_nothing_of_the_page(
    baseline: RequirementBaseline,
    amoa: Any,
    client_of: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def refuse(**_options: Any) -> None:
        raise OSError("the queue is away")

    monkeypatch.setattr(tasks.write_specification, "apply_async", refuse)
    assert ask(client_of(amoa), baseline, django_capture_on_commit_callbacks).status_code == 302
    assert "The file is in the queue since" in read(client_of(amoa), baseline)


def test_a_file_that_fails_is_told_and_asked_for_again(
    baseline: RequirementBaseline,
    amoa: Any,
    client_of: Any,
    queued: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    client = client_of(amoa)
    ask(client, baseline, django_capture_on_commit_callbacks, headers=FRENCH)
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "build_specification", lambda *_given: 1 / 0)
        assert tasks.write_specification(**queued[0]) == "failed"
    page = read(client, baseline, FRENCH)
    assert ("Le fichier n’a pas pu être généré." in page, "Préparer le PDF" in page) == (True, True)
    ask(client, baseline, django_capture_on_commit_callbacks, headers=FRENCH)
    assert tasks.write_specification(**queued[1]) == "ready"


@pytest.mark.parametrize("kind", ["", "exe", "\x00", "../pdf"])
def test_an_unknown_format_is_not_found(
    kind: str, baseline: RequirementBaseline, amoa: Any, client_of: Any, django_capture_on_commit_callbacks: Any
) -> None:
    assert ask(client_of(amoa), baseline, django_capture_on_commit_callbacks, kind).status_code == 404


def test_a_person_asks_for_thirty_files_an_hour(
    baseline: RequirementBaseline,
    amoa: Any,
    client_of: Any,
    queued: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(prepared.WantedFile, "is_live", False)
    for _again in range(32):
        ask(client_of(amoa), baseline, django_capture_on_commit_callbacks)
    assert len(queued) <= 30
