"""Attack each trigger and constraint on proposals, their drafts and their revisions."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from governance.enums import Outcome, ProposalState
from governance.models import Proposal, ProposalDraft, ProposalRevision
from tests import acts
from tests.attacks import Attacks, Declared, leaves
from tests.database import OWNER, refusal
from tests.governance.world import TIED, Attempt, World, as_tied, draft_replacement

pytestmark = pytest.mark.django_db

MOVES = "This state does not follow from the one before"
KEEPS = "A proposal keeps its project, number and author"
NEXT = "A proposal moves on only to the revision that is being submitted"
IN_WORDS = "A revision says in words what it asks, its options, its risks and its evidence (R5)"
HEARD = "A proposal is ready when every opinion asked is there (R5)"
RECORDED = "Only a recorded decision decides (R1)"
ALL_MET = "A proposal is closed when all its conditions are met"
MAY_REPLACE = "A proposal may replace an approval on its own project"
ON_ITS_QUESTION = "A proposal stays on the question that it was written on (R1)"
OF_ONE_KIND = "A counter-proposal is on the question of its project, of one kind, as the first file asked it (R1)"
WHILE_IT_WAITS = "A counter-proposal is written while its question waits for an answer (R1)"
QUESTION = "proposal.is_on_an_open_question"
OWN_HASH = "A revision carries the hash of its content"


def _edited(world: World) -> None:
    assert ProposalDraft.objects.filter(proposal=world.proposal("draft")).update(title="Something else")


def _rejected_but_sent_back(world: World) -> None:
    world.decide(outcome=Outcome.REJECTED)
    world.update("ready_for_decision", state="returned")


def _draft_counter(world: World) -> Proposal:
    return acts.counter(world.cast["pmo"], world.proposal("ready_for_decision"))


def _submitted_after_the_answer(world: World) -> None:
    file = _draft_counter(world)
    acts.decide(world.cast["owner"], world.proposal("ready_for_decision"))
    content = world.proposal("decided").current.content()  # type: ignore[union-attr]
    world.revise(proposal=file, submitted_by=world.cast["pmo"], asked_roles=["AMOA"], number=1, **content)


#: field of a revision → another value than that of the submitted file.
ANOTHER: dict[str, Any] = {
    "hash": "0" * 64,
    "salt": "0" * 32,
    "title": "X",
    "question": "X",
    "context": "X",
    "recommended": "C",
    "options": [{"title": "X", "description": ""}],
    "recommendation": "X",
    "impact_scope": "X",
    "impact_cost": "X",
    "impact_schedule": "X",
    "impact_quality": "X",
    "impact_recipients": "X",
    "risks": "X",
    "evidence": "X",
    "amount": Decimal("0.01"),
    "decide_by": acts.FUTURE,
    "terms": {"scope": "X"},
    "opinions_by": acts.FUTURE,
    "rests_on": [{"item": "risk:0", "name": "X", "version": "X"}],
    "binding_authority": "X",
    "alternatives": {"B": {"amount": "", "terms": {}}},
    "snapshot": [{"name": "X", "heading": "X", "figures": []}],
}

OTHER_OPTION = "What another option changes is said of an option of the revision, with its amount and terms (R5)"

#: "model.trigger" → (name, attack, refusal): the refusals of each hand-written guard.
TRIGGERS: list[Declared] = [
    (
        "proposalrevision.leaves_an_event",
        "a revision without its event",
        lambda w: w.revise(),
        leaves(ProposalRevision),
    ),
    ("proposal.leaves_an_event", "a proposal without its event", lambda w: w.draft(), leaves(Proposal)),
    (
        "proposal.leaves_an_event",
        "a change without its event",
        lambda w: w.update("submitted", state="under_review"),
        leaves(Proposal),
    ),
    ("proposaldraft.leaves_an_event", "a working text changed without its event", _edited, leaves(ProposalDraft)),
    *(
        (
            "proposalrevision.carries_its_hash",
            f"another {name} than was hashed",
            lambda w, change={name: value}: w.revise(then=change),
            OWN_HASH,
        )
        for name, value in ANOTHER.items()
    ),
    (
        "proposalrevision.carries_its_hash",
        "another attachments than was hashed",
        lambda w: w.revise(then={"attachments": [w.sealed.versions.get().attachment()]}),
        OWN_HASH,
    ),
    *(
        (
            "proposalrevision.says_what_it_asks",
            f"{name} as another option",
            lambda w, own=own: w.revise("ready_for_decision", alternatives=own),
            OTHER_OPTION,
        )
        for name, own in {
            "the recommended one": {"A": {"amount": "", "terms": {}}},
            "one that is none of its options": {"F": {"amount": "", "terms": {}}},
            "one without terms": {"B": {"amount": ""}},
            "one whose terms are no map": {"B": {"amount": "", "terms": []}},
            "one without an amount": {"B": {"terms": {}}},
            "one with an amount that is none": {"B": {"amount": "-3.00", "terms": {}}},
        }.items()
    ),
    ("proposalrevision.carries_its_hash", "no salt", lambda w: w.revise(salt=""), OWN_HASH),
    ("proposalrevision.carries_its_hash", "a salt that is none", lambda w: w.revise(salt="x" * 32), OWN_HASH),
    (
        "proposal.replaces_a_decision_of_its_project",
        "born to replace one of another project",
        lambda w: draft_replacement(w, project=w.proposal("ready_two").project),
        MAY_REPLACE,
    ),
    *(
        (
            "proposal.replaces_a_decision_of_its_project",
            f"born to replace what is {key}",
            lambda w, key=key: draft_replacement(w, replaces=w.answer(key)),
            MAY_REPLACE,
        )
        for key in ("rejected", "deferred", "returned", "merged")
    ),
    (
        "proposal.replaces_a_decision_of_its_project",
        "changed to replace a rejection",
        lambda w: w.update("draft", replaces=w.answer("rejected")),
        MAY_REPLACE,
    ),
    (
        "proposal.follows_the_workflow",
        "another decision to replace once submitted",
        lambda w: w.update("ready_replacing", replaces=w.answer("decided")),
        "A submitted proposal keeps its kind and what it would",
    ),
    *(
        (
            "proposal.follows_the_workflow",
            f"{key}, then superseded without another decision",
            lambda w, key=key: w.update(key, state="superseded"),
            "Only another decision replaces a decision (R6)",
        )
        for key in ("decided", "closed", "conditions_open")
    ),
    (
        "proposalrevision.is_submitted_by_its_role",
        "by another role",
        lambda w: w.revise(submitted_by=w.cast["pmo"]),
        "A revision is submitted by a holder of the role that writes it (R2)",
    ),
    (
        "proposalrevision.is_submitted_by_its_role",
        "asking nobody",
        lambda w: w.revise(asked_roles=[]),
        "A revision asks every role that advises by the matrix",
    ),
    (
        "proposalrevision.is_submitted_by_its_role",
        "asking the author's role too",
        lambda w: w.revise(asked_roles=["AMOA", "PMO"]),
        "A revision asks every role that advises by the matrix",
    ),
    *(
        (
            "proposalrevision.says_what_it_asks",
            f"{name}: {content!a}",
            lambda w, name=name, content=content: w.revise(**{name: content}),
            IN_WORDS,
        )
        for name in ("title", "question", "context", "recommendation", "risks", "evidence")
        for content in ("", ".", "\u200b")
    ),
    *(
        (
            "proposalrevision.says_what_it_asks",
            f"options: {titles!a}",
            lambda w, titles=titles: w.revise(options=[{"title": title, "description": "X"} for title in titles]),
            IN_WORDS,
        )
        for titles in ([], ["Order now"], ["Order now", "."], ["Order now", "Do nothing", "\u200b"])
    ),
    *(
        (
            "proposal.follows_the_workflow",
            f"withdrawn because {text!a}",
            lambda w, text=text: w.update("submitted", state="withdrawn", awaited_roles=[], withdrawn_because=text),
            "A proposal is withdrawn with a reason, in words",
        )
        for text in ("", ".", "\u200b")
    ),
    (
        "proposal.is_born_a_draft",
        "born without its author",
        lambda w: w.draft(writers=[]),
        "The author is one of those who wrote it (R8)",
    ),
    (
        "proposal.follows_the_workflow",
        "fewer writers",
        lambda w: w.update("submitted", writers=[]),
        "is not rewritten (R8)",
    ),
    (
        "proposal.follows_the_workflow",
        "there since long",
        lambda w: w.update("submitted", state_since=timezone.now() - timedelta(900)),
        "is not rewritten (R8)",
    ),
    ("proposal.is_born_a_draft", "born decided", lambda w: w.draft(state="decided"), "Nothing is born decided"),
    (
        "proposal.is_born_a_draft",
        "born with a revision",
        lambda w: w.draft(current=w.proposal("draft").project.proposals.get(pk=w.proposal("submitted").pk).current),
        "Nothing is born decided",
    ),
    (
        "proposal.follows_the_workflow",
        "another project",
        lambda w: w.update("draft", project=w.proposal("ready_two").project),
        KEEPS,
    ),
    ("proposal.follows_the_workflow", "another number", lambda w: w.update("draft", number=900), KEEPS),
    ("proposal.follows_the_workflow", "another author", lambda w: w.update("draft", author=w.cast["pmo"]), KEEPS),
    ("proposal.follows_the_workflow", "another role", lambda w: w.update("draft", author_role="PMO"), KEEPS),
    (
        "proposal.follows_the_workflow",
        "another kind once submitted",
        lambda w: w.update("ready_over_cap", kind="communication"),
        "A submitted proposal keeps its kind",
    ),
    ("proposal.follows_the_workflow", "back to draft", lambda w: w.update("submitted", state="draft"), MOVES),
    ("proposal.follows_the_workflow", "out of the drawer", lambda w: w.update("withdrawn", state="submitted"), MOVES),
    (
        "proposal.follows_the_workflow",
        "the revision of another file",
        lambda w: w.update(
            "submitted",
            current=w.proposal("draft").project.proposals.get(pk=w.proposal("revised").pk).revisions.get(number=1),
        ),
        NEXT,
    ),
    ("proposal.follows_the_workflow", "no revision any more", lambda w: w.update("submitted", current=None), NEXT),
    (
        "proposal.follows_the_workflow",
        "another revision under review",
        lambda w: w.update("under_review", current=w.proposal("revised").revisions.get(number=1)),
        NEXT,
    ),
    (
        "proposal.follows_the_workflow",
        "an older revision",
        lambda w: w.update("revised", current=w.proposal("revised").revisions.get(number=1)),
        NEXT,
    ),
    (
        "proposal.follows_the_workflow",
        "ready without the opinion asked",
        lambda w: w.update("submitted", state="ready_for_decision", awaited_roles=[]),
        HEARD,
    ),
    (
        "proposal.follows_the_workflow",
        "closed with a condition open",
        lambda w: w.update("conditions_open", state="closed"),
        ALL_MET,
    ),
    ("proposal.follows_the_workflow", "rejected, but sent back", _rejected_but_sent_back, RECORDED),
    *(
        (
            "proposal.follows_the_workflow",
            f"{state} without a decision",
            lambda w, state=state: w.update("ready_for_decision", state=state),
            RECORDED,
        )
        for state in ("decided", "conditions_open", "returned", "deferred", "merged")
    ),
    *(
        (
            "proposal.follows_the_workflow",
            f"{key}, then decided without a decision",
            lambda w, key=key: w.update(key, state="decided"),
            RECORDED,
        )
        for key in ("submitted", "under_review")
    ),
    (
        "proposal.follows_the_workflow",
        "taken to another question",
        lambda w: w.update("draft", counter_to=w.proposal("ready_for_decision")),
        ON_ITS_QUESTION,
    ),
    (
        "proposal.follows_the_workflow",
        "another kind on the same question",
        lambda w: Proposal.objects.filter(pk=_draft_counter(w).pk).update(kind="budget"),
        ON_ITS_QUESTION,
    ),
    *(
        (QUESTION, name, lambda w, changes=changes: w.counter(**changes), OF_ONE_KIND)
        for name, changes in {
            "of another kind than its question": {"kind": "budget"},
            "in place of another decision than its question": {"replaces_id": 1},
        }.items()
    ),
    (
        QUESTION,
        "on the question of another project",
        lambda w: w.counter(project=w.proposal("ready_two").project),
        OF_ONE_KIND,
    ),
    (QUESTION, "on a counter-proposal", lambda w: w.counter(counter_to=_draft_counter(w)), OF_ONE_KIND),
    *(
        (QUESTION, f"on what is {key}", lambda w, key=key: w.counter(key), WHILE_IT_WAITS)
        for key in ("decided", "withdrawn", "draft", "merged")
    ),
    (
        QUESTION,
        "of the role that asked",
        lambda w: w.counter(author=w.cast["amoa"], author_role="AMOA", writers=[w.cast["amoa"].pk]),
        "A counter-proposal comes from another role than the proposal (R2)",
    ),
    (
        "proposalrevision.is_on_a_question_not_answered",
        "submitted after the answer",
        _submitted_after_the_answer,
        "A question is answered once (R1)",
    ),
    ("proposalrevision.is_submitted_by_its_role", "the tied author", as_tied("amoa", lambda w: w.revise()), TIED),
    ("proposal.is_refused_to_the_tied", "drafted by the tied", as_tied("amoa", lambda w: w.draft()), TIED),
]

#: constraint → attack
CONSTRAINTS: dict[str, Attempt] = {
    "one_proposal_per_number": lambda w: w.draft(number=1),
    "one_counter_proposal_per_role": lambda w: (w.counter(), w.counter(number=901)),
    "a_proposal_has_a_known_state": lambda w: w.update("draft", state="lost"),
    "a_submitted_proposal_has_a_revision": lambda w: w.update("draft", state="submitted"),
    "a_ready_proposal_has_heard_everyone_asked": lambda w: w.update("under_review", state="ready_for_decision"),
    "one_revision_per_number": lambda w: w.revise(number=1),
    "a_revision_has_its_hash": lambda w: w.revise(then={"hash": "Z" * 64}),
    "an_amount_is_not_negative": lambda w: w.revise(amount=-1),
    "a_revision_says_when_to_decide": lambda w: w.revise(decide_by=None),
}
#: Constraints behind a trigger that refuses the same row first; it is disabled to reach them.
BEHIND = {
    "a_proposal_has_a_known_state": "proposal.follows_the_workflow",
    "a_ready_proposal_has_heard_everyone_asked": "proposal.follows_the_workflow",
    "a_revision_has_its_hash": "proposalrevision.carries_its_hash",
}

ATTACKS = Attacks(TRIGGERS, CONSTRAINTS, BEHIND)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)


def test_every_field_of_a_revision_that_is_hashed_is_attacked() -> None:
    assert set(ANOTHER) | {"attachments"} == {"hash", "salt", "snapshot", *ProposalRevision.content_fields()}


def test_every_pair_of_states_outside_the_workflow_is_refused(world: World) -> None:
    allowed = {
        ("draft", "submitted"),
        ("draft", "ready_for_decision"),
        ("draft", "withdrawn"),
        *(
            (state, after)
            for state in ("submitted", "under_review", "ready_for_decision")
            for after in ("decided", "conditions_open", "returned", "deferred", "merged")
        ),
        ("decided", "superseded"),
        ("conditions_open", "superseded"),
        ("conditions_open", "lapsed"),
        ("closed", "superseded"),
        ("submitted", "under_review"),
        ("submitted", "ready_for_decision"),
        ("submitted", "withdrawn"),
        ("under_review", "submitted"),
        ("under_review", "ready_for_decision"),
        ("under_review", "withdrawn"),
        ("ready_for_decision", "submitted"),
        ("ready_for_decision", "withdrawn"),
        ("conditions_open", "closed"),
        ("returned", "submitted"),
        ("returned", "ready_for_decision"),
        ("returned", "withdrawn"),
        ("deferred", "submitted"),
        ("deferred", "ready_for_decision"),
        ("deferred", "withdrawn"),
        ("lapsed", "superseded"),
    }
    files = {key: world.proposal(key).pk for key in ProposalState.values if key != "lapsed"}
    files["lapsed"] = acts.lapse(world.cast["owner"], world.proposal("ready_for_decision")).pk
    files["ready_for_decision"] = world.proposal("ready_over_cap").pk

    def move(origin: str, target: str) -> None:
        assert Proposal.objects.filter(pk=files[origin], state=origin).update(state=target)

    refused = {
        (origin, target)
        for origin in ProposalState.values
        for target in ProposalState.values
        if origin != target and MOVES in refusal(partial(move, origin, target), role=OWNER)
    }
    everything = {(o, t) for o in ProposalState.values for t in ProposalState.values if o != t}
    assert everything - refused == allowed
