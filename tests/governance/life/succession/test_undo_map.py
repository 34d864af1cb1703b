"""Test that everything that hangs on a replaced decision is kept, changed or dropped as its owner says (R6)."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from amoa.change_plan.enums import ActionState
from amoa.change_plan.services import write_communication
from amoa.enums import Act as BusinessAct
from amoa.models import CommunicationAction
from core.access import Refused
from governance.decide.decisions.supersede import NotCarried, find_options, item_key, list_dependents
from governance.decide.grounds.queries import resolve_grounds
from governance.decide.proposals.services import Incomplete
from governance.enums import Act, Fate, Outcome
from governance.life.decision_reviews.models import DecisionReview
from governance.life.decision_reviews.services import review_decision
from governance.models import Decision, Proposal
from governance.record.verification.bundles import export
from governance.record.verification.verifier import verify
from governance.workflow import WrongState
from projects.models import LedgerEvent, Notification, Project
from projects.seats.mandates.services import end_mandate
from tests import acts, pdf
from tests.database import fire_deferred_triggers
from tools.verify_ledger import verify_bundle

pytestmark = pytest.mark.django_db

WITH = Outcome.APPROVED_WITH_CONDITIONS
IMPACTS = {"impact_schedule": "None.", "impact_recipients": "None."}


class Desk:
    """Project one with its people: propose, decide, replace."""

    def __init__(self, owner: Any, amoa: Any, pmo: Any, project: Project) -> None:
        self.owner, self.amoa, self.pmo, self.project = owner, amoa, pmo, project

    def propose(
        self, *cited: Decision, replaces: Decision | None = None, kind: str = "change", **more: Any
    ) -> Proposal:
        """Bring a proposal that rests on these decisions to the owner."""
        grounds, unknown = resolve_grounds(self.project, [decision.reference for decision in cited])
        assert unknown == []
        content = IMPACTS | more | {"rests_on": [ground.plain() for ground in grounds]}
        return acts.prepare(self.amoa, self.pmo, project=self.project, kind=kind, replaces=replaces, **content)

    def decide(self, *cited: Decision, outcome: Outcome = Outcome.APPROVED, **more: Any) -> Decision:
        """Decide on such a proposal."""
        return acts.decide(self.owner, self.propose(*cited, **more), outcome)

    def replace(self, replaced: Decision, chosen: dict[Any, Fate] | None = None, **more: Any) -> Decision:
        """Replace a decision; `chosen` maps rows to their fates, the others are kept if possible."""
        file = self.propose(replaces=replaced, **more)
        items = list_dependents(replaced, file)
        fates = {item_key(item): find_options(item, file.current, items).fates[0] for item in items}
        fates |= {item_key(row): fate for row, fate in (chosen or {}).items()}
        decision = acts.decide(self.owner, file, fates=fates)
        fire_deferred_triggers()
        return decision

    def message(self, decision: Decision, **fields: Any) -> CommunicationAction:
        """Plan a message that announces a decision."""
        group = self.project.recipient_groups.earliest("pk")
        about = {"title": "The quay moves", "group": group, "due_on": None, "after": decision.proposal.number}
        return write_communication(actor=self.amoa, project=self.project, fields=about | fields)


@pytest.fixture(scope="module")
def kept_first(kept_cast: dict[str, Any]) -> Decision:
    """Decide on a change, on which the other rows of a test hang."""
    people = (kept_cast[member] for member in ("owner", "amoa", "pmo"))
    decision = Desk(*people, Project.objects.get(code="ONE")).decide()
    fire_deferred_triggers()
    return decision


@pytest.fixture
def first(kept_first: Decision) -> Decision:
    """Return that decision."""
    return deepcopy(kept_first)


@pytest.fixture
def desk(owner: Any, amoa: Any, pmo: Any, project_one: Project) -> Desk:
    """Sit at the desk of project one."""
    return Desk(owner, amoa, pmo, project_one)


def is_sound(project: Project) -> bool:
    """Return whether both verifiers find nothing."""
    bundle = json.loads("".join(export(Project.objects.order_by("pk"), whole=True, contents=True)))
    return verify(project).faults == [] and verify_bundle(bundle, [], [], set()).faults == []


def state(proposal: Proposal) -> str:
    """Read the state of a proposal."""
    return acts.reread(proposal).state


# — what hangs on a decision —


def test_the_map_lists_what_hangs_on_a_decision_directly_and_through_others(desk: Desk) -> None:
    first = desk.decide(kind="budget", terms={"budget": "4300000.00"})
    held = desk.decide(outcome=WITH, replaces=first)
    later, aside = desk.decide(held), desk.decide()
    through = desk.decide(later)
    old = desk.decide(replaces=later, kind="scope", terms={"scope": "Quay 1."}, outcome=WITH)
    refused = desk.decide(held, outcome=Outcome.REJECTED)
    returned = [desk.decide(held, outcome=outcome).proposal for outcome in (Outcome.DEFERRED, Outcome.REWORK)]
    waiting, rival = desk.propose(held), desk.propose(replaces=held)
    acts.draft(desk.amoa, desk.project, rests_on=waiting.draft.rests_on)
    message = desk.message(held)
    desk.message(aside)
    file = desk.propose(held, replaces=held)
    found = list_dependents(held, file)
    wanted = [*held.conditions.all(), *held.effects.all(), refused, waiting, rival, message, *returned]
    assert {*map(item_key, found)} == {*map(item_key, wanted)}
    assert {item_key(through), item_key(old)}.isdisjoint(map(item_key, found))  # what replaced `later` rests on nothing


def test_a_decision_hangs_through_another_one_that_is_in_force(desk: Desk, first: Decision) -> None:
    second = desk.decide(first)
    third = desk.decide(second)
    assert list_dependents(first) == [second, third]
    after = desk.replace(second, {third: Fate.KEPT})
    assert list_dependents(second) == [third]
    assert list_dependents(after) == [third]
    assert list_dependents(first) == []


@pytest.mark.parametrize("fate", Fate)
def test_what_was_carried_over_hangs_on_the_new_decision(fate: Fate, desk: Desk, first: Decision) -> None:
    later = desk.decide(first)
    second = desk.replace(first, {later: fate})
    assert list_dependents(second) == [later]
    third = desk.replace(second, {later: Fate.KEPT})
    assert third.carried == {item_key(later): "kept"}


# — later decisions —


def test_a_later_decision_is_kept_by_the_word_of_the_owner(desk: Desk, first: Decision) -> None:
    later = desk.decide(first)
    after = desk.replace(first, {later: Fate.KEPT})
    assert after.carried == {item_key(later): "kept"}
    assert not later.breaks.exists()
    assert not Decision.objects.get(pk=later.pk).needs_review
    assert is_sound(desk.project)


def test_a_later_decision_that_is_changed_waits_for_the_review_of_the_owner(
    desk: Desk, first: Decision, english: Callable[[Any], Any]
) -> None:
    later = desk.decide(first)
    through = desk.decide(later)
    after = desk.replace(first, {later: Fate.CHANGED, through: Fate.CHANGED})
    digest = Decision.objects.filter(pk=after.pk).with_event().get().event_hash.hex()  # type: ignore[attr-defined]
    assert [(b.item, b.after) for b in (later.breaks.get(), through.breaks.get())] == [
        (f"decision:{first.pk}", digest),
        (f"decision:{later.pk}", digest),
    ]
    assert {later, through} <= {*Decision.objects.awaiting_review_of(desk.owner)}
    shown = english(desk.owner).get(later.dossier_address).text
    assert f"Decision {first.reference}" in shown
    change = later.breaks.get()
    review_decision(actor=desk.owner, decision=later, change=change.pk, answer="holds", reasons="It still stands.")  # type: ignore[arg-type]
    assert later not in {*Decision.objects.awaiting_review_of(desk.owner)}
    fire_deferred_triggers()
    assert is_sound(desk.project)


def test_a_later_decision_that_is_dropped_is_to_be_proposed_again(desk: Desk, first: Decision) -> None:
    later = desk.decide(first)
    after = desk.replace(first, {later: Fate.DROPPED})
    review = DecisionReview.objects.get(decision=later)
    assert (review.answer, review.role, review.reviewed_by) == ("again", "AMOA", desk.owner)
    assert after.reference in review.reasons
    assert first.reference in review.reasons
    assert review in DecisionReview.objects.awaiting_proposal_of(desk.amoa)
    event = LedgerEvent.objects.get(act=Act.REVIEW_DECISION, subject_id=review.pk)
    assert Notification.objects.filter(event=event, recipient=desk.amoa, reason="propose_again").exists()
    assert later in {*Decision.objects.in_force()}
    assert is_sound(desk.project)


def test_what_nobody_can_propose_again_is_not_dropped(desk: Desk, first: Decision) -> None:
    refused, later = desk.decide(first, outcome=Outcome.REJECTED), desk.decide(first)
    file = desk.propose(replaces=first, kind="scope", terms={"scope": "Quay 1."})
    kept = {item_key(refused): Fate.KEPT, item_key(later): Fate.KEPT}
    end_mandate(actor=desk.owner, mandate=desk.amoa.mandates.active().get(project=desk.project))
    for row in (refused, later):
        with pytest.raises(NotCarried) as error:
            acts.decide(desk.owner, file, fates=kept | {item_key(row): Fate.DROPPED})
        assert set(error.value.gaps) == {item_key(row)}
    acts.decide(desk.owner, file, fates=kept)


# — open proposals —


def test_an_open_proposal_stays_and_its_decision_hangs_on_the_new_one(desk: Desk, first: Decision) -> None:
    waiting = desk.propose(first)
    after = desk.replace(first, {waiting: Fate.KEPT})
    assert state(waiting) == "ready_for_decision"
    decided = acts.decide(desk.owner, waiting)
    assert list_dependents(after) == [decided]


def test_an_open_proposal_goes_back_to_its_authors_who_name_another_decision(
    desk: Desk, first: Decision, english: Callable[[Any], Any]
) -> None:
    waiting = desk.propose(first)
    fresh = acts.draft(desk.amoa, desk.project, rests_on=waiting.draft.rests_on)
    acts.submit(desk.amoa, fresh)
    after = desk.replace(first, {waiting: Fate.CHANGED, fresh: Fate.CHANGED})
    assert (state(waiting), state(fresh), acts.reread(fresh).awaited_roles) == ("returned", "returned", [])
    event = LedgerEvent.objects.filter(proposal=waiting).latest("seq")
    assert (event.act, event.actor, event.role, event.detail) == (Act.SUPERSEDE, desk.owner, "MOA", after.reference)
    assert Notification.objects.filter(event=event, recipient=desk.amoa, reason="ground_replaced").exists()
    assert waiting in Proposal.objects.awaiting_rework_of(desk.amoa)
    assert "It needs a new revision" in english(desk.amoa).get(waiting.get_absolute_url()).text
    with pytest.raises(WrongState):
        acts.decide(desk.owner, waiting)
    with pytest.raises(Incomplete) as error:
        acts.submit(desk.amoa, waiting)
    assert set(error.value.gaps) == {"rests_on"}
    grounds = resolve_grounds(desk.project, [after.reference])[0]
    acts.edit(desk.amoa, waiting, rests_on=[ground.plain() for ground in grounds])
    acts.submit(desk.amoa, waiting)
    fire_deferred_triggers()
    assert is_sound(desk.project)


def test_an_open_proposal_that_is_dropped_is_withdrawn_by_the_decision(desk: Desk, first: Decision) -> None:
    waiting, rival = desk.propose(first), desk.propose(replaces=first)
    after = desk.replace(first, {waiting: Fate.DROPPED, rival: Fate.DROPPED})
    for file in (waiting, rival):
        fresh = acts.reread(file)
        assert fresh.state == "withdrawn"
        assert after.reference in fresh.withdrawn_because
        event = LedgerEvent.objects.filter(proposal=file).latest("seq")
        assert (event.act, event.actor, event.detail) == (Act.WITHDRAW, desk.owner, after.reference)
        assert fresh.history.latest().history_user == desk.owner
        assert Notification.objects.filter(event=event, recipient=desk.amoa, reason="ground_dropped").exists()
    assert is_sound(desk.project)


def test_a_proposal_with_its_authors_is_not_kept_as_it_is_nor_a_rival_changed(desk: Desk, first: Decision) -> None:
    back, rival = desk.propose(first), desk.propose(replaces=first)
    acts.decide(desk.owner, back, Outcome.DEFERRED)
    for row, wrong in ((back, Fate.KEPT), (rival, Fate.CHANGED)):
        with pytest.raises(NotCarried) as error:
            desk.replace(first, {row: wrong})
        assert set(error.value.gaps) == {item_key(row)}
    fates = {back: Fate.CHANGED, rival: Fate.KEPT}
    others = Proposal.objects.filter(replaces=first).exclude(pk=rival.pk)
    desk.replace(first, fates | dict.fromkeys(others, Fate.DROPPED))
    assert (state(back), state(rival)) == ("deferred", "ready_for_decision")
    with pytest.raises(NotCarried) as error:
        acts.decide(desk.owner, rival, fates={})
    assert set(error.value.gaps) == {""}
    acts.decide(desk.owner, rival, Outcome.REJECTED)


def test_nothing_is_submitted_on_a_decision_that_was_replaced(desk: Desk, first: Decision) -> None:
    grounds = [ground.plain() for ground in resolve_grounds(desk.project, [first.reference])[0]]
    late = acts.draft(desk.amoa, desk.project, rests_on=grounds)
    desk.replace(first)
    with pytest.raises(Incomplete):
        acts.submit(desk.amoa, late)
    assert resolve_grounds(desk.project, [first.reference]) == ([], [first.reference])


# — messages —


def test_a_planned_message_follows_the_new_decision_or_is_cancelled(desk: Desk, first: Decision) -> None:
    kept, dropped = desk.message(first), desk.message(first, title="The quay stays")
    after = desk.replace(first, {kept: Fate.KEPT, dropped: Fate.DROPPED})
    kept.refresh_from_db()
    dropped.refresh_from_db()
    assert (kept.after, kept.state) == (after.proposal.number, ActionState.PLANNED)
    assert (dropped.after, dropped.state) == (first.proposal.number, ActionState.CANCELLED)
    events = LedgerEvent.objects.filter(act=BusinessAct.PLAN_CHANGE, detail=after.reference)
    assert {event.subject_id for event in events} == {kept.pk, dropped.pk}
    assert kept.history.latest().history_user == desk.owner
    assert list_dependents(after) == [kept]
    assert is_sound(desk.project)


def test_a_message_that_was_sent_stays(desk: Desk, first: Decision) -> None:
    sent = desk.message(first, state=ActionState.DONE, done_on=timezone.localdate())
    desk.message(first, state=ActionState.CANCELLED)
    file = desk.propose(replaces=first)
    (found,) = list_dependents(first, file)
    assert (found, find_options(found, file.current, [found]).only) == (sent, Fate.KEPT)
    with pytest.raises(NotCarried):
        acts.decide(desk.owner, file, fates={item_key(sent): Fate.DROPPED})
    after = acts.decide(desk.owner, file, fates={item_key(sent): Fate.KEPT})
    fire_deferred_triggers()
    sent.refresh_from_db()
    assert (sent.after, list_dependents(after)) == (first.proposal.number, [sent])


# — nothing is forgotten —


def test_nothing_is_replaced_before_every_row_has_its_fate(desk: Desk, delegate: Any, outsider: Any) -> None:
    first = desk.decide(outcome=WITH)
    rows = [first.conditions.get(), desk.decide(first), desk.propose(first), desk.message(first)]
    file = desk.propose(replaces=first)
    fates = dict.fromkeys(map(item_key, rows), Fate.KEPT)
    before = acts.count_evidence()
    for row in rows:
        with pytest.raises(NotCarried) as error:
            acts.decide(desk.owner, file, fates={key: fate for key, fate in fates.items() if key != item_key(row)})
        assert set(error.value.gaps) == {item_key(row)}
    for stranger in (desk.amoa, desk.pmo, delegate, outsider):
        with pytest.raises(Refused):
            acts.decide(stranger, file, fates=fates)
    assert acts.count_evidence() == before
    assert set(acts.decide(desk.owner, file, fates=fates).carried) == set(fates)


def test_what_came_to_hang_on_it_since_the_page_was_read_is_asked(
    desk: Desk, first: Decision, english: Callable[[Any], Any]
) -> None:
    file = desk.propose(replaces=first)
    answer = {
        "fingerprint": acts.fingerprint(file),
        "option": "A",
        "outcome": "approved",
        "reasons": "Because.",
        "step": "seal",
    }
    later = desk.decide(first)
    address = reverse("governance:dossier:proposal_decide", args=[file.pk])
    refused = english(desk.owner).post(address, answer)
    assert (refused.status_code, state(file)) == (422, "ready_for_decision")
    assert later.reference in refused.text
    assert english(desk.owner).post(address, answer | {f"fate-{item_key(later)}": "kept"}).status_code == 302
    assert Decision.objects.get(supersedes=first).carried == {item_key(later): "kept"}


@pytest.mark.parametrize("language", ["english", "client_of"])
def test_page_review_dossier_and_record_tell_the_whole_map(
    language: str, desk: Desk, request: pytest.FixtureRequest
) -> None:
    client = request.getfixturevalue(language)(desk.owner)
    first = desk.decide(kind="budget", terms={"budget": "4300000.00"}, outcome=WITH)
    later, waiting, message = desk.decide(first), desk.propose(first), desk.message(first)
    sent = desk.message(first, title="It has begun", state=ActionState.DONE, done_on=timezone.localdate())
    file = desk.propose(replaces=first)
    told = [later.reference, waiting.reference, message.title, sent.title, first.conditions.get().text]
    page = client.get(file.get_absolute_url()).text
    assert [text for text in told if text not in page] == []
    fates = {f"fate-{item_key(item)}": "kept" for item in list_dependents(first, file)}
    address = reverse("governance:dossier:proposal_decide", args=[file.pk])
    answer = {
        "fingerprint": acts.fingerprint(file),
        "option": "A",
        "outcome": "approved",
        "reasons": "Because.",
        "step": "review",
    }
    review = client.post(address, answer | fates).text
    assert [text for text in told if text not in review] == []
    assert client.post(address, answer | fates | {"step": "seal"}).status_code == 302
    decision = Decision.objects.get(supersedes=first)
    dossier, record = client.get(file.get_absolute_url()).text, client.get(decision.get_absolute_url()).text
    printed = pdf.text(client.get(reverse("governance:records:decision_record_pdf", args=[decision.pk])).content)
    for text in told:
        assert text in dossier
        assert text in record
        assert "".join(text.split()) in printed
