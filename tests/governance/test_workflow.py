"""One table says what may follow what: Python, the templates and the database read the same."""

from typing import Any

import pytest

from governance import workflow
from governance.enums import Act, Outcome, ProposalState
from tests.database import run

S = ProposalState


def test_every_state_is_reached_and_every_outcome_leads_somewhere() -> None:
    assert {target for _origin, target in workflow.moves()} == set(S) - {S.DRAFT}
    assert set(workflow.AFTER_OUTCOME) == set(Outcome)
    decided = workflow.TRANSITIONS[Act.DECIDE][S.READY_FOR_DECISION]
    assert set(workflow.AFTER_OUTCOME.values()) == decided


def test_only_a_decision_and_what_follows_from_it_leads_to_the_decided_states() -> None:
    for act, table in workflow.TRANSITIONS.items():
        for origin, targets in table.items():
            reached = (targets - {origin}) & workflow.AFTER_DECISION
            assert not reached or act in {Act.DECIDE, Act.LIFT}, (act, origin)


def test_what_is_decided_closed_or_withdrawn_is_final() -> None:
    for final in (S.DECIDED, S.CLOSED, S.WITHDRAWN):
        assert not [act for act, table in workflow.TRANSITIONS.items() if final in table]


def test_an_opinion_never_decides() -> None:
    """R2: whatever advisers do, the file stays before the owner."""
    for act in (Act.ADVISE, Act.TAKE_UP):
        for targets in workflow.TRANSITIONS[act].values():
            assert not targets & workflow.AFTER_DECISION


@pytest.mark.parametrize("act", workflow.TRANSITIONS)
@pytest.mark.parametrize("state", S)
def test_an_act_follows_only_where_the_table_says(act: Act, state: ProposalState) -> None:
    targets = workflow.TRANSITIONS[act].get(state, frozenset())
    assert workflow.allows(state, act) == bool(targets)
    for target in S:
        if target in targets:
            assert workflow.follow(state, act, target) == target
        else:
            with pytest.raises(workflow.WrongState) as error:
                workflow.follow(state, act, target)
            assert (error.value.act, error.value.state) == (act, state)


@pytest.mark.django_db
def test_the_database_has_the_same_table() -> None:
    """The pairs in the installed trigger are those of `moves()`; that others are refused is in test_guards."""
    name = "pgtrigger_follows_the_workflow_%"
    ((source,),) = run("SELECT prosrc FROM pg_proc WHERE proname LIKE %s", [name])
    written = {f"('{origin}', '{target}')" for origin, target in workflow.moves()}
    everything = {f"('{origin}', '{target}')" for origin in S for target in S}
    assert {pair for pair in everything if pair in source} == written


@pytest.mark.django_db
def test_a_proposal_answers_for_its_own_state(proposal: Any) -> None:
    file = proposal("ready_for_decision")
    assert {act for act in workflow.TRANSITIONS if file.allows(act)} == {Act.EDIT, Act.SUBMIT, Act.WITHDRAW, Act.DECIDE}
