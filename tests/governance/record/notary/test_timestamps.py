"""Test the time stamps of checkpoints: verified before they are kept, and by everybody; never in the way."""

import base64
import hashlib
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509 import Certificate
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.core.management import CommandError, call_command

from config.system_state import queries
from config.system_state.findings import BAD, OK, WARNING
from core.acts import database_time
from governance.models import Checkpoint, Decision, Timestamp
from governance.record.notary import authority, timestamps
from governance.record.notary.authority import NoTimestamp, ask
from governance.record.notary.timestamps import Stamper, get_newest_stamp
from governance.record.verification.archives import build_archive
from governance.record.verification.bundles import build_proof
from governance.record.verification.contents import with_what_is_sealed
from governance.record.verification.verifier import verify_checkpoints
from projects.models import LedgerEvent
from tests import acts
from tests.database import run
from tests.governance.record.notary.authority import NAME, Authority, granted, read_query, serving
from tests.governance.record.verification.chains import Notary, decided
from tests.projects.ledger.tampering import (
    as_notary,
    disable_guards,
    export_bundle,
    sign_checkpoint,
    verify_bundle,
    verify_database,
)
from tools.verify_ledger import Report, Seen, Unverifiable, open_proof, verify_token
from tools.verify_ledger import verify_bundle as judge

pytestmark = pytest.mark.django_db

GOOD = f"says {NAME}"
UNCHECKED = "time stamps present: 1; their authority was not checked"


@pytest.fixture(scope="module")
def clock() -> Authority:
    """Build the authority that is trusted."""
    return Authority()


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """Return the path of the private key of the notary."""
    return tmp_path / "notary.pem"


@pytest.fixture
def certificates(clock: Authority, tmp_path: Path, settings: Any) -> Path:
    """Configure the certificate of the authority."""
    file = clock.write_certificates(tmp_path / "authority.pem")
    settings.TIMESTAMP_CERTIFICATES = str(file)
    return file


@pytest.fixture
def asked(clock: Authority, certificates: Path, settings: Any) -> Iterator[list[bytes]]:
    """Serve the authority and configure it; return the requests that came."""
    with serving(clock.answer) as (url, requests):
        settings.TIMESTAMP_URL = url
        yield requests


def stamp(stamper: Stamper | None = None) -> Timestamp | None:
    """Have the newest checkpoint stamped, as the notary."""
    with as_notary():
        return (stamper or Stamper()).stamp()


def put(checkpoint: Checkpoint | None, token: bytes) -> None:
    """Write a token past the client, as the notary."""
    assert checkpoint is not None
    with as_notary():
        Timestamp.objects.create(checkpoint=checkpoint, token=token)


# — asking —


def test_the_newest_checkpoint_is_stamped_and_everybody_verifies_it(
    asked: list[bytes], key: Path, clock: Authority, certificates: Path, settings: Any, tmp_path: Path
) -> None:
    sign_checkpoint(key)
    settings.NOTARY_KEY, settings.DB_ROLE, said = str(key), "notary", StringIO()
    with as_notary():
        call_command("notary", "sign", stdout=said)
    assert "Time stamp of checkpoint #1" in said.getvalue()
    checkpoint = Checkpoint.objects.get()
    assert [read_query(query)[0] for query in asked] == [bytes(checkpoint.hash)]
    assert stamp() is None, "it has one"
    code, told = verify_database()
    assert code == 0
    assert "time stamps checked: 1 of 1; checkpoint 1 existed on" in told
    assert GOOD in told
    settings.TIMESTAMP_CERTIFICATES = ""
    assert UNCHECKED in read_checkpoints([])
    assert GOOD in read_checkpoints([Authority().root, clock.root])
    code, told = verify_bundle(export_bundle(tmp_path), "--authority", certificates)
    assert (code, GOOD in told) == (0, True)


def read_checkpoints(trusted: list[Certificate]) -> str:
    """Return what the verifier in the database says of checkpoints and time stamps alone."""
    report = Report()
    verify_checkpoints(report, Seen(report), [], trusted)
    return report.as_text()


def judge_bundle(bundle: dict[str, Any], *trusted: Certificate) -> tuple[int, str]:
    """Return what verify_ledger.py says of a bundle."""
    report = judge(bundle, [], [], set(), authorities=trusted)
    return report.result, report.as_text()


def test_a_bundle_is_verified_with_the_authority_that_its_reader_trusts(clock: Authority) -> None:
    notary, book = Notary(), decided()
    signed = notary.sees(book)
    token = base64.b64encode(clock.token(bytes.fromhex(signed["hash"]))).decode()
    bundle = book.bundle(checkpoints=[signed], timestamps=[{"number": "1", "token": token}])
    code, told = judge_bundle(bundle)
    assert (code, UNCHECKED in told, GOOD in told) == (0, True, False)
    code, told = judge_bundle(bundle, clock.root)
    assert (code, UNCHECKED in told, GOOD in told) == (0, False, True)
    code, told = judge_bundle(bundle, Authority().root)
    assert (code, "its authority is none of those" in told) == (3, True)
    bundle["timestamps"][0]["number"] = "7"
    code, told = judge_bundle(bundle, clock.root)
    assert (code, "its checkpoint is not here" in told) == (1, True)
    code, told = judge_bundle(bundle | {"timestamps": []}, clock.root)
    assert (code, "no time stamp is here" in told) == (0, True)
    assert judge_bundle(bundle | {"timestamps": [{"number": "1", "token": "é"}]}, clock.root)[0] == 1


