"""Test tools/verify_ledger.py on its own: it reports faults and unknowns in a bundle, and neither counts as green."""

import ast
import base64
import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.governance.record.verification.chains import (
    ADVISER,
    CONTENTS,
    DECISION,
    DELEGATE,
    OPINION,
    OWNER,
    REVISION,
    Book,
    Notary,
    decided,
    instant_at,
)
from tests.projects.ledger.tampering import VERIFIER
from tools.verify_ledger import (
    ALTERED,
    DOMAINS,
    INTACT,
    TRUNCATED,
    UNVERIFIABLE,
    Report,
    canonical,
    parse,
    seal,
    verify_bundle,
)

Bundle = dict[str, Any]


def judged(bundle: Bundle, *, anchors: Any = (), receipts: Any = (), keys: Any = ()) -> Report:
    """Return the report on a bundle."""
    return verify_bundle(bundle, list(anchors), list(receipts), set(keys))


def words(report: Report) -> str:
    """Return the whole text of the report."""
    return "\n".join(str(fault) for fault in report.faults)


def full(book: Book | None = None, **more: Any) -> Bundle:
    """Return a bundle with every content."""
    return deepcopy((book or decided()).bundle(contents=CONTENTS, contents_of="all", **more))


def events(bundle: Bundle) -> list[dict[str, str]]:
    """Return the events of its project."""
    found: list[dict[str, str]] = bundle["projects"][0]["events"]
    return found


def test_an_honest_bundle_is_intact_with_its_contents() -> None:
    report = judged(full())
    assert (report.result, words(report), report.events, report.contents) == (INTACT, "", 6, 3)
    assert not report.open_points


# — the chain —


def _flip(bundle: Bundle) -> None:
    body = bytearray(base64.b64decode(events(bundle)[3]["body"]))
    body[-3] ^= 1
    events(bundle)[3]["body"] = base64.b64encode(body).decode()


def _pad(bundle: Bundle) -> None:
    body = base64.b64decode(events(bundle)[3]["body"])
    events(bundle)[3]["body"] = base64.b64encode(body.replace(b'":"', b'": "', 1)).decode()


def _swap(bundle: Bundle) -> None:
    kept = events(bundle)
    kept[2], kept[3] = kept[3], kept[2]


CHAIN: dict[str, tuple[Callable[[Bundle], Any], str]] = {
    "a bit of a body": (_flip, "event 4"),
    "a space in a body": (_pad, "event 4, submission recorded on 2026-03-02 09:04 UTC: its bytes are not canonical"),
    "a hash": (lambda b: events(b)[3].update(hash="0" * 64), "its bytes do not match its hash"),
    "no bytes": (lambda b: events(b)[3].update(body="!"), "event 4: its bytes are not those of a ledger event"),
    "an event less": (lambda b: events(b).pop(3), "event 4 was expected here"),
    "an event twice": (lambda b: events(b).insert(3, events(b)[3]), "event 5 was expected here"),
    "two swapped": (_swap, "event 3 was expected here"),
    "another project": (lambda b: b["projects"][0].update(project="4"), "it belongs to project 3"),
}


@pytest.mark.parametrize("name", CHAIN)
def test_a_change_of_the_chain_is_found_where_it_is(name: str) -> None:
    bundle = decided().bundle()
    CHAIN[name][0](bundle)
    report = judged(bundle)
    assert report.result == ALTERED
    assert CHAIN[name][1] in words(report)


def test_the_first_bad_entry_is_named_and_all_the_others_too() -> None:
    bundle = decided().bundle()
    for place in (1, 3, 5):
        events(bundle)[place]["hash"] = "f" * 64
    report = judged(bundle)
    assert str(report.first_bad["VIGIE"]).startswith("project VIGIE, event 2, naming of the owner recorded on")
    assert {fault.place.seq for fault in report.faults} == {2, 3, 4, 5, 6}


