"""Write rows of proposals, opinions and decisions past the services, for the attacks on their triggers."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from amoa.models import Defect
from core.acts import acting_as
from governance.decide.decisions.fingerprint import build_file, read_parts
from governance.decide.decisions.services import NewCondition
from governance.decide.decisions.supersede import item_key, list_dependents
from governance.enums import APPROVALS, Outcome
from governance.models import (
    BindingOpinion,
    Condition,
    Decision,
    Effect,
    Opinion,
    Proposal,
    ProposalRevision,
    SealBreak,
)
from projects.models import Bidder, Delegation, Document, Interest, Mandate
from tests import acts
from tests.amoa.acceptance import factories as acceptance
from tests.database import close_account


class World:
    """The cast and its files, with raw writes of a decision, an opinion and a revision."""

    def __init__(self, cast: dict[str, Any], proposal: Callable[[str], Proposal]) -> None:
        self.cast, self.proposal = cast, proposal
        self.mandates = {m.holder_id: m for m in Mandate.objects.active()}

    def update(self, key: str, **fields: Any) -> None:
        """Change a proposal past the services."""
        assert Proposal.objects.filter(pk=self.proposal(key).pk).update(**fields)

    def close(self, member: str) -> None:
        """Close an account."""
        close_account(self.cast[member], self.cast[member])

    def mandate(self, member: str) -> Mandate:
        """Return the current or past mandate of a member of the cast."""
        return Mandate.objects.filter(holder=self.cast[member]).earliest("pk")

    def decide(self, key: str = "ready_for_decision", by: str = "owner", **changes: Any) -> Decision:
        """Write a decision past the services; by default as `decide` writes it, but without an event."""
        file = self.proposal(key)
        answered = changes.get("proposal", file)
        parts = read_parts(answered)
        fields = {
            "project": file.project,
            "number": 900,
            "proposal": file,
            "revision": file.current,
            "revision_hash": file.current.hash if file.current else "",
            "file": build_file(answered.current, parts) if answered.current else [],
            "seen": parts,
            "outcome": (outcome := changes.get("outcome", Outcome.APPROVED)),
            "option": answered.current.recommended if answered.current and outcome in APPROVALS else "",
            "reasons": "Because.",
            "decided_by": self.cast[by],
            "mandate": self.mandate("owner"),
            "signature": "X",
            "acted_at": timezone.now(),
        }
        with acting_as(self.cast[by]):
            return Decision.objects.bulk_create([Decision(**fields | changes)])[0]

    def parts(self, key: str = "ready_for_decision") -> dict[str, str]:
        """Return the parts of a file as they are now."""
        return read_parts(self.proposal(key))

    def file(self, key: str = "ready_for_decision") -> list[dict[str, str]]:
        """Return the items that a decision on a file seals."""
        revision = self.proposal(key).current
        assert revision is not None
        return build_file(revision, self.parts(key))

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

    def counter(self, key: str = "ready_for_decision", **changes: Any) -> None:
        """Write a proposal of the PMO on the question of a file, past the services."""
        author = {"author": self.cast["pmo"], "author_role": "PMO", "writers": [self.cast["pmo"].pk]}
        first = self.proposal(key)
        asked = {"kind": first.kind, "replaces_id": first.replaces_id, "counter_to": first}
        self.draft(**author | asked | changes)

    def rival(self, key: str = "ready_for_decision") -> Proposal:
        """Submit a counter-proposal of the PMO through the services."""
        file = acts.counter(self.cast["pmo"], self.proposal(key))
        acts.submit(self.cast["pmo"], file)
        return acts.reread(file)

    def condition(self, **changes: Any) -> None:
        """Write a condition past the services, on a decision of this transaction."""
        fields = {"number": 1, "text": "Said in writing.", "role": "AMOA", "due_on": acts.FUTURE}
        decision = changes.pop("decision", None) or self.decide(outcome=Outcome.APPROVED_WITH_CONDITIONS)
        Condition.objects.bulk_create([Condition(**fields | {"decision": decision} | changes)])

    def reserve(self) -> Condition:
        """Accept with a reservation through the services, and return the open one that names a defect."""
        project = self.proposal("draft").project
        file = acts.submit_to_owner(project, "interim_acceptance")
        defect = acceptance.create_defect(self.cast["amoa"], project)
        reserved = NewCondition("Put right.", "MOE", acts.FUTURE, defect)
        return acts.decide(self.cast["owner"], file, Outcome.ACCEPTED_WITH_RESERVATIONS, [reserved]).conditions.get()

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
        carried = {item_key(item): "changed" for item in list_dependents(earlier, self.proposal("ready_replacing"))}
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


Attempt = Callable[[World], Any]


def decide_acceptance(world: World, **changes: Any) -> Decision:
    """Write the answer to an acceptance past the services."""
    file = acts.submit_to_owner(world.proposal("draft").project, "interim_acceptance")
    about = {"proposal": file, "revision": file.current, "revision_hash": acts.fingerprint(file)}
    return world.decide(**about | changes)


def subject_columns(defect: Defect) -> dict[str, Any]:
    """Return the columns with which a condition names a defect."""
    return {"subject": "amoa.defect", "subject_id": defect.pk, "about": defect.reference}


def draft_replacement(world: World, **changes: Any) -> None:
    world.draft(**{"replaces": world.answer("decided")} | changes)


TIED = "A declared tie with a bidder blocks this role until"


def as_tied(who: str, attack: Attempt) -> Attempt:
    """Attack past the services as a person who has declared a tie with the bidder of the cast."""

    def attempt(world: World) -> None:
        bidder = Bidder.objects.get(project__code="ONE")
        about = {"project": bidder.project, "organisation": bidder.organisation, "tie": "A cousin."}
        Interest.objects.bulk_create([Interest(person=world.cast[who], acted_at=timezone.now(), **about)])
        attack(world)

    return attempt
