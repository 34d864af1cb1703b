"""Test that both verifiers check the signatures of passkeys without our server: every byte, and what was signed.

tests/e2e/test_verify_proof.py gives the page every bundle that these tests judge.
"""

import base64
import hashlib
from copy import deepcopy
from itertools import product
from typing import Any

import pytest

from tests.authenticator import PRESENT, Authenticator
from tests.governance.record.verification.chains import (
    ADVISER,
    CONTENTS,
    DECISION,
    OPINION,
    OWNER,
    REVISION,
    Book,
    decided,
    instant_at,
)
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
NOT_THIS = "what was signed with a passkey is not what is recorded"
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
    assert report.notes == ["Project VIGIE: passkeys signed at https://ouvrage.example.org."]


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


# — opinions —


def advised(facts: dict[str, str], content: dict[str, Any] = OPINION) -> Bundle:
    """Return a bundle whose opinion has these facts and this content, with all hashes as they should be."""
    decision = DECISION | {"file": [{"item": "opinion:PMO", "hash": seal(content)}]}
    book = decided(decide={"content": seal(decision)})
    book.bodies[4]["facts"] |= {"content": seal(content), "since": instant_at(0), **facts}
    contents = [CONTENTS[0], {**CONTENTS[1], "content": content}, {**CONTENTS[2], "content": decision}]
    return deepcopy(book.bundle(contents=contents, contents_of="all"))


def opinion_challenge() -> bytes:
    """Return what is signed of the opinion of these chains."""
    statement = {"project": "3", "proposal": "", "adviser": ADVISER, "content": OPINION}
    return hashlib.sha256(SIGNATURE_DOMAIN + canonical(statement)).digest()


def test_the_signature_of_an_opinion_is_verified() -> None:
    report = judged(advised(KEYS["ES256"].facts(opinion_challenge(), **HOME)))
    assert (report.result, faults(report), report.signatures) == (INTACT, "", 1)


def test_every_byte_of_the_signature_of_an_opinion_counts() -> None:
    facts = KEYS["EdDSA"].facts(opinion_challenge(), **HOME)
    for name, digits in facts.items():
        for place in range(0, len(digits) // 2, 3):
            flipped = bytearray(bytes.fromhex(digits))
            flipped[place] ^= 1
            report = judged(advised(facts | {name: flipped.hex()}))
            assert report.result != INTACT, f"{name}, byte {place}"


@pytest.mark.parametrize("change", [{"reasons": "Non"}, {"position": "unfavourable"}, {"role": "AMOA"}, {"salt": "5a"}])
def test_an_opinion_is_the_one_that_was_signed(change: dict[str, Any]) -> None:
    report = judged(advised(KEYS["ES256"].facts(opinion_challenge(), **HOME), OPINION | change))
    assert report.result == ALTERED
    assert NOT_THIS in faults(report)


def test_the_signature_of_a_decision_signs_no_opinion() -> None:
    report = judged(advised(KEYS["ES256"].facts(challenge(), **HOME)))
    assert NOT_THIS in faults(report)


# — the entry that gave the passkey —

DOUBT = "project VIGIE: whether a passkey that signed was given to its person: "


def given(**changes: Any) -> Book:
    """Return the chain of the organisation, whose second entry gave the passkey of these tests to the owner."""
    book = Book()
    book.add("invite", "roles.user")
    key = hashlib.sha256(KEYS["EdDSA"].public_key).hexdigest()
    book.add("give_credential", "projects.credential", "5", detail="passkey", person=OWNER, key=key)
    for body in book.bodies:
        body |= {"project": "1", "at": instant_at(0)}
    facts = book.bodies[-1]["facts"] | changes.pop("facts", {})
    book.bodies[-1] |= {"facts": {name: value for name, value in facts.items() if value is not None}} | changes
    return book


def signed_by(book: Book, named: str = "", *, with_entry: bool = True, **more: Any) -> Bundle:
    """Return a bundle whose decision names the last entry of this chain, and holds the entry alone."""
    entry = book.kept()[-1]
    facts = KEYS["EdDSA"].facts(challenge(), **HOME)
    bundle = signed(facts | {"key_entry": named or f"{len(book.bodies)}:{entry['hash']}"})
    return bundle | {"whole": "no", "keys": [entry] if with_entry else []} | more


def test_the_entry_that_gave_the_passkey_is_verified() -> None:
    report = judged(signed_by(given()))
    assert (report.result, faults(report), dict(report.open_points)) == (INTACT, "", {})
    said = "signatures by passkeys that entries of the organisation gave to their people before: 1"
    assert report.notes[-1] == f"Project VIGIE: {said}."


@pytest.mark.parametrize("is_before", [True, False])
def test_the_entry_is_found_in_the_chain_of_the_organisation(is_before: bool) -> None:
    book = given()
    bundle = signed_by(book, with_entry=False, whole="yes")
    chain = {"project": "1", "code": "ORGANISATION", "events": book.kept()}
    bundle["projects"] = [chain, *bundle["projects"]] if is_before else [*bundle["projects"], chain]
    report = judged(bundle)
    assert (report.result, faults(report), dict(report.open_points)) == (INTACT, "", {})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"facts": {"person": ADVISER}}, "did not give this passkey to its person before"),
        ({"facts": {"person": None}}, "did not give this passkey to its person before"),
        ({"facts": {"key": "00" * 32}}, "did not give this passkey to its person before"),
        ({"detail": "password"}, "did not give this passkey to its person before"),
        ({"act": "end_credential"}, "did not give this passkey to its person before"),
        ({"subject": "roles.user"}, "did not give this passkey to its person before"),
        ({"at": instant_at(1)}, "did not give this passkey to its person before"),
        ({"entered": instant_at(50)}, "did not give this passkey to its person before"),
        ({"seq": "9"}, "did not give this passkey to its person before"),
        ({"seq": ""}, "is not as it was recorded"),
        ({"at": ""}, "is not as it was recorded"),
        ({"version": "3"}, "is not as it was recorded"),
        ({"more": ""}, "is not as it was recorded"),
    ],
)
def test_an_entry_that_did_not_give_the_passkey_is_seen(changes: dict[str, Any], said: str) -> None:
    report = judged(signed_by(given(**changes)))
    assert report.result == ALTERED
    assert said in faults(report)