def test_a_version_nobody_knows_cannot_be_verified() -> None:
    book = decided()
    book.bodies[-1]["version"] = "7"
    assert judged(book.bundle()).result == UNVERIFIABLE
    book.add("take_up")
    assert judged(book.bundle()).result == ALTERED


def test_a_chain_never_goes_back_to_an_older_version() -> None:
    book = decided()
    body = book.bodies[-1]
    body["version"] = "1"
    del body["entered"]
    assert "in version 1, after one in version 2" in words(judged(book.bundle()))


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.pop("role"),
        lambda body: body.update(extra=""),
        lambda body: body.update(seq=6),
        lambda body: body.update(facts=[]),
        lambda body: body["facts"].update(cap=1000),
        lambda body: body.update(at="yesterday"),
    ],
)
def test_an_event_has_the_fields_of_its_version_all_texts(change: Callable[[dict[str, Any]], Any]) -> None:
    book = decided()
    change(book.bodies[-1])
    assert judged(book.bundle()).result == ALTERED


# — one written form —

#: name → change of an event that keeps its meaning, all hashes made anew.
SAME_MEANING: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a zero before the place": lambda body: body.update(seq=f"0{body['seq']}"),
    "digits of another script": lambda body: body.update(seq="٦"),
    "a zero before a key": lambda body: body.update(subject_id="01"),
    "a zero before a proposal": lambda body: body.update(proposal="012"),
    "a zero before the mandate": lambda body: body["facts"].update(mandate="01"),
    "the end of the day before": lambda body: body.update(at="2026-03-01T24:00:00.000000+00:00"),
}


@pytest.mark.parametrize("name", SAME_MEANING)
def test_a_second_form_of_the_last_event_is_altered(name: str) -> None:
    """There is no checkpoint and no later event: only its own form tells."""
    book = decided()
    SAME_MEANING[name](book.bodies[-1])
    assert judged(book.bundle()).result == ALTERED


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda said: json.dumps(said, sort_keys=True).encode(),
        lambda said: json.dumps(dict(reversed(said.items())), separators=(",", ":")).encode(),
        lambda said: canonical(said).replace(b'"act"', b'"\\u0061ct"'),
        lambda said: canonical(said).replace(b'{"act"', b'{"act":"x","act"', 1),
        lambda said: canonical(said) + b"\n",
    ],
    ids=["spaces", "another order", "escapes", "a key twice", "a line more"],
)
def test_other_bytes_of_the_last_event_are_altered(rewrite: Callable[[dict[str, Any]], bytes]) -> None:
    bundle = decided().bundle()
    last = events(bundle)[-1]
    body = rewrite(json.loads(base64.b64decode(last["body"])))
    last.update(body=base64.b64encode(body).decode(), hash=hashlib.sha256(DOMAINS["2"] + body).hexdigest())
    report = judged(bundle)
    assert report.result == ALTERED
    assert "its bytes are not canonical" in words(report)


def test_half_of_a_character_is_no_event() -> None:
    bundle = decided().bundle()
    body = base64.b64decode(events(bundle)[-1]["body"]).replace(b'"role":""', b'"role":"\\ud800"')
    events(bundle)[-1].update(body=base64.b64encode(body).decode())
    assert "its bytes are not those of a ledger event" in words(judged(bundle))


# — who gave and ended —

STRANGER = "0f4a"


def named(by: str, at: int, **facts: str) -> Book:
    """Decide, then let somebody name a stranger owner at this minute."""
    book = decided()
    about = {"mandate": "2", "holder": STRANGER, "authority": "decides", "start": instant_at(at), "end": ""}
    book.add("name_owner", "projects.mandate", "2", by=by, **about | facts)
    return book


def test_an_owner_named_by_somebody_else_while_one_is_in_office_is_found() -> None:
    assert "while another one was in office" in words(judged(named(ADVISER, 7).bundle()))
    assert judged(named(OWNER, 7).bundle()).result == INTACT


