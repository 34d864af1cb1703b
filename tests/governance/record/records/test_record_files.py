"""Test stored records: the bytes that were first made are served for good, and go with an erased text."""

import hashlib
import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from core.record.sealing import ERASED
from governance.decide.decisions.fingerprint import read_parts
from governance.decide.decisions.models import Decision
from governance.decide.decisions.services import NewCondition, Terms, decide
from governance.enums import Outcome, Position
from governance.models import RecordFile
from governance.record.erasure.services import CannotErase, erase_person, erase_text, find_occurrences
from governance.record.records import pdf as record_pdf
from governance.record.records import services, tasks
from governance.record.records.services import store_record
from projects.ledger.enums import Act
from projects.models import LedgerEvent
from roles.models import User
from tests import acts, pdf
from tests.database import fire_deferred_triggers, owning, run, undone
from tests.governance.decide.decisions.test_fingerprint import answer_to, decide_page
from tests.governance.record.records.test_records import record
from tests.projects.ledger.tampering import disable_guards, verify_database

pytestmark = pytest.mark.django_db

SECRET = "Zébulon Grandmaison"
WHY = "Request of 3 December."
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.fixture
def installation(db: None) -> User:
    """Return the account that signs the installation's own acts."""
    return User.objects.installation()


@pytest.fixture(scope="module")
def kept_decision(kept_cast: dict[str, Any], kept_proposal: Any) -> Decision:
    """Approve with a condition; the opinion, the reasons and the condition name a person."""
    file = kept_proposal("submitted")
    acts.advise(kept_cast["pmo"], file, Position.FAVOURABLE, f"{SECRET} agrees.")
    file = acts.reread(file)
    made = decide(
        actor=kept_cast["owner"],
        proposal=file,
        fingerprint=acts.fingerprint(file),
        seen=read_parts(file),
        outcome=Outcome.APPROVED_WITH_CONDITIONS,
        reasons=f"As {SECRET} says.",
        terms=Terms(conditions=[NewCondition(f"{SECRET} signs.", "AMOA", acts.FUTURE)]),
    )
    fire_deferred_triggers()
    return made


@pytest.fixture
def decision(kept_decision: Decision) -> Decision:
    """Return the decision whose record names a person."""
    return deepcopy(kept_decision)


@pytest.fixture
def stored(decision: Decision, installation: User) -> dict[str, RecordFile]:
    """Map the stored records of `decision` by language."""
    return dict(store(decision, installation))


def store(decision: Decision, installation: User) -> Iterator[tuple[str, RecordFile]]:
    """Store the record of a decision in each language."""
    for language in LANGUAGES:
        file = store_record(actor=installation, decision=decision, language=language)
        assert file is not None
        yield language, file
    fire_deferred_triggers()


def download(decision: Decision, client: Any, language: str) -> bytes:
    """Return the PDF that a reader gets."""
    address = reverse("governance:records:decision_record_pdf", args=[decision.pk])
    content: bytes = client.get(f"{address}?lang={language}").content
    return content


