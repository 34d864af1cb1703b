"""Test the register on paper when it is large: the worker writes it, for one person, who is told how it stands."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core import task_queue
from core.files import prepared
from governance.desk.register import files, paper, tasks
from governance.desk.register.files import RegisterFile
from governance.enums import Outcome
from governance.models import Decision
from projects.seats.mandates.services import end_mandate
from tests import acts, pdf

pytestmark = pytest.mark.django_db

ENGLISH, FRENCH = {"accept-language": "en"}, {"accept-language": "fr"}
HTMX = ENGLISH | {"hx-request": "true"}


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Collect what is queued, as a worker that is away would leave it; one decision makes a register large."""
    monkeypatch.setattr(files, "LARGE", 0)
    monkeypatch.setattr(prepared, "BEAT", 3600)
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.write_register, "apply_async", lambda kwargs, **_options: found.append(kwargs))
    return found


@pytest.fixture
def decision(owner: Any, proposal: Any) -> Decision:
    return acts.decide(owner, proposal("ready_for_decision"), Outcome.APPROVED_WITH_CONDITIONS)


def to(page: str, kind: str = "pdf", query: str = "") -> str:
    return reverse(f"governance:register:register_{page}", args=["ONE", kind]) + query


def ask(client: Any, callbacks: Any, address: str, headers: Any = ENGLISH) -> Any:
    """Ask for a file, and commit."""
    with callbacks(execute=True):
        answer = client.post(address, headers=headers)
    assert task_queue.finish(10)
    return answer


