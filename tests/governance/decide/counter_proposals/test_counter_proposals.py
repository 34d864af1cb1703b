"""Two roles propose on one question; the owner answers it once, and the other file is closed by the same act."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.translation import override

from core.acts import acting_as
from governance.decide.decisions.fingerprint import read_parts
from governance.decide.decisions.settlement import Settlement, Unanswered
from governance.decide.decisions.words import gather_words
from governance.decide.proposals.services import Incomplete, NoCounter, Outdated, draft, withdraw
from governance.enums import Outcome, Settled
from governance.models import Decision, Proposal
from governance.record.verification.verifier import verify
from projects.models import LedgerEvent, Notification, Project
from tests import acts
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db

WHY = "The river depot comes with the next budget."


@pytest.fixture
def first(project_one: Project) -> Proposal:
    """Return a change that the AMOA asks for, before its owner."""
    return acts.submit_to_owner(project_one, "change", terms={"budget": "5100000.00"})


@pytest.fixture
def author(first: Proposal) -> Any:
    return first.author


@pytest.fixture
def rival_author(first: Proposal, pmo: Any, amoa: Any) -> Any:
    return pmo if first.author_role == "AMOA" else amoa


@pytest.fixture
def rival(first: Proposal, rival_author: Any) -> Proposal:
    """Return the counter-proposal of the other adviser, before the owner."""
    file = acts.counter(rival_author, first, title="Hire ice from quay 2", terms={"budget": "5050000.00"})
    acts.submit(rival_author, file)
    acts.advise(first.author, file)
    return acts.reread(file)


def test_an_approval_answers_the_question_and_closes_the_other_file(
    owner: Any, first: Proposal, rival: Proposal, project_one: Project
) -> None:
    word = {f"proposal-{rival.pk}": Settlement(WHY, Settled.ANSWERED)}
    decision = acts.decide(owner, first, settled=word)
    closed = Decision.objects.get(proposal=rival)
    assert (acts.reread(first).state, acts.reread(rival).state) == ("decided", "merged")
    assert (closed.outcome, closed.merged_into, closed.reasons) == (Outcome.MERGED, first, WHY)
    assert (closed.acted_at, closed.number) == (decision.acted_at, decision.number + 1)
    assert [word["item"] for word in decision.settled] == [f"proposal-{rival.pk}"]
    assert decision.seen[f"rival:{rival.pk}"] == f"{rival.current.hash}:1"  # type: ignore[union-attr]
    assert closed.seen[f"rival:{first.pk}"].startswith(first.current.hash)  # type: ignore[union-attr]
    fire_deferred_triggers()
    assert verify(project_one).faults == []
    told = Notification.objects.filter(reason="decided").values_list("event__proposal_id", flat=True)
    assert set(told) == {first.pk, rival.pk}


def test_the_counter_proposal_can_be_the_one_approved(
    owner: Any, first: Proposal, rival: Proposal, project_one: Project
) -> None:
    decision = acts.decide(owner, rival)
    assert (acts.reread(first).state, acts.reread(rival).state) == ("merged", "decided")
    assert decision.settled[0]["item"] == f"proposal-{first.pk}"
    fire_deferred_triggers()
    assert verify(project_one).faults == []


def test_the_file_closed_with_it_is_named_in_the_language_of_the_reader(
    owner: Any, first: Proposal, rival: Proposal, client_of: Any
) -> None:
    decision = acts.decide(owner, first)
    entry = decision.settled[0]
    assert entry["label"] == f"{rival.reference}, by the {rival.author_role}"
    assert entry["words"]["fr"]["label"] == f"{rival.reference}, rôle {rival.author_role}"
    for language, words in (("en", entry["label"]), ("fr", entry["words"]["fr"]["label"])):
        page = client_of(owner).get(first.get_absolute_url(), headers={"accept-language": language}).text
        assert words in page


def test_words_frozen_in_one_language_alone_are_still_read(owner: Any, first: Proposal, rival: Proposal) -> None:
    entry = acts.decide(owner, first).settled[0]
    alone = {name: value for name, value in entry.items() if name != "words"}
    with override("fr"):
        [said] = gather_words([alone], {})
    assert said.items == ((entry["label"], entry["text"], True),)


@pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.REWORK, Outcome.DEFERRED])
def test_what_approves_nothing_leaves_the_other_file_open(
    outcome: Outcome, owner: Any, first: Proposal, rival: Proposal
) -> None:
    acts.decide(owner, first, outcome)
    assert (acts.reread(rival).state, Decision.objects.filter(proposal=rival).count()) == (rival.state, 0)
    acts.decide(owner, rival)
    fire_deferred_triggers()
    assert acts.reread(rival).state == "decided"


@pytest.mark.parametrize("silence", ["", ".", " "])
def test_the_other_file_is_closed_with_a_word(silence: str, owner: Any, first: Proposal, rival: Proposal) -> None:
    with pytest.raises(Unanswered) as error:
        acts.decide(owner, first, settled={f"proposal-{rival.pk}": Settlement(silence, Settled.ANSWERED)})
    assert set(error.value.gaps) == {f"proposal-{rival.pk}"}
    assert not Decision.objects.filter(proposal__in=[first, rival]).exists()


def test_an_option_that_changes_nothing_answers_the_question_too(owner: Any, first: Proposal, rival: Proposal) -> None:
    acts.decide(owner, first, option="B")
    assert acts.reread(rival).state == "merged"


def test_the_owner_does_not_wait_for_opinions_on_what_is_closed(
    owner: Any, first: Proposal, rival_author: Any, project_one: Project
) -> None:
    file = acts.counter(rival_author, first)
    acts.submit(rival_author, file)
    file = acts.reread(file)
    assert file.awaited_roles
    acts.decide(owner, first, settled={f"proposal-{file.pk}": Settlement(WHY, Settled.ANSWERED)})
    closed = Decision.objects.get(proposal=file)
    assert closed.waived == {first.author_role: WHY}
    fire_deferred_triggers()
    assert verify(project_one).faults == []


def test_an_opinion_or_a_revision_of_the_other_file_meanwhile_is_said(
    owner: Any, first: Proposal, rival_author: Any
) -> None:
    file = acts.counter(rival_author, first)
    acts.submit(rival_author, file)
    seen = read_parts(acts.reread(first))
    acts.advise(first.author, file)
    with pytest.raises(Outdated):
        acts.decide(owner, first, seen=seen)
    seen = read_parts(acts.reread(first))
    acts.submit(rival_author, file)
    with pytest.raises(Outdated):
        acts.decide(owner, first, seen=seen)


def test_a_question_is_answered_once(owner: Any, first: Proposal, rival_author: Any) -> None:
    """A draft, and a file returned to its authors, come too late."""
    file = acts.counter(rival_author, first)
    acts.decide(owner, first)
    with pytest.raises(Incomplete) as error:
        acts.submit(rival_author, file)
    assert set(error.value.gaps) == {"question"}
    withdraw(actor=rival_author, proposal=acts.reread(file), reasons="The owner has answered.")


def test_a_file_returned_to_its_authors_comes_too_late(
    owner: Any, first: Proposal, rival: Proposal, rival_author: Any
) -> None:
    acts.decide(owner, rival, Outcome.REWORK)
    acts.decide(owner, first)
    with pytest.raises(Incomplete):
        acts.submit(rival_author, rival)
    fire_deferred_triggers()


def test_a_counter_proposal_comes_from_another_role_while_the_question_is_open(
    owner: Any, first: Proposal, rival: Proposal, rival_author: Any
) -> None:
    for actor, file in ((first.author, first), (rival_author, first), (first.author, rival)):
        with pytest.raises(NoCounter):
            acts.counter(actor, file)
    with pytest.raises(PermissionDenied):
        acts.counter(owner, first)
    acts.decide(owner, first)
    with pytest.raises(NoCounter):
        acts.counter(rival_author, first)


def test_a_counter_proposal_is_of_the_kind_that_its_author_may_propose(first: Proposal, rival_author: Any) -> None:
    with pytest.raises(NoCounter):
        draft(actor=rival_author, project=first.project, kind="budget", content=acts.CONTENT, counter_to=first)


def test_a_withdrawn_counter_proposal_can_be_written_again(first: Proposal, rival: Proposal, rival_author: Any) -> None:
    withdraw(actor=rival_author, proposal=rival, reasons="A better one comes.")
    again = acts.counter(rival_author, first)
    assert again.counter_to == first


def test_a_counter_proposal_goes_on_when_the_first_is_withdrawn(
    owner: Any, first: Proposal, rival: Proposal, author: Any
) -> None:
    withdraw(actor=author, proposal=first, reasons="The other one is better.")
    decision = acts.decide(owner, rival)
    assert decision.settled == []
    fire_deferred_triggers()


def test_both_take_the_place_of_the_same_decision(owner: Any, project_one: Project, pmo: Any, amoa: Any) -> None:
    approved = acts.decide(owner, acts.submit_to_owner(project_one, "change", terms={"budget": "4900000.00"}))
    first = acts.submit_to_owner(project_one, "change", approved, terms={"budget": "5100000.00"})
    other = pmo if first.author_role == "AMOA" else amoa
    file = acts.counter(other, first, terms={"budget": "5000000.00"})
    acts.submit(other, file)
    acts.advise(first.author, file)
    assert acts.reread(file).replaces == approved
    decision = acts.decide(owner, file)
    project_one.refresh_from_db()
    assert (decision.supersedes, project_one.budget) == (approved, Decimal("5000000.00"))
    assert acts.reread(first).state == "merged"
    fire_deferred_triggers()
    assert verify(project_one).faults == []


def test_whoever_wrote_one_file_decides_on_none_of_its_question(owner: Any, first: Proposal, rival: Proposal) -> None:
    """They wrote it before they became the owner. It is none of their tasks either."""
    assert Proposal.objects.awaiting_decision_of(owner).filter(pk__in=[first.pk, rival.pk]).count() == 2
    with acting_as(rival.author):
        rival.writers = [*rival.writers, owner.pk]
        rival.save()
        acts.leave_event(first.project)
    assert not Proposal.objects.awaiting_decision_of(owner).filter(pk__in=[first.pk, rival.pk]).exists()
    for file in (first, rival):
        with pytest.raises(PermissionDenied):
            acts.decide(owner, file)


def test_the_events_tell_both_answers(owner: Any, first: Proposal, rival: Proposal) -> None:
    acts.decide(owner, first)
    events = LedgerEvent.objects.filter(act="decide", proposal_id__in=[first.pk, rival.pk])
    assert {(event.proposal_id, event.detail) for event in events} == {(first.pk, "approved"), (rival.pk, "merged")}
