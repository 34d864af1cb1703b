"""Test that both verifiers check the signatures of passkeys without our server: every byte, and what was signed.

tests/e2e/test_verify_proof.py gives the page every bundle that these tests judge.
"""

import hashlib
from copy import deepcopy
from itertools import product
from typing import Any

import pytest

from tests.authenticator import PRESENT, Authenticator
from tests.governance.verification.chains import CONTENTS, DECISION, OWNER, REVISION, Book, decided, instant_at
from tools.verify_ledger import (
    ALTERED,
    INTACT,
    SIGNATURE_DOMAIN,
    SIGNED_FACTS,
    UNVERIFIABLE,
    Report,
    canonical,
    seal,
    verify_bundle,
)

Bundle = dict[str, Any]
NOT_THIS = "what was signed with a passkey is not this decision"
HOME = {"at": "https://ouvrage.example.org", "of": "ouvrage.example.org"}
CONFIRMED = DECISION | {"factors": ["passkey"], "since": instant_at(0)}
KEYS = {algorithm: Authenticator(algorithm) for algorithm in ("ES256", "EdDSA", "RS256", "ES384")}


def judged(bundle: Bundle, *, anchors: Any = (), receipts: Any = (), keys: Any = ()) -> Report:
    """Return the report on a bundle."""
    return verify_bundle(bundle, list(anchors), list(receipts), set(keys))


def challenge(content: dict[str, Any] = DECISION) -> bytes:
    """Return what is signed of a decision of the owner on the revision of these chains."""
    statement = {"project": "3", "proposal": "", "decider": OWNER, "mandate": "1", "delegation": ""}
    message = canonical({**statement, "revision": seal(REVISION), "content": content})
    return hashlib.sha256(SIGNATURE_DOMAIN + message).digest()


def signed(facts: dict[str, str], content: dict[str, Any] = CONFIRMED, without: str = "") -> Bundle:
    """Return a bundle whose decision has these facts, with all hashes as they should be."""
    told = {"factors": "passkey", "since": instant_at(0), "content": seal(content)} | facts
    book: Book = decided(decide=told)
    book.bodies[-1]["facts"].pop(without, None)
    contents = [*CONTENTS[:2], {**CONTENTS[2], "content": content}]
    return deepcopy(book.bundle(contents=contents, contents_of="all"))


def faults(report: Report) -> str:
    """Return the words of the faults."""
    return "\n".join(fault.what for fault in report.faults)


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256"])
def test_a_signature_is_verified_and_the_address_is_told(algorithm: str) -> None:
    report = judged(signed(KEYS[algorithm].facts(challenge(), **HOME)))
    assert (report.result, faults(report), report.signatures) == (INTACT, "", 1)
    assert report.notes == ["Decisions of project VIGIE are signed at https://ouvrage.example.org."]