@pytest.fixture
def later_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Install a later version of Ouvrage, whose records have other words and another template."""
    template = tmp_path / "record.typ"
    words = record_pdf.TEMPLATE.read_text(encoding="utf-8").replace("· Ouvrage.", "· Ouvrage 2.")
    template.write_text(words, encoding="utf-8")
    monkeypatch.setattr(record_pdf, "TEMPLATE", template)


# — the same bytes —


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_later_version_serves_the_bytes_that_were_first_made(
    language: str,
    decision: Decision,
    stored: dict[str, RecordFile],
    owner: Any,
    client_of: Any,
    request: pytest.FixtureRequest,
) -> None:
    first = download(decision, client_of(owner), language)
    assert first == record_pdf.render_pdf(record(decision, language))
    request.getfixturevalue("later_version")
    acts.lift(owner, decision.proposal)
    assert first != record_pdf.render_pdf(record(decision, language))
    assert first == download(decision, client_of(owner), language)
    assert hashlib.sha256(first).hexdigest() == stored[language].sha256
    assert len(first) == stored[language].size


def test_a_reader_stores_nothing(decision: Decision, owner: Any, client_of: Any) -> None:
    client = client_of(owner)
    assert download(decision, client, "fr") == record_pdf.render_pdf(record(decision, "fr"))
    page = client.get(decision.get_absolute_url(), headers={"accept-language": "en"}).content.decode()
    assert "Not stored yet" in page
    assert not RecordFile.objects.filter(decision=decision).exists()


def test_the_page_shows_when_each_file_was_stored_and_its_fingerprint(
    decision: Decision, stored: dict[str, RecordFile], owner: Any, client_of: Any
) -> None:
    page = client_of(owner).get(decision.get_absolute_url(), headers={"accept-language": "en"}).content.decode()
    assert all(file.sha256 in page for file in stored.values())
    assert "Not stored yet" not in page


# — the worker —


def test_the_worker_stores_every_record_once(decision: Decision) -> None:
    total = Decision.objects.count() * len(LANGUAGES)
    runs = [tasks.store_records() for _ in range(-(-total // tasks.BATCH) + 1)]
    fire_deferred_triggers()
    assert sum(runs) == total
    assert runs[-1] == total - sum(runs[:-1])
    assert tasks.store_records() == 0
    assert verify_database()[0] == 0


def test_the_newest_decision_comes_first_and_a_failure_stops_no_other(
    decision: Decision, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**act: Any) -> RecordFile | None:
        if act["language"] == "fr" and act["decision"] == decision:
            raise ValueError("no glyph")
        return store_record(**act)

    monkeypatch.setattr(tasks, "store_record", fail)
    monkeypatch.setattr(tasks, "BATCH", 2)
    assert tasks.store_records() == 2
    assert [file.language for file in RecordFile.objects.filter(decision=decision)] == ["en"]


def test_a_record_is_stored_by_the_installation_in_an_event_of_its_own(
    decision: Decision, stored: dict[str, RecordFile], installation: User, owner: Any, client_of: Any
) -> None:
    event = LedgerEvent.objects.get(subject="governance.recordfile", subject_id=stored["fr"].pk)
    assert (event.act, event.actor, event.detail, event.proposal) == (Act.STORE_RECORD, installation, "fr", None)
    home = client_of(owner).get(decision.project.get_absolute_url(), headers={"accept-language": "en"})
    assert Act.STORE_RECORD not in {line.entry.event.act for line in home.context["feed"]}


def test_a_decision_wakes_the_worker(
    owner: Any,
    proposal: Any,
    client_of: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    woken: list[bool] = []
    monkeypatch.setattr("governance.desk.dossier.edit_views.nudge", lambda: woken.append(True))
    monkeypatch.setattr("projects.notices.services.relay.apply_async", lambda **_options: None)
    file = proposal("ready_for_decision")
    client = client_of(owner)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(decide_page(file), answer_to(file, seen=json.dumps(read_parts(file)), step="seal"))
    assert answer.status_code == 302
    assert woken == [True]


def test_stored_bytes_that_are_altered_are_seen(decision: Decision, stored: dict[str, RecordFile]) -> None:
    assert verify_database()[0] == 0
    other = b"%PDF another"
    for change, values in (
        ("content = %s", [other]),
        ("content = %s, sha256 = %s", [other, hashlib.sha256(other).hexdigest()]),
        ("language = 'en', decision_id = (SELECT min(id) FROM governance_decision)", []),
    ):
        with undone(), disable_guards("governance_recordfile"):
            run(f"UPDATE governance_recordfile SET {change} WHERE id = {stored['fr'].pk}", values)
            assert verify_database()[0] == 1, change


# — erasure —


def erase(actor: User, row: Any, *fields: str) -> None:
    """Erase as the role that owns the tables."""
    with owning():
        erase_text(actor=actor, row=row, fields=fields, because=WHY)
        fire_deferred_triggers()


@pytest.mark.parametrize("what", ["opinion", "decision", "condition"])
def test_a_stored_record_goes_with_an_erased_text_and_is_made_again(
    what: str, decision: Decision, stored: dict[str, RecordFile], installation: User, owner: Any, client_of: Any
) -> None:
    row, field = {
        "opinion": (decision.revision.opinions.get(role="PMO"), "reasons"),
        "decision": (decision, "reasons"),
        "condition": (decision.conditions.get(), "text"),
    }[what]
    other = Decision.objects.exclude(pk=decision.pk).latest("pk")
    kept = dict(store(other, installation))
    erase(installation, row, field)
    for file in RecordFile.objects.defer(None).filter(decision=decision):
        assert (bytes(file.content), file.salt) == (b"", ERASED)
        assert file.sha256.startswith("[erased ")
        assert "zébulon" not in file.letters
    assert set(RecordFile.objects.kept().filter(decision=other)) == set(kept.values())
    client = client_of(owner)
    assert "Erasedon" in pdf.text(download(decision, client, "en"))
    again = dict(store(decision, installation))
    made = download(decision, client, "en")
    assert hashlib.sha256(made).hexdigest() == again["en"].sha256
    assert pdf.text(made).count("Zébulon") == 2
    assert verify_database()[0] == 0


def test_a_person_is_erased_from_stored_records(
    decision: Decision, stored: dict[str, RecordFile], installation: User, pmo: Any, owner: Any
) -> None:
    with owning():
        erase_person(actor=installation, person=pmo, because=WHY)
        fire_deferred_triggers()
    assert not RecordFile.objects.kept().filter(decision=decision).exists()
    [(_language, again), *_] = store(decision, installation)
    assert "priyanair" not in RecordFile.objects.defer(None).get(pk=again.pk).letters
    assert verify_database()[0] == 0


def test_a_text_erased_while_the_file_is_made_is_not_stored(
    decision: Decision, installation: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[bytes] = []

    def render(facts: Any) -> bytes:
        made.append(record_pdf.render_pdf(facts))
        if len(made) == 1:
            erase(installation, decision, "reasons")
        return made[-1]

    monkeypatch.setattr(services, "render_pdf", render)
    file = store_record(actor=installation, decision=decision, language="en")
    assert file is not None
    assert len(made) == 2
    assert f"As {SECRET}".casefold().replace(" ", "") not in file.letters
    assert bytes(file.content) == made[1] != made[0]


def test_a_stored_record_is_not_erased_by_itself(
    decision: Decision, stored: dict[str, RecordFile], installation: User
) -> None:
    with undone(), owning(), pytest.raises(CannotErase, match="is a copy"):
        erase_text(actor=installation, row=stored["fr"], fields=["content"], because=WHY)
    assert not [place for place in find_occurrences("Zébulon") if "recordfile" in place]