def read(client: Any, address: str, headers: Any = ENGLISH) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_a_large_register_is_written_by_the_worker_and_fetched_by_its_reader(
    decision: Decision, owner: Any, client_of: Any, queued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    client, query = client_of(owner), f"?outcome={decision.outcome}"
    exported = reverse("governance:register:register", args=["ONE"]) + f"{query}&export=pdf"
    page, download = to("file", query=query), to("download", query=query)
    assert client.get(exported, headers=ENGLISH)["Location"] == page
    assert client.get(download, headers=ENGLISH)["Location"] == page
    assert ("Prepare the PDF" in read(client, page), download in read(client, page)) == (True, False)

    for _again in range(2):
        assert ask(client, django_capture_on_commit_callbacks, page)["Location"] == page
    assert len(queued) == 1, "a file that is being written is not written twice"
    waiting = client.get(page, headers=HTMX).text
    assert ("The file is in the queue since" in waiting, "<html" in waiting) == (True, False)

    assert tasks.write_register(**queued[0]) == "ready"
    assert client.get(page, headers=HTMX)["HX-Refresh"] == "true"
    assert ("The file is ready." in read(client, page), download in read(client, page)) == (True, True)
    answer = client.get(download, headers=ENGLISH)
    assert answer["Content-Type"] == "application/pdf"
    assert pdf.squeezed(decision.reference) in pdf.text(answer.content)
    assert client.get(to("download"), headers=ENGLISH).status_code == 302, "another filter is another file"


def test_a_file_that_is_ready_is_prepared_again_after_another_decision(
    decision: Decision, owner: Any, client_of: Any, queued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    client = client_of(owner)
    ask(client, django_capture_on_commit_callbacks, to("file"))
    assert tasks.write_register(**queued[0]) == "ready"
    later = acts.decide(owner, acts.submit_to_owner(decision.project))
    assert "Prepare it again" in read(client, to("file"))
    assert pdf.squeezed(later.reference) not in pdf.text(client.get(to("download"), headers=ENGLISH).content)
    ask(client, django_capture_on_commit_callbacks, to("file"))
    assert tasks.write_register(**queued[1]) == "ready"
    assert pdf.squeezed(later.reference) in pdf.text(client.get(to("download"), headers=ENGLISH).content)


def test_the_register_of_all_projects_holds_what_its_reader_reads(
    decision: Decision, owner: Any, outsider: Any, client_of: Any, queued: list[Any]
) -> None:
    page = reverse("governance:register:register_file_everywhere", args=["docx"])
    with time_machine.travel(timezone.now() + timedelta(seconds=1)):
        for person, words in ((owner, "Prepare the DOCX"), (outsider, "0 decisions")):
            assert words in read(client_of(person), page)
    exported = f"{reverse('governance:register:register_everywhere')}?export=docx"
    assert client_of(owner).get(exported, headers=ENGLISH)["Location"] == page
    for person, found in ((owner, True), (outsider, False)):
        wanted = RegisterFile(person=person.pk, kind="pdf", language="en", code="", query="")
        assert prepared.write_file(wanted) == "ready"
        drawn = pdf.text(prepared.read_file(wanted) or b"")
        assert (pdf.squeezed(decision.reference) in drawn) == found


def test_nobody_fetches_the_register_of_another_person(
    decision: Decision,
    owner: Any,
    recipient: Any,
    outsider: Any,
    client_of: Any,
    queued: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    ask(client_of(owner), django_capture_on_commit_callbacks, to("file"))
    assert tasks.write_register(**queued[0]) == "ready"
    assert client_of(owner).get(to("download"), headers=ENGLISH).status_code == 200
    assert client_of(recipient).get(to("download"), headers=ENGLISH).status_code == 302
    assert "Prepare the PDF" in read(client_of(recipient), to("file"))
    for page in ("file", "download"):
        assert client_of(outsider).get(to(page)).status_code == 404
    assert ask(client_of(outsider), django_capture_on_commit_callbacks, to("file")).status_code == 404
    assert len(queued) == 1


def test_who_left_the_project_meanwhile_gets_no_register(
    decision: Decision,
    owner: Any,
    recipient: Any,
    project_one: Any,
    client_of: Any,
    queued: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    client = client_of(recipient)
    ask(client, django_capture_on_commit_callbacks, to("file"))
    for seat in project_one.mandates.active().filter(holder=recipient):
        end_mandate(actor=owner, mandate=seat)
    assert tasks.write_register(**queued[0]) == ""
    assert prepared.read_file(RegisterFile(**queued[0])) is None
    assert client.get(to("download")).status_code == 404


def test_a_register_that_fails_is_told_in_the_language_of_its_reader(
    decision: Decision,
    owner: Any,
    client_of: Any,
    queued: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    client = client_of(owner)
    ask(client, django_capture_on_commit_callbacks, to("file"), FRENCH)
    with monkeypatch.context() as patched:
        patched.setattr(files, "build_paper", lambda *_given, **_named: 1 / 0)
        assert tasks.write_register(**queued[0]) == "failed"
    page = read(client, to("file"), FRENCH)
    assert ("Le fichier n’a pas pu être généré." in page, "Préparer le PDF" in page) == (True, True)
    prepared.note(RegisterFile(**queued[0]), prepared.FileState.RUNNING, done=600, total=2000)
    assert "Environ 600 décisions sur 2000" in read(client, to("file"), FRENCH)


def test_more_decisions_than_the_largest_paper_holds_are_an_extract(
    decision: Decision, owner: Any, queued: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST", 2)
    monkeypatch.setattr(paper, "MOST", 2)
    wanted = RegisterFile(person=owner.pk, kind="pdf", language="en", code="ONE", query="")
    work = wanted.open(owner)
    assert work
    assert work.total == 2
    with override("en"):
        drawn = pdf.text(work.write(prepared.ignore))
    assert pdf.squeezed(f"Extract: 2 of the {decision.project.decisions.count()} decisions") in drawn


@pytest.mark.parametrize("kind", ["exe", "csv", "PDF"])
def test_an_unknown_format_of_the_register_is_not_found(kind: str, owner: Any, client_of: Any) -> None:
    for page in ("file", "download"):
        assert client_of(owner).get(to(page, kind)).status_code == 404