@pytest.mark.parametrize(("algorithm", "step"), [("ES256", 1), ("EdDSA", 2), ("RS256", 7)])
def test_every_byte_of_the_signature_counts(algorithm: str, step: int) -> None:
    facts = KEYS[algorithm].facts(challenge(), **HOME)
    for name, digits in facts.items():
        for place in range(0, len(digits) // 2, step):
            flipped = bytearray(bytes.fromhex(digits))
            flipped[place] ^= 1
            report = judged(signed(facts | {name: flipped.hex()}))
            assert report.result != INTACT, f"{name}, byte {place}"


@pytest.mark.parametrize(
    ("otherwise", "said"),
    [
        ({"flags": PRESENT}, "its passkey did not verify its person"),
        ({"flags": 4}, "its passkey did not verify its person"),
        ({"of": "example.com"}, "its passkey belongs to another address"),
        ({"at": "https://ouvrage.example.org.evil.net"}, "its passkey belongs to another address"),
        ({"kind": "webauthn.create"}, "its passkey signed something else"),
        ({"at": "https://é.example.org"}, "is not written as that of a passkey"),
        ({"at": "app:ouvrage"}, "is not written as that of a passkey"),
    ],
)
def test_what_a_passkey_says_of_itself_is_judged(otherwise: dict[str, Any], said: str) -> None:
    report = judged(signed(KEYS["ES256"].facts(challenge(), **HOME | otherwise)))
    assert report.result == ALTERED
    assert said in faults(report)


def test_a_key_of_a_parent_address_counts() -> None:
    assert judged(signed(KEYS["ES256"].facts(challenge(), at=HOME["at"], of="example.org"))).result == INTACT


def test_a_signature_in_another_way_is_not_verified() -> None:
    report = judged(signed(KEYS["ES384"].facts(challenge(), **HOME)))
    assert (report.result, faults(report)) == (UNVERIFIABLE, "its passkey signs in a way that is not known here")


#: Other values of a part, None for none.
OTHERS = (None, "", "0", "00", "zz", "A0", "a0" * 40, "ff" * 300, "7b7d", "5b5d")


@pytest.mark.parametrize(("name", "other"), list(product(SIGNED_FACTS, OTHERS)))
def test_a_part_that_is_something_else_is_altered_or_unknown(name: str, other: str | None) -> None:
    facts = KEYS["ES256"].facts(challenge(), **HOME)
    report = judged(signed(facts | {name: other or ""}, without=name if other is None else ""))
    assert report.result != INTACT


#: Forms of a key (COSE) and of a signature (DER) that are not the only one, or are cut short.
FORMS = (
    ("public_key", lambda data: data + b"\x00"),
    ("public_key", lambda data: data[:-1]),
    ("public_key", lambda data: b"\xa6" + data[1:]),
    ("public_key", lambda data: b"\xa6" + data[1:] + b"\x01\x02"),
    ("public_key", lambda data: b"\xbf" + data[1:] + b"\xff"),
    ("public_key", lambda data: b"\xa5\x18\x01" + data[2:]),
    ("public_key", lambda data: b"\xa5\x41\x01" + data[2:]),
    ("public_key", lambda data: b"\xa0"),
    ("signature", lambda data: data + b"\x00"),
    ("signature", lambda data: data[:-1]),
    ("signature", lambda data: b"\x30\x06\x02\x01\x00\x02\x01\x00"),
    ("signature", lambda data: b"\x30\x06\x02\x01\x01\x02\x01\x01"),
    ("signature", lambda data: b"\x30\x08\x02\x02\x00\x01\x02\x02\x00\x01"),
    ("signature", lambda data: b"\x30\x06\x02\x01\x80\x02\x01\x01"),
    ("signature", lambda data: b"\x30\x04\x02\x00\x02\x00"),
    ("signature", lambda data: b"\x30\x81" + data[1:]),
    ("signature", lambda data: b"\x30\x46\x02\x21" + b"\x01" * 33 + b"\x02\x21" + b"\x01" * 33),
    ("client_data", lambda data: b"\xef\xbb\xbf" + data),
    ("client_data", lambda data: b'{"type":"x",' + data[1:]),
    ("client_data", lambda data: data.replace(b"false", b"1.0")),
    ("client_data", lambda data: b"\xff" + data),
)


@pytest.mark.parametrize("form", range(len(FORMS)))
def test_another_form_is_never_intact(form: int) -> None:
    name, change = FORMS[form]
    facts = KEYS["ES256"].facts(challenge(), **HOME)
    report = judged(signed(facts | {name: change(bytes.fromhex(facts[name])).hex()}))
    assert report.result != INTACT


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reasons": "Non"}, NOT_THIS),
        ({"outcome": "rejected"}, NOT_THIS),
        ({"salt": "5a20"}, NOT_THIS),
        ({"conditions": [["1", "Sooner", "AMOA", "2026-01-01"]]}, NOT_THIS),
        ({"factors": ["password"]}, "does not tell how it was confirmed"),
        ({"factors": "passkey"}, "does not tell how it was confirmed"),
        ({"factors": None}, "does not tell how it was confirmed"),
        ({"since": instant_at(9)}, "does not tell how it was confirmed"),
        ({"since": 1}, "does not tell how it was confirmed"),
    ],
)
def test_a_decision_is_the_one_that_was_signed(change: dict[str, Any], said: str) -> None:
    report = judged(signed(KEYS["ES256"].facts(challenge(), **HOME), CONFIRMED | change))
    assert report.result == ALTERED
    assert said in faults(report)


def test_what_nobody_signs_may_be_computed_later() -> None:
    absent = {"impossible": {}}
    assert judged(signed(KEYS["ES256"].facts(challenge(), **HOME), CONFIRMED | absent)).result == INTACT


def test_a_decision_that_is_confirmed_and_not_signed_is_intact() -> None:
    content = DECISION | {"factors": ["password", "code_app"], "since": ""}
    report = judged(signed({"factors": "password,code_app", "since": ""}, content))
    assert (report.result, report.signatures, report.notes) == (INTACT, 0, [])


def test_facts_on_a_confirmation_that_the_decision_does_not_tell_are_seen() -> None:
    assert judged(signed({}, DECISION)).result == ALTERED
