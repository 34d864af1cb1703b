"""Test that conditions which are not met in time have the effect that the owner chose with the decision."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from core.acts import acting_as
from core.words.dates import short_day
from governance.decide.decisions.services import NewCondition
from governance.decide.decisions.supersede import item_key, list_dependents
from governance.decide.lapses.services import lapse
from governance.decide.lapses.tasks import announce_late_conditions, apply_lapses
from governance.enums import Act, ConditionState, EffectiveFrom, Fate, OnLapse, Outcome
from governance.models import Condition, Decision, Effect, Proposal
from governance.record.verification.bundles import export
from governance.record.verification.verifier import verify
from governance.workflow import WrongState
from projects.models import LedgerEvent, Mandate, Notification, Project
from projects.notices.enums import Reason
from projects.notices.models import MAILS
from projects.seats.mandates.services import appoint, end_mandate, role_on
from tests import acts
from tests.attacks import Attacks, Declared
from tests.database import BACKDATED, fire_deferred_triggers, run
from tests.days import today
from tests.governance.world import World
from tests.projects.ledger.tampering import disable_guards
from tests.projects.seats.launch.test_launch import founded
from tools.verify_ledger import verify_bundle

pytestmark = pytest.mark.django_db

WITH = Outcome.APPROVED_WITH_CONDITIONS
BEFORE, AFTER = Decimal("4225000.00"), Decimal("4300000.00")


def yesterday() -> date:
    """Return the day before."""
    return today() - timedelta(days=1)


def condition(on_lapse: OnLapse, due_on: date | None = None, text: str = "The bank agrees.") -> NewCondition:
    """Build a condition that the AMOA answers for, until yesterday unless another day is given."""
    return NewCondition(text, "AMOA", due_on or yesterday(), on_lapse=on_lapse)


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


def states(decision: Decision) -> list[str]:
    """List the states of the conditions of a decision."""
    return list(decision.conditions.order_by("number").values_list("state", flat=True))


def _verify_export() -> list[str]:
    """Return the faults that the stand-alone verifier finds in an export of everything."""
    bundle = json.loads("".join(export(Project.objects.order_by("pk"), whole=True, contents=True)))
    return [str(fault) for fault in verify_bundle(bundle, [], [], set()).faults]


# — overdue —


def test_the_owner_is_told_once_of_a_condition_that_is_overdue(owner: Any, amoa: Any, more: Proposal) -> None:
    """Older ones, those that lapse and those of a superseded decision have no such notice."""
    old, open_still = yesterday() - timedelta(days=7), acts.FUTURE
    texts = {"Just late.": yesterday(), "Long late.": old, "Not late.": open_still}
    conditions = [condition(OnLapse.STAYS, due_on, text) for text, due_on in texts.items()]
    decision = acts.decide(owner, more, WITH, [*conditions, condition(OnLapse.LAPSES)])
    announce_late_conditions()
    assert announce_late_conditions() == 0
    told = Notification.objects.filter(reason="condition_late", link__startswith=decision.dossier_address)
    assert [(notice.recipient, notice.about) for notice in told] == [(owner, f"{decision.reference} · Just late.")]


@pytest.mark.parametrize(
    ("language", "subject", "sentence"),
    [
        ("en", "Condition overdue since {}: ONE, {} Just late.", "You can mark the condition as met or waive it:"),
        ("fr", "Condition en retard depuis le {}\u202f: ONE, {} Just late.", "Le rôle AMOA doit le fournir ("),
    ],
)
def test_the_mail_of_an_overdue_condition_says_since_when_and_who_provides_the_evidence(
    owner: Any, amoa: Any, more: Proposal, language: str, subject: str, sentence: str
) -> None:
    decision = acts.decide(owner, more, WITH, [condition(OnLapse.STAYS, text="Just late.")])
    with acting_as(owner):
        owner.language = language
        owner.save()
    announce_late_conditions()
    mail = MAILS[Reason.CONDITION_LATE](Notification.objects.get(reason=Reason.CONDITION_LATE, recipient=owner))
    with translation.override(language):
        assert mail.subject == subject.format(short_day(yesterday()), decision.reference)
    assert mail.to == [owner.email]
    for words in (sentence, str(amoa), f"\n{settings.BASE_URL}{decision.dossier_address}#condition-"):
        assert words in mail.body


def test_a_condition_with_evidence_is_not_told_as_overdue(owner: Any, amoa: Any, more: Proposal) -> None:
    decision = acts.decide(owner, more, WITH, [condition(OnLapse.STAYS)])
    acts.prove(amoa, more)
    announce_late_conditions()
    assert not Notification.objects.filter(reason="condition_late", link__startswith=decision.dossier_address).exists()


# — the three effects —


def test_a_decision_that_waits_for_its_conditions_never_takes_effect_once_it_has_lapsed(
    owner: Any, amoa: Any, more: Proposal
) -> None:
    conditions = [condition(OnLapse.LAPSES), condition(OnLapse.STAYS, acts.FUTURE, "The crews are told.")]
    decision = acts.decide(owner, more, WITH, conditions, effective=EffectiveFrom.WHEN_MET)
    assert apply_lapses() == 1
    fire_deferred_triggers()
    assert (acts.reread(more).state, states(decision), budget()) == ("lapsed", ["lapsed", "lapsed"], BEFORE)
    first = decision.conditions.earliest("number")
    assert (first.lifted_by, first.lifted_at is not None) == (None, True)
    events = LedgerEvent.objects.filter(act=Act.LAPSE).order_by("seq")
    assert [(event.actor, event.role, event.detail) for event in events] == [
        (owner, "MOA", "stays"),
        (owner, "MOA", "lapses"),
    ]
    told = Notification.objects.filter(event__in=events, reason="condition_lapsed")
    assert {owner, amoa} <= {notice.recipient for notice in told}
    assert all(notice.about.startswith(f"{decision.reference} · ") for notice in told)
    assert not Decision.objects.in_force().filter(pk=decision.pk).exists()
    for settle, actor in ((acts.lift, owner), (acts.waive, owner), (acts.prove, amoa)):
        with pytest.raises(WrongState):
            settle(actor, more)
    assert apply_lapses() == 0
    assert verify(more.project).faults == []


def test_what_was_decided_is_undone_when_the_owner_chose_so(owner: Any, more: Proposal) -> None:
    decision = acts.decide(owner, more, WITH, [condition(OnLapse.UNDONE)])
    assert budget() == AFTER
    assert apply_lapses() == 1
    fire_deferred_triggers()
    assert (budget(), acts.reread(more).state) == (BEFORE, "lapsed")
    made, undone = decision.effects.order_by("pk")
    assert (undone.before, undone.after) == (made.after, made.before)
    assert verify(more.project).faults == []
    assert _verify_export() == []


def test_what_was_changed_stays_when_only_the_decision_lapses(owner: Any, more: Proposal) -> None:
    acts.decide(owner, more, WITH, [condition(OnLapse.LAPSES)])
    assert apply_lapses() == 1
    fire_deferred_triggers()
    assert (budget(), acts.reread(more).state) == (AFTER, "lapsed")
    assert verify(more.project).faults == []


def test_a_condition_stays_open_and_overdue_by_default(owner: Any, more: Proposal) -> None:
    decision = acts.decide(owner, more, WITH, [NewCondition("The bank agrees.", "AMOA", yesterday())])
    kept = acts.count_evidence()
    assert apply_lapses() == 0
    assert (acts.count_evidence(), states(decision)) == (kept, ["open"])
    assert decision.conditions.get().is_overdue
    acts.lift(owner, more)
    assert acts.reread(more).state == "closed"


def test_the_gravest_effect_counts_when_two_conditions_are_late(owner: Any, more: Proposal) -> None:
    acts.decide(owner, more, WITH, [condition(OnLapse.LAPSES), condition(OnLapse.UNDONE, text="The bank pays.")])
    assert apply_lapses() == 1
    assert budget() == BEFORE


# — the moment —


@pytest.mark.parametrize("days", [-400, -1, 0, 1, 400])
@pytest.mark.parametrize("on_lapse", OnLapse)
@pytest.mark.parametrize("proved", [False, True])
def test_it_lapses_after_its_day_without_a_proof_and_never_before(
    days: int, on_lapse: OnLapse, proved: bool, owner: Any, amoa: Any, more: Proposal
) -> None:
    decision = acts.decide(owner, more, WITH, [condition(on_lapse, today() + timedelta(days=days))])
    if proved:
        acts.prove(amoa, more)
    lapses = days < 0 and not proved and on_lapse != OnLapse.STAYS
    assert apply_lapses() == lapses
    assert states(decision) == [ConditionState.LAPSED if lapses else ConditionState.OPEN]
    assert budget() == (BEFORE if lapses and on_lapse == OnLapse.UNDONE else AFTER)
    fire_deferred_triggers()


@pytest.mark.parametrize("settle", [acts.lift, acts.waive])
def test_a_condition_that_was_settled_does_not_lapse(settle: Any, owner: Any, more: Proposal) -> None:
    acts.decide(owner, more, WITH, [condition(OnLapse.UNDONE)])
    settle(owner, more)
    assert (apply_lapses(), acts.reread(more).state, budget()) == (0, "closed", AFTER)


def test_what_another_decision_keeps_does_not_lapse(owner: Any, amoa: Any, pmo: Any, more: Proposal) -> None:
    decision = acts.decide(owner, more, WITH, [condition(OnLapse.UNDONE)])
    later = acts.prepare(amoa, pmo, project=more.project, replaces=decision)
    fates = acts.fates_of(later)
    acts.decide(owner, later, fates=dict.fromkeys(fates, "kept"))
    assert (apply_lapses(), states(decision), budget()) == (0, ["open"], AFTER)


def test_it_runs_every_night_and_twice_does_nothing(owner: Any, more: Proposal) -> None:
    decision = acts.decide(owner, more, WITH, [condition(OnLapse.UNDONE)])
    assert settings.CELERY_BEAT_SCHEDULE["apply-lapses"]["task"] == apply_lapses.name
    assert lapse(actor=owner, decision=decision)
    kept = acts.count_evidence()
    assert not lapse(actor=owner, decision=decision)
    assert acts.count_evidence() == kept


# — on a closed project —


@pytest.mark.parametrize("chosen", [OnLapse.UNDONE, OnLapse.LAPSES])
def test_a_condition_carried_over_at_the_closing_lapses_after_a_reopening_only(
    chosen: OnLapse, owner: Any, cast: dict[str, Any], more: Proposal
) -> None:
    """A closed project changes by nothing but its reopening."""
    project, other = more.project, founded(cast, "NEXT")
    appoint(actor=cast["other_owner"], project=other, role=role_on(other, "DEST"), holder=owner, group="crews")
    decision = acts.decide(owner, more, WITH, [condition(chosen)])
    closing = acts.close(owner, project, other)
    fire_deferred_triggers()
    assert {word["into"] for word in closing.settled if word["item"].startswith("condition-")} == {"NEXT"}
    kept = acts.count_evidence()
    assert (apply_lapses(), states(decision), budget()) == (0, ["open"], AFTER)
    assert not lapse(actor=owner, decision=decision)
    assert acts.count_evidence() == kept
    acts.reopen(owner, project)
    fire_deferred_triggers()
    assert apply_lapses() == 1
    fire_deferred_triggers()
    assert states(decision) == ["lapsed"]
    assert budget() == (BEFORE if chosen == OnLapse.UNDONE else AFTER)
    assert verify(acts.fresh(project)).faults == []


# — what cannot be undone, or is gone —


def test_the_owner_is_told_once_what_cannot_be_undone(owner: Any, amoa: Any, pmo: Any, more: Proposal) -> None:
    decision = acts.decide(owner, more, WITH, [condition(OnLapse.UNDONE)])
    again = acts.prepare(amoa, pmo, project=more.project, kind="budget", terms={"budget": "4400000"})
    acts.decide(owner, again)
    for _night in range(2):
        assert apply_lapses() == 0
    assert (states(decision), acts.reread(more).state, budget()) == (["open"], "conditions_open", Decimal(4400000))
    told = Notification.objects.filter(reason="lapse_prevented")
    assert [notice.recipient for notice in told] == [owner]
    assert told.get().about.startswith(f"{decision.reference} · ")


def test_the_choice_holds_after_its_owner_has_left(
    owner: Any, amoa: Any, future_owner: Any, staff_admin: Any, more: Proposal
) -> None:
    acts.decide(owner, more, WITH, [condition(OnLapse.UNDONE)])
    end_mandate(actor=owner, mandate=Mandate.objects.active().deciding().get(project=more.project))
    assert apply_lapses() == 1
    fire_deferred_triggers()
    assert budget() == BEFORE
    assert verify(more.project).faults == []


@pytest.mark.parametrize("on_lapse", [OnLapse.LAPSES, OnLapse.UNDONE])
def test_a_decision_that_has_lapsed_is_replaced_and_its_map_lists_what_remains(
    on_lapse: OnLapse, owner: Any, amoa: Any, pmo: Any, more: Proposal
) -> None:
    decision = acts.decide(owner, more, WITH, [condition(on_lapse)])
    apply_lapses()
    fire_deferred_triggers()
    effect = decision.effects.earliest("pk")
    later = acts.prepare(amoa, pmo, project=more.project, replaces=decision)
    remains = [effect] if on_lapse == OnLapse.LAPSES else []
    assert list_dependents(decision, later) == remains
    after = acts.decide(owner, later, fates=dict.fromkeys(map(item_key, remains), Fate.DROPPED))
    fire_deferred_triggers()
    assert (after.supersedes, acts.reread(more).state, budget()) == (decision, "superseded", BEFORE)
    assert states(decision) == ["lapsed"]
    for settle, actor in ((acts.lift, owner), (acts.waive, owner), (acts.prove, amoa)):
        with pytest.raises(WrongState):
            settle(actor, more)
    assert verify(more.project).faults == []
    assert _verify_export() == []


@pytest.mark.parametrize("effective", EffectiveFrom)
def test_what_a_lapsed_replacement_would_have_dropped_hangs_on_it_again(
    effective: EffectiveFrom, owner: Any, amoa: Any, pmo: Any, more: Proposal
) -> None:
    """The effect of the first decision stands again, or still, and the third settles it."""
    first = acts.decide(owner, more)
    effect = first.effects.get()
    second = acts.prepare(amoa, pmo, project=more.project, replaces=first)
    on_lapse = OnLapse.UNDONE if effective == EffectiveFrom.AT_ONCE else OnLapse.LAPSES
    lapsed = acts.decide(owner, second, WITH, [condition(on_lapse)], effective=effective)
    apply_lapses()
    fire_deferred_triggers()
    assert (acts.reread(second).state, budget()) == ("lapsed", AFTER)
    third = acts.prepare(amoa, pmo, project=more.project, replaces=lapsed)
    assert list_dependents(lapsed, third) == [effect]
    acts.decide(owner, third, fates={item_key(effect): Fate.DROPPED})
    fire_deferred_triggers()
    assert budget() == BEFORE


def test_nothing_can_be_undone_before_it_takes_effect(owner: Any, more: Proposal, client_of: Any) -> None:
    with pytest.raises(ValidationError) as error:
        acts.decide(owner, more, WITH, [condition(OnLapse.UNDONE)], effective=EffectiveFrom.WHEN_MET)
    assert set(error.value.message_dict) == {"conditions-0-on_lapse"}


# — what people read —


def test_the_record_and_the_dossier_say_it_in_both_languages(owner: Any, more: Proposal, client_of: Any) -> None:
    decision = acts.decide(owner, more, WITH, [condition(OnLapse.UNDONE)])
    says = {
        "en": ("If not met in time: The decision lapses and its changes are undone", "Not met in time"),
        "fr": ("Si elle n’est pas levée à temps", "Non levée à temps"),
    }
    for language, (before, _after) in says.items():
        for address in (decision.dossier_address, decision.get_absolute_url()):
            assert before in _read(client_of(owner), address, language)
    apply_lapses()
    for language, (_before, after) in says.items():
        assert after in _read(client_of(owner), decision.dossier_address, language)


def _read(client: Any, address: str, language: str) -> str:
    with translation.override(language):
        text: str = client.get(address, headers={"accept-language": language}).content.decode()
    return text


def test_the_form_offers_the_choice_and_keeps_it(owner: Any, more: Proposal, client_of: Any) -> None:
    client = client_of(owner)
    assert more.current is not None
    row = {"conditions-0-text": "The bank agrees.", "conditions-0-role": "AMOA", "conditions-0-due_on": acts.FUTURE}
    data = {
        "fingerprint": more.current.hash,
        "option": "A",
        "outcome": WITH,
        "effective": "at_once",
        "reasons": "Both advices say so.",
        "conditions-TOTAL_FORMS": 1,
        "conditions-INITIAL_FORMS": 0,
        **row,
        "conditions-0-on_lapse": "undone",
    }
    address = f"/proposals/{more.pk}/decide/"
    refused = client.post(address, data | {"effective": "when_met", "step": "review"})
    assert refused.status_code == 422
    review = client.post(address, data | {"step": "review"}, headers={"accept-language": "en"})
    assert "If not met in time: The decision lapses" in review.content.decode()
    assert client.post(address, data | {"step": "seal"}).status_code == 302
    assert Condition.objects.get(decision__proposal=more).on_lapse == OnLapse.UNDONE


# — the triggers —

LAPSES = "A condition lapses once its day has passed, as the owner chose with the decision (R1)"
NOT_AFTERWARDS = "An effect is noted when its decision takes effect, not afterwards"


def _decide(world: World, on_lapse: OnLapse, due_on: date | None = None) -> Decision:
    """Decide on the budget of project one under a condition."""
    cast = world.cast
    project = Project.objects.get(code="ONE")
    file = acts.prepare(cast["amoa"], cast["pmo"], project=project, kind="budget", terms={"budget": str(AFTER)})
    return acts.decide(cast["owner"], file, WITH, [condition(on_lapse, due_on)])


def _end(decision: Decision, **fields: Any) -> None:
    """Let the condition of a decision lapse past the services."""
    fields = {"state": "lapsed", "lifted_at": timezone.now()} | fields
    assert Condition.objects.filter(decision=decision).update(**fields)


def _of_another_day(world: World, on_lapse: str = "undone") -> Decision:
    """Return a decision of an earlier transaction whose condition ended yesterday, with that effect."""
    decision = world.answer("conditions_open")
    BACKDATED.add("governance_condition")
    with disable_guards("governance_condition"):
        set_ = "UPDATE governance_condition SET on_lapse = %s, due_on = %s WHERE decision_id = %s"
        run(set_, [on_lapse, yesterday(), decision.pk])
    return decision


def _undo(world: World, on_lapse: str = "undone", **fields: Any) -> None:
    """Let a decision of another day lapse past the services, then write the effect that leads its gate back."""
    decision = _of_another_day(world, on_lapse)
    _end(decision)
    made = decision.effects.get(field="gate")
    about = {"subject": made.subject, "subject_id": made.subject_id, "field": made.field}
    about |= {"before": made.after, "after": made.before, "acted_at": timezone.now()}
    Effect.objects.bulk_create([Effect(decision=decision, **about | fields)])


def _end_when_closed(world: World) -> None:
    """Close the project with the condition carried over, then let it lapse past the services."""
    decision = _decide(world, OnLapse.UNDONE)
    other = founded(world.cast, "NEXT")
    seat = {"role": role_on(other, "DEST"), "holder": world.cast["owner"], "group": "crews"}
    appoint(actor=world.cast["other_owner"], project=other, **seat)
    acts.close(world.cast["owner"], acts.fresh(decision.project), other)
    _end(Decision.objects.get(pk=decision.pk))


def test_a_decision_of_another_day_is_undone(world: World) -> None:
    decision = _of_another_day(world)
    made = decision.effects.get(field="gate")
    assert apply_lapses() == 1
    project = Project.objects.get(pk=decision.project_id)
    assert (project.gate, world.proposal("conditions_open").state) == (made.before, "lapsed")


TRIGGERS: list[Declared] = [
    *(
        ("condition.keeps_the_words_of_the_owner", what, attack, LAPSES)
        for what, attack in (
            ("it stays open", lambda w: _end(_decide(w, OnLapse.STAYS))),
            ("its day has not passed", lambda w: _end(_decide(w, OnLapse.LAPSES, today()))),
            ("by somebody", lambda w: _end(_decide(w, OnLapse.LAPSES), lifted_by=w.cast["pmo"])),
            ("dated back", lambda w: _end(_decide(w, OnLapse.LAPSES), lifted_at=timezone.now() - timedelta(days=1))),
        )
    ),
    (
        "condition.keeps_the_words_of_the_owner",
        "another effect than chosen",
        lambda w: w.change(on_lapse="undone"),
        "A condition is settled once and otherwise stays as the owner set it",
    ),
    (
        "condition.keeps_the_words_of_the_owner",
        "on a closed project",
        _end_when_closed,
        "A condition of a project at rest lapses once it goes on",
    ),
    (
        "condition.lapses_as_a_whole",
        "",
        lambda w: _end(_decide(w, OnLapse.LAPSES)),
        "A decision lapses with all its open conditions, and its proposal with it",
    ),
    (
        "condition.is_set_with_its_decision",
        "nothing to undo",
        lambda w: w.condition(decision=w.decide(outcome=WITH, effective="when_met"), on_lapse="undone"),
        "A decision that waits for its conditions has changed nothing that could be undone",
    ),
    (
        "proposal.follows_the_workflow",
        "no condition lapsed",
        lambda w: w.update("conditions_open", state="lapsed"),
        "A proposal lapses with a condition of its decision",
    ),
    *(
        ("effect.follows_from_an_approval", what, attack, NOT_AFTERWARDS)
        for what, attack in (
            ("of a lapse that undoes nothing", lambda w: _undo(w, "lapses")),
            ("a lapse leads another part back", lambda w: _undo(w, field="budget")),
            ("a lapse leads to another value", lambda w: _undo(w, after="G0")),
        )
    ),
]


CONSTRAINTS = {
    "a_condition_lapses_in_a_known_way": lambda w: w.condition(decision=w.decide(outcome=WITH), on_lapse="never"),
}
ATTACKS = Attacks(TRIGGERS, CONSTRAINTS)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
