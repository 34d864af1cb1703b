"""Test the reader's view of the ledger: proofs, receipts, the mail, the badge, and the nightly run."""

import ast
import json
import logging
import re
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from core.access import can
from governance.enums import Act, Outcome
from governance.models import Decision, Opinion, Verification
from governance.record.verification import verifier
from governance.record.verification.badge import FRESH, Badge, get_badge
from governance.record.verification.bundles import build_receipt
from governance.record.verification.tasks import verify_ledger
from governance.record.verification.verifier import verify_and_keep
from projects.models import LedgerEvent, Notification, Project
from projects.notices.tasks import build_mail
from tests import acts
from tests.database import enable_seals, run, statements, undone
from tests.pages.visits import act
from tests.projects.ledger.tampering import (
    anchors,
    disable_guards,
    export_bundle,
    last_of,
    sign_checkpoint,
    verify_bundle,
    verify_bundle_apart,
    verify_database,
)
from tests.sources import called, modules

pytestmark = pytest.mark.django_db
EVENTS = "projects_ledgerevent"


def event_of(decision: Decision) -> LedgerEvent:
    """Return the event that recorded it."""
    return LedgerEvent.objects.get(subject="governance.decision", subject_id=decision.pk, act=Act.DECIDE)


@pytest.fixture
def decision(owner: Any, proposal: Any) -> Decision:
    """Decide with conditions on a file with opinions."""
    return acts.decide(owner, proposal("ready_for_decision"), Outcome.APPROVED_WITH_CONDITIONS)


@pytest.fixture
def proof(decision: Decision, recipient: Any, client_of: Any, tmp_path: Path) -> Callable[[], Path]:
    """Return the file that a reader of the project downloads, read afresh each time."""

    def download() -> Path:
        answer = client_of(recipient).get(reverse("governance:verification:decision_proof", args=[decision.pk]))
        assert answer.status_code == 200
        file = tmp_path / "proof.json"
        file.write_bytes(answer.content)
        return file

    return download


# — the proof —


def test_a_proof_verifies_away_from_here(proof: Any, tmp_path: Path) -> None:
    code, said = verify_bundle_apart(proof())
    assert code == 0, said
    sign_checkpoint(tmp_path / "notary.pem")
    code, said = verify_bundle_apart(proof(), "--anchor", anchors(tmp_path / "kept"))
    assert code == 0, said


def test_a_proof_names_the_decision_its_file_and_how_to_verify_it(proof: Any, decision: Decision) -> None:
    told = json.loads(proof().read_text())
    assert told["decision"] == {"id": str(decision.pk), "reference": decision.reference}
    given = sorted({entry["subject"].partition(".")[2] for entry in told["contents"]})
    assert given == ["condition", "decision", "opinion", "proposalrevision"]
    assert "verify_ledger.py" in told["how_to_verify"]
    assert len(told["projects"][0]["events"]) == last_of(decision.project).seq
    assert told["receipt"] == build_receipt(event_of(decision))


def test_a_proof_that_somebody_changed_is_found(proof: Any) -> None:
    told = json.loads(proof().read_text())
    [mine] = [entry for entry in told["contents"] if entry["subject"] == "governance.decision"]
    mine["content"]["reasons"] = "Neither advice says so."
    file = proof()
    file.write_text(json.dumps(told))
    code, said = verify_bundle(file)
    assert code == 1
    assert "the content of governance.decision" in said


def test_a_proof_taken_away_serves_as_a_receipt_later(proof: Any, decision: Decision, tmp_path: Path) -> None:
    file = proof()
    assert verify_bundle(export_bundle(tmp_path), "--receipt", file)[0] == 0
    with undone():
        with disable_guards(EVENTS, "projects_notification"):
            run("DELETE FROM projects_notification WHERE event_id = %s", [event_of(decision).pk])
            run(f"DELETE FROM {EVENTS} WHERE id = %s", [event_of(decision).pk])
        assert verify_bundle(export_bundle(tmp_path), "--receipt", file)[0] == 1


def test_a_proof_is_a_file_that_no_cache_keeps(decision: Decision, pmo: Any, client_of: Any) -> None:
    answer = client_of(pmo).get(reverse("governance:verification:decision_proof", args=[decision.pk]))
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == f'attachment; filename="ONE-{decision.reference}-proof.json"'
    assert answer["Cache-Control"] == "private, no-store"


