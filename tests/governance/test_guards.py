"""What the database refuses on decision files, whoever asks: each trigger and each constraint is attacked."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from governance.enums import Outcome, ProposalState
from governance.models import (
    Condition,
    Decision,
    LedgerEvent,
    Notification,
    Opinion,
    Proposal,
    ProposalRevision,
)
from projects.models import Delegation, Mandate
from roles.acting import acting_as
from tests import acts
from tests.database import OWNER, RUNTIME, constraints, installed, refusal, triggers
from tests.generic_attacks import GENERIC
from tests.governance import ledger_attacks

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast: dict[str, Any], proposal: Callable[[str], Proposal]) -> "World":
    """What the attacks below work on."""
    return World(cast, proposal)


class World:
    """The cast and its files, with the raw writing of a decision, an opinion and a revision."""

    def __init__(self, cast: dict[str, Any], proposal: Callable[[str], Proposal]) -> None:
        self.cast, self.proposal = cast, proposal
        self.mandates = {m.holder_id: m for m in Mandate.objects.active()}

    def update(self, key: str, **fields: Any) -> None:
        """Change a proposal past the services."""
        assert Proposal.objects.filter(pk=self.proposal(key).pk).update(**fields)

    def mandate(self, member: str) -> Mandate:
        """The mandate a member of the cast holds, or held."""
        return Mandate.objects.filter(holder=self.cast[member]).earliest("pk")

    def decide(self, key: str = "ready_for_decision", by: str = "owner", **changes: Any) -> Decision:
        """Write a decision past the services; without changes it is as `decide` writes it, but leaves no event."""
        file = self.proposal(key)
        fields = {
            "project": file.project,
            "number": 900,
            "proposal": file,
            "revision": file.current,
            "revision_hash": file.current.hash if file.current else "",
            "outcome": Outcome.APPROVED,
            "reasons": "Because.",
            "decided_by": self.cast[by],
            "mandate": self.mandate("owner"),
            "signature": "X",
            "acted_at": timezone.now(),
        }
        with acting_as(self.cast[by]):
            return Decision.objects.bulk_create([Decision(**fields | changes)])[0]

    def delegated(self, key: str = "ready_minor", **changes: Any) -> Decision:
        """Write a decision under the delegation."""
        return self.decide(key, "delegate", **{"delegation": self.delegation} | changes)

    @property
    def delegation(self) -> Delegation:
        return Delegation.objects.filter(delegate=self.cast["delegate"]).earliest("pk")

    def delegate_newly(self, **changes: Any) -> Delegation:
        """Another delegation by the owner in office, from now for a day."""
        now = timezone.now()
        fields = {
            "mandate": self.mandate("owner"), "delegate": self.cast["delegate"], "kinds": ["minor_change"],
            "cap": Decimal(20000), "document": "Act 2", "acted_at": now, "period": (now, now + timedelta(days=1)),
        }  # fmt: skip
        with acting_as(self.cast["owner"]):
            return Delegation.objects.create(**fields | changes)

    def advise(self, key: str = "submitted", by: str = "pmo", **changes: Any) -> None:
        """Write an opinion past the services."""
        fields = {
            "revision": self.proposal(key).current,
            "role": "PMO",
            "mandate": self.mandate(by),
            "adviser": self.cast[by],
            "signature": "X",
            "position": "favourable",
            "reasons": "Because.",
            "acted_at": timezone.now(),
        }
        Opinion.objects.bulk_create([Opinion(**fields | changes)])

    def revise(self, key: str = "submitted", **changes: Any) -> None:
        """Write a revision past the services."""
        file = self.proposal(key)
        assert file.current is not None
        fields = {
            **file.current.content(),
            "proposal": file,
            "number": 900,
            "submitted_by": file.author,
            "asked_roles": ["PMO"],
            "hash": file.current.hash,
            "acted_at": timezone.now(),
        }
        ProposalRevision.objects.bulk_create([ProposalRevision(**fields | changes)])

    def draft(self, **changes: Any) -> None:
        """Write a proposal past the services."""
        fields = {
            "project": self.proposal("draft").project,
            "number": 900,
            "kind": "change",
            "state_since": timezone.now(),
            "author": self.cast["amoa"],
            "author_role": "AMOA",
            "writers": [self.cast["amoa"].pk],
        }
        Proposal.objects.bulk_create([Proposal(**fields | changes)])

    def condition(self, **changes: Any) -> None:
        """Write a condition past the services, on a decision of this very transaction."""
        fields = {"number": 1, "text": "X", "role": "AMOA", "due_on": acts.FUTURE}
        decision = changes.pop("decision", None) or self.decide(outcome=Outcome.APPROVED_WITH_CONDITIONS)
        Condition.objects.bulk_create([Condition(**fields | {"decision": decision} | changes)])

    def lift(self, key: str = "conditions_open", **fields: Any) -> None:
        """Change the condition of a file past the services."""
        assert Condition.objects.filter(decision__proposal=self.proposal(key)).update(**fields)

    def notice(self) -> None:
        """Write the same notice twice."""
        event = LedgerEvent.objects.latest("pk")
        about = {"event": event, "recipient": self.cast["owner"], "reason": "decided", "created_at": timezone.now()}
        Notification.objects.bulk_create([Notification(**about), Notification(**about)])

    def event(self) -> None:
        """Put a second event in a place of the chain."""
        last = LedgerEvent.objects.latest("pk")
        last.pk, last.acted_at = None, timezone.now()
        last.save(force_insert=True)


READY = "A decision answers the revision that is ready, on its project, by its hash"
IN_OFFICE = "Only the owner in office decides (R1)"
IN_BOUNDS = "A delegate signs within the kinds, the cap and the period of the delegation (R1)"
OWN_FILE = "Nobody decides what they proposed (R8)"
ASKED = "An opinion is given by a role that is asked, never by that of the author"
BY_HOLDER = "An opinion is given by the holder of the role, in office (R2)"
MOVES = "This state does not follow from the one before"
KEEPS = "A proposal keeps its project, number and author"
NEXT = "A proposal moves on only to the revision that is being submitted"
HEARD = "A proposal is ready when every opinion asked is there (R5)"
RECORDED = "Only a recorded decision decides (R1)"
ALL_MET = "A proposal is closed when all its conditions are met"
OWNERS_WORDS = "A condition is lifted once and otherwise stays as the owner set it"
LIFTED = "A condition is lifted by the owner in office, and now (R1)"
WITH_DECISION = "Conditions are set with the decision, not afterwards"
SAYS_SO = "An approval with conditions, and nothing else, has conditions"

Attack = Callable[[World], Any]


def _inactive(world: World, member: str) -> None:
    with acting_as(world.cast[member]):
        world.cast[member].is_active = False
        world.cast[member].save()


def _closed_account_decides(world: World) -> None:
    _inactive(world, "owner")
    world.decide()


def _closed_account_delegated(world: World) -> None:
    _inactive(world, "owner")
    world.delegated()


def _closed_delegate_decides(world: World) -> None:
    _inactive(world, "delegate")
    world.delegated()


def _closed_adviser_advises(world: World) -> None:
    _inactive(world, "pmo")
    world.advise()


def _closed_account_lifts(world: World) -> None:
    _inactive(world, "owner")
    world.lift(state="met", lifted_by=world.cast["owner"], lifted_at=timezone.now())


def _rejected_but_sent_back(world: World) -> None:
    world.decide(outcome=Outcome.REJECTED)
    world.update("ready_for_decision", state="returned")


def _delegate_advises_too(world: World) -> None:
    pmo = world.mandate("pmo")
    now = timezone.now()
    with acting_as(world.cast["owner"]):
        Mandate.objects.create(
            project=pmo.project, role=pmo.role, authority=pmo.authority, holder=world.cast["delegate"], acted_at=now,
            appointed_by=world.cast["owner"], period=(now, None),
        )  # fmt: skip
    world.delegated()


def _author_becomes_delegate(world: World) -> None:
    """The author of a file loses the role, receives a delegation and signs their own file."""
    moe = world.mandate("moe")
    now = timezone.now()
    with acting_as(world.cast["owner"]):
        moe.period = (moe.period.lower, now)
        moe.save()
        given = world.delegate_newly(delegate=world.cast["moe"], acted_at=now, period=(now, now + timedelta(1)))
    world.decide("ready_minor", "moe", delegation=given)


#: "model.trigger" → (name, attack, refusal): what each hand-written guard refuses.
ATTACKS: list[tuple[str, str, Attack, str]] = [
    # — a decision —
    ("decision.only_the_owner_decides", "a file that is not ready", lambda w: w.decide("submitted"), READY),
    ("decision.only_the_owner_decides", "an old revision", lambda w: w.decide(
        "revised", revision=w.proposal("revised").revisions.get(number=1)), READY),
    ("decision.only_the_owner_decides", "the revision of another file", lambda w: w.decide(
        revision=w.proposal("revised").current), READY),
    ("decision.only_the_owner_decides", "another hash", lambda w: w.decide(revision_hash="0" * 64), READY),
    ("decision.only_the_owner_decides", "another project", lambda w: w.decide(
        project=w.proposal("ready_two").project), READY),
    ("decision.only_the_owner_decides", "the PMO", lambda w: w.decide(
        by="pmo", mandate=w.mandate("pmo")), IN_OFFICE),
    ("decision.only_the_owner_decides", "the AMOA with the owner's mandate", lambda w: w.decide(by="amoa"), IN_OFFICE),
    ("decision.only_the_owner_decides", "the superuser", lambda w: w.decide(by="superuser"), IN_OFFICE),
    ("decision.only_the_owner_decides", "the former owner", lambda w: w.decide(
        by="former_owner", mandate=w.mandate("former_owner")), IN_OFFICE),
    ("decision.only_the_owner_decides", "the future owner", lambda w: w.decide(
        by="future_owner", mandate=w.mandate("future_owner")), IN_OFFICE),
    ("decision.only_the_owner_decides", "the owner of another project", lambda w: w.decide(
        by="other_owner", mandate=w.mandate("other_owner")), IN_OFFICE),
    ("decision.only_the_owner_decides", "the delegate without the delegation", lambda w: w.decide(
        "ready_minor", "delegate"), IN_OFFICE),
    ("decision.only_the_owner_decides", "an owner whose account is closed", _closed_account_decides, IN_OFFICE),
    ("decision.only_the_owner_decides", "a closed owner's delegate", _closed_account_delegated, IN_OFFICE),
    ("decision.only_the_owner_decides", "a closed delegate", _closed_delegate_decides, IN_BOUNDS),
    ("decision.only_the_owner_decides", "over the cap", lambda w: w.delegated("ready_over_cap"), IN_BOUNDS),
    ("decision.only_the_owner_decides", "a kind that is not delegated", lambda w: w.delegated(
        "ready_for_decision"), IN_BOUNDS),
    ("decision.only_the_owner_decides", "a delegation that has not begun", lambda w: w.delegated(
        delegation=w.delegate_newly(period=(timezone.now() + timedelta(1), timezone.now() + timedelta(2)))), IN_BOUNDS),
    ("decision.only_the_owner_decides", "somebody else's delegation", lambda w: w.decide(
        "ready_minor", "outsider", delegation=w.delegation), IN_BOUNDS),
    ("decision.only_the_owner_decides", "a delegate who advises", _delegate_advises_too, IN_BOUNDS),
    ("decision.only_the_owner_decides", "the author's own file", _author_becomes_delegate, OWN_FILE),
    ("decision.only_the_owner_decides", "a delegation given in the same transaction", lambda w: w.delegated(
        delegation=w.delegate_newly()), "A decision rests on a seat that was given before it"),
    ("decision.only_the_owner_decides", "a mandate that comes afterwards", lambda w: w.decide(
        mandate=Mandate(pk=10**9)), IN_OFFICE),
    ("decision.only_the_owner_decides", "a delegation that comes afterwards", lambda w: w.delegated(
        delegation=Delegation(pk=10**9)), IN_BOUNDS),
    ("decision.has_conditions_only_if_it_says_so", "conditions said, none set", lambda w: w.decide(
        outcome=Outcome.APPROVED_WITH_CONDITIONS), SAYS_SO),
    ("decision.has_conditions_only_if_it_says_so", "conditions on a rejection", lambda w: w.condition(
        decision=w.decide(outcome=Outcome.REJECTED)), SAYS_SO),
    ("decision.leaves_an_event", "a decision without its event", lambda w: w.decide(),
        "A new governance.decision leaves an event in the ledger"),
    # — a condition —
    ("condition.is_set_with_its_decision", "a condition afterwards", lambda w: w.condition(
        decision=Decision.objects.earliest("pk"), number=9), WITH_DECISION),
    ("condition.is_set_with_its_decision", "a condition born met", lambda w: w.condition(
        state="met", lifted_at=timezone.now(), lifted_by=w.cast["owner"]), WITH_DECISION),
    *(
        ("condition.keeps_the_words_of_the_owner", f"another {name}", lambda w, change={name: value}: w.lift(**change),
         OWNERS_WORDS)
        for name, value in {"text": "Y", "number": 9, "role": "PMO", "due_on": acts.FUTURE}.items()
    ),
    ("condition.keeps_the_words_of_the_owner", "opened again", lambda w: w.lift(
        "closed", state="open", lifted_at=None, lifted_by=None), OWNERS_WORDS),
    ("condition.keeps_the_words_of_the_owner", "a proof while open", lambda w: w.lift(proof="Y"), OWNERS_WORDS),
    ("condition.keeps_the_words_of_the_owner", "another proof", lambda w: w.lift("closed", proof="Y"), OWNERS_WORDS),
    *(
        ("condition.keeps_the_words_of_the_owner", f"lifted by the {member}", lambda w, member=member: w.lift(
            state="met", lifted_by=w.cast[member], lifted_at=timezone.now()), LIFTED)
        for member in ("pmo", "delegate", "former_owner", "future_owner", "other_owner", "superuser")
    ),
    *(
        ("condition.keeps_the_words_of_the_owner", f"lifted {days} days from now", lambda w, days=days: w.lift(
            state="met", lifted_by=w.cast["owner"], lifted_at=timezone.now() + timedelta(days)), LIFTED)
        for days in (-1, 1)
    ),
    ("condition.keeps_the_words_of_the_owner", "lifted by a closed account", _closed_account_lifts, LIFTED),
    # — an opinion —
    ("opinion.comes_from_an_adviser_who_is_asked", "a file that is ready", lambda w: w.advise(
        "ready_for_decision"), "An opinion is given on the revision under review"),
    ("opinion.comes_from_an_adviser_who_is_asked", "an old revision", lambda w: w.advise(
        revision=w.proposal("revised").revisions.get(number=1)), "An opinion is given on the revision under review"),
    ("opinion.comes_from_an_adviser_who_is_asked", "the author's role", lambda w: w.advise(
        by="amoa", role="AMOA"), ASKED),
    ("opinion.comes_from_an_adviser_who_is_asked", "a role that is not asked", lambda w: w.advise(
        by="moe", role="MOE"), ASKED),
    ("opinion.comes_from_an_adviser_who_is_asked", "somebody else's mandate", lambda w: w.advise(
        adviser=w.cast["amoa"]), BY_HOLDER),
    ("opinion.comes_from_an_adviser_who_is_asked", "a mandate of another role", lambda w: w.advise(
        by="amoa"), BY_HOLDER),
    ("opinion.comes_from_an_adviser_who_is_asked", "a mandate of another project", lambda w: w.advise(
        by="other_pmo"), BY_HOLDER),
    ("opinion.comes_from_an_adviser_who_is_asked", "the owner", lambda w: w.advise(by="owner"), BY_HOLDER),
    ("opinion.comes_from_an_adviser_who_is_asked", "a closed account", _closed_adviser_advises, BY_HOLDER),
    ("opinion.comes_from_an_adviser_who_is_asked", "a mandate that comes afterwards", lambda w: w.advise(
        mandate=Mandate(pk=10**9)), BY_HOLDER),
    ("opinion.leaves_an_event", "an opinion without its event", lambda w: w.advise(),
        "A new governance.opinion leaves an event in the ledger"),
    # — a proposal and its revisions —
    ("proposalrevision.leaves_an_event", "a revision without its event", lambda w: w.revise(),
        "A new governance.proposalrevision leaves an event in the ledger"),
    ("proposalrevision.is_submitted_by_its_role", "by another role", lambda w: w.revise(
        submitted_by=w.cast["pmo"]), "A revision is submitted by a holder of the role that writes it (R2)"),
    ("proposalrevision.is_submitted_by_its_role", "asking nobody", lambda w: w.revise(
        asked_roles=[]), "A revision asks every adviser in office"),
    ("proposalrevision.is_submitted_by_its_role", "asking the author's role too", lambda w: w.revise(
        asked_roles=["AMOA", "PMO"]), "A revision asks every adviser in office"),
    ("proposal.is_born_a_draft", "born without its author", lambda w: w.draft(
        writers=[]), "The author is one of those who wrote it (R8)"),
    ("proposal.follows_the_workflow", "fewer writers", lambda w: w.update(
        "submitted", writers=[]), "is not rewritten (R8)"),
    ("proposal.follows_the_workflow", "there since long", lambda w: w.update(
        "submitted", state_since=timezone.now() - timedelta(900)), "is not rewritten (R8)"),
    ("proposal.is_born_a_draft", "born decided", lambda w: w.draft(state="decided"), "Nothing is born decided"),
    ("proposal.is_born_a_draft", "born with a revision", lambda w: w.draft(
        current=w.proposal("draft").project.proposals.get(pk=w.proposal("submitted").pk).current),
        "Nothing is born decided"),
    ("proposal.follows_the_workflow", "another project", lambda w: w.update(
        "draft", project=w.proposal("ready_two").project), KEEPS),
    ("proposal.follows_the_workflow", "another number", lambda w: w.update("draft", number=900), KEEPS),
    ("proposal.follows_the_workflow", "another author", lambda w: w.update("draft", author=w.cast["pmo"]), KEEPS),
    ("proposal.follows_the_workflow", "another role", lambda w: w.update("draft", author_role="PMO"), KEEPS),
    ("proposal.follows_the_workflow", "another kind once submitted", lambda w: w.update(
        "ready_over_cap", kind="communication"), "A submitted proposal keeps its kind"),
    ("proposal.follows_the_workflow", "back to draft", lambda w: w.update("submitted", state="draft"), MOVES),
    ("proposal.follows_the_workflow", "out of the drawer", lambda w: w.update("withdrawn", state="submitted"), MOVES),
    ("proposal.follows_the_workflow", "the revision of another file", lambda w: w.update(
        "submitted", current=w.proposal("draft").project.proposals.get(pk=w.proposal("revised").pk).revisions.get(
            number=1)), NEXT),
    ("proposal.follows_the_workflow", "no revision any more", lambda w: w.update("submitted", current=None), NEXT),
    ("proposal.follows_the_workflow", "another revision under review", lambda w: w.update(
        "under_review", current=w.proposal("revised").revisions.get(number=1)), NEXT),
    ("proposal.follows_the_workflow", "an older revision", lambda w: w.update(
        "revised", current=w.proposal("revised").revisions.get(number=1)), NEXT),
    ("proposal.follows_the_workflow", "ready without the opinion asked", lambda w: w.update(
        "submitted", state="ready_for_decision", awaited_roles=[]), HEARD),
    ("proposal.follows_the_workflow", "closed with a condition open", lambda w: w.update(
        "conditions_open", state="closed"), ALL_MET),
    ("proposal.follows_the_workflow", "rejected, but sent back", _rejected_but_sent_back, RECORDED),
    *(
        ("proposal.follows_the_workflow", f"{state} without a decision", lambda w, state=state: w.update(
            "ready_for_decision", state=state), RECORDED)
        for state in ("decided", "conditions_open", "returned", "deferred")
    ),
]  # fmt: skip

#: constraint → attack; run as both roles.
BROKEN: dict[str, Attack] = {
    "one_decision_per_number": lambda w: w.decide(number=1),
    "a_decision_has_a_known_outcome": lambda w: w.decide(outcome="perhaps"),
    "a_decision_is_reasoned": lambda w: w.decide(reasons=""),
    "a_deferral_and_only_a_deferral_has_a_return_date": lambda w: w.decide(outcome=Outcome.DEFERRED),
    "one_condition_per_number": lambda w: [
        w.condition(decision=decision)
        for decision in [w.decide(outcome=Outcome.APPROVED_WITH_CONDITIONS)]
        for _twice in range(2)
    ],
    "a_condition_says_what_must_be_true": lambda w: w.condition(text=""),
    "a_lifted_condition_says_when_and_by_whom": lambda w: w.lift(state="met"),
    "one_event_per_place_in_the_chain": lambda w: w.event(),
    "one_notice_per_event_and_person": lambda w: w.notice(),
    "one_opinion_per_role_and_revision": lambda w: [w.advise(), w.advise()],
    "an_opinion_has_a_known_position": lambda w: w.advise(position="perhaps"),
    "an_opinion_is_reasoned": lambda w: w.advise(reasons=""),
    "one_proposal_per_number": lambda w: w.draft(number=1),
    "a_proposal_has_a_known_kind": lambda w: w.draft(kind="whim"),
    "a_proposal_has_a_known_state": lambda w: w.update("draft", state="lost"),
    "a_submitted_proposal_has_a_revision": lambda w: w.update("draft", state="submitted"),
    "a_ready_proposal_has_heard_everyone_asked": lambda w: w.update("under_review", state="ready_for_decision"),
    "one_revision_per_number": lambda w: w.revise(number=1),
    "a_revision_has_its_hash": lambda w: w.revise(hash="Z" * 64),
    "an_amount_is_not_negative": lambda w: w.revise(amount=-1),
    "a_revision_says_when_to_decide": lambda w: w.revise(decide_by=None),
}
#: Constraints behind a trigger that refuses the same row first: the trigger is switched off to reach them.
BEHIND = {
    "a_proposal_has_a_known_state": "proposal.follows_the_workflow",
    "a_ready_proposal_has_heard_everyone_asked": "proposal.follows_the_workflow",
    "a_lifted_condition_says_when_and_by_whom": "condition.keeps_the_words_of_the_owner",
}

ATTACKS += ledger_attacks.ATTACKS
BROKEN |= ledger_attacks.BROKEN
BEHIND |= ledger_attacks.BEHIND


def _without(trigger: str) -> str:
    return installed(*triggers()[f"governance.{trigger}"])


@pytest.mark.parametrize("role", [RUNTIME, OWNER])
@pytest.mark.parametrize(("trigger", "name", "attack", "message"), ATTACKS, ids=[f"{a[0]}: {a[1]}" for a in ATTACKS])
def test_a_guard_refuses_in_its_own_words(
    trigger: str, name: str, attack: Attack, message: str, role: str, world: World
) -> None:
    assert message in refusal(lambda: attack(world), role=role)


@pytest.mark.parametrize(("trigger", "name", "attack", "message"), ATTACKS, ids=[f"{a[0]}: {a[1]}" for a in ATTACKS])
def test_without_its_guard_the_attack_is_not_refused_that_way(
    trigger: str, name: str, attack: Attack, message: str, world: World
) -> None:
    assert message not in refusal(lambda: attack(world), without=_without(trigger))


@pytest.mark.parametrize("role", [RUNTIME, OWNER])
@pytest.mark.parametrize("name", BROKEN)
def test_a_constraint_refuses_by_its_name(name: str, role: str, world: World) -> None:
    without = _without(BEHIND[name]) if name in BEHIND else ""
    assert name in refusal(lambda: BROKEN[name](world), role=role, without=without)


def test_every_guard_and_every_constraint_is_attacked() -> None:
    attacked = {f"governance.{trigger}" for trigger, *_rest in ATTACKS}
    ours = {name for name in triggers() if name.startswith("governance.") and name.rpartition(".")[2] not in GENERIC}
    assert ours == attacked
    assert constraints("governance") == set(BROKEN)


def test_the_honest_decision_lacks_only_its_event(world: World) -> None:
    """The raw decision of these attacks is right but for what each attack changes."""
    assert "leaves an event" in refusal(lambda: world.decide())
    assert "leaves an event" in refusal(lambda: world.delegated())


def test_a_revision_has_one_decision_and_only_one(world: World) -> None:
    def twice() -> None:
        world.decide()
        world.decide(number=901)

    assert "revision_id" in refusal(twice)


def test_every_pair_of_states_outside_the_workflow_is_refused(world: World) -> None:
    allowed = {
        ("draft", "submitted"), ("draft", "ready_for_decision"), ("draft", "withdrawn"),
        ("submitted", "under_review"), ("submitted", "ready_for_decision"), ("submitted", "withdrawn"),
        ("under_review", "submitted"), ("under_review", "ready_for_decision"), ("under_review", "withdrawn"),
        ("ready_for_decision", "submitted"), ("ready_for_decision", "withdrawn"), ("ready_for_decision", "decided"),
        ("ready_for_decision", "conditions_open"), ("ready_for_decision", "returned"),
        ("ready_for_decision", "deferred"), ("conditions_open", "closed"),
        ("returned", "submitted"), ("returned", "ready_for_decision"), ("returned", "withdrawn"),
        ("deferred", "submitted"), ("deferred", "ready_for_decision"), ("deferred", "withdrawn"),
    }  # fmt: skip
    refused = {
        (origin, target)
        for origin in ProposalState.values
        for target in ProposalState.values
        if origin != target and MOVES in refusal(lambda o=origin, t=target: world.update(o, state=t), role=OWNER)
    }
    everything = {(o, t) for o in ProposalState.values for t in ProposalState.values if o != t}
    assert everything - refused == allowed
