"""The owner takes one of the options: the recommended one, or another with a word, each with its own changes."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from governance.decide.decisions.contradictions import CONTRADICTED, is_contradicted
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.kinds.registry import kinds
from governance.decide.proposals.content import IMPACTS
from governance.decide.proposals.services import Incomplete
from governance.desk.responsibilities.figures import count_figures
from governance.enums import APPROVALS, Outcome, Position
from governance.models import Decision, Opinion, Proposal, ProposalRevision
from governance.record.verification.verifier import verify
from projects.models import LedgerEvent, Project
from tests import acts
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db

OPTIONS = [
    {"title": "One depot", "description": "The north alone."},
    {"title": "Two depots", "description": "North and river."},
    {"title": "Do nothing", "description": "Paper stays."},
]
BUDGET: dict[str, Any] = {
    "options": OPTIONS,
    "terms": {"budget": "5100000.00"},
    "alternatives": {"B": {"amount": "2450000.00", "terms": {"budget": "6550000.00"}}},
}
WHY = "School families would ride without a ticket."


@pytest.fixture
def budget(project_one: Project) -> Proposal:
    """Return a budget of three options before its owner: two budgets, and doing nothing."""
    return acts.submit_to_owner(project_one, "budget", **BUDGET)


def test_the_recommended_option_changes_what_the_proposal_says(
    owner: Any, budget: Proposal, project_one: Project
) -> None:
    decision = acts.decide(owner, budget, option="A")
    project_one.refresh_from_db()
    assert (project_one.budget, decision.option, decision.why_not) == (Decimal("5100000.00"), "A", "")
    assert decision.is_as_recommended


def test_another_option_changes_what_it_says_and_keeps_the_word_of_the_owner(
    owner: Any, budget: Proposal, project_one: Project
) -> None:
    decision = acts.decide(owner, budget, option="B", why_not=WHY)
    project_one.refresh_from_db()
    assert project_one.budget == Decimal("6550000.00")
    assert (decision.option, decision.why_not, decision.changes_nothing) == ("B", WHY, False)
    assert (decision.content.amount, decision.option_title) == (Decimal("2450000.00"), "B. Two depots")
    assert [effect.after for effect in decision.effects.all()] == ["6550000.00"]
    sealed = decision.sealed_content()
    assert (sealed["option"], sealed["why_not"]) == ("B", WHY)
    assert '"option":"B"' in bytes(LedgerEvent.objects.get(act="decide", subject_id=decision.pk).body).decode()
    fire_deferred_triggers()
    assert verify(project_one).faults == []


def test_an_option_that_changes_nothing_is_decided_and_changes_nothing(
    owner: Any, budget: Proposal, project_one: Project
) -> None:
    before = Project.objects.get(pk=project_one.pk)
    decision = acts.decide(owner, budget, option="C", why_not=WHY)
    project_one.refresh_from_db()
    assert (project_one.budget, decision.effects.count()) == (before.budget, 0)
    assert (decision.changes_nothing, acts.reread(budget).state) == (True, "decided")
    fire_deferred_triggers()
    assert verify(project_one).faults == []


@pytest.mark.parametrize("option", ["B", "C"])
def test_another_option_needs_a_word(option: str, owner: Any, budget: Proposal) -> None:
    for silence in ("", ".", " "):
        with pytest.raises(ValidationError) as error:
            acts.decide(owner, budget, option=option, why_not=silence)
        assert set(error.value.message_dict) == {"why_not"}
    assert acts.reread(budget).answer is None


@pytest.mark.parametrize("option", ["D", "a", "AB", "none"])
def test_an_option_that_the_proposal_has_not_is_refused(option: str, owner: Any, budget: Proposal) -> None:
    with pytest.raises(ValidationError) as error:
        acts.decide(owner, budget, option=option)
    assert set(error.value.message_dict) == {"option"}


def test_the_recommended_option_takes_no_word_against_it(owner: Any, budget: Proposal) -> None:
    with pytest.raises(ValidationError) as error:
        acts.decide(owner, budget, option="A", why_not=WHY)
    assert set(error.value.message_dict) == {"why_not"}


@pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.REWORK, Outcome.DEFERRED])
def test_what_is_no_approval_takes_no_option(outcome: Outcome, owner: Any, budget: Proposal) -> None:
    with pytest.raises(ValidationError) as error:
        acts.decide(owner, budget, outcome, option="B")
    assert set(error.value.message_dict) == {"option"}
    decision = acts.decide(owner, budget, outcome)
    assert (decision.option, decision.is_as_recommended, decision.option_title) == ("", True, "")


def test_conditions_and_a_later_effect_follow_the_option(owner: Any, budget: Proposal, project_one: Project) -> None:
    before = Project.objects.get(pk=project_one.pk).budget
    acts.decide(owner, budget, Outcome.APPROVED_WITH_CONDITIONS, option="B", effective="when_met")
    project_one.refresh_from_db()
    assert project_one.budget == before
    acts.lift(owner, budget)
    project_one.refresh_from_db()
    assert project_one.budget == Decimal("6550000.00")


# — a submission —


def test_an_option_with_changes_of_its_own_is_complete(amoa: Any, pmo: Any, project_one: Project) -> None:
    lacking = BUDGET | {"alternatives": {"B": {"amount": "", "terms": {}}}}
    file = acts.draft(pmo, project_one, "budget", **lacking)
    with pytest.raises(Incomplete) as error:
        acts.submit(pmo, file)
    assert "Option B" in error.value.gaps["options"]
    assert "nouveau budget" in error.value.gaps["options"]


def test_a_revision_without_such_options_keeps_the_hash_of_earlier_versions(project_one: Project) -> None:
    plain = acts.submit_to_owner(project_one, "change").current
    varied = acts.submit_to_owner(project_one, "budget", **BUDGET).current
    assert plain is not None
    assert varied is not None
    assert "alternatives" not in plain.sealed_content()
    assert varied.sealed_content()["alternatives"] == BUDGET["alternatives"]
    assert varied.hash == varied.seal()


def test_a_revision_of_an_earlier_release_can_be_answered_with_each_option(owner: Any, project_one: Project) -> None:
    file = acts.submit_to_owner(project_one, "gate", terms={"gate": "G3"})
    gate = project_one.gate
    decision = acts.decide(owner, file, option="B", why_not="The depot is not ready.")
    project_one.refresh_from_db()
    assert (decision.changes_nothing, project_one.gate) == (True, gate)


# — delegates —


def test_a_delegate_takes_no_option_beyond_the_cap(delegate: Any, owner: Any, amoa: Any, pmo: Any) -> None:
    project = Project.objects.get(code="ONE")
    dear = {"B": {"amount": "20000.01", "terms": {}}, "C": {"amount": "19999.99", "terms": {}}}
    file = acts.prepare(
        amoa, pmo, project=project, kind="minor_change", amount="100.00", options=OPTIONS, alternatives=dear
    )
    with pytest.raises(ValidationError) as error:
        acts.decide(delegate, file, option="B")
    assert set(error.value.message_dict) == {"option"}
    assert acts.decide(delegate, file, option="C").option == "C"
    fire_deferred_triggers()
    assert verify(project).faults == []


# — what a decision replaces —


def test_an_option_that_changes_nothing_replaces_nothing(owner: Any, project_one: Project) -> None:
    first = acts.decide(owner, acts.submit_to_owner(project_one, "budget", **BUDGET))
    file = acts.submit_to_owner(project_one, "budget", replaces=first, **BUDGET)
    decision = acts.decide(owner, file, option="C")
    first.refresh_from_db()
    assert (decision.supersedes, first.successor) == (None, None)
    again = acts.submit_to_owner(project_one, "budget", replaces=first, **BUDGET)
    assert acts.decide(owner, again, option="B").supersedes == first


def test_an_arbitration_retains_the_option_that_is_taken(owner: Any, project_one: Project) -> None:
    others = {letter: {"amount": "", "terms": {}} for letter in "BC"}
    file = acts.submit_to_owner(project_one, "arbitration", options=OPTIONS, alternatives=others)
    decision = acts.decide(owner, file, option="B")
    assert [(effect.field, effect.after) for effect in decision.effects.all()] == [("retained_option", "B. Two depots")]


# — opinions —


def test_an_opinion_may_name_the_option_it_prefers(pmo: Any, amoa: Any, project_one: Project) -> None:
    file = acts.draft(amoa, project_one, "budget", **BUDGET)
    acts.submit(amoa, file)
    with pytest.raises(ValidationError) as error:
        acts.advise(pmo, file, preferred="D")
    assert set(error.value.message_dict) == {"preferred"}
    opinion = acts.advise(pmo, file, preferred="B")
    assert (opinion.preferred, opinion.sealed_content()["preferred"]) == ("B", "B")
    fire_deferred_triggers()
    assert verify(project_one).faults == []


def test_an_opinion_that_names_none_keeps_the_seal_of_earlier_versions(budget: Proposal) -> None:
    opinion = Opinion.objects.filter(revision=budget.current).first()
    assert opinion is not None
    assert "preferred" not in opinion.sealed_content()


#: (position, option preferred, answer, option taken) → whether the answer contradicts the opinion.
FOLLOWED = {
    ("favourable", "", "approved", "A"): False,
    ("favourable", "", "approved", "B"): True,
    ("unfavourable", "", "approved", "A"): True,
    ("unfavourable", "", "approved", "B"): False,
    ("with_reservations", "", "approved", "B"): False,
    ("favourable", "B", "approved", "A"): True,
    ("favourable", "B", "approved", "B"): False,
    ("unfavourable", "B", "approved", "B"): False,
    ("unfavourable", "C", "approved", "B"): True,
    ("no_opinion", "", "approved", "B"): False,
    ("no_opinion", "B", "approved", "A"): True,
    ("favourable", "", "rejected", ""): True,
    ("favourable", "A", "rejected", ""): True,
    ("unfavourable", "", "rejected", ""): False,
    ("favourable", "", "rework", ""): False,
}


@pytest.mark.parametrize("case", FOLLOWED, ids="-".join)
def test_an_opinion_is_followed_by_the_option_it_prefers(
    case: tuple[str, ...], cast: Any, project_two: Project
) -> None:
    position, preferred, outcome, option = case
    author, adviser, owner = cast["other_amoa"], cast["other_pmo"], cast["other_owner"]
    file = acts.draft(author, project_two, "arbitration", options=OPTIONS)
    acts.submit(author, file)
    opinion = acts.advise(adviser, file, Position(position), preferred=preferred)
    before = count_figures(project_two, ["PMO"])["PMO"]
    decision = acts.decide(owner, file, Outcome(outcome), option=option)
    assert is_contradicted(opinion, decision) is FOLLOWED[case]
    assert Opinion.objects.filter(CONTRADICTED, pk=opinion.pk).exists() is FOLLOWED[case]
    after = count_figures(project_two, ["PMO"])["PMO"]
    sided = outcome != "rework" and (position != "no_opinion" or preferred != "")
    assert after.answered - before.answered == sided
    assert after.followed - before.followed == (sided and not FOLLOWED[case])


# — every kind —


#: Terms that a submission here needs, by kind.
TERMS: dict[str, dict[str, str]] = {
    "appointment": {"provider_gate": "G3"},
    "budget": {"budget": "5100000.00"},
    "gate": {"gate": "G3"},
    "schedule": {"ends_on": "2040-01-01"},
    "scope": {"scope": "The north alone."},
}
#: Kinds that this project cannot submit: it is not suspended, nor closed, nor a portfolio, and has no draft of a
#: standard, nor an act of delegation.
NOT_HERE = {
    "allocation",
    "component_entry",
    "component_withdrawal",
    "delegation",
    "level_rules",
    "periodic_review",
    "prioritisation",
    "reopening",
    "resumption",
    "standard_adoption",
    "strategy",
}


@pytest.mark.parametrize("code", sorted({kind.code for kind in kinds()} - NOT_HERE))
def test_a_kind_does_nothing_when_the_owner_takes_an_option_that_changes_nothing(
    code: str, owner: Any, project_one: Project
) -> None:
    more: dict[str, Any] = {"terms": TERMS[code]} if code in TERMS else {}
    file = acts.submit_to_owner(project_one, code, **dict.fromkeys(IMPACTS, "None."), **more)
    approval = next(outcome for outcome in (Outcome.APPROVED, Outcome.ACCEPTED) if outcome in kinds_of(code))
    decision = acts.decide(owner, file, approval, option="B")
    assert decision.changes_nothing
    assert (decision.effects.count(), decision.settled) == (0, [])
    assert Decision.objects.applied().filter(pk=decision.pk).exists() is False


def kinds_of(code: str) -> set[Outcome]:
    """Return the approvals of a kind."""
    return {outcome for kind in kinds() if kind.code == code for outcome in kind.outcomes} & APPROVALS


def test_a_change_that_cannot_be_made_any_more_stops_only_the_options_that_make_it(
    owner: Any, project_one: Project
) -> None:
    late = {"ends_on": "1999-01-01"}
    file = acts.submit_to_owner(
        project_one,
        "schedule",
        options=OPTIONS,
        impact_schedule="A year.",
        terms={"ends_on": "2040-01-01"},
        alternatives={"B": {"amount": "", "terms": late}},
    )
    with pytest.raises(CannotTakeEffect):
        acts.decide(owner, file, option="B")
    assert acts.decide(owner, file, option="C").changes_nothing
    assert ProposalRevision.objects.get(pk=file.current_id).alternatives == {"B": {"amount": "", "terms": late}}
