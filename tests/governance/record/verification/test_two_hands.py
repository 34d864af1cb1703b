"""Judge in a chain alone whether an owner follows another one by two hands, has accepted, and acts against nobody."""

from typing import Any

import pytest

from tests.governance.record.verification.chains import (
    ADVISER,
    DECISION,
    DELEGATE,
    OWNER,
    REVISION,
    Book,
    decided,
    instant_at,
)
from tests.governance.record.verification.test_verifier import judged, words
from tools.verify_ledger import ALTERED, INTACT, seal

ADMINISTRATOR, STRANGER = "0f4a", "0f5b"
NAMED = "it names an owner in place of another one without two hands"
ENDED = "its actor ended the mandate of an owner without two hands"
ACCEPTED = "its owner follows another one and had not accepted"
DECLINED = "it declines the mandate of somebody else, or one that was accepted"
OBJECTION = "its owner acted against the objection of the one before"
ROW = "projects.replacement"


def step(book: Book, act: str, by: str, **facts: str) -> None:
    """Add a step of the replacement of the owner by a stranger."""
    about = {"former": OWNER, "successor": STRANGER, "alone": "", **facts}
    book.add(f"{act}_replacement", ROW, "5", by=by, detail="owner", **about)


def decides(book: Book) -> None:
    """Let the stranger decide."""
    content = {"revision": seal(REVISION), "effects": "", "content": seal(DECISION)}
    book.add(
        "decide", "governance.decision", "2", by=STRANGER, detail="approved", mandate="2", delegation="", **content
    )


def named(book: Book, **facts: str) -> None:
    """Name the stranger, at the minute of the next event."""
    at = instant_at(len(book.bodies) + 1)
    about = {"mandate": "2", "holder": STRANGER, "authority": "decides", "start": at, "end": "", "replacement": "5"}
    book.add("name_owner", "projects.mandate", "2", by=STRANGER, **about | facts)


def followed(second: str = ADVISER, *, leave_out: str = "", rule: str = "two", objected: int = 0) -> Book:
    """Build the chain of an owner who follows by two hands; `objected` is how many confirm an objection, 0 for none."""
    book = decided()
    book.bodies[0]["facts"] = {"hands": rule} if rule else {}
    if leave_out != "propose":
        step(book, "propose", ADMINISTRATOR)
    if leave_out != "second":
        step(book, "second", second)
    at = instant_at(len(book.bodies) + 1)
    book.add("end_mandate", "projects.mandate", "1", by=STRANGER, mandate="1", end=at)
    named(book)
    if leave_out != "accept":
        book.add("accept", "projects.mandate", "2", by=STRANGER, mandate="2", matrix="")
    if objected:
        step(book, "object", OWNER)
    for by, hand in ((ADMINISTRATOR, "reproposed"), (ADVISER, "reseconded"))[: max(objected - 1, 0)]:
        step(book, "confirm", by, hand=hand)
    decides(book)
    return book


#: Name → the chain, and the words of its fault; empty for an intact one.
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "two hands": ({}, ""),
    "one hand": ({"leave_out": "second"}, NAMED),
    "one hand ends the seat": ({"leave_out": "second"}, ENDED),
    "no request": ({"leave_out": "propose"}, NAMED),
    "seconded by who proposed": ({"second": ADMINISTRATOR}, NAMED),
    "seconded by the former owner": ({"second": OWNER}, NAMED),
    "seconded by who follows": ({"second": STRANGER}, NAMED),
    "not accepted": ({"leave_out": "accept"}, ACCEPTED),
    "against an objection": ({"objected": 1}, OBJECTION),
    "confirmed by one of the two": ({"objected": 2}, OBJECTION),
    "confirmed by both": ({"objected": 3}, ""),
}


@pytest.mark.parametrize("name", CASES)
def test_an_owner_follows_another_one_by_two_hands(name: str) -> None:
    how, fault = CASES[name]
    report = judged(followed(**how).bundle())
    assert report.result == (ALTERED if fault else INTACT), words(report)
    assert fault in words(report)


def test_a_chain_of_an_earlier_release_is_judged_from_its_upgrade_on() -> None:
    book = decided()
    book.add("end_mandate", "projects.mandate", "1", by=OWNER, mandate="1", end=instant_at(7))
    about = {"mandate": "2", "holder": STRANGER, "authority": "decides", "start": instant_at(8), "end": ""}
    book.add("name_owner", "projects.mandate", "2", by=ADMINISTRATOR, **about)
    assert judged(book.bundle()).result == INTACT
    book.add("seal_rows", "projects.project", "3", by=ADMINISTRATOR, hands="two")
    decides(book)
    assert ACCEPTED in words(judged(book.bundle()))
    again = {**about, "mandate": "4", "holder": DELEGATE, "start": instant_at(20)}
    book.add("name_owner", "projects.mandate", "4", by=ADMINISTRATOR, **again)
    assert NAMED in words(judged(book.bundle()))


@pytest.mark.parametrize(
    ("by", "accepted", "fault"),
    [(STRANGER, False, ""), (ADVISER, False, DECLINED), (OWNER, False, DECLINED), (STRANGER, True, DECLINED)],
)
def test_a_mandate_is_declined_by_its_holder_before_it_is_accepted(by: str, accepted: bool, fault: str) -> None:
    book = decided()
    at = instant_at(len(book.bodies) + 1)
    about = {"mandate": "9", "holder": STRANGER, "authority": "receives", "start": at, "end": "", "of": "DEST"}
    book.add("appoint", "projects.mandate", "9", by=OWNER, **about)
    if accepted:
        book.add("accept", "projects.mandate", "9", by=STRANGER, mandate="9", matrix="")
    book.add("decline", "projects.mandate", "9", by=by, mandate="9", end=instant_at(len(book.bodies) + 1))
    report = judged(book.bundle())
    assert report.result == (ALTERED if fault else INTACT), words(report)
    assert fault in words(report)


def test_an_owner_in_office_names_the_next_one_alone() -> None:
    book = decided()
    book.bodies[0]["facts"] = {"hands": "two"}
    book.add("end_mandate", "projects.mandate", "1", by=OWNER, mandate="1", end=instant_at(8))
    about = {"mandate": "2", "holder": STRANGER, "authority": "decides", "start": instant_at(8), "end": ""}
    book.add("name_owner", "projects.mandate", "2", **about)
    assert judged(book.bundle()).result == INTACT


def alone(mails: int, days: int) -> Book:
    """Build the chain of one hand alone, with so many mails, which acts after so many days."""
    book = decided()
    book.bodies[0]["facts"] = {"hands": "two"}
    step(book, "propose", ADMINISTRATOR, alone="yes")
    for _mail in range(mails):
        step(book, "announce", ADMINISTRATOR, alone="yes")
    late = f"2026-{3 + (2 + days) // 31:02}-{(2 + days) % 31 or 31:02}T12:00:0{{}}.000000+00:00"
    book.add("end_mandate", "projects.mandate", "1", by=STRANGER, mandate="1", end=late.format(0))
    book.bodies[-1]["at"] = late.format(0)
    named(book, start=late.format(0))
    book.bodies[-1]["at"] = late.format(0)
    return book


def test_one_hand_alone_takes_30_days_and_four_mails() -> None:
    assert judged(alone(4, 30).bundle()).result == INTACT
    for mails, days in ((3, 30), (4, 28), (0, 40)):
        report = judged(alone(mails, days).bundle())
        assert NAMED in words(report), (mails, days)
