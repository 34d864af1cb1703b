"""Test the sentences of the dossier: one for each state, and for each reader of a file that is ready."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.utils import translation
from django.utils.html import strip_tags

from governance.desk.dossier.situation import (
    SituationContext,
    describe_decision_makers,
    describe_next_step,
    describe_situation,
)
from governance.enums import Outcome, ProposalState
from tests import acts

OWNER = SimpleNamespace(pk=1)
PMO = SimpleNamespace(pk=2)
DUE = date(2027, 3, 18)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def _context(state: str, user: Any = PMO, **more: Any) -> SituationContext:
    """Build the context of an adviser who reads a file in `state`."""
    revision = SimpleNamespace(decide_by=date(2026, 12, 3), asked_roles=["PMO", "AMOA"])
    proposal = SimpleNamespace(
        state=state,
        author_id=9,
        author_role="PMO",
        awaited_roles=["AMOA"],
        current=revision,
        state_since=datetime(2026, 11, 20, tzinfo=UTC),
        is_barred=lambda _act: False,
    )
    decision = SimpleNamespace(
        reference="VD-01",
        signature="Karim Delattre",
        acted_at=datetime(2026, 11, 24, tzinfo=UTC),
        return_on=date(2027, 1, 4),
        merged_into=SimpleNamespace(reference="VP-02"),
        successor=SimpleNamespace(reference="VD-02"),
        outcome=Outcome.APPROVED,
        option="A",
        is_as_recommended=True,
        revision=SimpleNamespace(recommended="A"),
        price_reduction=None,
        reserves=False,
    )
    given: dict[str, Any] = {
        "decision": decision,
        "owner": SimpleNamespace(holder_id=OWNER.pk, holder="Karim Delattre"),
        "may": {"decide": False, "advise": False},
        "my_role": "PMO",
    }
    return SituationContext(user, proposal, **(given | more))  # type: ignore[arg-type]


@pytest.mark.parametrize("state", ProposalState.values)
def test_every_state_has_a_sentence(state: str) -> None:
    assert describe_situation(_context(state))
    assert describe_decision_makers(_context(state))
    assert describe_next_step(_context(state).proposal)


def test_the_reader_of_a_ready_file_learns_who_decides_it() -> None:
    ready = ProposalState.READY_FOR_DECISION
    decides = {"decide": True, "advise": False}
    assert describe_situation(_context(ready)) == [
        "You are PMO on this project: you advise and propose. Karim Delattre, the project owner, decides.",
        "The decision of Karim Delattre is due Thursday 3 Dec 2026.",
    ]
    assert describe_situation(_context(ready, OWNER, may=decides)) == [
        "You are the project owner.",
        "Both opinions are given. Your decision is due Thursday 3 Dec 2026.",
    ]
    assert describe_situation(_context(ready, may=decides))[0] == (
        "You sign for Karim Delattre, the project owner, by delegation."
    )
    assert describe_situation(_context(ready, owner=None)) == [
        "The decision is pending: no project owner is in office."
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2026, 11, 30), "Your opinion is expected by 30 Nov 2026."),
        (date(2026, 12, 1), "Your opinion was due on 30 Nov 2026. You can still give it."),
    ],
)
def test_an_adviser_learns_by_when_their_opinion_is_expected(day: date, sentence: str) -> None:
    context = _context(ProposalState.SUBMITTED, decision=None, my_role="AMOA", may={"decide": False, "advise": True})
    content: Any = context.proposal.current
    content.opinions_due_on = date(2026, 11, 30)
    with time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
        assert describe_situation(context)[-1] == sentence


def test_an_owner_who_wrote_a_ready_file_is_told_that_they_cannot_decide_it() -> None:
    context = _context(ProposalState.READY_FOR_DECISION, OWNER, decision=None)
    assert describe_situation(context)[1].startswith("Authors cannot decide their own proposals")
    assert describe_decision_makers(context) == ["You wrote this proposal. Authors cannot decide their own proposals."]


def test_a_decided_file_says_how_it_was_answered() -> None:
    context = _context(ProposalState.DECIDED)
    answered: Any = context.decision
    assert describe_situation(context) == ["Karim Delattre approved it on 24 Nov 2026."]
    answered.outcome = Outcome.ACCEPTED
    assert describe_situation(context) == ["Karim Delattre accepted it on 24 Nov 2026."]
    answered.price_reduction = Decimal(1000)
    assert "1,000 less" in describe_situation(context)[0]
    answered.price_reduction, answered.outcome, answered.option = None, Outcome.APPROVED, "B"
    answered.is_as_recommended = False
    assert describe_situation(context) == [
        "Karim Delattre took option B on 24 Nov 2026. Option A was recommended.",
    ]
    answered.outcome = Outcome.REJECTED
    assert describe_situation(context) == ["Karim Delattre rejected it on 24 Nov 2026."]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "words"), [(DUE, "Due 18 Mar 2027"), (DUE + timedelta(days=1), "Late since 18 Mar 2027")]
)
def test_the_bar_of_a_phone_names_the_last_day_of_the_opinion_not_of_the_decision(
    cast: dict[str, Any], project_one: Any, client_of: Any, day: date, words: str
) -> None:
    drafted = acts.draft(cast["amoa"], project_one, decide_by=DUE + timedelta(days=9), opinions_by=DUE)
    acts.submit(cast["amoa"], drafted)
    with time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
        page = client_of(cast["pmo"]).get(drafted.get_absolute_url(), headers={"accept-language": "en"}).text
    bar = page.partition('<nav class="bottombar"')[2].partition(">")[2].partition("</nav>")[0]
    assert " ".join(strip_tags(bar).split()) == f"{words}Give your opinion"