def test_a_proof_holds_no_text_of_other_files(proof: Any, decision: Decision) -> None:
    told = proof().read_text()
    others = decision.project.proposals.exclude(pk=decision.proposal_id).select_related("current", "draft")
    titles = {other.title for other in others} - {decision.proposal.title}
    assert titles
    assert not [title for title in titles if title in told]


def test_a_proof_and_the_export_of_one_project_open_no_head_of_another(
    proof: Any, decision: Decision, tmp_path: Path
) -> None:
    sign_checkpoint(tmp_path / "notary.pem")
    others = [bytes(last_of(project).hash).hex() for project in Project.objects.exclude(pk=decision.project_id)]
    assert others
    one = export_bundle(tmp_path, "--project", decision.project.code)
    for file in (proof(), one):
        told = file.read_text()
        assert not [head for head in others if head in told]
        [checkpoint] = json.loads(told)["checkpoints"]
        assert [head["project"] for head in checkpoint["openings"]] == [str(decision.project_id)]
        assert verify_bundle(file)[0] == 0


# — receipts —


def test_a_receipt_names_the_event_the_head_and_the_first_checkpoint_that_saw_it(
    decision: Decision, amoa: Any, tmp_path: Path
) -> None:
    event = event_of(decision)
    assert build_receipt(event)["checkpoint"] is None
    made = sign_checkpoint(tmp_path / "notary.pem")
    acts.draft(amoa, decision.project)
    sign_checkpoint(tmp_path / "notary.pem")
    told = build_receipt(LedgerEvent.objects.select_related("project").get(pk=event.pk))
    assert made is not None
    assert told["checkpoint"] == {"number": "1", "hash": bytes(made.hash).hex()}
    assert (told["seq"], told["hash"]) == (str(event.seq), bytes(event.hash).hex())
    assert (told["head_seq"], told["code"]) == (str(event.seq + 1), "ONE")


def test_the_mail_of_a_decision_is_a_receipt(decision: Decision, tmp_path: Path) -> None:
    event = event_of(decision)
    notice = Notification.objects.filter(event=event).select_related("recipient", "event__project")[0]
    body = str(build_mail(notice).body)
    assert f"ONE #{event.seq} {bytes(event.hash).hex()}" in body
    (tmp_path / "mail.txt").write_text(body)
    assert verify_bundle(export_bundle(tmp_path), "--receipt", tmp_path / "mail.txt")[0] == 0


def test_a_mail_that_tells_of_no_decision_has_no_receipt(pmo: Any, proposal: Any) -> None:
    acts.take_up(pmo, proposal("submitted"))
    acts.advise(pmo, proposal("submitted"))
    notice = Notification.objects.exclude(reason="decided").select_related("recipient", "event__project").latest("pk")
    assert not re.search(r"#\d+ [0-9a-f]{64}", str(build_mail(notice).body))


# — what was found last —


def test_each_run_is_kept_with_how_far_each_chain_went(project_one: Any) -> None:
    _report, kept = verify_and_keep()
    head = kept.heads[str(project_one.pk)]
    last = last_of(project_one)
    told = {"code": "ONE", "seq": last.seq, "head": bytes(last.hash).hex(), "result": 0, "first_bad": 0}
    assert head == told
    assert (kept.result, kept.faults, kept.project) == (0, [], None)
    assert kept.events == LedgerEvent.objects.count()


def test_the_badge_is_green_only_for_what_was_read(project_one: Any, amoa: Any) -> None:
    assert get_badge(project_one) == Badge("never")
    last = last_of(project_one).seq
    _report, kept = verify_and_keep()
    acts.draft(amoa, project_one)
    assert get_badge(project_one) == Badge("verified", kept.ran_at, last)


def test_the_badge_says_a_fault_of_its_own_project_and_not_of_another(
    project_one: Any, project_two: Any, proposal: Any
) -> None:
    event = project_one.events.get(seq=5)
    with undone():
        with disable_guards(EVENTS):
            run(f"UPDATE {EVENTS} SET role = 'X' WHERE id = %s", [event.pk])
        verify_and_keep()
        assert (get_badge(project_one).state, get_badge(project_one).seq) == ("fault", 5)
        assert get_badge(project_two).state == "verified"


def _kept(about: Any, result: int, **more: Any) -> None:
    head = {"code": about.code, "seq": 9, "head": "", "result": result, "first_bad": 0}
    Verification.objects.create(
        heads={str(about.pk): head}, events=9, result=result, fault_count=int(bool(result)), seconds=1, **more
    )