def test_a_passkey_given_after_the_signature_is_seen() -> None:
    book = given(at=instant_at(50))
    bundle = signed_by(book)
    facts = KEYS["EdDSA"].facts(challenge(), **HOME) | {"since": instant_at(50)}
    named = f"2:{book.kept()[-1]['hash']}"
    content = CONFIRMED | {"since": instant_at(50)}
    report = judged(signed(facts | {"key_entry": named}, content) | {"whole": "no", "keys": bundle["keys"]})
    assert faults(report) == "the entry that it names did not give this passkey to its person before"


@pytest.mark.parametrize(
    ("minute", "said", "is_whole"),
    [
        (1, "its passkey had ended by then", True),
        (1, "its passkey had ended by then", False),
        (50, "", True),
        (50, "", False),
    ],
)
def test_a_signature_by_a_passkey_that_had_ended_is_seen(minute: int, said: str, is_whole: bool) -> None:
    book = given()
    gave = book.kept()[-1]
    bundle = signed_by(book, f"2:{gave['hash']}")
    book.add("end_credential", "projects.credential", "5", detail="passkey", person=OWNER)
    book.bodies[-1] |= {"project": "1", "at": instant_at(minute)}
    if is_whole:
        chain = {"project": "1", "code": "ORGANISATION", "events": book.kept()}
        bundle |= {"whole": "yes", "keys": [], "projects": [*bundle["projects"], chain]}
    else:
        bundle |= {"keys": [gave, book.kept()[-1]]}
    assert faults(judged(bundle)) == said


def test_every_byte_of_the_entry_counts() -> None:
    book = given()
    bundle = signed_by(book)
    body = base64.b64decode(bundle["keys"][0]["body"])
    for place in range(0, len(body), 3):
        flipped = bytearray(body)
        flipped[place] ^= 1
        entry = {**bundle["keys"][0], "body": base64.b64encode(flipped).decode()}
        assert judged(bundle | {"keys": [entry]}).result == ALTERED, f"byte {place}"


@pytest.mark.parametrize("named", ["x", "2", "2:", "02:" + "0" * 64, "2:" + "A" * 64, "2:" + "0" * 63])
def test_a_name_of_no_entry_is_seen(named: str) -> None:
    report = judged(signed_by(given(), named))
    assert faults(report) == "it does not name the entry that gave its passkey"


def test_another_entry_in_the_chain_of_the_organisation_is_seen() -> None:
    book, other = given(), given(detail="code_app")
    bundle = signed_by(book, whole="yes")
    bundle["projects"].append({"project": "1", "code": "ORGANISATION", "events": other.kept()})
    report = judged(bundle)
    assert report.result == ALTERED
    assert "it is not the one that an entry on a passkey saw" in faults(report)


def test_a_whole_bundle_without_the_entry_is_altered() -> None:
    report = judged(signed_by(given(), with_entry=False, whole="yes"))
    assert faults(report) == "the entry that gave its passkey is missing"


def test_what_a_file_does_not_show_of_a_passkey_is_said() -> None:
    facts = KEYS["EdDSA"].facts(challenge(), **HOME)
    for bundle, why in (
        (signed(facts), "the signed entry is older than that"),
        (signed_by(given(), with_entry=False), "the entry that gave it is not in the file"),
        (signed_by(given(facts={"key": None})), "the entry that gave it does not tell its key"),
    ):
        report = judged(bundle)
        assert (report.result, dict(report.open_points)) == (INTACT, {DOUBT + why: 1})


@pytest.mark.parametrize("keys", [{}, "x", [[]], [{"body": ""}], [{"body": "", "hash": 1}]])
def test_entries_in_another_shape_make_no_bundle(keys: Any) -> None:
    with pytest.raises(ValueError, match="not those of a bundle"):
        judged(signed_by(given()) | {"keys": keys})
