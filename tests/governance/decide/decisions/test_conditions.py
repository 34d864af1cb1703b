"""Test conditions, waived opinions, binding opinions and the sealed file of an approval (R1, R2, R4, R7)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.access import Refused
from governance.decide.decisions.condition_services import AlreadyLifted, lift, prove, waive
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.decisions.services import BindingOpinionMissing, NewCondition, NothingToMergeInto
from governance.decide.opinions.services import AlreadyNoted, note_binding
from governance.decide.proposals.services import Outdated
from governance.enums import APPROVALS, ConditionState, EffectiveFrom, Outcome, Position
from governance.models import Decision, Proposal
from projects.models import DocumentVersion, LedgerEvent, Notification, Project
from projects.seats.mandates.services import appoint, end_mandate
from roles.models import RoleTemplate
from tests import acts
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db

CONDITIONS = [NewCondition("First.", "AMOA", acts.FUTURE), NewCondition("Second.", "MOE", acts.FUTURE)]
LATER = {"conditions": CONDITIONS, "effective": EffectiveFrom.WHEN_MET}
WITH = Outcome.APPROVED_WITH_CONDITIONS
BEFORE, AFTER = Decimal("4225000.00"), Decimal("4300000.00")


@pytest.fixture(scope="module")
def kept_more(kept_cast: dict[str, Any]) -> Proposal:
    """Put a proposal for more money to the owner, once for the file."""
    about = {"project": Project.objects.get(code="ONE"), "kind": "budget", "terms": {"budget": str(AFTER)}}
    file = acts.prepare(kept_cast["amoa"], kept_cast["pmo"], **about)
    fire_deferred_triggers()
    return file


@pytest.fixture
def more(kept_more: Proposal) -> Proposal:
    """Return the proposal for more money."""
    return acts.reread(kept_more)


def budget() -> Decimal | None:
    """Return the current budget of project one."""
    return Project.objects.get(code="ONE").budget


# — proof, lifting, waiving —


def test_the_role_that_answers_proves_and_the_owner_is_told(owner: Any, amoa: Any, moe: Any, more: Proposal) -> None:
    first, second = acts.decide(owner, more, WITH, CONDITIONS).conditions.all()
    with pytest.raises(Refused):
        prove(actor=moe, condition=first, proof="Seen.")
    prove(actor=amoa, condition=first, proof="Letter 12.")
    first.refresh_from_db()
    assert (first.proof, first.proved_by, first.state) == ("Letter 12.", amoa, ConditionState.OPEN)
    assert first.lifted_at is None
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.role, event.subject_id) == ("prove", "AMOA", first.pk)
    [notice] = Notification.objects.filter(event=event)
    assert (notice.recipient, notice.reason) == (owner, "proof_given")
    assert notice.about == f"{first.decision.reference} · {first.text}"
    assert notice.link == f"{more.get_absolute_url()}#condition-{first.pk}"
    prove(actor=moe, condition=second, proof="Report 3.")
    assert acts.reread(more).state == "conditions_open"


def test_a_better_proof_replaces_the_first_which_stays_in_the_history(owner: Any, amoa: Any, more: Proposal) -> None:
    condition = acts.decide(owner, more, WITH).conditions.get()
    prove(actor=amoa, condition=condition, proof="A draft.")
    prove(actor=amoa, condition=condition, proof="The letter itself.")
    condition.refresh_from_db()
    assert condition.proof == "The letter itself."
    versions = condition.history.order_by("history_date", "history_id").values_list("proof", "history_user")
    assert list(versions) == [("", owner.pk), ("A draft.", amoa.pk), ("The letter itself.", amoa.pk)]


def test_the_successor_in_the_role_proves_a_condition_and_the_predecessor_does_not(
    owner: Any, amoa: Any, outsider: Any, project_one: Any, more: Proposal
) -> None:
    condition = acts.decide(owner, more, WITH).conditions.get()
    end_mandate(actor=owner, mandate=amoa.mandates.get(project=project_one))
    appoint(actor=owner, project=project_one, role=RoleTemplate.objects.get(code="AMOA"), holder=outsider)
    with pytest.raises(Refused):
        prove(actor=amoa, condition=condition, proof="Mine.")
    prove(actor=outsider, condition=condition, proof="Ours.")
    condition.refresh_from_db()
    assert condition.proved_by == outsider


def test_a_condition_waived_says_why_and_counts_as_settled(owner: Any, more: Proposal) -> None:
    first, second = acts.decide(owner, more, WITH, CONDITIONS).conditions.all()
    waive(actor=owner, condition=first, because="The crews have moved.")
    assert acts.reread(more).state == "conditions_open"
    lift(actor=owner, condition=second, proof="Report 3.")
    assert acts.reread(more).state == "closed"
    first.refresh_from_db()
    assert (first.state, first.waived_because, first.proof) == (ConditionState.WAIVED, "The crews have moved.", "")
    assert (first.lifted_by, first.lifted_at is not None) == (owner, True)
    reasons = Notification.objects.filter(recipient__email="amoa@example.org").order_by("pk")
    assert [notice.reason for notice in reasons][-2:] == ["condition_waived", "condition_lifted"]


@pytest.mark.parametrize("settle", [acts.lift, acts.waive], ids=["lifted", "waived"])
@pytest.mark.parametrize("again", [acts.lift, acts.waive, acts.prove], ids=["lift", "waive", "prove"])
def test_a_condition_is_settled_once_for_all(settle: Any, again: Any, owner: Any, amoa: Any, more: Proposal) -> None:
    acts.decide(owner, more, WITH, CONDITIONS)
    settle(owner, more)
    kept = acts.count_evidence()
    with pytest.raises(AlreadyLifted):
        again(amoa if again is acts.prove else owner, more)
    assert acts.count_evidence() == kept


def test_a_delegate_settles_no_condition_even_of_a_decision_they_signed(
    delegate: Any, owner: Any, proposal: Any
) -> None:
    condition = acts.decide(delegate, proposal("ready_minor"), WITH).conditions.get()
    for act, words in ((lift, {"proof": "Seen."}), (waive, {"because": "Tired of it."})):
        with pytest.raises(Refused):
            act(actor=delegate, condition=condition, **words)
    lift(actor=owner, condition=condition, proof="Seen.")
    assert proposal("ready_minor").state == "closed"


def test_the_seal_of_a_condition_changes_with_its_state(owner: Any, amoa: Any, more: Proposal) -> None:
    condition = acts.decide(owner, more, WITH).conditions.get()
    seals = [condition.seal()]
    for settle, actor in ((acts.prove, amoa), (acts.waive, owner)):
        settle(actor, more)
        condition.refresh_from_db()
        seals.append(condition.seal())
        assert f'"content":"{condition.seal()}"' in bytes(LedgerEvent.objects.latest("pk").body).decode()
    assert len(set(seals)) == 3


# — at once, or when the last condition is lifted —


def test_an_approval_at_once_takes_effect_whatever_its_conditions(owner: Any, more: Proposal) -> None:
    decision = acts.decide(owner, more, WITH, CONDITIONS)
    assert (budget(), decision.effects.count(), decision.waits) == (AFTER, 1, False)
    acts.lift(owner, more)
    assert decision.effects.count() == 1


@pytest.mark.parametrize("last", [acts.lift, acts.waive], ids=["lifted", "waived"])
def test_an_approval_that_waits_takes_effect_when_its_last_condition_is(last: Any, owner: Any, more: Proposal) -> None:
    decision = acts.decide(owner, more, WITH, **LATER)
    assert (budget(), decision.effects.count(), decision.waits) == (BEFORE, 0, True)
    second = decision.conditions.get(number=2)
    waive(actor=owner, condition=second, because="No longer needed.")
    assert (budget(), decision.effects.count(), decision.waits) == (BEFORE, 0, True)
    last(owner, more)
    assert (budget(), decision.waits, acts.reread(more).state) == (AFTER, False, "closed")
    effect, first = decision.effects.get(), decision.conditions.get(number=1)
    assert (effect.before, effect.after, effect.acted_at) == (str(BEFORE), str(AFTER), first.lifted_at)
    assert '"effects":""' not in bytes(LedgerEvent.objects.latest("pk").body).decode()


def test_the_last_condition_stays_open_when_the_project_has_moved_on(
    owner: Any, amoa: Any, pmo: Any, outsider: Any, project_one: Any
) -> None:
    terms = {"role": "DEST", "holder": str(outsider.key)}
    file = acts.prepare(amoa, pmo, project=project_one, kind="appointment", terms=terms)
    decision = acts.decide(owner, file, WITH, effective=EffectiveFrom.WHEN_MET)
    role = RoleTemplate.objects.get(code="DEST")
    given = appoint(actor=owner, project=project_one, role=role, holder=outsider)
    kept = acts.count_evidence()
    for settle in (acts.lift, acts.waive):
        with pytest.raises(CannotTakeEffect):
            settle(owner, file)
    assert (acts.count_evidence(), acts.reread(file).state, decision.effects.count()) == (kept, "conditions_open", 0)
    end_mandate(actor=owner, mandate=given)
    acts.lift(owner, file)
    assert decision.effects.get().field == "holder"


# — the opinions: missing, divergent —


@pytest.mark.parametrize("outcome", acts.ANSWERS)
def test_any_answer_waives_each_missing_opinion_in_the_owners_words(
    outcome: Outcome, owner: Any, amoa: Any, moe: Any, project_one: Any
) -> None:
    file = acts.draft(moe, project_one)
    acts.submit(moe, file)
    acts.advise(amoa, file)
    words = "The steel leaves on Monday; the PMO answers on Thursday."
    decision = acts.decide(owner, file, outcome, waived={"PMO": words, "AMOA": "Given all the same."})
    decision.refresh_from_db()
    assert decision.waived == {"PMO": words}
    assert acts.reread(file).awaited_roles == []
    sealed = decision.seal()
    decision.waived = {"PMO": "Something else."}
    assert decision.seal() != sealed


def test_an_opinion_that_comes_too_late_is_not_added_to_what_was_decided(owner: Any, pmo: Any, proposal: Any) -> None:
    file = proposal("late")
    decision = acts.decide(owner, file, waived=acts.missing_opinion_reasons(file))
    with pytest.raises(Exception, match="advise does not follow from decided"):
        acts.advise(pmo, file)
    assert [entry["item"] for entry in decision.file] == ["revision"]


def test_an_opinion_that_disagrees_stays_beside_the_decision_word_for_word(
    owner: Any, amoa: Any, pmo: Any, moe: Any, project_one: Any
) -> None:
    """R7: neither the approval nor later events change the dissent."""
    file = acts.draft(moe, project_one, "budget", terms={"budget": str(AFTER)})
    acts.submit(moe, file)
    against = acts.advise(pmo, file, Position.UNFAVOURABLE, "One quotation only.")
    acts.advise(amoa, file, Position.FAVOURABLE)
    decision = acts.decide(owner, file)
    after = acts.prepare(amoa, pmo, project=project_one, replaces=decision)
    acts.decide(owner, after)
    against.refresh_from_db()
    assert (against.position, against.reasons, against.signature) == (
        Position.UNFAVOURABLE,
        "One quotation only.",
        "Priya Nair",
    )
    assert {"item": "opinion:PMO", "hash": against.seal()} in decision.file
    assert Proposal.objects.with_positions().get(pk=file.pk).dissents


def test_the_sealed_file_lists_what_was_before_the_owner_and_nothing_else(
    owner: Any, amoa: Any, pmo: Any, project_one: Any
) -> None:
    attached = DocumentVersion.objects.filter(document__project=project_one).latest("pk").attachment()
    file = acts.prepare(amoa, pmo, project=project_one, binding_authority="Bay", attachments=[attached])
    binding = acts.note_binding(pmo, file)
    file = acts.reread(file)
    assert file.current is not None
    opinion = file.current.opinions.get()
    decision = acts.decide(owner, file)
    decision.refresh_from_db()
    assert decision.file == [
        {"item": "binding", "hash": binding.seal()},
        {"item": f"document:{attached['document']}", "hash": attached["sha256"]},
        {"item": "opinion:PMO", "hash": opinion.seal()},
        {"item": "revision", "hash": file.current.hash},
    ]
    assert f'"content":"{decision.seal()}"' in bytes(LedgerEvent.objects.latest("pk").body).decode()


@pytest.mark.parametrize(
    "change",
    [
        {"reasons": "Other."},
        {"outcome": "rejected"},
        {"file": []},
        {"signature": "X"},
        {"effective": "when_met"},
        {"carried": {"effect-1": "kept"}},
        {"return_on": acts.FUTURE},
        {"salt": "0" * 32},
    ],
    ids=str,
)
def test_the_seal_of_a_decision_covers_every_part_of_the_answer(
    change: dict[str, Any], owner: Any, more: Proposal
) -> None:
    decision = acts.decide(owner, more, WITH)
    sealed = decision.seal()
    assert Decision.objects.get(pk=decision.pk).seal() == sealed
    for name, value in change.items():
        setattr(decision, name, value)
    assert decision.seal() != sealed


# — the binding opinion of an authority outside —


def test_without_a_favourable_binding_opinion_nothing_is_approved(owner: Any, pmo: Any, proposal: Any) -> None:
    kept = acts.count_evidence()
    for outcome in APPROVALS & set(acts.ANSWERS):
        with pytest.raises(BindingOpinionMissing):
            acts.decide(owner, proposal("ready_binding"), outcome)
    assert acts.count_evidence() == kept
    acts.note_binding(pmo, proposal("ready_binding"), favourable=False)
    for outcome in APPROVALS & set(acts.ANSWERS):
        with pytest.raises(BindingOpinionMissing):
            acts.decide(owner, proposal("ready_binding"), outcome)


@pytest.mark.parametrize("outcome", set(acts.ANSWERS) - APPROVALS)
def test_every_other_answer_needs_none(outcome: Outcome, owner: Any, proposal: Any) -> None:
    assert acts.decide(owner, proposal("ready_binding"), outcome).outcome == outcome


def test_a_favourable_binding_opinion_decides_nothing_and_lets_the_owner_approve(
    owner: Any, pmo: Any, proposal: Any
) -> None:
    file = proposal("ready_binding")
    noted = acts.note_binding(pmo, file)
    assert (acts.reread(file).state, file.decisions.count()) == ("ready_for_decision", 0)
    assert (noted.authority, noted.reference, noted.signature) == (
        "Maritime authority of the bay",
        "Letter 2026-114",
        "Priya Nair",
    )
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.detail, event.role) == ("note_binding", "favourable", "PMO")
    assert acts.decide(owner, file).approves


def test_a_new_revision_asks_the_authority_again(owner: Any, pmo: Any, amoa: Any, proposal: Any) -> None:
    file = proposal("ready_binding")
    acts.note_binding(pmo, file)
    acts.edit(amoa, file)
    acts.submit(amoa, file)
    acts.advise(pmo, file)
    with pytest.raises(BindingOpinionMissing):
        acts.decide(owner, file)
    acts.note_binding(pmo, file)
    assert acts.decide(owner, file).approves


def test_a_binding_opinion_is_noted_once_on_the_revision_read_and_not_before_it_is_given(
    pmo: Any, proposal: Any
) -> None:
    file, today = proposal("ready_binding"), timezone.localdate()
    about = {"actor": pmo, "proposal": file, "favourable": True, "reference": "Letter 7"}
    with pytest.raises(ValidationError) as error:
        note_binding(**about, fingerprint=file.current.hash, given_on=today + timedelta(days=1))
    assert set(error.value.message_dict) == {"given_on"}
    with pytest.raises(Outdated):
        note_binding(**about, fingerprint="0" * 64, given_on=today)
    acts.note_binding(pmo, file, favourable=False)
    kept = acts.count_evidence()
    with pytest.raises(AlreadyNoted) as again:
        acts.note_binding(pmo, file)
    assert (again.value.opinion.favourable, acts.count_evidence()) == (False, kept)


# — merging —


def test_a_merger_says_into_which_proposal_and_leaves_that_one_as_it_is(owner: Any, proposal: Any) -> None:
    into = proposal("ready_over_cap")
    decision = acts.decide(owner, proposal("ready_for_decision"), Outcome.MERGED, merged_into=into)
    assert (decision.merged_into, proposal("ready_for_decision").state) == (into, "merged")
    assert acts.reread(into).state == into.state


@pytest.mark.parametrize(
    "into", ["ready_for_decision", "ready_two", "draft", "withdrawn", "merged", "superseded", "decided", "closed"]
)
def test_a_merge_target_is_another_pending_proposal_of_the_project(into: str, owner: Any, proposal: Any) -> None:
    kept = acts.count_evidence()
    with pytest.raises(NothingToMergeInto):
        acts.decide(owner, proposal("ready_for_decision"), Outcome.MERGED, merged_into=proposal(into))
    assert (acts.count_evidence(), proposal("ready_for_decision").state) == (kept, "ready_for_decision")