@pytest.mark.parametrize(("result", "state"), [(0, "verified"), (1, "fault"), (2, "fault"), (3, "unverifiable")])
def test_the_badge_of_each_result(result: int, state: str, project_one: Any, project_two: Any) -> None:
    _kept(project_one, result)
    assert get_badge(project_one).state == state
    assert get_badge(project_two).state == ("unverifiable" if result == 3 else "never")


def test_the_newest_run_counts_even_when_it_could_not_verify(project_one: Any) -> None:
    _kept(project_one, 0)
    _kept(project_one, 3, project=project_one)
    assert get_badge(project_one).state == "unverifiable"


def test_a_verification_that_stops_half_way_is_kept_and_is_not_green(
    project_one: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify_and_keep()
    monkeypatch.setattr(verifier, "verify_seals", lambda *_: 1 / 0)
    with undone():
        with caplog.at_level(logging.CRITICAL):
            assert verify_ledger() == verify_database()[0] == 3
        assert get_badge(project_one).state == "unverifiable"


def test_a_badge_without_a_night_behind_it_is_not_green(project_one: Any) -> None:
    with undone(), disable_guards("governance_verification"):
        _kept(project_one, 0, ran_at=timezone.now() - FRESH + timedelta(minutes=1))
        assert get_badge(project_one).state == "verified"
    with undone(), disable_guards("governance_verification"):
        _kept(project_one, 0, ran_at=timezone.now() - FRESH - timedelta(minutes=1))
        assert get_badge(project_one).state == "stale"


def test_the_badge_costs_one_query(project_one: Any) -> None:
    verify_and_keep()
    with statements() as sent:
        get_badge(project_one)
    assert sent.total() == 1


@pytest.mark.parametrize("state", ["verified", "stale", "fault", "unverifiable", "never"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_badge_says_its_state_in_words_beside_an_icon_and_only_the_verified_one_is_green(
    state: str, language: str
) -> None:
    told = Badge(state, None if state == "never" else timezone.now(), 12)
    with translation.override(language):
        shown = render_to_string("governance/desk/register/_chain_badge.html", {"badge": told})
    green = 'class="seal"' in shown and "data-broken" not in shown
    assert green == (state == "verified")
    assert "<svg" in shown
    assert len(re.sub(r"<svg.*?</svg>|<[^>]+>", "", shown).strip()) > 10


def test_the_register_shows_what_was_found(project_one: Any, pmo: Any, client_of: Any) -> None:
    address = reverse("governance:register:register", args=["ONE"])
    pmo.language = "en"
    pmo.save()
    page = client_of(pmo)
    assert "Chain not verified yet" in page.get(address).content.decode()
    verify_and_keep()
    assert f"up to event {last_of(project_one).seq}" in page.get(address).content.decode()


# — the nightly run and the commands —


def test_the_nightly_run_keeps_what_it_found_and_says_a_fault_loudly(
    project_one: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert verify_ledger() == 0
    assert "INTACT" in caplog.text
    with undone(), caplog.at_level(logging.ERROR):
        with disable_guards(EVENTS):
            run(f"UPDATE {EVENTS} SET role = 'X' WHERE id = %s", [last_of(project_one).pk])
        assert verify_ledger() == 1
        assert Verification.objects.latest("pk").result == 1
    assert "LEDGER: project ONE, event" in caplog.text


def test_the_beat_verifies_every_night(settings: Any) -> None:
    assert settings.CELERY_BEAT_SCHEDULE["verify-the-ledger"]["task"] == verify_ledger.name
    from config.celery import app

    app.loader.import_default_modules()
    assert verify_ledger.name in app.tasks


def test_one_project_can_be_verified_and_exported_alone(tmp_path: Path) -> None:
    code, said = verify_database("--project", "TWO")
    assert (code, "project TWO" in said, "project ONE" in said) == (0, True, False)
    told = json.loads(export_bundle(tmp_path, "--project", "TWO").read_text())
    assert ([project["code"] for project in told["projects"]], told["whole"], told["contents"]) == (["TWO"], "no", [])


def test_a_project_nobody_knows_cannot_be_verified() -> None:
    with pytest.raises(CommandError) as refused:
        call_command("ledger_verify", "--project", "NONE")
    assert refused.value.returncode == 3


def test_an_anchor_that_cannot_be_read_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("ledger_verify", "--anchor", str(tmp_path / "none.json"))
    assert refused.value.returncode == 3


def test_an_export_without_contents_holds_no_text_that_a_person_wrote(tmp_path: Path, proposal: Any) -> None:
    file = proposal("ready_for_decision")
    bare = export_bundle(tmp_path).read_text()
    assert file.title not in bare
    assert str(file.author) not in bare
    full = export_bundle(tmp_path, "--contents").read_text()
    assert file.title in full


def test_an_export_is_for_the_eyes_of_who_asked(tmp_path: Path) -> None:
    assert export_bundle(tmp_path, "--contents").stat().st_mode & 0o077 == 0


def test_json_tells_machines_the_same() -> None:
    code, said = verify_database("--json")
    told = json.loads(said)
    assert (code, told["result"], told["verdict"], told["faults"]) == (0, 0, "INTACT", [])


# — what only the database can show —

ROWS: dict[str, tuple[str, str, str]] = {
    "a decision signed by somebody else": ("governance_decision", "decided_by_id = mandate_id + 1", "is not as it was"),
    "a history": ("governance_historicalopinion", "reasons = 'x'", "is not as it was sealed"),
    "the name of a decider": ("roles_user", "name = 'x'", "is not as it was sealed"),
    "the hash of a seal": ("projects_rowseal", "hash = sha256(hash)", "is not as it was sealed"),
    "the link of a seal": ("projects_rowseal", "link = sha256(link)", "does not follow from the one before it"),
    "a column of an event": (EVENTS, "detail = 'x'", "its columns do not say what its bytes say"),
    "a mark of an event": (EVENTS, "entered_afterwards = NOT entered_afterwards", "(entered)"),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_changed_beside_the_chain_is_found(name: str, decision: Decision) -> None:
    table, change, told = ROWS[name]
    with undone():
        with disable_guards(table):
            run(f"UPDATE {table} SET {change} WHERE id = (SELECT max(id) FROM {table})")
        code, said = verify_database()
    assert code == 1
    assert told in said


def test_a_record_without_its_event_is_found(decision: Decision, pmo: Any, proposal: Any) -> None:
    opinion = acts.advise(pmo, proposal("submitted"))
    event = LedgerEvent.objects.get(subject="governance.opinion", subject_id=opinion.pk)
    with undone():
        with disable_guards(EVENTS, "projects_notification"):
            run("DELETE FROM projects_notification WHERE event_id = %s", [event.pk])
            run(f"DELETE FROM {EVENTS} WHERE id = %s", [event.pk])
        assert f"governance_opinion {opinion.pk} was written by no act" in verify_database()[1]


def test_a_row_changed_with_its_seal_but_by_no_act_is_found(decision: Decision, tmp_path: Path) -> None:
    with undone():
        with disable_guards("projects_rowseal", "governance_decision"):
            enable_seals("governance_decision")
            run("UPDATE governance_decision SET reasons = 'x' WHERE id = %s", [decision.pk])
        told = f"governance_decision {decision.pk} was written by no act"
        assert told in verify_database()[1]
        assert told in verify_bundle(export_bundle(tmp_path, "--contents"))[1]


# — what reaches the ledger —


def test_the_ledger_stores_text_in_one_unicode_normal_form(pmo: Any, proposal: Any, client_of: Any) -> None:
    """`é` typed as two characters is sealed as one (core/forms.py)."""
    file = proposal("submitted")
    decomposed = unicodedata.normalize("NFD", "Très élégant, à deux réserves près.")
    path, fields = act("advise", file, reasons=decomposed)
    assert can(pmo, "governance.advise", file)
    assert client_of(pmo).post(path, fields).status_code == 302
    opinion = Opinion.objects.get(revision=file.current, role="PMO")
    assert opinion.reasons == unicodedata.normalize("NFC", decomposed) != decomposed
    event = json.loads(bytes(last_of(file.project).body))
    assert event["facts"]["content"] == opinion.seal()


def _calls(node: ast.AST) -> list[ast.Call]:
    return [below for below in ast.walk(node) if isinstance(below, ast.Call)]


def test_a_proof_is_read_from_one_snapshot() -> None:
    """The worker stores a record meanwhile: without its event the proof would read as altered."""
    views = modules()["governance/record/verification/views.py"]
    blocks = [node for node in ast.walk(views) if isinstance(node, ast.With)]
    snapshots = [block for block in blocks if any(called(call) == "one_snapshot" for call in _calls(block.items[0]))]
    read_once = {call for block in snapshots for call in _calls(block)}
    for name in ("build_proof", "build_archive", "get_decided_or_404"):
        calls = [call for call in _calls(views) if called(call) == name]
        assert calls, name
        assert read_once.issuperset(calls), name
