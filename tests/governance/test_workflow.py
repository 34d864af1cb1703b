"""Test that Python, the templates and the database read the same table of transitions."""

from typing import Any

import pytest

from governance import workflow
from governance.enums import Act, Outcome, ProposalState
from tests.database import run

S = ProposalState


def test_every_state_is_reached_and_every_outcome_leads_somewhere() -> None:
    assert {target for _origin, target in workflow.moves()} == set(S) - {S.DRAFT}
    assert set(workflow.AFTER_OUTCOME) == set(Outcome)
    assert set(workflow.TRANSITIONS[Act.DECIDE]) == {S.SUBMITTED, S.UNDER_REVIEW, S.READY_FOR_DECISION}
    for decided in workflow.TRANSITIONS[Act.DECIDE].values():
        assert set(workflow.AFTER_OUTCOME.values()) == decided


def test_only_a_decision_and_what_follows_from_it_leads_to_the_decided_states() -> None:
    for act, table in workflow.TRANSITIONS.items():
        for origin, targets in table.items():
            reached = (targets - {origin}) & workflow.AFTER_DECISION
            assert not reached or act in {Act.DECIDE, Act.LIFT, Act.SUPERSEDE}, (act, origin)


def test_withdrawn_and_merged_are_final_and_a_decision_yields_only_to_another_one() -> None:
    def possible(state: ProposalState) -> set[Act]:
        return {act for act, table in workflow.TRANSITIONS.items() if state in table}

    assert possible(S.WITHDRAWN) == possible(S.MERGED) == set()
    assert possible(S.DECIDED) == possible(S.CLOSED) == possible(S.LAPSED) == {Act.SUPERSEDE}
    assert workflow.TRANSITIONS[Act.SUPERSEDE][S.DECIDED] == {S.SUPERSEDED}


def test_a_superseded_proposal_stays_so_while_its_kept_conditions_are_settled() -> None:
    leads_on = {act: table[S.SUPERSEDED] for act, table in workflow.TRANSITIONS.items() if S.SUPERSEDED in table}
    assert leads_on == dict.fromkeys((Act.PROVE, Act.LIFT, Act.WAIVE), frozenset({S.SUPERSEDED}))


def test_a_merge_target_still_waits_for_its_answer() -> None:
    for state in workflow.MERGEABLE:
        assert workflow.allows(state, Act.SUBMIT)
        assert state != S.DRAFT


def test_an_opinion_never_decides() -> None:
    """R2: no act of an adviser moves the file away from the owner."""
    for act in (Act.ADVISE, Act.TAKE_UP, Act.NOTE_BINDING):
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
    """The pairs in the installed trigger are those of `moves()`; test_guards refuses the others."""
    name = "pgtrigger_follows_the_workflow_%"
    ((source,),) = run("SELECT prosrc FROM pg_proc WHERE proname LIKE %s", [name])
    written = {f"('{origin}', '{target}')" for origin, target in workflow.moves()}
    everything = {f"('{origin}', '{target}')" for origin in S for target in S}
    assert {pair for pair in everything if pair in source} == written


@pytest.mark.django_db
def test_a_proposal_answers_for_its_own_state(proposal: Any) -> None:
    file = proposal("ready_for_decision")
    assert {act for act in workflow.TRANSITIONS if file.allows(act)} == {
        Act.EDIT,
        Act.SUBMIT,
        Act.WITHDRAW,
        Act.DECIDE,
        Act.NOTE_BINDING,
        Act.SUPERSEDE,
    }
