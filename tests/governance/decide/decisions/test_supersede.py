"""Test that a decision supersedes another and settles everything that depended on it (R6)."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from core.access import Refused, can
from governance.decide.decisions.condition_services import lift, waive
from governance.decide.decisions.services import NewCondition
from governance.decide.decisions.supersede import NotCarried, item_key, list_dependents
from governance.decide.kinds.base import CHANGED_SINCE
from governance.desk.register.listing import name_successor
from governance.enums import ConditionState, EffectiveFrom, Fate, Outcome
from governance.models import Condition, Decision, Effect, Proposal
from projects.models import Delegation, LedgerEvent, Mandate, Project
from projects.seats.mandates.services import appoint, delegate, end_mandate
from roles.models import RoleTemplate
from tests import acts
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db

WITH = Outcome.APPROVED_WITH_CONDITIONS
CONDITIONS = [NewCondition("First.", "AMOA", acts.FUTURE), NewCondition("Second.", "MOE", acts.FUTURE)]
LATER = {"outcome": WITH, "conditions": CONDITIONS, "effective": EffectiveFrom.WHEN_MET}
START = Decimal("4225000.00")
END = str(timezone.localdate() + timedelta(days=90))

Decide = Callable[..., Decision]


@pytest.fixture
def decide(owner: Any, amoa: Any, pmo: Any, project_one: Any) -> Decide:
    """Prepare a proposal of project one and approve it, with what the answer needs."""

    def approve(kind: str = "change", replaces: Decision | None = None, **more: Any) -> Decision:
        terms = {name: more.pop(name) for name in ("outcome", "conditions", "effective", "fates") if name in more}
        file = acts.prepare(amoa, pmo, project=project_one, kind=kind, replaces=replaces, **NOTED | more)
        return acts.decide(owner, file, **terms)

    return approve


@pytest.fixture(scope="module")
def kept_costly(kept_cast: dict[str, Any]) -> Decision:
    """Approve a budget of 4.3 million, once for the file."""
    amoa, pmo, terms = kept_cast["amoa"], kept_cast["pmo"], {"budget": "4300000.00"}
    decision = acts.decide(
        kept_cast["owner"], acts.prepare(amoa, pmo, project=project(), kind="budget", terms=terms, **NOTED)
    )
    fire_deferred_triggers()
    return decision


@pytest.fixture
def costly(kept_costly: Decision) -> Decision:
    """Return that approval."""
    return deepcopy(kept_costly)


NOTED = {"impact_schedule": "None.", "impact_recipients": "None."}


def budget(decide: Decide, amount: str, replaces: Decision | None = None, **more: Any) -> Decision:
    """Approve a budget."""
    return decide("budget", replaces, terms={"budget": amount}, **more)


def project() -> Project:
    """Read project one from the database."""
    return Project.objects.get(code="ONE")


def fates(decision: Decision, fate: Fate) -> dict[str, Fate]:
    """Choose the same fate for everything that depends on a decision."""
    return {item_key(item): fate for item in list_dependents(decision)}


def state(decision: Decision) -> str:
    """Return the state of its proposal."""
    return Proposal.objects.get(pk=decision.proposal_id).state


# — one replaces another —


def test_the_new_decision_names_the_one_it_replaces_whose_proposal_is_superseded(decide: Decide, owner: Any) -> None:
    before = decide()
    after = decide(replaces=before)
    assert (after.supersedes, before.superseded_by) == (before, after)
    assert (state(before), state(after)) == ("superseded", "decided")
    event = LedgerEvent.objects.get(act="supersede", proposal=before.proposal)
    assert (event.actor, event.role, event.detail) == (owner, "MOA", after.reference)
    before.refresh_from_db()
    assert before.outcome == Outcome.APPROVED


def test_the_register_of_all_projects_names_what_replaced_a_decision_by_then(
    decide: Decide, owner: Any, client_of: Any
) -> None:
    before = decide()
    after = decide(replaces=before)
    assert (name_successor(before, before.acted_at), name_successor(after, timezone.now())) == ("", "")
    client, headers = client_of(owner), {"accept-language": "en"}
    today = timezone.localdate()
    for query in ("", f"?as_of={today}"):
        assert f"Replaced by {after.reference}" in client.get(f"/decisions/{query}", headers=headers).text
    rows = client.get(f"/decisions/?as_of={today - timedelta(days=1)}", headers=headers).context["page"].rows
    assert not {before.pk, after.pk} & {row.pk for row in rows}
    file = client.get("/decisions/?column=successor&export=csv", headers=headers).content.decode()
    assert [line.endswith(after.reference) for line in file.splitlines() if before.reference in line] == [True]


@pytest.mark.parametrize("outcome", [Outcome.REWORK, Outcome.DEFERRED, Outcome.REJECTED, Outcome.MERGED])
def test_any_answer_but_an_approval_leaves_the_earlier_decision_as_it_is(
    outcome: Outcome, decide: Decide, costly: Decision
) -> None:
    after = budget(decide, "1.00", costly, outcome=outcome)
    assert (after.supersedes, after.carried, state(costly)) == (None, {}, "decided")
    assert project().budget == Decimal("4300000.00")


def test_a_decision_is_replaced_only_once(decide: Decide, owner: Any, amoa: Any, pmo: Any) -> None:
    before = decide()
    second = acts.prepare(amoa, pmo, project=project(), replaces=before)
    decide(replaces=before, fates={item_key(second): Fate.KEPT})
    kept = acts.count_evidence()
    with pytest.raises(NotCarried) as error:
        acts.decide(owner, second)
    assert set(error.value.gaps) == {""}
    assert (acts.count_evidence(), acts.reread(second).state) == (kept, "ready_for_decision")
    assert acts.decide(owner, second, Outcome.REJECTED).supersedes is None


def test_a_decision_is_replaced_from_every_state_an_approval_may_be_in(decide: Decide, owner: Any) -> None:
    closed = decide(outcome=WITH)
    acts.lift(owner, closed.proposal)
    opened = decide(outcome=WITH)
    for before, was in ((decide(), "decided"), (closed, "closed"), (opened, "conditions_open")):
        assert state(before) == was
        decide(replaces=before)
        assert state(before) == "superseded"


# — who may —


def test_the_owner_replaces_in_person_a_delegate_does_not(
    decide: Decide, owner: Any, delegate: Any, amoa: Any, pmo: Any
) -> None:
    """Otherwise a minor change signed by a delegate could undo a budget or waive a condition (R1)."""
    before = budget(decide, "4300000.00", outcome=WITH)
    file = acts.prepare(amoa, pmo, project=project(), kind="minor_change", amount="1.00", replaces=before)
    assert not can(delegate, "governance.decide", file)
    assert file not in Proposal.objects.awaiting_decision_of(delegate)
    assert file in Proposal.objects.awaiting_decision_of(owner)
    kept = acts.count_evidence()
    for outcome in acts.ANSWERS:
        with pytest.raises(Refused) as error:
            acts.decide(delegate, file, outcome)
    assert [seat.person for seat in error.value.holders] == [owner]
    assert (acts.count_evidence(), project().budget) == (kept, Decimal("4300000.00"))
    acts.decide(owner, file)
    assert project().budget == START


def test_a_delegate_is_not_told_that_a_replacement_waits_for_a_signature(
    decide: Decide, owner: Any, delegate: Any, amoa: Any, pmo: Any
) -> None:
    for replaces, told in ((None, {owner, delegate}), (decide(), {owner})):
        acts.prepare(amoa, pmo, project=project(), kind="minor_change", amount="1.00", replaces=replaces)
        event = LedgerEvent.objects.latest("pk")
        assert {notice.recipient for notice in event.notifications.select_related("recipient")} == told


# — conditions —


def test_open_conditions_are_kept_changed_or_dropped_each_by_itself(decide: Decide, owner: Any) -> None:
    three = [*CONDITIONS, NewCondition("Third.", "AMOA", acts.FUTURE)]
    before = decide(outcome=WITH, conditions=three)
    kept, changed, dropped = before.conditions.order_by("number")
    chosen = {item_key(kept): Fate.KEPT, item_key(changed): Fate.CHANGED, item_key(dropped): Fate.DROPPED}
    after = decide(replaces=before, outcome=WITH, fates=chosen)
    after.refresh_from_db()
    assert after.carried == {key: str(fate) for key, fate in chosen.items()}
    found = {c.number: (c.state, c.waived_because) for c in before.conditions.all()}
    assert found == {
        1: (ConditionState.OPEN, ""),
        2: (ConditionState.WAIVED, after.reference),
        3: (ConditionState.WAIVED, after.reference),
    }
    waivers = LedgerEvent.objects.filter(act="waive", proposal=before.proposal).order_by("pk")
    assert [event.subject_id for event in waivers] == [changed.pk, dropped.pk]


def test_a_condition_settled_before_rests_on_nothing_any_more(decide: Decide, owner: Any) -> None:
    before = decide(outcome=WITH, conditions=CONDITIONS)
    first, second = before.conditions.order_by("number")
    lift(actor=owner, condition=first, proof="Seen.")
    assert list_dependents(before) == [second]


@pytest.mark.parametrize("settle", ["lift", "waive"])
def test_a_condition_kept_is_settled_under_the_decision_that_is_superseded(
    settle: str, decide: Decide, owner: Any, amoa: Any
) -> None:
    before = budget(decide, "4300000.00", **LATER)
    after = decide(replaces=before, fates=fates(before, Fate.KEPT))
    for condition in before.conditions.all():
        if settle == "lift":
            lift(actor=owner, condition=condition, proof="Seen.")
        else:
            waive(actor=owner, condition=condition, because="Over.")
    assert (state(before), state(after)) == ("superseded", "decided")
    assert (project().budget, before.effects.count()) == (START, 0)
    assert not Condition.objects.open().filter(decision=before).exists()


def test_the_role_still_proves_a_condition_that_was_kept(decide: Decide, amoa: Any) -> None:
    before = decide(outcome=WITH)
    decide(replaces=before, fates=fates(before, Fate.KEPT))
    acts.prove(amoa, before.proposal)
    assert before.conditions.get().proved_by == amoa


# — the undo map is complete, and true —


def test_nothing_is_replaced_before_every_item_has_its_fate(decide: Decide, owner: Any, amoa: Any, pmo: Any) -> None:
    before = budget(decide, "4300000.00", outcome=WITH, conditions=CONDITIONS)
    items = list_dependents(before)
    file = acts.prepare(amoa, pmo, project=project(), replaces=before)
    kept = acts.count_evidence()
    for missing in items:
        chosen = {item_key(item): Fate.DROPPED for item in items if item != missing}
        with pytest.raises(NotCarried) as error:
            acts.decide(owner, file, fates=chosen)
        assert set(error.value.gaps) == {item_key(missing)}
    assert (len(items), acts.count_evidence(), state(before)) == (3, kept, "conditions_open")


@pytest.mark.parametrize(
    ("terms", "fate"),
    [
        ({"budget": "1.00"}, Fate.KEPT),
        ({"budget": "1.00"}, Fate.DROPPED),
        ({}, Fate.CHANGED),
        ({"budget": "4300000.00"}, Fate.CHANGED),
    ],
)
def test_changed_is_what_the_new_decision_really_changes_and_nothing_else(
    terms: dict[str, str], fate: Fate, decide: Decide, costly: Decision
) -> None:
    chosen = fates(costly, fate)
    with pytest.raises(NotCarried) as error:
        decide(replaces=costly, terms=terms, fates=chosen)
    assert set(error.value.gaps) == set(chosen)
    assert project().budget == Decimal("4300000.00")


def test_a_term_of_another_kind_with_the_same_name_changes_nothing_of_the_project(
    decide: Decide, outsider: Any
) -> None:
    """The last day of an appointment is not the end of the project."""
    before = decide("schedule", terms={"ends_on": END})
    terms = {"role": "DEST", "holder": str(outsider.key), "ends_on": END}
    with pytest.raises(NotCarried):
        decide("appointment", before, terms=terms, fates=fates(before, Fate.CHANGED))
    decide("appointment", before, terms=terms, fates=fates(before, Fate.KEPT))
    assert str(project().ends_on) == END


def test_a_condition_is_changed_only_when_the_new_decision_has_one(decide: Decide) -> None:
    before = decide(outcome=WITH)
    chosen = fates(before, Fate.CHANGED)
    with pytest.raises(NotCarried):
        decide(replaces=before, fates=chosen)
    rival = Proposal.objects.get(replaces=before)
    after = decide(replaces=before, outcome=WITH, fates=chosen | {item_key(rival): Fate.DROPPED})
    assert after.conditions.count() == 1


def test_only_items_that_depend_on_the_decision_are_carried_over(decide: Decide) -> None:
    elsewhere = Effect.objects.earliest("pk")
    before = decide()
    after = decide(replaces=before, fates={item_key(elsewhere): Fate.DROPPED, "condition-1": Fate.KEPT})
    assert after.carried == {}


# — the effects —


def test_an_effect_kept_stays_one_dropped_is_led_back_one_changed_is_overwritten(
    decide: Decide, costly: Decision
) -> None:
    decide(replaces=costly, fates=fates(costly, Fate.KEPT))
    assert project().budget == Decimal("4300000.00")

    dropped = budget(decide, "4400000.00")
    undoing = decide(replaces=dropped, fates=fates(dropped, Fate.DROPPED))
    assert project().budget == Decimal("4300000.00")
    back = undoing.effects.get()
    assert (back.field, back.before, back.after) == ("budget", "4400000.00", "4300000.00")

    changed = budget(decide, "4500000.00")
    overwriting = budget(decide, "4600000.00", changed)
    assert project().budget == Decimal("4600000.00")
    over = overwriting.effects.get()
    assert (over.field, over.before, over.after) == ("budget", "4500000.00", "4600000.00")


@pytest.mark.parametrize(
    ("kind", "terms", "field"),
    [
        ("scope", {"scope": "Quay 1."}, "scope"),
        ("schedule", {"ends_on": END}, "ends_on"),
        ("budget", {"budget": "1.00"}, "budget"),
    ],
)
def test_each_term_of_the_project_is_led_back(
    kind: str, terms: dict[str, str], field: str, decide: Decide, owner: Any
) -> None:
    was = getattr(project(), field)
    before = decide(kind, terms=terms)
    assert getattr(project(), field) != was
    decide(replaces=before)
    assert getattr(project(), field) == was
    assert project().history.latest().history_user == owner


@pytest.mark.parametrize(
    ("kind", "field", "text"),
    [("arbitration", "retained_option", "A. Order now"), ("communication", "communication", "Ice machine of quay 4")],
)
def test_an_effect_that_was_only_recorded_is_recorded_as_undone(
    kind: str, field: str, text: str, decide: Decide
) -> None:
    before = decide(kind)
    back = decide(replaces=before).effects.get()
    assert (back.field, back.before, back.after) == (field, text, "")


def test_an_option_retained_is_changed_by_another_arbitration(decide: Decide) -> None:
    before = decide("arbitration")
    after = decide("arbitration", before, recommended="B")
    assert list(after.carried.values()) == [Fate.CHANGED]
    assert [(e.before, e.after) for e in after.effects.all()] == [("", "B. Do nothing")]


def test_a_role_given_by_a_decision_ends_when_it_is_dropped(decide: Decide, outsider: Any) -> None:
    before = decide("appointment", terms={"role": "DEST", "holder": str(outsider.key)})
    assert Mandate.objects.active().filter(holder=outsider).exists()
    after = decide(replaces=before)
    assert not Mandate.objects.active().filter(holder=outsider).exists()
    back = after.effects.get()
    assert (back.subject, back.before, back.after) == ("projects.mandate", str(outsider.key), "")


def test_a_role_given_anew_ends_the_one_it_replaces(decide: Decide, outsider: Any, cast: dict[str, Any]) -> None:
    other = cast["former_owner"]
    before = decide("appointment", terms={"role": "DEST", "holder": str(outsider.key)})
    terms = {"role": "DEST", "holder": str(other.key)}
    for wrong in (Fate.KEPT, Fate.DROPPED):
        with pytest.raises(NotCarried):
            decide("appointment", before, terms=terms, fates=fates(before, wrong))
    after = decide("appointment", before, terms=terms)
    holders = Mandate.objects.active().filter(holder__in=[outsider, other], project=project())
    assert [mandate.holder for mandate in holders] == [other]
    assert [(e.before, e.after) for e in after.effects.order_by("pk")] == [
        (str(outsider.key), ""),
        ("", str(other.key)),
    ]


def test_a_signature_lent_by_a_decision_ends_when_it_is_dropped(decide: Decide, outsider: Any) -> None:
    terms = {"delegate": str(outsider.key), "kinds": "minor_change", "ends_on": END, "document": "Act 2"}
    before = decide("delegation", terms=terms)
    assert Delegation.objects.active().filter(delegate=outsider).exists()
    back = decide(replaces=before).effects.get()
    assert not Delegation.objects.active().filter(delegate=outsider).exists()
    assert (back.subject, back.before, back.after) == ("projects.delegation", str(outsider.key), "")


def test_a_role_that_has_ended_already_needs_no_undoing(decide: Decide, owner: Any, outsider: Any) -> None:
    before = decide("appointment", terms={"role": "DEST", "holder": str(outsider.key)})
    end_mandate(actor=owner, mandate=outsider.mandates.get())
    assert decide(replaces=before).effects.count() == 0


def test_an_undo_does_not_overwrite_a_later_decision(decide: Decide, costly: Decision) -> None:
    budget(decide, "4400000.00")
    kept = acts.count_evidence()["Decision"]
    with pytest.raises(NotCarried) as error:
        decide(replaces=costly, fates=fates(costly, Fate.DROPPED))
    assert [*error.value.gaps.values()] == [CHANGED_SINCE]
    assert (acts.count_evidence()["Decision"], state(costly), project().budget) == (
        kept,
        "decided",
        Decimal("4400000.00"),
    )


# — effects that wait —


def test_effects_that_wait_are_never_applied_once_the_decision_is_replaced(decide: Decide, owner: Any) -> None:
    before = budget(decide, "4300000.00", **LATER)
    decide(replaces=before)
    assert {condition.state for condition in before.conditions.all()} == {ConditionState.WAIVED}
    assert (project().budget, before.effects.count()) == (START, 0)


@pytest.mark.parametrize("settle", [acts.lift, acts.waive])
def test_a_replacement_that_waits_leads_back_what_it_drops_when_it_takes_effect(
    settle: Any, decide: Decide, owner: Any, outsider: Any
) -> None:
    before = decide("change", terms={"scope": "Quay 1.", "ends_on": END})
    wait = {"outcome": WITH, "effective": EffectiveFrom.WHEN_MET}
    dropped, changed = list_dependents(before)
    assert isinstance(dropped, Effect)
    assert dropped.field == "ends_on"
    chosen = {item_key(dropped): Fate.DROPPED, item_key(changed): Fate.CHANGED}
    after = decide("scope", before, terms={"scope": "Quay 2."}, fates=chosen, **wait)
    assert (state(before), str(project().ends_on), project().scope) == ("superseded", END, "Quay 1.")
    settle(owner, after.proposal)
    assert (str(project().ends_on), project().scope) == (dropped.before, "Quay 2.")
    assert [e.field for e in after.effects.order_by("pk")] == ["ends_on", "scope"]


def test_an_effect_depends_on_a_pending_replacement_until_it_is_undone(decide: Decide, costly: Decision) -> None:
    """B waits to drop A, and C replaces B: A's effect stands until C settles it."""
    (effect,) = list_dependents(costly)
    second = decide(replaces=costly, outcome=WITH, effective=EffectiveFrom.WHEN_MET)
    assert set(second.carried.values()) == {Fate.DROPPED}
    (condition,) = second.conditions.all()
    assert list_dependents(second) == [condition, effect]
    third = decide(replaces=second)
    assert project().budget == START
    assert set(third.carried) == {item_key(effect), item_key(condition)}
    connection.check_constraints()


