"""Test the owner's acts: what a decision records, refuses and triggers."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.access import Refused, can
from governance.decide.decisions.condition_services import AlreadyLifted, lift
from governance.decide.decisions.fingerprint import read_parts
from governance.decide.decisions.services import AlreadyDecided, NewCondition, decide
from governance.decide.proposals.services import Outdated
from governance.enums import ConditionState, Outcome
from governance.models import Condition, Decision, Proposal
from projects.models import Delegation, LedgerEvent, Project
from projects.seats.mandates.predicates import can_sign
from projects.seats.mandates.services import accept, appoint, end_mandate, name_owner, revoke
from projects.seats.mandates.services import delegate as lend
from roles.models import RoleTemplate
from tests import acts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.APPROVED, "decided"),
        (Outcome.APPROVED_WITH_CONDITIONS, "conditions_open"),
        (Outcome.REWORK, "returned"),
        (Outcome.DEFERRED, "deferred"),
        (Outcome.REJECTED, "decided"),
    ],
)
def test_each_answer_leads_to_its_state_and_is_recorded(
    outcome: Outcome, state: str, owner: Any, proposal: Any
) -> None:
    file = proposal("ready_for_decision")
    before = timezone.now()
    decision = acts.decide(owner, file, outcome)
    decision.refresh_from_db()
    assert acts.reread(file).state == state
    assert (decision.outcome, decision.decided_by, decision.signature) == (outcome, owner, "Camille Vasseur")
    assert (decision.revision, decision.revision_hash) == (file.current, file.current.hash)
    assert decision.mandate.holder == owner
    assert decision.delegation is None
    assert before <= decision.acted_at <= decision.recorded_at <= timezone.now()
    assert (decision.return_on is not None) == (outcome == Outcome.DEFERRED)
    assert decision.conditions.count() == (outcome == Outcome.APPROVED_WITH_CONDITIONS)


def test_decisions_are_numbered_in_order_per_project(owner: Any, other_owner: Any, proposal: Any) -> None:
    last = Decision.objects.filter(project__code="ONE").count()
    first = acts.decide(owner, proposal("ready_for_decision"))
    second = acts.decide(owner, proposal("ready_by_pmo"))
    elsewhere = acts.decide(other_owner, proposal("ready_two"))
    assert [first.number, second.number, elsewhere.number] == [last + 1, last + 2, 1]
    assert [first.reference, elsewhere.reference] == [f"OD-{last + 1:02d}", "TD-01"]


def test_a_delegate_signs_in_the_owners_name(delegate: Any, owner: Any, proposal: Any) -> None:
    decision = acts.decide(delegate, proposal("ready_minor"))
    assert decision.decided_by == delegate
    assert decision.delegation.delegate == delegate
    assert decision.mandate.holder == owner
    assert LedgerEvent.objects.latest("pk").role == "MOA"


def test_a_delegate_signs_nothing_after_the_delegation_has_ended(delegate: Any, owner: Any, proposal: Any) -> None:
    revoke(actor=owner, delegation=Delegation.objects.get(delegate=delegate))
    with pytest.raises(Refused):
        acts.decide(delegate, proposal("ready_minor"))


def test_a_delegation_ends_with_the_mandate_it_comes_from(
    delegate: Any, owner: Any, future_owner: Any, project_two: Any, other_owner: Any, outsider: Any, moe: Any
) -> None:
    lend(
        actor=other_owner,
        project=project_two,
        to=moe,
        kinds=["minor_change"],
        cap=None,
        document="Act 7",
        ends_at=timezone.now() + timedelta(days=9),
    )
    assert can_sign(moe, project_two, "minor_change", None)
    named = name_owner(actor=other_owner, project=project_two, holder=outsider)
    assert not can_sign(moe, project_two, "minor_change", None)
    assert not can_sign(outsider, project_two, "minor_change", None), "not before they accept"
    accept(actor=outsider, mandate=named)
    assert can_sign(outsider, project_two, "minor_change", None)


def test_a_delegate_who_becomes_adviser_signs_nothing(
    delegate: Any, owner: Any, project_one: Any, proposal: Any
) -> None:
    role = RoleTemplate.objects.get(code="PMO")
    end_mandate(actor=owner, mandate=project_one.mandates.active().get(role=role))
    appoint(actor=owner, project=project_one, role=role, holder=delegate)
    with pytest.raises(Refused):
        acts.decide(delegate, proposal("ready_minor"))


def test_the_cap_is_included(delegate: Any, owner: Any, amoa: Any, pmo: Any, moe: Any, project_one: Any) -> None:
    at_the_cap = acts.prepare(moe, amoa, pmo, project=project_one, kind="minor_change", amount="20000.00")
    above = acts.prepare(moe, amoa, pmo, project=project_one, kind="minor_change", amount="20000.01")
    assert acts.decide(delegate, at_the_cap).delegation is not None
    with pytest.raises(Refused):
        acts.decide(delegate, above)


def test_a_second_answer_to_the_same_revision_is_told_what_the_first_was(owner: Any, proposal: Any) -> None:
    first = acts.decide(owner, proposal("ready_for_decision"))
    kept = acts.count_evidence()
    with pytest.raises(AlreadyDecided) as error:
        acts.decide(owner, proposal("ready_for_decision"), Outcome.REJECTED)
    assert error.value.decision == first
    assert acts.count_evidence() == kept


def test_an_answer_to_a_text_that_has_changed_since_is_not_recorded(
    owner: Any, amoa: Any, pmo: Any, proposal: Any
) -> None:
    read = proposal("ready_for_decision")
    acts.edit(amoa, read)
    acts.submit(amoa, read)
    acts.advise(pmo, read)
    kept = acts.count_evidence()
    with pytest.raises(Outdated):
        decide(
            actor=owner,
            proposal=read,
            fingerprint=read.current.hash,
            seen=read_parts(read),
            outcome=Outcome.APPROVED,
            reasons="Yes.",
        )
    assert acts.count_evidence() == kept


def test_only_the_working_text_changed_and_the_answer_stands(owner: Any, amoa: Any, proposal: Any) -> None:
    """A decision covers the submitted revision, whatever its author writes meanwhile."""
    file = proposal("ready_for_decision")
    acts.edit(amoa, file, title="Something else")
    decision = acts.decide(owner, file)
    assert decision.revision.title == "Which quay is rebuilt first"


def test_a_deferred_file_comes_back_and_its_new_answer_supersedes(
    owner: Any, amoa: Any, pmo: Any, proposal: Any
) -> None:
    file = proposal("deferred")
    before = file.decisions.get()
    acts.edit(amoa, file, impact_cost="EUR 29,400, quoted.")
    acts.submit(amoa, file)
    acts.advise(pmo, file)
    after = acts.decide(owner, file)
    assert after.supersedes == before
    assert after.revision != before.revision
    before.refresh_from_db()
    assert before.outcome == Outcome.DEFERRED


def test_the_submitter_of_a_revision_never_decides_it_even_as_the_owner_later(
    owner: Any, amoa: Any, pmo: Any, outsider: Any, moe: Any, project_two: Any, other_owner: Any, cast: dict[str, Any]
) -> None:
    """The colleague who submitted a revision is refused by the predicate, before the database does (R8)."""
    role = RoleTemplate.objects.get(code="AMOA")
    file = acts.draft(cast["other_amoa"], project_two, "arbitration")
    end_mandate(actor=other_owner, mandate=cast["other_amoa"].mandates.get(project=project_two))
    colleague = appoint(actor=other_owner, project=project_two, role=role, holder=outsider)
    acts.submit(outsider, file)
    acts.advise(cast["other_pmo"], file)
    end_mandate(actor=other_owner, mandate=colleague)
    name_owner(actor=other_owner, project=project_two, holder=outsider)
    file = acts.reread(file)
    assert not can(outsider, "governance.decide", file)
    with pytest.raises(Refused):
        acts.decide(outsider, file)


def test_an_owner_who_wrote_the_file_before_does_not_decide_it(project_two: Any, other_owner: Any, cast: Any) -> None:
    author = cast["other_amoa"]
    file = acts.prepare(author, cast["other_pmo"], project=project_two, kind="arbitration")
    end_mandate(actor=other_owner, mandate=author.mandates.get(project=project_two))
    name_owner(actor=other_owner, project=project_two, holder=author)
    with pytest.raises(Refused):
        acts.decide(author, file)
    assert file not in Proposal.objects.awaiting_decision_of(author)


def test_the_list_of_what_waits_is_what_may_be_decided(cast: dict[str, Any]) -> None:
    """The SQL of the inbox and the predicate of the act agree on every person and every file."""
    ready = Proposal.objects.filter(state="ready_for_decision").select_related("project", "current").order_by("pk")
    people = [person for person in cast.values() if person.is_authenticated]
    for person in people:
        listed = set(Proposal.objects.awaiting_decision_of(person))
        assert listed == {file for file in ready if can(person, "governance.decide", file)}, person
    assert any(Proposal.objects.awaiting_decision_of(person).exists() for person in people)


# — conditions —


def test_conditions_keep_their_order_and_their_words(owner: Any, proposal: Any) -> None:
    wanted = [NewCondition("First.", "AMOA", acts.FUTURE), NewCondition("Second.", "MOE", acts.FUTURE)]
    decision = acts.decide(owner, proposal("ready_for_decision"), Outcome.APPROVED_WITH_CONDITIONS, wanted)
    assert [(c.number, c.text, c.role, c.due_on, c.state) for c in decision.conditions.all()] == [
        (1, "First.", "AMOA", acts.FUTURE, ConditionState.OPEN),
        (2, "Second.", "MOE", acts.FUTURE, ConditionState.OPEN),
    ]


def test_the_last_condition_lifted_closes_the_file(owner: Any, proposal: Any) -> None:
    file = proposal("ready_for_decision")
    wanted = [NewCondition("First.", "AMOA", acts.FUTURE), NewCondition("Second.", "MOE", acts.FUTURE)]
    first, second = acts.decide(owner, file, Outcome.APPROVED_WITH_CONDITIONS, wanted).conditions.all()
    lift(actor=owner, condition=second, proof="Seen.")
    assert acts.reread(file).state == "conditions_open"
    lift(actor=owner, condition=first, proof="Read.")
    assert acts.reread(file).state == "closed"
    first.refresh_from_db()
    assert (first.state, first.proof, first.lifted_by) == (ConditionState.MET, "Read.", owner)
    assert first.lifted_at is not None


def test_a_condition_is_lifted_once(owner: Any, proposal: Any) -> None:
    file = proposal("ready_for_decision")
    wanted = [NewCondition("First.", "AMOA", acts.FUTURE), NewCondition("Second.", "MOE", acts.FUTURE)]
    first = acts.decide(owner, file, Outcome.APPROVED_WITH_CONDITIONS, wanted).conditions.first()
    assert first is not None
    lift(actor=owner, condition=first, proof="Seen.")
    kept = acts.count_evidence()
    with pytest.raises(AlreadyLifted):
        lift(actor=owner, condition=first, proof="Seen again.")
    first.refresh_from_db()
    assert (first.proof, acts.count_evidence()) == ("Seen.", kept)


def test_a_delegate_lifts_no_condition(delegate: Any, proposal: Any) -> None:
    condition = Condition.objects.get(decision__proposal=proposal("conditions_open"))
    with pytest.raises(Refused):
        lift(actor=delegate, condition=condition, proof="Seen.")


def test_a_condition_is_overdue_the_day_after_its_date_while_it_is_open() -> None:
    today = timezone.localdate()
    day = timedelta(days=1)
    going, suspended = (Decision(project=Project(state=state)) for state in ("active", "suspended"))
    assert Condition(due_on=today - day, decision=going).is_overdue
    assert not Condition(due_on=today, decision=going).is_overdue
    assert not Condition(due_on=today - day, decision=suspended).is_overdue
    assert not Condition(due_on=today - day, decision=going, state=ConditionState.MET).is_overdue
