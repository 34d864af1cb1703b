"""Hold the seals of rows against what acts write: bundles made by hand, judged by the program alone."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.governance.record.verification.sealed_rows import ENDED, HELD, MANDATE, MARK, Seals, honest
from tools.verify_ledger import ALTERED, INTACT, Report, verify_bundle

Change = Callable[[Seals], None]
OTHER = {"id": "7", "holder_id": "5"}


def judged(bundle: dict[str, Any], *, anchors: Any = (), receipts: Any = (), keys: Any = ()) -> Report:
    return verify_bundle(bundle, list(anchors), list(receipts), set(keys))


def faults(report: Report) -> str:
    return "\n".join(map(str, report.faults))


def test_what_acts_write_is_intact() -> None:
    report = judged(honest().bundle())
    assert (report.result, faults(report)) == (INTACT, "")
    assert report.seals == len(honest().seals)


def again(told: Seals, table: str, row: str, fixed: dict[str, Any], rest: dict[str, Any], tells: str) -> None:
    told.write(table, row, fixed, rest, tells)


def end(told: Seals, rest: dict[str, Any] = ENDED, number: str = "3") -> None:
    """End the mandate as an act does, with its version."""
    told.write("projects_mandate", "7", MANDATE, rest, "period")
    told.keep("projects_historicalmandate", number, "7", MANDATE, rest)


def under_another_act(told: Seals) -> None:
    end(told, HELD)
    told.record("advise", "governance.opinion", "4")


def without_its_history(told: Seals) -> None:
    told.write("projects_mandate", "7", MANDATE, HELD, "period")
    told.record("end_mandate", "projects.mandate", "8")


def with_the_version_of_another_transaction(told: Seals) -> None:
    without_its_history(told)
    told.keep("projects_historicalmandate", "3", "7", MANDATE, HELD)
    told.record("end_mandate", "projects.mandate", "9")


def in_what_no_act_changes(told: Seals) -> None:
    told.write("projects_mandate", "7", OTHER, ENDED, "")
    told.keep("projects_historicalmandate", "3", "7", OTHER, ENDED)
    told.record("end_mandate", "projects.mandate", "8")


def a_version_that_is_sealed_again(told: Seals) -> None:
    told.write("projects_historicalmandate", "2", {"history_id": "2", **MANDATE, **HELD}, {}, "period")
    told.record("end_mandate", "projects.mandate", "8")


def a_version_that_says_something_else(told: Seals) -> None:
    told.write("projects_mandate", "7", MANDATE, HELD, "period")
    told.keep("projects_historicalmandate", "3", "7", MANDATE, ENDED)
    told.record("end_mandate", "projects.mandate", "8")


def taken_away(told: Seals) -> None:
    told.take("governance_move", "3")
    told.record("refuse_move", "governance.move", "3")


def added(told: Seals) -> None:
    told.write("pmo_risk", "1", {"id": "1"}, {})
    told.record("refuse_move", "governance.move", "3")


def about_something_else(told: Seals) -> None:
    told.write("governance_move", "3", {"id": "3"}, {"state": "accepted"}, "state")
    told.record("refuse_move", "governance.move", "4")


def after_its_event(told: Seals) -> None:
    told.record("refuse_move", "governance.move", "4")
    told.write("governance_move", "3", {"id": "3"}, {"state": "accepted"}, "state")


def claimed_by_a_later_act(told: Seals) -> None:
    first = told.named
    told.write("governance_move", "4", {"id": "4"}, {"state": "asked"})
    told.record("ask_move", "governance.move", "4")
    told.named = first
    told.record("refuse_move", "governance.move", "4")
    told.named = 0
    told.write("governance_move", "5", {"id": "5"}, {"state": "asked"})
    told.record("ask_move", "governance.move", "5")


def under_a_migration(told: Seals) -> None:
    told.write("governance_effect", "9", {"id": "9"}, {"after": "Nowhere"})
    told.record("seal_rows", "projects.project", "3")


def in_an_older_version(told: Seals) -> None:
    told.seal("governance_effect", "9", "0" * 64)
    told.record("lapse", "governance.effect", "9")


def erased_in_the_name_of_another(told: Seals) -> None:
    told.write("governance_effect", "9", {"id": "9"}, {"after": ""}, "after")
    told.erase("governance.effect", "8", "after")


def erased_into_other_words(told: Seals) -> None:
    told.write("governance_effect", "9", {"id": "9"}, {"after": "Nowhere"}, "after")
    told.erase("governance.effect", "9", "after")


def erased_in_another_column(told: Seals) -> None:
    told.write("governance_effect", "9", {"id": "9"}, {"after": MARK, "before": MARK}, "before")
    told.erase("governance.effect", "9", "after")


def other_bytes(told: Seals) -> None:
    told.write("projects_documentversion", "6", {"id": "6", "sha256": "0" * 64}, {"content": "1" * 64})
    told.record("add_document", "projects.document", "2")


ALTERATIONS: dict[Change, str] = {
    under_another_act: "projects_mandate 7 was changed by an act that does not do that",
    without_its_history: "projects_mandate 7 was written without its history",
    with_the_version_of_another_transaction: "projects_mandate 7 was written without its history",
    in_what_no_act_changes: "projects_mandate 7 was changed in what no act changes",
    a_version_that_is_sealed_again: "projects_historicalmandate 2 was changed in what no act changes",
    a_version_that_says_something_else: "projects_mandate 7 is not as its history says",
    taken_away: "governance_move 3 was taken away by an act that does not do that",
    added: "pmo_risk 1 was added by an act that does not do that",
    about_something_else: "governance_move 3 was changed by an act that is not about it",
    after_its_event: "governance_move 3 was written by no act",
    claimed_by_a_later_act: "it names rows of other acts as its own",
    under_a_migration: "governance_effect 9 was changed by an act that does not do that",
    in_an_older_version: "the seal 11 of its rows is of an earlier version than before",
    erased_in_the_name_of_another: "governance_effect 9 was changed by an erasure that does not name it",
    erased_into_other_words: "governance_effect 9 says something where an erasure left a mark",
    erased_in_another_column: "governance_effect 9 was changed by an erasure that does not name it",
    other_bytes: "projects_documentversion 6 holds other bytes than its fingerprint says",
}


@pytest.mark.parametrize("change", ALTERATIONS, ids=lambda change: change.__name__)
def test_what_was_altered_under_a_genuine_act_is_named(change: Change) -> None:
    told = honest()
    change(told)
    report = judged(told.bundle())
    assert report.result == ALTERED
    assert ALTERATIONS[change] in faults(report)


def test_acts_of_one_transaction_write_together() -> None:
    told = honest()
    end(told, HELD)
    told.record_together(("accept", "projects.mandate", "7", {}), ("end_mandate", "projects.mandate", "7", {}))
    assert faults(judged(told.bundle())) == ""


def test_a_migration_seals_rows_that_get_other_columns() -> None:
    told = honest()
    told.write("governance_effect", "9", {"id": "9"}, {"after": MARK, "new": ""}, layout="2")
    told.write("pmo_risk", "1", {"id": "1"}, {})
    told.record("seal_rows", "projects.project", "3")
    assert faults(judged(told.bundle())) == ""


def test_rows_that_projects_share_are_judged_by_a_whole_ledger_alone() -> None:
    """An export of one project does not hold the events of the others, whose acts wrote them."""
    shared = honest()
    for whole, expected in (("yes", "projects_mandate 7 was written by no act"), ("no", "")):
        bundle = honest().bundle(shared=shared.seals, whole=whole)
        bundle["rows"] += shared.rows.values()
        bundle["rows"] = list({(row["table"], row["row"]): row for row in bundle["rows"]}.values())
        assert expected in faults(judged(bundle))
        assert bool(expected) == (judged(bundle).result == ALTERED)


def test_an_erasure_of_a_person_is_told_by_the_key_of_the_account() -> None:
    told = honest()
    account, rest = {"id": "4", "key": "0a1b"}, {"name": "Ada"}
    told.write("roles_user", "4", account, rest)
    told.keep("roles_historicaluser", "8", "4", {"id": "4"}, rest)
    told.record("invite", "roles.user", "4")
    for key, expected in (("0a1b", ""), ("0c2d", "roles_user 4 was changed by an erasure that does not name it")):
        erased = honest()
        erased.write("roles_user", "4", account, rest)
        erased.keep("roles_historicaluser", "8", "4", {"id": "4"}, rest)
        erased.record("invite", "roles.user", "4")
        erased.write("roles_user", "4", account, {"name": MARK}, "name")
        erased.write("roles_historicaluser", "8", {"history_id": "8", "id": "4", "name": MARK}, {}, "")
        erased.rows["roles_historicaluser", "8"] = erased.rows["roles_historicaluser", "8"]
        erased.erase("roles.user", key, "name,title")
        assert expected in faults(judged(erased.bundle()))