def test_an_undone_effect_no_longer_depends_on_the_replacement(decide: Decide, costly: Decision, owner: Any) -> None:
    (effect,) = list_dependents(costly)
    second = decide(replaces=costly, outcome=WITH, effective=EffectiveFrom.WHEN_MET)
    acts.lift(owner, second.proposal)
    assert [item_key(item) for item in list_dependents(second)] == [f"effect-{second.effects.get().pk}"]
    third = decide(replaces=second, fates=fates(second, Fate.KEPT))
    assert (project().budget, item_key(effect) in third.carried) == (START, False)


# — chains —


def test_three_replacements_in_a_row_keep_what_each_said_to_keep(decide: Decide, owner: Any) -> None:
    first = budget(decide, "4300000.00", outcome=WITH)
    effect = first.effects.get()
    condition = first.conditions.get()
    second = decide("scope", first, terms={"scope": "Quay 1."}, fates=fates(first, Fate.KEPT))
    assert {item_key(item) for item in list_dependents(second)} == {
        item_key(effect),
        item_key(condition),
        item_key(second.effects.get()),
    }
    third = decide(replaces=second, fates=fates(second, Fate.KEPT))
    lift(actor=owner, condition=condition, proof="Seen.")
    assert len(list_dependents(third)) == 2
    last = decide(replaces=third)
    assert (project().budget, project().scope) == (START, "")
    assert [d.supersedes for d in (first, second, third, last)] == [None, first, second, third]
    assert [state(d) for d in (first, second, third, last)] == ["superseded"] * 3 + ["decided"]
    told = LedgerEvent.objects.filter(act="supersede").order_by("pk").values_list("detail", flat=True)
    assert [*told][-3:] == [d.reference for d in (second, third, last)]


