"""Test the pages of an import: a file is read or refused in a sentence, and only its author sees and drives it."""

import html
import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.utils import translation

from amoa.imports import runner
from amoa.imports.models import ImportJob
from amoa.models import Requirement
from projects.models import LedgerEvent, Mandate
from projects.seats.mandates.services import end_mandate
from tests.amoa.imports.factories import ROWS, Still, check_file, csv_of, import_file, receive_file
from tests.amoa.imports.test_imports import counts, describe
from tests.amoa.requirements.test_requirements import write
from tests.conftest import CAST
from tests.pages.visits import Sent

pytestmark = pytest.mark.django_db

UPLOAD = "/projects/TWO/requirements/import/"
ENGLISH, FRENCH = ({"accept-language": language} for language in ("en", "fr"))


@pytest.fixture
def cast(cast: dict[str, Any]) -> dict[str, Any]:
    """Map the people of project two, which has no requirement yet, by the names of their roles."""
    return cast | {role: cast[f"other_{role}"] for role in ("owner", "pmo", "amoa")}


@pytest.fixture
def place(project_two: Any) -> Any:
    """Return the target project of the imports."""
    return project_two


@pytest.fixture
def amoa_browser(cast: Any, client_of: Any) -> Any:
    return client_of(cast["amoa"])


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: Any) -> None:
    """Start no worker: these tests run the import themselves."""
    from amoa.imports import importer

    monkeypatch.setattr(importer, "nudge", lambda pk: None)


def words(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def send(browser: Any, name: str, content: bytes, **more: Any) -> Any:
    return browser.post(UPLOAD, {"file": Sent(name, content), **more}, headers=ENGLISH)


def test_the_whole_way_without_a_script(cast: Any, place: Any, amoa_browser: Any) -> None:
    answer = send(amoa_browser, "needs.csv", csv_of(*ROWS))
    job = ImportJob.objects.get()
    assert answer["Location"] == f"/imports/{job.pk}/columns/"
    page = amoa_browser.get(answer["Location"], headers=ENGLISH)
    assert "Crews see the berth plan" in words(page)
    fields = {f"column-{place}": name for place, name in enumerate(job.mapping)}
    answer = amoa_browser.post(answer["Location"], fields | {"step": "check"})
    assert answer["Location"] == job.get_absolute_url()
    page = amoa_browser.get(answer["Location"], headers=ENGLISH)
    assert "Import 2 requirements" in words(page)
    answer = amoa_browser.post(f"/imports/{job.pk}/start/")
    page = amoa_browser.get(answer["Location"], headers=ENGLISH)
    assert "Queued." in words(page)
    assert 'hx-trigger="every 1s"' in page.content.decode()
    runner.run(job.pk, Still)
    page = amoa_browser.get(answer["Location"], headers=ENGLISH)
    assert "under your name, in one entry of the ledger" in words(page)
    assert "TWO-001" in words(page)
    assert "every 1s" not in page.content.decode()


def test_the_same_way_in_french_understands_french(cast: Any, place: Any, amoa_browser: Any) -> None:
    content = "Référence;Nature;Intitulé;Priorité\n;besoin;Voir le plan;doit\n;exigence;Lire;urgent\n".encode("cp1252")
    amoa_browser.post(UPLOAD, {"file": Sent("besoins.csv", content)}, headers=FRENCH)
    job = ImportJob.objects.get()
    assert (job.encoding, job.mapping) == ("cp1252", ["code", "kind", "title", "priority"])
    fields = {f"column-{place}": name for place, name in enumerate(job.mapping)}
    amoa_browser.post(f"/imports/{job.pk}/columns/", fields | {"step": "check"})
    page = words(amoa_browser.get(job.get_absolute_url(), headers=FRENCH))
    known = "Utilisez indispensable, importante, souhaitable ou écartée cette fois"
    assert f"{known}\u202f; trouvé «\u202furgent\u202f»." in page
    assert "1 ligne sur 2 ne peut pas être importée telle quelle." in page


def bomb() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"0" * 50_000_000)
    return out.getvalue()