def test_the_mandate_of_an_adviser_is_ended_by_the_owner_alone() -> None:
    for by, result in ((OWNER, INTACT), (ADVISER, ALTERED)):
        book = decided()
        about = {"mandate": "3", "holder": ADVISER, "authority": "advises", "start": instant_at(0), "end": ""}
        book.add("appoint", "projects.mandate", "3", **about)
        book.add("end_mandate", "projects.mandate", "3", by=by, mandate="3", end=instant_at(8))
        assert judged(book.bundle()).result == result


def test_the_mandate_of_an_owner_ended_by_somebody_else_is_told_as_not_verifiable() -> None:
    """The chain does not say whether the account was closed; `ledger_verify` does."""
    book = decided()
    book.add("end_mandate", "projects.mandate", "1", by=ADVISER, mandate="1", end=instant_at(7))
    report = judged(book.bundle())
    closed = "project VIGIE: whether the account of an owner was closed when an administrator ended the mandate"
    assert (report.result, report.open_points) == (INTACT, {closed: 1})


# — who decided —

WRONG: dict[str, tuple[dict[str, dict[str, str]], bool, str]] = {
    "not yet in office": ({"name_owner": {"start": instant_at(30)}}, False, "did not decide then"),
    "no longer in office": ({"name_owner": {"end": instant_at(3)}}, False, "did not decide then"),
    "an adviser's mandate": ({"name_owner": {"authority": "advises"}}, False, "did not decide then"),
    "somebody else's mandate": ({"name_owner": {"holder": DELEGATE}}, False, "did not hold the mandate"),
    "an unknown mandate": ({"decide": {"mandate": "9"}}, False, "no event before it gives"),
    "an unknown delegation": ({"decide": {"delegation": "9"}}, True, "no event before it gives"),
    "somebody else's delegation": ({"delegate": {"delegate": "0000"}}, True, "did not hold the delegation"),
    "another owner's delegation": ({"delegate": {"mandate": "2"}}, True, "did not hold the delegation"),
    "a delegation that ended": ({"delegate": {"end": instant_at(6)}}, True, "did not hold the delegation"),
    "another kind": ({"delegate": {"kinds": "other"}}, True, "beyond the delegation"),
    "over the cap": ({"delegate": {"cap": "899.99"}}, True, "beyond the delegation"),
    "another form of a cap": ({"delegate": {"cap": "1000.0"}}, True, "its bytes are not canonical"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_decision_by_who_did_not_hold_it_is_found_from_the_chain_alone(name: str) -> None:
    changes, delegated, told = WRONG[name]
    report = judged(full(decided(delegated, **changes)))
    assert report.result == ALTERED
    assert told in words(report)


@pytest.mark.parametrize(("option", "is_beyond"), [("", False), ("A", False), ("B", True), ("C", False)])
def test_an_option_beyond_a_delegation_is_found(option: str, is_beyond: bool) -> None:
    others = {"B": {"amount": "1000.01", "terms": {}}, "C": {"amount": "", "terms": {}}}
    revision = REVISION | {"alternatives": others}
    book = decided(True, decide={"revision": seal(revision), **({"option": option} if option else {})})
    given = [{"subject": "governance.proposalrevision", "id": "1", "content": revision}]
    told = words(judged(book.bundle(contents=given, contents_of="all")))
    assert ("beyond the delegation" in told) is is_beyond


@pytest.mark.parametrize(("told", "sealed"), [("A", "B"), ("", "B"), ("B", "")])
def test_an_option_that_is_not_the_one_of_its_event_is_found(told: str, sealed: str) -> None:
    decision = DECISION | ({"option": sealed} if sealed else {})
    book = decided(decide={"content": seal(decision), **({"option": told} if told else {})})
    contents = [*CONTENTS[:2], CONTENTS[2] | {"content": decision}]
    report = judged(book.bundle(contents=contents, contents_of="all"))
    assert "does not take the option that its event tells" in words(report)


@pytest.mark.parametrize("delegated", [False, True])
def test_a_decision_by_who_held_it_is_not(delegated: bool) -> None:
    book = decided(delegated)
    book.bodies[-1]["facts"]["content"] = seal(DECISION)
    assert judged(full(book)).result == INTACT


def test_a_mandate_that_ended_before_decides_no_more() -> None:
    book = decided()
    book.bodies.pop()
    book.add("end_mandate", "projects.mandate", mandate="1", end=instant_at(6))
    book.add("decide", "governance.decision", mandate="1", delegation="", revision=seal(REVISION), content="")
    assert "did not decide then" in words(judged(book.bundle()))


def test_a_delegation_that_was_revoked_signs_no_more() -> None:
    book = decided()
    book.bodies.pop()
    book.add("revoke", "projects.delegation", delegation="1", end=instant_at(6))
    book.add(
        "decide", "governance.decision", by=DELEGATE, mandate="1", delegation="1", revision=seal(REVISION), content=""
    )
    assert "did not hold the delegation" in words(judged(book.bundle()))


def test_facts_missing_from_the_chain_are_reported_as_unverified() -> None:
    book = Book("1")
    book.add("name_owner", "projects.mandate")
    book.add("decide", "governance.decision", mandate="1", delegation="", revision="r", decision="d")
    report = judged(book.bundle())
    assert report.open_points == {"project VIGIE: who held the mandate of a decision": 1}
    assert report.as_text().endswith("INTACT, but for what is not verifiable from the chain")
    limits = judged(decided(True).bundle()).open_points
    assert limits == {"project VIGIE: whether a delegation covers kind and amount of a decision": 1}


# — contents —


def _content(bundle: Bundle, subject: str) -> dict[str, Any]:
    [found] = [entry["content"] for entry in bundle["contents"] if entry["subject"] == f"governance.{subject}"]
    content: dict[str, Any] = found
    return content


CONTENT: dict[str, tuple[Callable[[Bundle], Any], str]] = {
    "a word": (lambda b: _content(b, "opinion").update(reasons="Non"), "the content of governance.opinion 1"),
    "a salt": (lambda b: _content(b, "opinion").update(salt="0"), "the content of governance.opinion 1"),
    "a record less": (lambda b: b["contents"].pop(1), "governance.opinion 1) is missing"),
    "a record more": (
        lambda b: b["contents"].append({"subject": "governance.decision", "id": "2", "content": DECISION}),
        "governance.decision 2: no event seals it",
    ),
}


@pytest.mark.parametrize("name", CONTENT)
def test_a_content_that_is_not_what_was_sealed_is_found(name: str) -> None:
    bundle = full()
    CONTENT[name][0](bundle)
    report = judged(bundle)
    assert report.result == ALTERED
    assert CONTENT[name][1] in words(report)


def test_a_second_decision_event_for_the_same_decision_is_found() -> None:
    book = decided()
    book.add("decide", "governance.decision", **book.bodies[-1]["facts"])
    assert "another event before it sealed governance.decision 1" in words(judged(full(book)))


def test_an_attachment_other_than_the_one_that_was_decided_on_is_found() -> None:
    decision = DECISION | {"file": [*DECISION["file"], {"item": "document:7", "hash": "a" * 64}]}
    revision = REVISION | {"attachments": [{"document": "7", "version": "1", "name": "q.pdf", "sha256": "b" * 64}]}
    book = decided(decide={"revision": seal(revision), "content": seal(decision)})
    book.bodies[3]["facts"]["content"] = seal(revision)
    contents = [
        {"subject": "governance.proposalrevision", "id": "1", "content": revision},
        {"subject": "governance.decision", "id": "1", "content": decision},
    ]
    told = words(judged(book.bundle(contents=contents, contents_of="one decision")))
    assert "document:7 is not the one that was before the signatory" in told


def test_a_condition_other_than_the_owner_set_is_found_though_no_event_seals_it_yet() -> None:
    decision = DECISION | {"conditions": [["1", "Tell the crews.", "AMOA", "2026-04-01"]]}
    condition = {"salt": "5a20", "set": ["1", "Tell nobody.", "AMOA", "2026-04-01"], "state": "open"}
    contents = [
        *CONTENTS[:2],
        {"subject": "governance.decision", "id": "1", "content": decision},
        {"subject": "governance.condition", "id": "4", "decision": "1", "content": condition},
    ]
    bundle = decided(decide={"content": seal(decision)}).bundle(contents=contents, contents_of="all")
    assert "condition 4 is not as the owner set it" in words(judged(deepcopy(bundle)))
    condition["set"] = decision["conditions"][0]
    assert judged(bundle).result == INTACT


def test_a_condition_is_judged_by_its_last_event() -> None:
    book = decided()
    proved = {"salt": "5a20", "state": "open", "proof": "Letter"}
    lifted = proved | {"state": "met"}
    book.add("prove", "governance.condition", content=seal(proved))
    book.add("lift", "governance.condition", content=seal(lifted))
    given = {"subject": "governance.condition", "id": "1", "decision": "1", "content": lifted}
    assert judged(book.bundle(contents=[*CONTENTS, given], contents_of="all")).result == INTACT
    given["content"] = proved
    assert judged(book.bundle(contents=[*CONTENTS, given], contents_of="all")).result == ALTERED


@pytest.mark.parametrize("at_once", [True, False])
def test_the_effects_of_a_decision_are_recorded_once_at_once_or_with_the_last_condition(at_once: bool) -> None:
    """A condition lifted after a decision that took effect at once changes nothing, and its event says so."""
    effects = [["projects.project", "3", "matrix", "", "1"]]
    told = seal({"salt": DECISION["salt"], "effects": effects})
    met = {"salt": "5a20", "state": "met", "proof": "Letter"}
    book = decided(decide={"effects": told if at_once else ""})
    book.add("lift", "governance.condition", content=seal(met), effects="" if at_once else told)
    given = [*CONTENTS[:2], CONTENTS[2] | {"effects": effects}]
    given.append({"subject": "governance.condition", "id": "1", "decision": "1", "content": met})
    bundle = book.bundle(contents=given, contents_of="all")
    assert (judged(deepcopy(bundle)).result, words(judged(deepcopy(bundle)))) == (INTACT, "")
    bundle["contents"][2]["effects"] = []
    assert "what the decision changed is not what it tells" in words(judged(bundle))


@pytest.mark.parametrize(
    ("subject", "facts", "result"),
    [
        ("governance.opinion", {}, INTACT),
        ("roles.user", {"subject": "governance.opinion", "id": "1"}, INTACT),
        ("governance.decision", {}, ALTERED),
        ("", {}, ALTERED),
    ],
)
def test_a_text_that_is_gone_was_erased_by_an_event_or_altered(
    subject: str, facts: dict[str, str], result: int
) -> None:
    book = decided()
    if subject:
        book.add("erase", subject, **{name: value for name, value in facts.items() if name == "id"})
        book.bodies[-1]["facts"] = facts
    bundle = full(book)
    bundle["contents"][1]["content"] = OPINION | {"salt": "erased", "reasons": "—"}
    report = judged(bundle)
    assert report.result == result
    assert report.erased == (["governance.opinion 1"] if result == INTACT else [])


# — checkpoints, anchors, receipts, keys —


def test_checkpoints_by_the_key_that_is_known_are_green() -> None:
    notary, book = Notary(), decided()
    report = judged(book.bundle(checkpoints=[notary.sees(book), notary.sees(book)]), keys=[notary.public])
    assert (report.result, report.checkpoints, report.notes) == (INTACT, 2, [])


def test_without_a_key_the_report_says_whose_word_it_took() -> None:
    notary, book = Notary(), decided()
    [note] = judged(book.bundle(checkpoints=[notary.sees(book)])).notes
    assert "compare it" in note


def test_a_key_may_be_announced_by_the_one_before_it() -> None:
    old, new, book = Notary(), Notary(), decided()
    first = old.sees(book, next_key=new.public)
    new.prev, new.number = old.prev, 1
    both = book.bundle(checkpoints=[first, new.sees(book)])
    for known in (old, new):
        assert judged(both, keys=[known.public]).result == INTACT


def test_a_key_that_was_not_announced_is_found() -> None:
    old, new, book = Notary(), Notary(), decided()
    first = old.sees(book)
    new.prev, new.number = old.prev, 1
    report = judged(book.bundle(checkpoints=[first, new.sees(book)]), keys=[old.public])
    assert report.result == ALTERED
    assert "a key that was not announced" in words(report)


def test_checkpoints_all_by_another_key_than_the_known_one_are_found() -> None:
    notary, book = Notary(), decided()
    report = judged(book.bundle(checkpoints=[notary.sees(book)]), keys=[Notary().public])
    assert report.result == ALTERED


def _signature(one: dict[str, str]) -> None:
    one["signature"] = "0" * 128


def _key_missing(one: dict[str, str]) -> None:
    one["public_key"] = ""


def _other_key(one: dict[str, str]) -> None:
    one["public_key"] = Notary().public


def _bytes(one: dict[str, str]) -> None:
    body = base64.b64decode(one["body"]).replace(b'"number":"1"', b'"number":"2"')
    one["body"] = base64.b64encode(body).decode()


def _opened_head(one: dict[str, Any]) -> None:
    one["openings"] = [one["openings"][0] | {"seq": "5"}]


def _opened_more(one: dict[str, Any]) -> None:
    one["openings"] = [one["openings"][0] | {"code": "OTHER"}]


def _not_opened(one: dict[str, Any]) -> None:
    one["openings"] = []


@pytest.mark.parametrize(
    ("change", "result"),
    [
        (_signature, ALTERED),
        (_bytes, ALTERED),
        (_other_key, ALTERED),
        (_key_missing, UNVERIFIABLE),
        (_opened_head, ALTERED),
        (_opened_more, ALTERED),
        (_not_opened, ALTERED),
    ],
)
def test_a_checkpoint_that_was_tampered_with_is_never_green(change: Any, result: int) -> None:
    notary, book = Notary(), decided()
    one = notary.sees(book)
    change(one)
    assert judged(book.bundle(checkpoints=[one])).result == result


def test_a_proof_opens_the_head_of_its_project_alone_but_an_anchor_all() -> None:
    notary, book = Notary(), decided()
    one = notary.sees(book)
    hidden = one | {"openings": []}
    assert judged(book.bundle(checkpoints=[hidden], whole="no")).result == INTACT
    assert judged(book.bundle(whole="no"), anchors=[hidden]).result == ALTERED


def test_a_checkpoint_of_the_first_format_tells_its_heads_in_its_body_and_opens_none() -> None:
    notary, book = Notary(), decided()
    one = notary.sees(book, version="1")
    assert judged(book.bundle(checkpoints=[one])).result == INTACT
    assert judged(book.bundle(checkpoints=[one | {"openings": [{"project": "3"}]}])).result != INTACT
    book.bodies.pop()
    assert judged(book.bundle(checkpoints=[one])).result == TRUNCATED


def test_a_checkpoint_missing_between_two_is_found_in_a_whole_bundle_only() -> None:
    notary, book = Notary(), decided()
    first, _second, third = notary.sees(book), notary.sees(book), notary.sees(book)
    assert judged(book.bundle(checkpoints=[first, third])).result == ALTERED
    assert judged(book.bundle(checkpoints=[first, third], whole="no")).result == INTACT


def test_a_chain_shorter_than_a_checkpoint_an_anchor_or_a_receipt_is_truncated() -> None:
    notary, book = Notary(), decided()
    one, last = notary.sees(book), book.kept()[-1]["hash"]
    book.bodies.pop()
    receipt = {"code": "VIGIE", "seq": "6", "hash": last}
    for report in (
        judged(book.bundle(checkpoints=[one])),
        judged(book.bundle(), anchors=[one]),
        judged(book.bundle(), receipts=[receipt]),
    ):
        assert report.result == TRUNCATED
        assert "it ends at event 5" in words(report)


def test_a_chain_that_is_another_one_than_an_anchor_saw_is_altered_even_if_it_is_longer() -> None:
    notary, book = Notary(), decided()
    one = notary.sees(book)
    book.bodies[2]["facts"]["cap"] = "2000.00"
    book.add("take_up")
    report = judged(book.bundle(), anchors=[one])
    assert report.result == ALTERED
    assert "it is not the one that anchor, checkpoint 1 saw" in words(report)


def test_an_anchor_of_checkpoints_that_were_deleted_is_truncated() -> None:
    notary, book = Notary(), decided()
    one, two = notary.sees(book), notary.sees(book)
    report = judged(book.bundle(checkpoints=[one]), anchors=[two])
    assert report.result == TRUNCATED


@pytest.mark.parametrize(("whole", "result"), [("yes", TRUNCATED), ("no", UNVERIFIABLE)])
def test_a_receipt_of_a_project_that_is_not_there(whole: str, result: int) -> None:
    receipt = {"code": "OTHER", "seq": "1", "hash": "0" * 64}
    assert judged(decided().bundle(whole=whole), receipts=[receipt]).result == result


def test_a_project_that_a_checkpoint_saw_and_that_is_gone_is_truncated() -> None:
    notary, book = Notary(), decided()
    one = notary.sees(book)
    other = book.bundle(checkpoints=[one])
    other["projects"] = []
    assert judged(other).result == TRUNCATED


def test_no_event_at_all_cannot_be_verified() -> None:
    assert judged(Book().bundle()).result == UNVERIFIABLE


def test_the_gravest_of_several_kinds_is_the_exit_code() -> None:
    report = Report()
    for kind, result in (
        (UNVERIFIABLE, UNVERIFIABLE),
        (TRUNCATED, TRUNCATED),
        (ALTERED, ALTERED),
        (TRUNCATED, ALTERED),
    ):
        report.add(kind, "", "x")
        assert report.result == result


# — the program —


def program(folder: Path, *words: Any, bundle: Any = None) -> subprocess.CompletedProcess[str]:
    """Run it without our packages on its path."""
    file = folder / "bundle.json"
    file.write_text(bundle if isinstance(bundle, str) else json.dumps(bundle or full()))
    return subprocess.run([sys.executable, "-I", VERIFIER, file, *words], capture_output=True, text=True)


def test_the_program_answers_by_its_exit_code_in_words_and_in_json(tmp_path: Path) -> None:
    end = program(tmp_path)
    assert (end.returncode, end.stdout.splitlines()[-1], end.stderr) == (0, "INTACT", "")
    bundle = full()
    _flip(bundle)
    end = program(tmp_path, "--json", bundle=bundle)
    told = json.loads(end.stdout)
    assert (end.returncode, told["verdict"]) == (1, "ALTERED")
    assert told["first_bad"]["VIGIE"].startswith("project VIGIE, event 4")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"format": 1.5}', "[" * 100_000, '{"format":"x","version":"1"}']
)
def test_an_invalid_bundle_cannot_be_verified(tmp_path: Path, text: str) -> None:
    end = program(tmp_path, bundle=text)
    assert (end.returncode, end.stdout.splitlines()[-1]) == (3, "CANNOT VERIFY")


