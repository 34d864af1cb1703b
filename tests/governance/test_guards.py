"""Attack each trigger and each constraint on proposals, opinions and decisions."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from amoa.models import Defect
from core.acts import acting_as, erasing
from governance.decisions.services import NewCondition
from governance.decisions.supersede import item_key, list_dependents
from governance.enums import Outcome, ProposalState
from governance.models import (
    BindingOpinion,
    Condition,
    Decision,
    Effect,
    Erasure,
    Opinion,
    Proposal,
    ProposalDraft,
    ProposalRevision,
    SealBreak,
)
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import Bidder, Delegation, Document, Interest, LedgerEvent, Mandate, Notification
from tests import acts
from tests.amoa.acceptance import factories as acceptance
from tests.attacks import Attack, Attacks, Declared, leaves
from tests.database import OWNER, RUNTIME, owning, refusal

pytestmark = pytest.mark.django_db
RESERVED = Outcome.ACCEPTED_WITH_RESERVATIONS


@pytest.fixture
def world(cast: dict[str, Any], proposal: Callable[[str], Proposal]) -> "World":
    """Build the world of these attacks."""
    return World(cast, proposal)


class World:
    """The cast and its files, with raw writes of a decision, an opinion and a revision."""

    def __init__(self, cast: dict[str, Any], proposal: Callable[[str], Proposal]) -> None:
        self.cast, self.proposal = cast, proposal
        self.mandates = {m.holder_id: m for m in Mandate.objects.active()}

    def update(self, key: str, **fields: Any) -> None:
        """Change a proposal past the services."""
        assert Proposal.objects.filter(pk=self.proposal(key).pk).update(**fields)

    def mandate(self, member: str) -> Mandate:
        """Return the current or past mandate of a member of the cast."""
        return Mandate.objects.filter(holder=self.cast[member]).earliest("pk")

    def decide(self, key: str = "ready_for_decision", by: str = "owner", **changes: Any) -> Decision:
        """Write a decision past the services; by default as `decide` writes it, but without an event."""
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
        """Create another delegation by the owner in office, from now for a day."""
        now = timezone.now()
        fields = {
            "mandate": self.mandate("owner"),
            "delegate": self.cast["delegate"],
            "kinds": ["minor_change"],
            "cap": Decimal(20000),
            "document": "Act 2",
            "acted_at": now,
            "period": (now, now + timedelta(days=1)),
        }
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

    def note(self, key: str = "ready_binding", by: str = "pmo", **changes: Any) -> None:
        """Write a binding opinion past the services."""
        file = self.proposal(key)
        assert file.current is not None
        fields = {
            "revision": file.current,
            "authority": file.current.binding_authority,
            "favourable": True,
            "given_on": timezone.localdate(),
            "reference": "Letter 9",
            "noted_by": self.cast[by],
            "signature": "X",
            "acted_at": timezone.now(),
        }
        BindingOpinion.objects.bulk_create([BindingOpinion(**fields | changes)])

    def revise(self, key: str = "submitted", then: dict[str, Any] | None = None, **changes: Any) -> None:
        """Write a revision past the services; `then` is changed after its hash is computed."""
        file = self.proposal(key)
        assert file.current is not None
        fields = {
            **file.current.content(),
            "proposal": file,
            "number": 900,
            "submitted_by": file.author,
            "asked_roles": ["PMO"],
            "acted_at": timezone.now(),
        }
        revision = ProposalRevision(**fields | changes)
        revision.hash = revision.seal()
        for name, value in (then or {}).items():
            setattr(revision, name, value)
        ProposalRevision.objects.bulk_create([revision])

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
        """Write a condition past the services, on a decision of this transaction."""
        fields = {"number": 1, "text": "X", "role": "AMOA", "due_on": acts.FUTURE}
        decision = changes.pop("decision", None) or self.decide(outcome=Outcome.APPROVED_WITH_CONDITIONS)
        Condition.objects.bulk_create([Condition(**fields | {"decision": decision} | changes)])

    def reserve(self) -> Condition:
        """Accept with a reservation through the services, and return the open one that names a defect."""
        project, file = (
            self.proposal("draft").project,
            acts.submit_to_owner(self.proposal("draft").project, "interim_acceptance"),
        )
        defect = acceptance.create_defect(self.cast["amoa"], project)
        reserved = NewCondition("Put right.", "MOE", acts.FUTURE, defect)
        return acts.decide(self.cast["owner"], file, RESERVED, [reserved]).conditions.get()

    def lift_reservation(self) -> None:
        """Lift it past the services; its defect stays open."""
        done = {"state": "met", "proof": "Letter.", "lifted_by": self.cast["owner"], "lifted_at": timezone.now()}
        assert Condition.objects.filter(pk=self.reserve().pk).update(**done)

    def change(self, key: str = "conditions_open", **fields: Any) -> None:
        """Change the condition of a file past the services."""
        assert Condition.objects.filter(decision__proposal=self.proposal(key)).update(**fields)

    def lift(self, by: str = "owner", **fields: Any) -> None:
        """Lift the open condition past the services; by default as `lift` does it, but without an event."""
        done = {"state": "met", "proof": "Letter.", "lifted_by": self.cast[by], "lifted_at": timezone.now()}
        self.change(**done | fields)

    def prove(self, by: str = "amoa", **fields: Any) -> None:
        """Prove the open condition past the services."""
        self.change(**{"proof": "Letter.", "proved_by": self.cast[by], "proved_at": timezone.now()} | fields)

    def answer(self, key: str) -> Decision:
        """Return the newest decision on a file."""
        return self.proposal(key).decisions.latest("pk")

    def replace(self, **changes: Any) -> Decision:
        """Replace OD-08 past the services with another effect; its former effect stays as it is."""
        earlier = self.answer("superseding")
        carried = {item_key(item): "changed" for item in list_dependents(earlier)}
        return self.decide("ready_replacing", **{"supersedes": earlier, "carried": carried} | changes)

    def effect(self, decision: Decision, **changes: Any) -> None:
        """Write an effect past the services."""
        fields = {
            "decision": decision,
            "subject": "projects.project",
            "subject_id": decision.project_id,
            "field": "scope",
            "before": "",
            "after": "Quay 1.",
            "acted_at": timezone.now(),
        }
        Effect.objects.bulk_create([Effect(**fields | changes)])

    def notice(self) -> None:
        """Write the same notice twice."""
        event = LedgerEvent.objects.latest("pk")
        about = {"event": event, "recipient": self.cast["owner"], "reason": "decided", "created_at": timezone.now()}
        Notification.objects.bulk_create([Notification(**about), Notification(**about)])

    @property
    def sealed(self) -> Document:
        """Return the document that the decision on `decided` sealed, in its decided version."""
        return Document.objects.get(name="Requirements of the harbour office")

    def break_seal(self, **changes: Any) -> SealBreak:
        """Replace the sealed document through its service, then record the change once more past the services."""
        first = self.sealed.versions.get()
        after = acts.replace(self.cast["amoa"], self.sealed)
        decision = Decision.objects.get(proposal=self.proposal("decided"))
        fields = {
            "decision": decision,
            "item": self.sealed.item,
            "before": first.sha256,
            "after": after.sha256,
            "acted_at": timezone.now(),
        }
        return SealBreak.objects.bulk_create([SealBreak(**fields | changes)])[0]

    def attach(self, project: str = "one", **changes: str) -> dict[str, str]:
        """Return a changed attachment, as a working text names it."""
        version = self.sealed.versions.get()
        if project == "two":
            version = acts.add_document(self.cast["other_amoa"], self.proposal("ready_two").project)
        return version.attachment() | changes

    def event(self) -> None:
        """Write a second event at a position of the chain."""
        last = LedgerEvent.objects.latest("pk")
        last.pk, last.acted_at = None, timezone.now()
        last.save(force_insert=True)


READY = "A decision answers the revision before the owner, on its project, by its hash"
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
OWNERS_WORDS = "A condition is settled once and otherwise stays as the owner set it"
LIFTED = "A condition is lifted or waived by the owner in office, and now (R1)"
PROVED = "The proof of a condition is given by the role that answers for it, and now"
ON_PROOF = "A condition is met on a proof, in writing, the one that was given"
BINDING = "An approval waits for the binding opinion its revision asks for"
ASKS_FOR_IT = "A binding opinion answers the revision before the owner that asks for it"
BY_ADVISER = "A binding opinion is noted by an adviser in office who did not write the proposal (R2)"
MERGED = "A proposal is merged into another one of its project that waits for its answer"
REPLACES = "A decision replaces an earlier one that its proposal names (R6)"
MAY_REPLACE = "A proposal may replace an approval on its own project"
WAIVED = "A missing opinion is waived in writing (R2)"
EXPLICITLY = "What rests on a decision is kept, changed or dropped explicitly when it is replaced (R6)"
ONLY_THAT = "Only what rests on the decision replaced is carried over (R6)"
SUPERSEDED = "The proposal of a decision that is replaced is superseded (R6)"
OWN_HASH = "A revision carries the hash of its content"
NOT_AFTERWARDS = "An effect is noted when its decision takes effect, not afterwards"


WITH_DECISION = "Conditions are set with the decision, not afterwards"
SAYS_SO = "An approval with conditions, and nothing else, has conditions"

KNOWN_KIND = "A proposal is of a kind that the product knows"
KNOWN_PART = "An effect is on a part that a kind of decision changes"
OF_ITS_KIND = "What is delivered is accepted; anything else is approved"
NOT_SETTLED = "A reservation names a defect of its project that is not settled"

Attempt = Callable[[World], Any]


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
    world.lift()


def _closed_account_proves(world: World) -> None:
    _inactive(world, "amoa")
    world.prove()


def _closed_adviser_notes(world: World) -> None:
    _inactive(world, "pmo")
    world.note()


def _unfavourable_but_approved(world: World) -> None:
    acts.note_binding(world.cast["pmo"], world.proposal("ready_binding"), favourable=False)
    world.decide("ready_binding")


def _acceptance(world: World, **changes: Any) -> Decision:
    """Write the answer to an acceptance past the services."""
    file = acts.submit_to_owner(world.proposal("draft").project, "interim_acceptance")
    about = {"proposal": file, "revision": file.current, "revision_hash": acts.fingerprint(file)}
    return world.decide(**about | changes)


def about(defect: Defect) -> dict[str, Any]:
    """Return the columns with which a condition names a defect."""
    return {"subject": "amoa.defect", "subject_id": defect.pk, "about": defect.reference}


def _settled_defect(world: World) -> Defect:
    found = acceptance.create_defect(world.cast["amoa"], world.proposal("draft").project)
    Defect.objects.filter(pk=found.pk).update(state="closed", closed_at=timezone.now())
    return found


def _reserved_twice(world: World) -> None:
    found = acceptance.create_defect(world.cast["amoa"], world.proposal("draft").project)
    decision = world.decide(outcome=Outcome.APPROVED_WITH_CONDITIONS)
    for number in (1, 2):
        world.condition(decision=decision, number=number, **about(found))


def _replaces_across_projects(world: World) -> None:
    elsewhere = acts.decide(world.cast["other_owner"], world.proposal("ready_two"))
    world.decide(supersedes=elsewhere)


def _replaces_by_delegation(world: World) -> None:
    """Replace a budget with a delegated kind under the cap."""
    cast, earlier = world.cast, world.answer("superseding")
    file = acts.prepare(
        cast["amoa"], cast["pmo"], project=earlier.project, kind="minor_change", amount="1.00", replaces=earlier
    )
    assert file.current is not None
    carried = {item_key(item): "dropped" for item in list_dependents(earlier)}
    about = {"proposal": file, "revision": file.current, "revision_hash": file.current.hash}
    world.delegated("ready_minor", **about, supersedes=earlier, carried=carried)


def _forgets_what_waits(world: World) -> None:
    """The third decision omits the first one's effect, which still stands: the decision that drops it waits."""
    cast, project = world.cast, world.proposal("decided").project
    first = world.answer("superseding")
    file = acts.prepare(cast["amoa"], cast["pmo"], project=project, replaces=first)
    second = acts.decide(cast["owner"], file, Outcome.APPROVED_WITH_CONDITIONS, effective="when_met")
    last = acts.prepare(cast["amoa"], cast["pmo"], project=project, replaces=second)
    assert last.current is not None
    carried = {item_key(item): "kept" for item in list_dependents(second) if isinstance(item, Condition)}
    about = {"proposal": last, "revision": last.current, "revision_hash": last.current.hash}
    world.decide(**about, supersedes=second, carried=carried)


