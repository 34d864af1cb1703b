"""Test the papers of a session: one PDF or a ZIP, which the worker writes for one reader."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from core import task_queue
from core.files import prepared
from core.files.binding import MOST_PAGES, keep_pages
from core.files.checks import check_upload
from governance.decide.evidence.services import add_document
from governance.desk.packet import contents, tasks
from governance.desk.packet.contents import safe_name
from governance.desk.packet.jobs import PacketFile
from governance.models import Session
from projects.models import DocumentVersion
from projects.seats.mandates.services import end_mandate
from tests import acts
from tests.governance.sessions.factories import FREE, convene, found_body, hide_from, prepare, settle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_note(monkeypatch: pytest.MonkeyPatch) -> None:
    """Note the progress once: no thread with a connection of its own."""
    monkeypatch.setattr(prepared, "BEAT", 3600)


def drawing(pages: int = 1, *, acting: bool = False) -> bytes:
    """Return a PDF of blank pages, with scripts that run when it and when each page is opened."""
    writer, written = PdfWriter(), BytesIO()
    name = NameObject("/S"), NameObject("/JS")
    action = DictionaryObject({name[0]: NameObject("/JavaScript"), name[1]: TextStringObject("app.alert('Ahoy')")})
    for _page in range(pages):
        page = writer.add_blank_page(200, 200)
        if acting:
            page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})
    if acting:
        writer.root_object[NameObject("/OpenAction")] = action
    writer.write(written)
    return written.getvalue()


def add(actor: Any, project: Any, name: str, content: bytes) -> DocumentVersion:
    """Add a document to a project."""
    return add_document(actor=actor, project=project, name="", upload=check_upload(ContentFile(content, name=name)))


@pytest.fixture
def file(amoa: Any, pmo: Any, project_one: Any) -> Any:
    """Return a file that waits for the owner, with a drawing and a table as evidence."""
    proposal = acts.draft(amoa, project_one, title="Two ramps instead of one")
    for name, content in (("ramps.pdf", drawing(2)), ("costs.csv", b"a;b\n1;2\n")):
        acts.attach(amoa, proposal, add(amoa, project_one, name, content))
    acts.submit(amoa, proposal)
    acts.advise(pmo, proposal)
    return acts.reread(proposal)


@pytest.fixture
def session(pmo: Any, project_one: Any, file: Any) -> Session:
    """Return a convened session that hears a free item, then the file."""
    return convene(pmo, found_body(pmo, project_one), FREE, f"proposal:{file.pk}")


def write(session: Session, person: Any, kind: str = "pdf") -> bytes:
    """Let the worker write the papers of a session for this person."""
    wanted = PacketFile(person=person.pk, kind=kind, language="en", session=session.pk)
    assert prepared.write_file(wanted) == "ready"
    return prepared.read_file(wanted) or b""


def bookmarks(content: bytes) -> list[tuple[int, str, int]]:
    """List (depth, title, first page) of the bookmarks."""
    read = PdfReader(BytesIO(content))

    def walk(found: Any, depth: int = 0) -> list[tuple[int, str, int]]:
        said = []
        for mark in found:
            if isinstance(mark, list):
                said += walk(mark, depth + 1)
            else:
                said.append((depth, str(mark.title), read.get_destination_page_number(mark) or 0))
        return said

    return walk(read.outline)


def text_of(content: bytes) -> str:
    """Return the text of all pages, without line breaks."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def names(content: bytes) -> list[str]:
    """List the names in a ZIP."""
    return ZipFile(BytesIO(content)).namelist()


def to(session: Session, kind: str = "") -> str:
    """Return the address of the page, or of a file."""
    if kind:
        return reverse("governance:packet:packet_file", args=[session.pk, kind])
    return reverse("governance:packet:packet", args=[session.pk])


def test_the_pdf_holds_agenda_file_and_evidence_under_their_bookmarks(
    session: Session, file: Any, recipient: Any
) -> None:
    written = write(session, recipient)
    marks = bookmarks(written)
    assert (marks[0][1], marks[0][2]) == ("Agenda", 0)
    [(depth, _title, first)] = [mark for mark in marks if mark[1] == f"2. {file.reference} · {file.title}"]
    assert depth == 0
    assert (1, "ramps.pdf") in {(deep, title) for deep, title, page in marks if page > first}
    said = text_of(written)
    assert file.current.question in said
    for opinion in file.current.opinions.all():
        assert opinion.reasons in said
    assert "Read the calendar of the works" in said
    assert "costs.csv" in said.partition(file.current.question)[0], "the first page names what stands in the ZIP alone"


def test_the_zip_holds_the_evidence_as_it_was_added(session: Session, file: Any, recipient: Any) -> None:
    written = write(session, recipient, "zip")
    folder = f"02 {file.reference} · {file.title}"
    assert names(written)[0] == "00 Agenda.pdf"
    mine = [name for name in names(written) if name.startswith(folder)]
    assert mine == [f"{folder}/{name}" for name in (f"{file.reference}.pdf", "1 ramps.pdf", "2 costs.csv")]
    assert ZipFile(BytesIO(written)).read(mine[2]) == b"a;b\n1;2\n"


