"""Test what the state of the system tells of decisions that cite a session which is not there."""

from typing import Any

import pytest
from django.utils import translation

from config.system_state.findings import OK
from config.system_state.queries import read_state
from governance.sessions.citations.queries import CITED, list_unrecorded
from governance.sessions.sittings.services import cancel_session
from tests import acts
from tests.governance.sessions.factories import found_body, prepare

pytestmark = pytest.mark.django_db


def read_line() -> tuple[str, str]:
    """Return state and words of the part."""
    with translation.override("en"):
        [line] = [line for line in read_state() if line.code == "sessions"]
    return line.state, line.text


def test_a_decision_that_cites_a_session_which_nobody_recorded_is_told(
    owner: Any, pmo: Any, project_one: Any, proposal: Any
) -> None:
    assert read_line() == (OK, "Every session that a decision cites is recorded.")
    decision = acts.decide(owner, proposal("ready_for_decision"), reasons="Decided at COPIL-2. It fits.")
    told = f"1 decision cites a session that is not recorded: {decision.reference}."
    assert read_line() == (OK, told)
    body = found_body(pmo, project_one)
    prepare(pmo, body)
    assert list_unrecorded() == [decision.reference]
    session = prepare(pmo, body)
    assert list_unrecorded() == []
    cancel_session(actor=pmo, session=session)
    assert list_unrecorded() == [decision.reference]


@pytest.mark.parametrize(
    ("reasons", "cited"),
    [
        ("Decided at COPIL-7.", [("COPIL", "7")]),
        ("Décidé au COPIL 12, puis au COSTRAT-1.", [("COPIL", "12"), ("COSTRAT", "1")]),
        ("It comes back to COPIL-5.", []),
        ("The COPIL agreed at length.", []),
        ("Seen at MICROCOPIL-7.", []),
    ],
)
def test_only_a_session_with_its_number_is_cited(reasons: str, cited: list[tuple[str, str]]) -> None:
    assert CITED.findall(reasons) == cited
