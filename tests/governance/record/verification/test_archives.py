"""Test the proof as a zip: what it holds, that it verifies as it is, and that nothing else passes for one."""

import io
import json
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from governance.enums import Outcome
from governance.models import Decision, RecordFile
from governance.record.records.services import store_record
from governance.record.verification.page_words import WORDS, translate_words
from roles.models import User
from tests import acts
from tests.governance.record.verification.archives import HOSTILE, zipped
from tests.projects.ledger.tampering import VERIFIER, verify_bundle, verify_bundle_apart
from tools.verify_ledger import open_proof, unzip
from tools.verify_ledger import verify_bundle as judge

Files = dict[str, bytes]
NAMES = ["READ-ME.txt", "record-en.pdf", "record-fr.pdf", "proof.json", "verify_ledger.py"]


@pytest.fixture
def decision(owner: Any, proposal: Any) -> Decision:
    """Decide with conditions on a file with opinions."""
    made: Decision = acts.decide(owner, proposal("ready_for_decision"), Outcome.APPROVED_WITH_CONDITIONS)
    return made


@pytest.fixture
def stored(decision: Decision) -> None:
    """Store both PDFs, as the worker does."""
    for language in ("en", "fr"):
        store_record(actor=User.objects.installation(), decision=decision, language=language)


@pytest.fixture
def download(decision: Decision, recipient: Any, client_of: Any) -> Callable[[], Any]:
    """Return a function that downloads the zip as a reader of the project."""
    address = reverse("governance:verification:decision_proof_archive", args=[decision.pk])
    return lambda: client_of(recipient).get(address)


@pytest.mark.django_db
def test_the_zip_holds_the_stored_record_the_proof_the_verifier_and_how_to_check(
    decision: Decision, stored: None, download: Any
) -> None:
    answer = download()
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == f'attachment; filename="ONE-{decision.reference}-proof.zip"'
    assert answer["Cache-Control"] == "private, no-store"
    files = unzip(answer.content)
    assert list(files) == NAMES
    for file in RecordFile.objects.defer(None).filter(decision=decision):
        assert files[f"record-{file.language}.pdf"] == bytes(file.content)
    assert files["verify_ledger.py"] == VERIFIER.read_bytes()
    assert json.loads(files["proof.json"])["decision"]["reference"] == decision.reference
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:  # as any other program reads it
        assert archive.testzip() is None


@pytest.mark.django_db
def test_the_read_me_says_in_both_languages_what_is_proved_what_is_not_and_how_to_check(download: Any) -> None:
    told = unzip(download().content)["READ-ME.txt"].decode()
    for words in ("What this does not prove", "Ce que cela ne prouve pas", "Python 3.11"):
        assert words in told
    assert told.count(settings.BASE_URL + reverse("governance:verification:verify")) == 2
    assert "&" not in told


@pytest.mark.django_db
def test_the_zip_verifies_as_it_is_with_each_pdf(stored: None, download: Any, tmp_path: Path) -> None:
    file = tmp_path / "proof.zip"
    file.write_bytes(download().content)
    code, said = verify_bundle_apart(file, "--json")
    assert (code, json.loads(said)["not_verifiable"]) == (0, [])
    assert verify_bundle(file, "--receipt", file)[0] == 0
    for name in ("record-fr.pdf", "proof.json"):
        files = unzip(download().content)
        files[name] = files[name].replace(b"2026", b"2027")
        file.write_bytes(zipped(files))
        code, said = verify_bundle(file)
        assert code == 1, name


@pytest.mark.django_db
def test_a_record_that_is_not_stored_yet_is_made_for_the_zip_and_not_vouched_for(
    decision: Decision, download: Any, tmp_path: Path
) -> None:
    (tmp_path / "proof.zip").write_bytes(download().content)
    code, said = verify_bundle(tmp_path / "proof.zip", "--json")
    [left] = json.loads(said)["not_verifiable"]
    name = f"record-{decision.project.language}.pdf"
    assert (code, left["what"]) == (0, f"whether {name} is the record: its fingerprint was not sealed")


@pytest.mark.django_db
def test_the_pdf_of_another_decision_is_not_the_record(stored: None, download: Any) -> None:
    bundle, records = open_proof(download().content)
    for entry in bundle["contents"]:
        if entry["subject"] == "governance.decision":
            entry["id"] = "999999"
    assert records
    report = judge(bundle, [], [], set(), records)
    assert {what for what in report.open_points if "record-" in what}


@pytest.mark.django_db
def test_two_downloads_differ_by_the_instant_of_the_proof_alone(stored: None, download: Any) -> None:
    first, second = (unzip(download().content) for _ in range(2))
    made = re.compile(rb'"made_at": "[^"]*"')
    first["proof.json"], second["proof.json"] = (made.sub(b"", files["proof.json"]) for files in (first, second))
    assert first == second
    assert zipped(first) == zipped(second)


@pytest.mark.django_db
def test_the_zip_is_for_who_reads_the_record(
    decision: Decision, outsider: Any, staff_admin: Any, client_of: Any
) -> None:
    address = reverse("governance:verification:decision_proof_archive", args=[decision.pk])
    for person in (outsider, staff_admin):
        assert client_of(person).get(address).status_code == 404


@pytest.mark.parametrize("name", HOSTILE)
def test_a_zip_that_ouvrage_did_not_write_is_not_read(name: str) -> None:
    with pytest.raises((ValueError, struct.error)):
        open_proof(HOSTILE[name]())


# — the texts of the page —


def test_every_text_of_the_script_has_its_words_and_none_is_left_over() -> None:
    script = (settings.ROOT / "static/js/verify_proof.js").read_text(encoding="utf-8")
    code = re.sub(r"/\*.*?\*/", "", script, flags=re.DOTALL)
    written = set(re.findall(r'say\(\s*"((?:[^"\\]|\\.)*)"', code))
    sentences = {text for text in re.findall(r'"([^"\\\n]*)"', code) if re.search(r"[a-z]{2} [a-z{]|\{0\}", text)}
    technical = {text for text in sentences if "appoint name_owner" in text or "version project" in text}
    with translation.override("en"):
        english = {str(text) for text in WORDS}
    assert written | sentences - technical - {"one decision"} == english


def test_the_words_of_the_page_are_in_the_language_of_the_reader() -> None:
    for language, text in (("fr", "Altéré"), ("en", "Altered")):
        with translation.override(language):
            assert translate_words()["Altered"] == text