def test_the_list_of_the_session_before_is_among_the_papers(pmo: Any, owner: Any, project_one: Any) -> None:
    settled = settle(owner, pmo, project_one)
    session = convene(pmo, settled.session.body)
    entry = session.items.get(source="list")
    written = write(session, owner, "zip")
    [name] = [name for name in names(written) if name.startswith(f"{entry.place:02d} ")]
    assert ZipFile(BytesIO(written)).read(name) == bytes(settled.pdf)


def test_what_its_reader_may_not_read_is_in_no_paper(
    session: Session, file: Any, owner: Any, recipient: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide_from(monkeypatch, recipient, "proposal", file.pk)
    said, files = text_of(write(session, recipient)), names(write(session, recipient, "zip"))
    assert (file.title in said, "ramps.pdf" in said) == (False, False)
    assert not [name for name in files if name.startswith("02 ")]
    assert file.title in text_of(write(session, owner))


def test_a_pdf_of_a_person_keeps_its_pages_and_loses_its_scripts() -> None:
    given = drawing(3, acting=True)
    assert given.count(b"Ahoy") == 4
    kept = keep_pages(given)
    assert kept is not None
    assert len(PdfReader(BytesIO(kept)).pages) == 3
    assert (b"JavaScript" in kept, b"/AA" in kept, b"Ahoy" in kept) == (False, False, False)


def test_a_pdf_that_cannot_be_bound_is_in_the_zip_alone(
    amoa: Any, pmo: Any, owner: Any, project_one: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [keep_pages(content) for content in (b"", b"%PDF-1.7\nnothing", drawing()[:200])] == [None, None, None]
    locked, written = PdfWriter(clone_from=BytesIO(drawing())), BytesIO()
    locked.encrypt("secret", algorithm="AES-256")
    locked.write(written)
    assert keep_pages(written.getvalue()) is None
    assert keep_pages(drawing(MOST_PAGES + 1)) is None


def test_evidence_that_is_too_large_is_named(
    session: Session, file: Any, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "MOST_BYTES", 100)
    assert [name for name in names(write(session, owner, "zip")) if "ramps.pdf" in name] == []
    said = text_of(write(session, owner)).partition(file.current.question)[0]
    assert said.index("Too large") < said.index("ramps.pdf")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "-..-etc-passwd"),
        ("C:\\x\x00y", "C-x-y"),
        ("...", "-"),
        ("Été · 2", "Été · 2"),
        ("x" * 200, "x" * 80),
    ],
)
def test_a_name_within_the_zip_stays_in_its_folder(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_the_papers_are_asked_for_on_their_page_and_fetched_by_who_asked(
    session: Session,
    recipient: Any,
    owner: Any,
    english: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    queued: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.write_packet, "apply_async", lambda kwargs, **_options: queued.append(kwargs))
    client = english(recipient)
    assert to(session) in client.get(session.get_absolute_url()).text
    assert client.get(to(session, "pdf"))["Location"] == to(session)
    assert client.post(to(session), {"kind": "exe"}).status_code == 404
    for _again in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(to(session), {"kind": "zip"}).status_code == 302
        assert task_queue.finish(10)
    assert len(queued) == 1, "a file that is being written is not written twice"
    assert "The file is in the queue since" in client.get(to(session), headers={"hx-request": "true"}).text
    assert tasks.write_packet(**queued[0]) == "ready"
    assert client.get(to(session), headers={"hx-request": "true"})["HX-Refresh"] == "true"
    assert to(session, "zip") in client.get(to(session)).text
    answer = client.get(to(session, "zip"))
    assert (answer["Content-Type"], names(answer.content)[0]) == ("application/zip", "00 Agenda.pdf")
    assert 'filename="ONE-COPIL 1-papers.zip"' in answer["Content-Disposition"]
    assert english(owner).get(to(session, "zip"))["Location"] == to(session)


def test_strangers_and_drafts_have_no_papers(
    session: Session, pmo: Any, owner: Any, recipient: Any, outsider: Any, english: Any, project_one: Any
) -> None:
    draft = prepare(pmo, session.body)
    for person, row in ((outsider, session), (pmo, draft)):
        assert english(person).get(to(row)).status_code == 404
        assert english(person).get(to(row, "pdf")).status_code == 404
        assert english(person).post(to(row), {"kind": "pdf"}).status_code == 404
    for seat in project_one.mandates.active().filter(holder=recipient):
        end_mandate(actor=owner, mandate=seat)
    wanted = PacketFile(person=recipient.pk, kind="pdf", language="en", session=session.pk)
    assert (prepared.write_file(wanted), prepared.read_file(wanted)) == ("", None)