def test_one_stamp_an_hour_of_the_newest_checkpoint(
    asked: list[bytes], key: Path, amoa: Any, project_one: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stamp() is None, "nothing to stamp"
    sign_checkpoint(key)
    assert stamp() is not None
    for _ in range(2):
        acts.draft(amoa, project_one)
        sign_checkpoint(key)
        assert stamp() is None
    monkeypatch.setattr(timestamps, "EVERY", timedelta())
    made = stamp()
    assert made is not None
    assert (made.checkpoint.number, len(asked)) == (3, 2)
    assert verify_database()[0] == 0


# — answers that are refused —


def _other_imprint(clock: Authority, query: bytes) -> bytes:
    return granted(clock.token(hashlib.sha256(b"another").digest(), read_query(query)[1]))


def _other_nonce(clock: Authority, query: bytes) -> bytes:
    digest, nonce = read_query(query)
    return granted(clock.token(digest, nonce ^ 1))


def _tampered(clock: Authority, query: bytes) -> bytes:
    answer = bytearray(clock.answer(query))
    answer[-5] ^= 1
    return bytes(answer)


def _by(other: Callable[[], Authority]) -> Callable[[Authority, bytes], bytes]:
    return lambda clock, query: other().answer(query)


def below(clock: Authority, **changes: Any) -> Authority:
    """Build another authority below the trusted root."""
    made = Authority(root_key=clock.root_key, **changes)
    made.root = clock.root
    return made


REFUSED: dict[str, Callable[[Authority, bytes], bytes]] = {
    "another imprint": _other_imprint,
    "another nonce": _other_nonce,
    "no nonce": lambda clock, query: granted(clock.token(read_query(query)[0])),
    "a flipped bit": _tampered,
    "another authority": _by(Authority),
    "a certificate for web servers": lambda clock, query: below(clock, purpose=ExtendedKeyUsageOID.SERVER_AUTH).answer(
        query
    ),
    "a certificate that has expired": lambda clock, query: below(
        clock, since=timedelta(days=-3), until=timedelta(days=-2)
    ).answer(query),
    "a rejection": lambda clock, query: granted(b"", status=2),
    "a status that is not granted": lambda clock, query: granted(clock.token(*read_query(query)), status=3),
    "a clock that goes wrong": lambda clock, query: granted(
        clock.token(*read_query(query), at=datetime.now(UTC) - timedelta(hours=2))
    ),
    "no answer": lambda clock, query: b"",
    "something else": lambda clock, query: b"<html>",
    "too much": lambda clock, query: clock.answer(query) + bytes(70_000),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_answer_that_does_not_hold_is_refused_and_the_notary_goes_on(
    name: str, clock: Authority, certificates: Path, settings: Any, key: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sign_checkpoint(key)
    stamper = Stamper()
    with serving(lambda query: REFUSED[name](clock, query)) as (settings.TIMESTAMP_URL, asked):
        assert stamp(stamper) is None
        assert "CHECKPOINTS ARE NOT TIME-STAMPED" in caplog.text
        assert not Timestamp.objects.exists()
        assert stamp(stamper) is None
        assert len(asked) == 1, "asked again later only"
    with serving(clock.answer) as (settings.TIMESTAMP_URL, asked):
        stamper.not_before = time.monotonic()
        assert stamp(stamper) is not None, "made up for"


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"status": "302", "Location": "http://127.0.0.1:9/"}, "it answered 302"),
        ({"status": "500"}, "it answered 500"),
        ({"Content-Type": "text/html"}, "did not answer with a time stamp"),
    ],
)
def test_a_redirect_an_error_and_a_page_are_no_answer(headers: Any, words: str, clock: Authority) -> None:
    with serving(clock.answer, **headers) as (url, _asked), pytest.raises(NoTimestamp, match=words):
        ask(url, b"x", [clock.root])