def test_a_newer_answer_to_the_same_proposal_supersedes_the_deferral_and_carries_nothing(
    owner: Any, amoa: Any, pmo: Any, proposal: Any
) -> None:
    file = proposal("deferred")
    acts.edit(amoa, file, terms={"budget": "4231000.00"})
    acts.submit(amoa, file)
    acts.advise(pmo, file)
    decision = acts.decide(owner, file)
    assert (decision.supersedes.outcome, decision.carried, acts.reread(file).state) == (Outcome.DEFERRED, {}, "decided")
    assert project().budget == Decimal("4231000.00")


def test_an_appointment_and_a_delegation_of_hand_are_not_touched(
    decide: Decide, costly: Decision, owner: Any, outsider: Any, cast: dict[str, Any]
) -> None:
    """Undoing a decision undoes its own effects only."""
    role = RoleTemplate.objects.get(code="DEST")
    given = appoint(actor=owner, project=project(), role=role, holder=outsider)
    lent = delegate(
        actor=owner,
        project=project(),
        to=cast["former_owner"],
        kinds=["minor_change"],
        cap=None,
        document="Act 9",
        ends_at=timezone.now() + timedelta(days=9),
    )
    decide(replaces=costly)
    assert Mandate.objects.active().filter(pk=given.pk).exists()
    assert Delegation.objects.active().filter(pk=lent.pk).exists()