def _effect_before_its_conditions(world: World) -> None:
    decision = world.decide(outcome=Outcome.APPROVED_WITH_CONDITIONS, effective="when_met")
    world.condition(decision=decision)
    world.effect(decision)


def _effect_under_another_event(world: World) -> None:
    """The decision left an event, but not that of an act with effects."""
    decision = world.decide()
    record(
        act=Act.EDIT,
        actor=world.cast["owner"],
        project=decision.project,
        subject=decision,
        proposal_id=decision.proposal_id,
    )
    world.effect(decision)


def _draft_that_replaces(world: World, **changes: Any) -> None:
    world.draft(**{"replaces": world.answer("decided")} | changes)


def _edited(world: World) -> None:
    assert ProposalDraft.objects.filter(proposal=world.proposal("draft")).update(title="Something else")


def _rejected_but_sent_back(world: World) -> None:
    world.decide(outcome=Outcome.REJECTED)
    world.update("ready_for_decision", state="returned")


def _delegate_advises_too(world: World) -> None:
    pmo = world.mandate("pmo")
    now = timezone.now()
    with acting_as(world.cast["owner"]):
        Mandate.objects.create(
            project=pmo.project,
            role=pmo.role,
            authority=pmo.authority,
            holder=world.cast["delegate"],
            acted_at=now,
            appointed_by=world.cast["owner"],
            period=(now, None),
        )
    world.delegated()