def test_a_wrong_option_or_a_missing_file_is_no_verdict(tmp_path: Path) -> None:
    assert program(tmp_path, "--nonsense").returncode == 3
    assert program(tmp_path, "--key", tmp_path / "none").returncode == 3
    (tmp_path / "empty").write_text("no key here")
    assert program(tmp_path, "--key", tmp_path / "empty").returncode == 3
    assert program(tmp_path, "--receipt", tmp_path / "empty").returncode == 3


def test_the_program_takes_anchors_by_file_or_folder_receipts_from_a_mail_and_keys_from_a_text(tmp_path: Path) -> None:
    notary, book = Notary(), decided()
    one = notary.sees(book)
    kept = tmp_path / "anchors"
    kept.mkdir()
    (kept / "checkpoint-00000001.json").write_text(json.dumps(one))
    (tmp_path / "mail.txt").write_text(f"Bonjour,\nVIGIE #6 {book.kept()[-1]['hash']}\n")
    (tmp_path / "key.txt").write_text(f"Clé publique : {notary.public}\n")
    options = ["--anchor", kept, "--receipt", tmp_path / "mail.txt", "--key", tmp_path / "key.txt"]
    assert program(tmp_path, *options, bundle=book.bundle(checkpoints=[one])).returncode == 0
    book.bodies.pop()
    for option in (options[:2], options[2:4]):
        assert program(tmp_path, *option, bundle=book.bundle()).returncode == 2