HOSTILE = {
    "a picture": ("needs.png", b"\x89PNG\r\n\x1a\n"),
    "macros": ("needs.xlsm", b"PK\x03\x04"),
    "an old workbook": ("needs.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    "a bomb": ("needs.xlsx", bomb()),
    "damaged": ("needs.xlsx", b"PK\x03\x04 and no more"),
    "no archive": ("needs.xlsx", b"Title\nA"),
    "nothing": ("needs.csv", b""),
    "blank": ("needs.csv", b" \n \n"),
    "only a head": ("needs.csv", b"Title;Code\n"),
    "zeros": ("needs.csv", b"Title\0;Code\nA;B\n"),
    "entities": ("needs.reqif", b'<!DOCTYPE x [<!ENTITY a "b">]><REQ-IF/>'),
    "no requirement": ("needs.reqif", b"<REQ-IF/>"),
    "too many lines": ("needs.csv", b"Title\n" + b"A\n" * 20_001),
    "a name of nothing": ("\u200b.csv", b"Title\nA\n"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence_and_not_kept(name: str, amoa_browser: Any) -> None:
    answer = send(amoa_browser, *HOSTILE[name])
    assert answer.status_code == 422
    [error] = [text for errors in answer.context["form"].errors.values() for text in errors]
    assert error.endswith(".")
    assert error in words(answer)
    assert not ImportJob.objects.exists()


def test_a_file_that_is_too_large_is_refused(amoa_browser: Any, settings: Any) -> None:
    settings.EVIDENCE_MAX_BYTES = 1024 * 1024
    answer = send(amoa_browser, "needs.csv", b"Title\n" + b"A" * 1024 * 1024)
    assert answer.status_code == 422
    assert "larger than 1 MiB" in words(answer)
    assert not ImportJob.objects.exists()


def test_nothing_sent_is_refused(amoa_browser: Any) -> None:
    answer = amoa_browser.post(UPLOAD, headers=ENGLISH)
    assert (answer.status_code, "Choose a file." in words(answer)) == (422, True)


@pytest.mark.parametrize("value", ["gadget", "title\0", "code' OR 1=1", "\ud7ff" * 3])
def test_a_field_that_does_not_exist_is_refused(value: str, cast: Any, place: Any, amoa_browser: Any) -> None:
    job = receive_file(cast["amoa"], place)
    answer = amoa_browser.post(f"/imports/{job.pk}/columns/", {"column-0": value, "column-2": "title"})
    assert answer.status_code == 422
    assert ImportJob.objects.get().state == "uploaded"


def test_neither_titles_nor_codes_or_one_field_twice_is_refused(cast: Any, place: Any, amoa_browser: Any) -> None:
    job = receive_file(cast["amoa"], place)
    for fields, text in (
        ({"column-1": "kind"}, "Select at least one of these columns: Code, Title, Statement."),
        ({"column-1": "title", "column-2": "title"}, "“Title” is chosen for “Kind” already"),
    ):
        answer = amoa_browser.post(f"/imports/{job.pk}/columns/", fields, headers=ENGLISH)
        assert (answer.status_code, text in words(answer)) == (422, True)


def test_the_encoding_can_be_corrected_and_the_preview_follows(cast: Any, place: Any, amoa_browser: Any) -> None:
    content = "Titre;Énoncé\nÀ quai;Déjà\n".encode("mac-roman")
    job = receive_file(cast["amoa"], place, content, "needs.csv")
    path = f"/imports/{job.pk}/columns/"
    assert "À quai" not in words(amoa_browser.get(path))
    reading = {"encoding": "mac-roman", "separator": ";", "header_line": "1", "step": "read"}
    assert amoa_browser.post(path, reading)["Location"] == path
    assert "À quai" in words(amoa_browser.get(path))
    assert ImportJob.objects.get().mapping == ["title", "statement"]
    refused = amoa_browser.post(path, reading | {"header_line": "9"}, headers=ENGLISH)
    assert refused.status_code == 422
    assert "Line 9 holds nothing that could be a head." in words(refused)
    for wrong in ({"encoding": "klingon"}, {"separator": "\0"}, {"header_line": "x"}, {"header_line": ""}):
        assert amoa_browser.post(path, reading | wrong).status_code == 422


def test_lines_in_error_are_left_out_only_when_somebody_says_so(cast: Any, place: Any, amoa_browser: Any) -> None:
    job = check_file(cast["amoa"], place, csv_of(*ROWS, ("", "gadget", "B", "must", "")))
    answer = amoa_browser.post(f"/imports/{job.pk}/start/", headers=ENGLISH)
    assert answer.status_code == 422
    assert "Correct these lines in the file and send it again, or leave them out." in words(answer)
    assert amoa_browser.post(f"/imports/{job.pk}/start/", {"leave_out": "on"}).status_code == 302
    assert ImportJob.objects.get().leave_out


def test_the_progress_is_said_every_tenth_and_the_page_renews_itself_at_the_end(
    cast: Any, place: Any, amoa_browser: Any
) -> None:
    from amoa.imports.services import start

    job = check_file(cast["amoa"], place, csv_of(*[("", "need", f"N {n}", "must", "") for n in range(40)]))
    start(actor=cast["amoa"], job=job, leave_out=False)
    runner.claim(job.pk)
    ask = {"headers": ENGLISH | {"HX-Request": "true"}}
    ImportJob.objects.filter(pk=job.pk).update(done=12)
    answer = amoa_browser.get(f"{job.get_absolute_url()}?told=20", **ask)
    assert 'value="12" max="40"' in words(answer)
    assert "12 of 40 requirements" in words(answer)
    assert answer["Vary"].find("HX-Request") >= 0
    assert "<html" not in words(answer)
    answer = amoa_browser.get(f"{job.get_absolute_url()}?told=30", **ask)
    assert 'role="status"' not in words(answer)
    assert "told=30" in words(answer)
    for odd in ("", "x", "-1", "9" * 400, "\0"):
        assert amoa_browser.get(job.get_absolute_url(), {"told": odd}, **ask).status_code == 200
    amoa_browser.post(f"/imports/{job.pk}/stop/")
    answer = amoa_browser.get(f"{job.get_absolute_url()}?told=30", **ask)
    assert (answer["HX-Refresh"], answer.content) == ("true", b"")


@pytest.mark.parametrize("state", ["checked", "done"])
def test_only_its_author_sees_and_drives_an_import(state: str, cast: Any, place: Any, client_of: Any) -> None:
    job = (check_file if state == "checked" else import_file)(cast["amoa"], place, csv_of(*ROWS))
    of_author = {
        "checked": {"job": 200, "columns": 200, "start": 302, "stop": 302},
        "done": {"job": 200, "columns": 302, "start": 409, "stop": 409},
    }
    for member in [*(member for member in CAST if member != "amoa"), "amoa"]:
        browser = client_of(cast[member])
        expected = dict.fromkeys(("job", "columns", "start", "stop"), 302 if member in VISITORS else 404)
        if member == "amoa":
            expected = of_author[state]
        ask = {"job": browser.get, "columns": browser.get, "start": browser.post, "stop": browser.post}
        found = {name: ask[name](f"/imports/{job.pk}/{PATHS[name]}").status_code for name in ask}
        assert found == expected, member


VISITORS = ("inactive_owner", "anonymous")
PATHS = {"job": "", "columns": "columns/", "start": "start/", "stop": "stop/"}


def test_an_import_is_hidden_from_an_author_without_the_role(cast: Any, place: Any, amoa_browser: Any) -> None:
    job = receive_file(cast["amoa"], place)
    end_mandate(actor=cast["owner"], mandate=Mandate.objects.get(project=place, holder=cast["amoa"]))
    assert amoa_browser.get(job.get_absolute_url()).status_code == 404


def test_requirements_come_in_by_one_address(cast: Any, place: Any, amoa_browser: Any) -> None:
    assert amoa_browser.get(UPLOAD).status_code == 200
    job = receive_file(cast["amoa"], place)
    paths = ("/projects/TWO/import/requirements/", "/projects/TWO/import/requirements/template.csv")
    for path in (*paths, f"/list-imports/{job.pk}/"):
        assert amoa_browser.get(path).status_code == 404


@pytest.mark.parametrize("number", ["0", "999999", "9" * 40])
def test_an_import_that_is_not_there_is_not_found(number: str, amoa_browser: Any) -> None:
    for name in PATHS.values():
        assert amoa_browser.post(f"/imports/{number}/{name}").status_code in {404, 405}


def test_a_click_in_an_old_window_is_a_conflict(cast: Any, place: Any, amoa_browser: Any) -> None:
    job = check_file(cast["amoa"], place)
    assert amoa_browser.post(f"/imports/{job.pk}/start/").status_code == 302
    assert amoa_browser.post(f"/imports/{job.pk}/start/").status_code == 409
    assert amoa_browser.post(f"/imports/{job.pk}/columns/", {"column-2": "title"}).status_code == 302
    assert amoa_browser.post(f"/imports/{job.pk}/stop/").status_code == 302


# — exports —


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "reqif"])
def test_an_export_that_comes_back_changes_nothing(
    kind: str, language: str, cast: Any, place: Any, amoa_browser: Any
) -> None:
    describe(cast, place, "Drivers; Nord", "Élèves")
    groups = sorted(place.recipient_groups.values_list("pk", flat=True))
    need = write(cast["amoa"], place, kind="need", title="Un besoin d’équipage")
    write(
        cast["amoa"],
        place,
        parent=need,
        statement="Premier\n\nSecond; point",
        recipients=groups,
        links=["VIG-D01"],
        criteria=[{"number": "1", "text": "Un ; deux"}, {"number": "4", "text": "=1+1"}],
        justification="-1",
        lot="@L",
        verification="test",
        criticality="low",
        priority="wont",
        category="+x",
        source="Loi 12",
    )
    answer = amoa_browser.get(f"/projects/TWO/requirements.{kind}", headers={"accept-language": language})
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    content = answer.getvalue() if answer.streaming else answer.content
    job = check_file(cast["amoa"], place, content, f"back.{kind}")
    assert (counts(job), job.problems) == ((0, 0, 2, 0), [])


def test_an_export_holds_no_formula_and_leaves_no_trace(cast: Any, place: Any, client_of: Any) -> None:
    write(cast["amoa"], place, title='=HYPERLINK("http://x")')
    events = LedgerEvent.objects.count()
    text = client_of(cast["pmo"]).get("/projects/TWO/requirements.csv").content.decode("utf-8-sig")
    assert "\"'=HYPERLINK" in text
    assert LedgerEvent.objects.count() == events


def test_requirements_travel_from_one_project_to_another_as_reqif(cast: Any, place: Any, amoa_browser: Any) -> None:
    need = write(cast["amoa"], place, kind="need", code="N-1", title="Un besoin")
    write(cast["amoa"], place, code="R-1", parent=need, statement="Deux\nlignes", priority="could")
    with translation.override("fr"):
        content = amoa_browser.get("/projects/TWO/requirements.reqif", headers=FRENCH).content
    content = content.replace(b"N-1", b"N-7").replace(b"R-1", b"R-7")
    job = import_file(cast["amoa"], place, content, "other.reqif")
    assert (job.state, counts(job)) == ("done", (2, 0, 0, 0))
    one = Requirement.objects.get(code="R-7")
    assert (one.parent.code, one.statement, one.priority, one.kind) == ("N-7", "Deux\nlignes", "could", "functional")