def _author_becomes_delegate(world: World) -> None:
    """The author of a file loses the role, receives a delegation and signs the file."""
    moe = world.mandate("moe")
    now = timezone.now()
    with acting_as(world.cast["owner"]):
        moe.period = (moe.period.lower, now)
        moe.save()
        given = world.delegate_newly(delegate=world.cast["moe"], acted_at=now, period=(now, now + timedelta(1)))
    world.decide("ready_minor", "moe", delegation=given)


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
    "binding_authority": "X",
}

#: "model.trigger" → (name, attack, refusal): the refusals of each hand-written guard.
TRIGGERS: list[Declared] = [
    # — a decision —
    *(
        ("decision.only_the_owner_decides", f"a file that is {key}", lambda w, key=key: w.decide(key), READY)
        for key in ("withdrawn", "returned", "decided", "merged", "superseded")
    ),
    (
        "decision.only_the_owner_decides",
        "an old revision",
        lambda w: w.decide("revised", revision=w.proposal("revised").revisions.get(number=1)),
        READY,
    ),
    (
        "decision.only_the_owner_decides",
        "the revision of another file",
        lambda w: w.decide(revision=w.proposal("revised").current),
        READY,
    ),
    ("decision.only_the_owner_decides", "another hash", lambda w: w.decide(revision_hash="0" * 64), READY),
    (
        "decision.only_the_owner_decides",
        "another project",
        lambda w: w.decide(project=w.proposal("ready_two").project),
        READY,
    ),
    ("decision.only_the_owner_decides", "the PMO", lambda w: w.decide(by="pmo", mandate=w.mandate("pmo")), IN_OFFICE),
    ("decision.only_the_owner_decides", "the AMOA with the owner's mandate", lambda w: w.decide(by="amoa"), IN_OFFICE),
    ("decision.only_the_owner_decides", "the superuser", lambda w: w.decide(by="superuser"), IN_OFFICE),
    (
        "decision.only_the_owner_decides",
        "the former owner",
        lambda w: w.decide(by="former_owner", mandate=w.mandate("former_owner")),
        IN_OFFICE,
    ),
    (
        "decision.only_the_owner_decides",
        "the future owner",
        lambda w: w.decide(by="future_owner", mandate=w.mandate("future_owner")),
        IN_OFFICE,
    ),
    (
        "decision.only_the_owner_decides",
        "the owner of another project",
        lambda w: w.decide(by="other_owner", mandate=w.mandate("other_owner")),
        IN_OFFICE,
    ),
    (
        "decision.only_the_owner_decides",
        "the delegate without the delegation",
        lambda w: w.decide("ready_minor", "delegate"),
        IN_OFFICE,
    ),
    ("decision.only_the_owner_decides", "an owner whose account is closed", _closed_account_decides, IN_OFFICE),
    ("decision.only_the_owner_decides", "a closed owner's delegate", _closed_account_delegated, IN_OFFICE),
    ("decision.only_the_owner_decides", "a closed delegate", _closed_delegate_decides, IN_BOUNDS),
    ("decision.only_the_owner_decides", "over the cap", lambda w: w.delegated("ready_over_cap"), IN_BOUNDS),
    (
        "decision.only_the_owner_decides",
        "a kind that is not delegated",
        lambda w: w.delegated("ready_for_decision"),
        IN_BOUNDS,
    ),
    (
        "decision.only_the_owner_decides",
        "a delegation that has not begun",
        lambda w: w.delegated(
            delegation=w.delegate_newly(period=(timezone.now() + timedelta(1), timezone.now() + timedelta(2)))
        ),
        IN_BOUNDS,
    ),
    (
        "decision.only_the_owner_decides",
        "somebody else's delegation",
        lambda w: w.decide("ready_minor", "outsider", delegation=w.delegation),
        IN_BOUNDS,
    ),
    ("decision.only_the_owner_decides", "a delegate who advises", _delegate_advises_too, IN_BOUNDS),
    ("decision.only_the_owner_decides", "the author's own file", _author_becomes_delegate, OWN_FILE),
    (
        "decision.only_the_owner_decides",
        "a delegation given in the same transaction",
        lambda w: w.delegated(delegation=w.delegate_newly()),
        "A decision rests on a seat that was given before it",
    ),
    (
        "decision.only_the_owner_decides",
        "a mandate that comes afterwards",
        lambda w: w.decide(mandate=Mandate(pk=10**9)),
        IN_OFFICE,
    ),
    (
        "decision.only_the_owner_decides",
        "a delegation that comes afterwards",
        lambda w: w.delegated(delegation=Delegation(pk=10**9)),
        IN_BOUNDS,
    ),
    (
        "decision.has_conditions_only_if_it_says_so",
        "conditions said, none set",
        lambda w: w.decide(outcome=Outcome.APPROVED_WITH_CONDITIONS),
        SAYS_SO,
    ),
    (
        "decision.has_conditions_only_if_it_says_so",
        "conditions on a rejection",
        lambda w: w.condition(decision=w.decide(outcome=Outcome.REJECTED)),
        SAYS_SO,
    ),
    ("decision.leaves_an_event", "a decision without its event", lambda w: w.decide(), leaves(Decision)),
    (
        "decision.only_the_owner_decides",
        "an approval without the binding opinion",
        lambda w: w.decide("ready_binding"),
        BINDING,
    ),
    ("decision.only_the_owner_decides", "an approval against the binding opinion", _unfavourable_but_approved, BINDING),
    *(
        (
            "decision.only_the_owner_decides",
            f"merged into {into}",
            lambda w, into=into: w.decide(outcome=Outcome.MERGED, merged_into=w.proposal(into)),
            MERGED,
        )
        for into in ("ready_for_decision", "ready_two", "draft", "withdrawn", "merged", "superseded", "decided")
    ),
    (
        "decision.only_the_owner_decides",
        "replaces what its proposal does not name",
        lambda w: w.decide(supersedes=w.answer("decided")),
        REPLACES,
    ),
    ("decision.only_the_owner_decides", "replaces a decision of another project", _replaces_across_projects, REPLACES),
    ("decision.only_the_owner_decides", "replaces a later one", lambda w: w.replace(number=1), REPLACES),
    (
        "decision.only_the_owner_decides",
        "replaces by a rejection",
        lambda w: w.replace(outcome=Outcome.REJECTED),
        REPLACES,
    ),
    (
        "decision.only_the_owner_decides",
        "replaces nothing although its proposal says so",
        lambda w: w.replace(supersedes=None),
        REPLACES,
    ),
    ("decision.only_the_owner_decides", "replaces by delegation", _replaces_by_delegation, IN_BOUNDS),
    *(
        (
            "decision.has_heard_everyone_or_says_why",
            f"waived {waived}",
            lambda w, waived=waived: w.decide("submitted", waived=waived),
            WAIVED,
        )
        for waived in ({}, {"PMO": ""}, {"PMO": None}, {"AMOA": "Not the one that is missing."})
    ),
    ("decision.carries_everything_over", "says nothing of an effect", lambda w: w.replace(carried={}), EXPLICITLY),
    (
        "decision.carries_everything_over",
        "an unknown fate",
        lambda w: w.replace(carried={item_key(item): "burnt" for item in list_dependents(w.answer("superseding"))}),
        EXPLICITLY,
    ),
    ("decision.carries_everything_over", "says nothing of what still waits", _forgets_what_waits, EXPLICITLY),
    (
        "decision.carries_everything_over",
        "carries what is not there",
        lambda w: w.replace(
            carried={
                **{item_key(item): "changed" for item in list_dependents(w.answer("superseding"))},
                "effect-0": "kept",
            }
        ),
        ONLY_THAT,
    ),
    (
        "decision.carries_everything_over",
        "carries over without replacing",
        lambda w: w.decide(carried={"condition-1": "kept"}),
        ONLY_THAT,
    ),
    ("decision.carries_everything_over", "leaves the proposal before as it was", lambda w: w.replace(), SUPERSEDED),
    # — an effect —
    *(
        (
            "effect.follows_from_an_approval",
            f"of what is {key}",
            lambda w, key=key: w.effect(w.answer(key)),
            "Only an approval has effects",
        )
        for key in ("rejected", "deferred", "merged", "returned")
    ),
    (
        "effect.follows_from_an_approval",
        "of a decision that comes afterwards",
        lambda w: w.effect(Decision(pk=10**9, project=w.proposal("decided").project)),
        "Only an approval has effects",
    ),
    (
        "effect.follows_from_an_approval",
        "on another project",
        lambda w: w.effect(w.decide(), subject_id=w.proposal("ready_two").project_id),
        "A decision has effects on its own project",
    ),
    (
        "effect.follows_from_an_approval",
        "before its conditions are met",
        _effect_before_its_conditions,
        "This decision takes effect when its last condition is lifted",
    ),
    *(
        (
            "effect.follows_from_an_approval",
            f"afterwards, of what is {key}",
            lambda w, key=key: w.effect(w.answer(key)),
            NOT_AFTERWARDS,
        )
        for key in ("decided", "closed", "conditions_open", "superseded", "superseding")
    ),
    ("effect.leaves_an_event", "under an event of something else", _effect_under_another_event, leaves(Effect)),
    # — a condition —
    (
        "condition.is_set_with_its_decision",
        "a condition afterwards",
        lambda w: w.condition(decision=Decision.objects.earliest("pk"), number=9),
        WITH_DECISION,
    ),
    (
        "condition.is_set_with_its_decision",
        "a condition born met",
        lambda w: w.condition(state="met", lifted_at=timezone.now(), lifted_by=w.cast["owner"]),
        WITH_DECISION,
    ),
    *(
        (
            "condition.keeps_the_words_of_the_owner",
            f"another {name}",
            lambda w, change={name: value}: w.change(**change),
            OWNERS_WORDS,
        )
        for name, value in {
            "text": "Y",
            "number": 9,
            "role": "PMO",
            "due_on": acts.FUTURE,
            "salt": "0" * 32,
        }.items()
    ),
    (
        "condition.keeps_the_words_of_the_owner",
        "of another decision",
        lambda w: w.change(decision=w.answer("closed")),
        OWNERS_WORDS,
    ),
    (
        "condition.keeps_the_words_of_the_owner",
        "opened again",
        lambda w: w.change("closed", state="open", lifted_at=None, lifted_by=None),
        OWNERS_WORDS,
    ),
    ("condition.keeps_the_words_of_the_owner", "another proof", lambda w: w.change("closed", proof="Y"), OWNERS_WORDS),
    (
        "condition.keeps_the_words_of_the_owner",
        "settled twice",
        lambda w: w.change("superseded", waived_because="For another reason."),
        OWNERS_WORDS,
    ),
    *(
        (
            "condition.keeps_the_words_of_the_owner",
            f"lifted by the {member}",
            lambda w, member=member: w.lift(member),
            LIFTED,
        )
        for member in ("pmo", "amoa", "delegate", "former_owner", "future_owner", "other_owner", "superuser")
    ),
    *(
        (
            "condition.keeps_the_words_of_the_owner",
            f"waived by the {member}",
            lambda w, member=member: w.lift(member, state="waived", proof="", waived_because="Enough."),
            LIFTED,
        )
        for member in ("pmo", "amoa", "delegate", "superuser")
    ),
    *(
        (
            "condition.keeps_the_words_of_the_owner",
            f"lifted {days} days from now",
            lambda w, days=days: w.lift(lifted_at=timezone.now() + timedelta(days)),
            LIFTED,
        )
        for days in (-1, 1)
    ),
    ("condition.keeps_the_words_of_the_owner", "lifted by a closed account", _closed_account_lifts, LIFTED),
    (
        "condition.keeps_the_words_of_the_owner",
        "lifted on another proof than was given",
        lambda w: [acts.prove(w.cast["amoa"], w.proposal("conditions_open")), w.lift(proof="Another.")],
        ON_PROOF,
    ),
    ("condition.keeps_the_words_of_the_owner", "lifted without a proof", lambda w: w.lift(proof=""), ON_PROOF),
    (
        "condition.keeps_the_words_of_the_owner",
        "lifted with a proof of somebody else's",
        lambda w: w.lift(proved_by=w.cast["amoa"], proved_at=timezone.now()),
        LIFTED,
    ),
    *(
        (
            "condition.keeps_the_words_of_the_owner",
            f"proved by the {member}",
            lambda w, member=member: w.prove(member),
            PROVED,
        )
        for member in ("pmo", "moe", "owner", "delegate", "other_amoa", "superuser")
    ),
    *(
        (
            "condition.keeps_the_words_of_the_owner",
            f"proved {days} days from now",
            lambda w, days=days: w.prove(proved_at=timezone.now() + timedelta(days)),
            PROVED,
        )
        for days in (-1, 1)
    ),
    *(
        (
            "condition.keeps_the_words_of_the_owner",
            f"proved without {name}",
            lambda w, name=name, none=none: w.prove(**{name: none}),
            PROVED,
        )
        for name, none in {"proof": "", "proved_by": None, "proved_at": None}.items()
    ),
    ("condition.keeps_the_words_of_the_owner", "proved by a closed account", _closed_account_proves, PROVED),
    ("condition.leaves_an_event", "lifted without an event", lambda w: w.lift(), leaves(Condition)),
    ("condition.leaves_an_event", "proved without an event", lambda w: w.prove(), leaves(Condition)),
    # — an opinion —
    (
        "opinion.comes_from_an_adviser_who_is_asked",
        "a file that is ready",
        lambda w: w.advise("ready_for_decision"),
        "An opinion is given on the revision under review",
    ),
    (
        "opinion.comes_from_an_adviser_who_is_asked",
        "an old revision",
        lambda w: w.advise(revision=w.proposal("revised").revisions.get(number=1)),
        "An opinion is given on the revision under review",
    ),
    (
        "opinion.comes_from_an_adviser_who_is_asked",
        "the author's role",
        lambda w: w.advise(by="amoa", role="AMOA"),
        ASKED,
    ),
    (
        "opinion.comes_from_an_adviser_who_is_asked",
        "a role that is not asked",
        lambda w: w.advise(by="moe", role="MOE"),
        ASKED,
    ),
    (
        "opinion.comes_from_an_adviser_who_is_asked",
        "somebody else's mandate",
        lambda w: w.advise(adviser=w.cast["amoa"]),
        BY_HOLDER,
    ),
    (
        "opinion.comes_from_an_adviser_who_is_asked",
        "a mandate of another role",
        lambda w: w.advise(by="amoa"),
        BY_HOLDER,
    ),
    (
        "opinion.comes_from_an_adviser_who_is_asked",
        "a mandate of another project",
        lambda w: w.advise(by="other_pmo"),
        BY_HOLDER,
    ),
    ("opinion.comes_from_an_adviser_who_is_asked", "the owner", lambda w: w.advise(by="owner"), BY_HOLDER),
    ("opinion.comes_from_an_adviser_who_is_asked", "a closed account", _closed_adviser_advises, BY_HOLDER),
    (
        "opinion.comes_from_an_adviser_who_is_asked",
        "a mandate that comes afterwards",
        lambda w: w.advise(mandate=Mandate(pk=10**9)),
        BY_HOLDER,
    ),
    ("opinion.leaves_an_event", "an opinion without its event", lambda w: w.advise(), leaves(Opinion)),
    # — a binding opinion —
    *(
        (
            "bindingopinion.is_noted_by_an_adviser",
            f"on what is {key}",
            lambda w, key=key: w.note(key, authority="Maritime authority of the bay"),
            ASKS_FOR_IT,
        )
        for key in ("ready_for_decision", "decided", "withdrawn")
    ),
    (
        "bindingopinion.is_noted_by_an_adviser",
        "of no authority",
        lambda w: w.note("ready_for_decision", authority=""),
        ASKS_FOR_IT,
    ),
    (
        "bindingopinion.is_noted_by_an_adviser",
        "of another authority",
        lambda w: w.note(authority="The harbour café"),
        ASKS_FOR_IT,
    ),
    (
        "bindingopinion.is_noted_by_an_adviser",
        "on an old revision",
        lambda w: w.note(revision=w.proposal("revised").revisions.get(number=1)),
        ASKS_FOR_IT,
    ),
    (
        "bindingopinion.is_noted_by_an_adviser",
        "given next week",
        lambda w: w.note(given_on=timezone.localdate() + timedelta(7)),
        "A binding opinion is noted once it is given",
    ),
    *(
        (
            "bindingopinion.is_noted_by_an_adviser",
            f"by the {member}",
            lambda w, member=member: w.note(by=member),
            BY_ADVISER,
        )
        for member in ("owner", "delegate", "moe", "recipient", "other_pmo", "superuser")
    ),
    ("bindingopinion.is_noted_by_an_adviser", "by a closed account", _closed_adviser_notes, BY_ADVISER),
    ("bindingopinion.leaves_an_event", "without its event", lambda w: w.note(), leaves(BindingOpinion)),
    # — a proposal and its revisions —
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
    ("proposalrevision.carries_its_hash", "no salt", lambda w: w.revise(salt=""), OWN_HASH),
    ("proposalrevision.carries_its_hash", "a salt that is none", lambda w: w.revise(salt="x" * 32), OWN_HASH),
    (
        "proposal.replaces_a_decision_of_its_project",
        "born to replace one of another project",
        lambda w: _draft_that_replaces(w, project=w.proposal("ready_two").project),
        MAY_REPLACE,
    ),
    *(
        (
            "proposal.replaces_a_decision_of_its_project",
            f"born to replace what is {key}",
            lambda w, key=key: _draft_that_replaces(w, replaces=w.answer(key)),
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
        "A revision asks every adviser the matrix names",
    ),
    (
        "proposalrevision.is_submitted_by_its_role",
        "asking the author's role too",
        lambda w: w.revise(asked_roles=["AMOA", "PMO"]),
        "A revision asks every adviser the matrix names",
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
]


def _noted_twice(world: World) -> None:
    noted = world.break_seal()
    noted.pk = None
    SealBreak.objects.bulk_create([noted])


TIED = "A declared tie with a bidder blocks this role until"


def _tied(who: str, attack: Attempt) -> Attempt:
    """Attack past the services as a person who has declared a tie with the bidder of the cast."""

    def attempt(world: World) -> None:
        bidder = Bidder.objects.get(project__code="ONE")
        about = {"project": bidder.project, "organisation": bidder.organisation, "tie": "A cousin."}
        Interest.objects.bulk_create([Interest(person=world.cast[who], acted_at=timezone.now(), **about)])
        attack(world)

    return attempt


TRIGGERS += [
    # — who a declared tie blocks —
    ("decision.only_the_owner_decides", "the tied owner", _tied("owner", lambda w: w.decide()), TIED),
    ("decision.only_the_owner_decides", "the tied delegate", _tied("delegate", lambda w: w.delegated()), TIED),
    ("opinion.comes_from_an_adviser_who_is_asked", "the tied adviser", _tied("pmo", lambda w: w.advise()), TIED),
    ("proposalrevision.is_submitted_by_its_role", "the tied author", _tied("amoa", lambda w: w.revise()), TIED),
    ("proposal.is_refused_to_the_tied", "drafted by the tied", _tied("amoa", lambda w: w.draft()), TIED),
    ("bindingopinion.is_refused_to_the_tied", "noted by the tied", _tied("pmo", lambda w: w.note()), TIED),
    ("condition.is_refused_to_the_tied", "proved by the tied", _tied("amoa", lambda w: w.prove()), TIED),
    ("condition.is_refused_to_the_tied", "lifted by the tied owner", _tied("owner", lambda w: w.lift()), TIED),
    (
        "condition.is_refused_to_the_tied",
        "waived by the tied owner",
        _tied("owner", lambda w: w.lift(state="waived")),
        TIED,
    ),
]

CONCERNS = "A change after a decision concerns what the decision sealed"
NEW_VERSION = "A change after a decision follows from a new version of a document"
ATTACHES = "A revision attaches versions of documents of its project, by their hash (R5)"
TRIGGERS += [
    # — evidence files —
    (
        "sealbreak.follows_from_a_new_version",
        "what was not sealed",
        lambda w: w.break_seal(item="document:99"),
        CONCERNS,
    ),
    ("sealbreak.follows_from_a_new_version", "another seal", lambda w: w.break_seal(before="0" * 64), CONCERNS),
    (
        "sealbreak.follows_from_a_new_version",
        "no change at all",
        lambda w: w.break_seal(after=w.sealed.versions.get(number=1).sha256),
        CONCERNS,
    ),
    (
        "sealbreak.follows_from_a_new_version",
        "a version that does not exist",
        lambda w: w.break_seal(after="0" * 64),
        NEW_VERSION,
    ),
    (
        "sealbreak.follows_from_a_new_version",
        "a change of the revision",
        lambda w: w.break_seal(item="revision", before=w.proposal("decided").current.hash),
        NEW_VERSION,
    ),
    ("sealbreak.leaves_an_event", "a change without its event", lambda w: w.break_seal(), leaves(SealBreak)),
    (
        "proposalrevision.attaches_what_exists",
        "no such document",
        lambda w: w.revise(attachments=[w.attach(document="99999")]),
        ATTACHES,
    ),
    (
        "proposalrevision.attaches_what_exists",
        "no such version",
        lambda w: w.revise(attachments=[w.attach(version="2")]),
        ATTACHES,
    ),
    (
        "proposalrevision.attaches_what_exists",
        "other bytes",
        lambda w: w.revise(attachments=[w.attach(sha256="0" * 64)]),
        ATTACHES,
    ),
    (
        "proposalrevision.attaches_what_exists",
        "a document of another project",
        lambda w: w.revise(attachments=[w.attach("two")]),
        ATTACHES,
    ),
    ("proposalrevision.attaches_what_exists", "no list", lambda w: w.revise(attachments={}), ATTACHES),
    (
        "proposalrevision.attaches_what_exists",
        "one document twice",
        lambda w: w.revise(attachments=[w.attach(), w.attach()]),
        "A revision attaches one version of a document",
    ),
]

TRIGGERS += [
    # — kinds —
    ("proposal.is_of_a_known_kind", "a kind that nobody registers", lambda w: w.draft(kind="whim"), KNOWN_KIND),
    (
        "effect.is_on_a_part_of_a_kind",
        "a part that no kind changes",
        lambda w: w.effect(w.decide(), field="colour"),
        KNOWN_PART,
    ),
    (
        "effect.is_on_a_part_of_a_kind",
        "a part of another table",
        lambda w: w.effect(w.decide(), subject="projects.mandate"),
        KNOWN_PART,
    ),
    # — acceptance —
    (
        "decision.is_an_answer_of_its_kind",
        "a change that is accepted",
        lambda w: w.decide(outcome=Outcome.ACCEPTED),
        OF_ITS_KIND,
    ),
    (
        "decision.is_an_answer_of_its_kind",
        "an acceptance that is approved",
        lambda w: _acceptance(w, outcome=Outcome.APPROVED),
        OF_ITS_KIND,
    ),
    (
        "condition.reserves_a_defect_of_its_project",
        "a condition that names a defect",
        lambda w: w.condition(**about(acceptance.create_defect(w.cast["amoa"], w.proposal("draft").project))),
        NOT_SETTLED,
    ),
    (
        "condition.reserves_a_defect_of_its_project",
        "the defect of another project",
        lambda w: w.condition(
            decision=_acceptance(w, outcome=RESERVED),
            **about(acceptance.create_defect(w.cast["other_amoa"], w.proposal("ready_two").project)),
        ),
        NOT_SETTLED,
    ),
    (
        "condition.reserves_a_defect_of_its_project",
        "a defect that is settled",
        lambda w: w.condition(decision=_acceptance(w, outcome=RESERVED), **about(_settled_defect(w))),
        NOT_SETTLED,
    ),
    (
        "condition.closes_its_defect_when_lifted",
        "lifted, its defect open",
        lambda w: w.lift_reservation(),
        "The defect that a reservation names is closed when the reservation is lifted",
    ),
    (
        "condition.keeps_the_words_of_the_owner",
        "about another defect",
        lambda w: w.prove(**about(acceptance.create_defect(w.cast["amoa"], w.proposal("draft").project))),
        OWNERS_WORDS,
    ),
]

#: constraint → attack
CONSTRAINTS: dict[str, Attempt] = {
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
    "a_lifted_condition_says_when_and_by_whom": lambda w: w.change(state="met", proof="Letter."),
    "a_waived_condition_and_only_that_says_why": lambda w: w.lift(waived_because="Enough."),
    "a_merger_and_only_a_merger_says_into_what": lambda w: w.decide(outcome=Outcome.MERGED),
    "only_an_approval_with_conditions_takes_effect_later": lambda w: w.decide(effective="when_met"),
    "a_decision_takes_effect_at_a_known_moment": lambda w: w.decide(
        outcome=Outcome.APPROVED_WITH_CONDITIONS, effective="some day"
    ),
    "a_price_reduction_and_only_that_says_how_much": lambda w: w.decide(price_reduction=5),
    "one_condition_per_decision_and_subject": lambda w: _reserved_twice(w),
    "a_condition_names_its_subject_in_full": lambda w: w.condition(subject_id=1),
    "a_binding_opinion_names_its_document": lambda w: w.note(reference=""),
    "one_break_per_item_and_change": lambda w: _noted_twice(w),
    "one_event_per_place_in_the_chain": lambda w: w.event(),
    "one_notice_per_event_and_person": lambda w: w.notice(),
    "one_opinion_per_role_and_revision": lambda w: [w.advise(), w.advise()],
    "an_opinion_has_a_known_position": lambda w: w.advise(position="perhaps"),
    "an_opinion_is_reasoned": lambda w: w.advise(reasons=""),
    "one_proposal_per_number": lambda w: w.draft(number=1),
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
    "one_condition_per_decision_and_subject": "condition.reserves_a_defect_of_its_project",
    "a_proposal_has_a_known_state": "proposal.follows_the_workflow",
    "a_ready_proposal_has_heard_everyone_asked": "proposal.follows_the_workflow",
    "a_lifted_condition_says_when_and_by_whom": "condition.keeps_the_words_of_the_owner",
    "a_revision_has_its_hash": "proposalrevision.carries_its_hash",
    "one_event_per_place_in_the_chain": "ledgerevent.is_the_next_link",
}

# — an erasure —


def _erase(world: World, *, door: bool = True, **changes: Any) -> None:
    """Write an erasure past its command, without an event."""
    fields = {
        "project": world.proposal("draft").project,
        "subject": "governance.opinion",
        "subject_id": "1",
        "fields": ["reasons"],
        "because": "A request.",
        "erased_by": world.cast["staff_admin"],
        "acted_at": timezone.now(),
    }
    if not door:
        Erasure.objects.bulk_create([Erasure(**fields | changes)])
        return
    with owning(), erasing("[erased 2026-11-24]"):
        Erasure.objects.bulk_create([Erasure(**fields | changes)])


TRIGGERS += [
    (
        "erasure.is_written_while_erasing",
        "outside the command",
        lambda w: _erase(w, door=False),
        "An erasure is written by the command that erases",
    ),
    (
        "erasure.leaves_an_event",
        "an erasure without its event",
        lambda w: _erase(w),
        "An erasure on a project leaves an event in its ledger",
    ),
]
CONSTRAINTS |= {
    "an_erasure_says_why": lambda w: _erase(w, because=""),
    "an_erasure_says_what": lambda w: _erase(w, fields=[]),
}

ATTACKS = Attacks(TRIGGERS, CONSTRAINTS, BEHIND)


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_an_attack_is_refused_and_passes_without_its_trigger(attack: Attack, world: World) -> None:
    attack.prove(world)


def test_the_honest_decision_lacks_only_its_event(world: World) -> None:
    """The raw decision of these attacks is valid except for the attack's change."""
    assert "leaves an event" in refusal(lambda: world.decide())
    assert "leaves an event" in refusal(lambda: world.delegated())


def test_the_other_honest_rows_lack_only_their_event(world: World) -> None:
    """Each raw row is valid except for the attack's change, under both roles."""
    for role in (RUNTIME, OWNER):
        assert leaves(Condition) in refusal(lambda: world.lift(), role=role)
        assert leaves(Condition) in refusal(lambda: world.prove(), role=role)
        assert leaves(BindingOpinion) in refusal(lambda: world.note(), role=role)
        assert leaves(ProposalRevision) in refusal(lambda: world.revise(), role=role)
        assert leaves(Proposal) in refusal(lambda: _draft_that_replaces(world), role=role)
        assert leaves(Decision) in refusal(lambda: world.decide("submitted", waived={"PMO": "Late."}), role=role)


def test_every_field_of_a_revision_that_is_hashed_is_attacked() -> None:
    assert set(ANOTHER) | {"attachments"} == {"hash", "salt", *ProposalRevision.content_fields()}


def test_a_revision_has_one_decision_and_only_one(world: World) -> None:
    def twice() -> None:
        world.decide()
        world.decide(number=901)

    assert "revision_id" in refusal(twice)


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
    }
    refused = {
        (origin, target)
        for origin in ProposalState.values
        for target in ProposalState.values
        if origin != target and MOVES in refusal(lambda o=origin, t=target: world.update(o, state=t), role=OWNER)
    }
    everything = {(o, t) for o in ProposalState.values for t in ProposalState.values if o != t}
    assert everything - refused == allowed