def test_five_thousand_events_a_second_are_verified_with_room_to_spare() -> None:
    book = Book()
    book.add("found")
    for _ in range(5000):
        book.add("edit", "governance.proposaldraft", version="3")
    bundle = book.bundle()
    began = time.process_time()
    report = judged(bundle)
    assert report.events == 5001
    assert time.process_time() - began < 1


def test_the_canonical_form_sorts_escapes_and_leaves_the_rest_alone() -> None:
    assert (
        canonical({"b": ['é\n\u007f"', None, True], "a": "\x1f"})
        == b'{"a":"\\u001f","b":["\xc3\xa9\\n\x7f\\"",null,true]}'
    )


# — the Python it runs on —


def test_its_first_line_says_which_python_it_needs() -> None:
    source = VERIFIER.read_text(encoding="utf-8")
    assert source.splitlines()[1].startswith('"""Needs Python 3.11 or newer.')
    for version in range(6, 14):
        ast.parse(source, feature_version=(3, version))


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 12)])
def test_an_older_python_is_told_so_before_anything_else(version: tuple[int, ...]) -> None:
    """The release is pretended; that the file parses there is tested above."""
    older = f"sys.version_info, sys.version = {version}, '{'.'.join(map(str, version))} (main)'"
    run = f"import runpy, sys; {older}; runpy.run_path({str(VERIFIER)!r}, run_name='__main__')"
    end = subprocess.run([sys.executable, "-I", "-c", run], capture_output=True, text=True)
    said = f"verify_ledger.py needs Python 3.11 or newer; this is Python {'.'.join(map(str, version))}.\n"
    assert (end.returncode, end.stdout, end.stderr) == (3, "", said)


@pytest.mark.skipif(not shutil.which("python3.11"), reason="there is no Python 3.11 here")
def test_python_3_11_runs_it(tmp_path: Path) -> None:
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(full()))
    end = subprocess.run(["python3.11", "-I", VERIFIER, file], capture_output=True, text=True)
    assert (end.returncode, end.stdout.splitlines()[-1]) == (0, "INTACT")


# — one way to read a file —


@pytest.mark.parametrize(
    "text",
    [
        '{"format": "x", "format": "ouvrage.ledger", "version": "2"}',
        '{"format": "ouvrage.ledger", "version": "2", "x": ' + "[" * 40 + "]" * 40 + "}",
        '{"format": "ouvrage.ledger", "version": "2", "x": 1.0}',
    ],
    ids=["a name twice", "deep", "a fraction"],
)
def test_a_text_that_two_programs_could_read_differently_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"twice|deeper|figure"):
        parse(text.encode(), once=True)


def test_digits_in_capitals_or_with_spaces_are_no_second_form_of_a_signature() -> None:
    notary, book = Notary(), decided()
    one = notary.sees(book)
    for signature in (one["signature"].upper(), f" {one['signature']}"):
        assert judged(book.bundle(checkpoints=[one | {"signature": signature}])).result == ALTERED