def test_an_authority_that_is_away_or_drips_ends_the_request(clock: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(clock.answer) as (url, _asked):
        pass
    with pytest.raises(NoTimestamp, match="it cannot be reached"):
        ask(url, b"x", [clock.root])
    monkeypatch.setattr(authority, "WHOLE", 0.1)

    def drip(query: bytes) -> bytes:
        time.sleep(0.3)
        return clock.answer(query)

    with serving(drip) as (url, _asked), pytest.raises(NoTimestamp, match="it did not answer"):
        ask(url, b"x", [clock.root])


def test_a_file_without_certificates_stops_the_notary_at_its_start(settings: Any, key: Path, tmp_path: Path) -> None:
    sign_checkpoint(key)
    settings.NOTARY_KEY, settings.DB_ROLE = str(key), "notary"
    settings.TIMESTAMP_CERTIFICATES = str(tmp_path / "none.pem")
    with pytest.raises(CommandError, match="TIMESTAMP_CERTIFICATES cannot be read"):
        call_command("notary", "run")


# — verifying —


def test_every_flipped_byte_of_a_token_is_seen(clock: Authority) -> None:
    digest = hashlib.sha256(b"x").digest()
    token = clock.token(digest, 7)
    assert verify_token(token, digest.hex(), [clock.root])[1] == NAME
    assert verify_token(token, digest.hex(), [clock.certificate])[1] == NAME
    for place in range(len(token)):
        flipped = bytearray(token)
        flipped[place] ^= 1 << place % 8
        with pytest.raises((ValueError, Unverifiable)):
            verify_token(bytes(flipped), digest.hex(), [clock.root])
    for altered in (token[:-1], token + b"\0", b"", b"\x30\x80"):
        with pytest.raises(ValueError):  # noqa: PT011
            verify_token(altered, digest.hex(), [clock.root])


@pytest.mark.parametrize("name", ["a certificate for web servers", "a certificate that has expired", "a flipped bit"])
def test_what_the_notary_refuses_the_verifier_refuses(name: str, clock: Authority) -> None:
    other = {
        "a certificate for web servers": lambda: below(clock, purpose=ExtendedKeyUsageOID.SERVER_AUTH),
        "a certificate that has expired": lambda: below(clock, since=timedelta(days=-3), until=timedelta(days=-2)),
        "a flipped bit": Authority,
    }[name]()
    with pytest.raises(Unverifiable, match="its authority is none of those"):
        verify_token(other.token(bytes(32)), "00" * 32, [clock.root])


def test_a_token_of_another_checkpoint_or_of_before_it_is_altered(clock: Authority, key: Path) -> None:
    made = sign_checkpoint(key)
    assert made is not None
    put(made, clock.token(bytes(made.hash), at=datetime.now(UTC) - timedelta(hours=2)))
    assert "it is older than its checkpoint says it is" in read_checkpoints([clock.root])
    with disable_guards("governance_timestamp"):
        run("UPDATE governance_timestamp SET token = %s", [clock.token(bytes(32))])
    assert "altered: time stamp of checkpoint 1: it stamps something else" in read_checkpoints([clock.root])


def test_a_proof_holds_the_first_stamp_after_the_decision_and_the_newest(
    asked: list[bytes], clock: Authority, key: Path, cast: Any, proposal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timestamps, "EVERY", timedelta())
    sign_checkpoint(key)
    stamp()
    decided = acts.decide(cast["owner"], proposal("ready_for_decision"))
    for _ in range(4):
        sign_checkpoint(key)
        stamp()
        acts.draft(cast["amoa"], decided.project)
    sign_checkpoint(key)
    decision = with_what_is_sealed(Decision).select_related("project").get(pk=decided.pk)
    event = LedgerEvent.objects.get(subject="governance.decision", subject_id=decided.pk, act="decide")
    proof = build_proof(decision, event)
    assert [told["number"] for told in proof["timestamps"]] == ["2", "5"]
    archive = build_archive(decision, event)
    assert open_proof(archive)[0]["timestamps"] == proof["timestamps"]
    code, told = judge_bundle(proof, clock.root)
    assert (code, "time stamps checked: 2 of 2; checkpoint 2 existed on" in told) == (0, True)
    assert UNCHECKED.replace("1", "2") in judge_bundle(proof)[1]


# — shown —


def state() -> tuple[str, str]:
    """Return state and words of the line of administrators."""
    line = next(line for line in queries.read_state() if line.code == "timestamps")
    return line.state, line.text


def test_the_pages_say_who_stamped_when_or_that_nobody_did(
    asked: list[bytes], key: Path, owner: Any, client_of: Any, project_one: Any, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(queries.app.control, "ping", lambda timeout: [])
    client, page = client_of(owner), f"/projects/{project_one.code}/register/"
    english = {"accept-language": "en"}
    assert "No authority has stamped the time" in client.get(page, headers=english).text
    url, settings.TIMESTAMP_URL = settings.TIMESTAMP_URL, ""
    assert state()[0] == OK
    settings.TIMESTAMP_URL = url
    sign_checkpoint(key)
    assert state()[0] == OK, "it is not an hour late"
    for hours, expected in ((2, WARNING), (30, BAD)):
        with monkeypatch.context() as later:
            later.setattr(queries.timezone, "now", lambda hours=hours: datetime.now(UTC) + timedelta(hours=hours))
            assert state()[0] == expected
    stamp()
    assert f"says the time stamp of {NAME}" in client.get(page, headers=english).text
    assert (state()[0], NAME in state()[1]) == (OK, True)
    shown = get_newest_stamp()
    assert shown is not None
    assert abs(shown.at - database_time()) < timedelta(minutes=1)
    with disable_guards("governance_timestamp"):
        run("UPDATE governance_timestamp SET token = 'x'")
    assert get_newest_stamp() is None
