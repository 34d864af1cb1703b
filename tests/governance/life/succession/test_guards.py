"""Prove that the database refuses an undo map that forgets something, or that is not carried out (R6)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from amoa.change_plan.enums import ActionState
from amoa.change_plan.services import write_communication
from amoa.models import CommunicationAction
from governance.decide.decisions.supersede import item_key
from governance.decide.grounds.queries import resolve_grounds
from governance.enums import Fate, Outcome
from governance.models import Decision, Proposal, SealBreak
from tests import acts
from tests.attacks import Attacks, Declared
from tests.governance.world import World

pytestmark = pytest.mark.django_db

FORGOTTEN = "What rests on a decision is kept, changed or dropped explicitly when it is replaced (R6)"
UNDONE = "What becomes of something is done with the decision that says so (R6)"
UNPROVEN = "A change after a decision follows from a change of what it sealed"
CONCERNS = "A change after a decision concerns what the decision sealed"
UNDECIDED = "Only a recorded decision decides (R1)"
PRESENT = "A proposal rests on rows of its project, in their present version"


class Case:
    """A decision of project one with a condition, on which a decision, a proposal and a message hang."""

    def __init__(self, world: World) -> None:
        self.world, self.cast = world, world.cast
        self.project = world.proposal("decided").project
        self.first = acts.decide(self.cast["owner"], self.prepare(), Outcome.APPROVED_WITH_CONDITIONS)
        self.later = acts.decide(self.cast["owner"], self.prepare(self.first))
        self.waiting = self.prepare(self.first)
        self.message = self.announce()
        self.sent = self.announce(state=ActionState.DONE, done_on=timezone.localdate())
        self.file = self.prepare(replaces=self.first)
        hanging = (self.first.conditions.get(), self.later, self.waiting, self.message, self.sent)
        self.carried: dict[str, str] = dict.fromkeys(map(item_key, hanging), "kept")

    def prepare(self, *cited: Decision, replaces: Decision | None = None) -> Proposal:
        """Bring a proposal that rests on these decisions to the owner."""
        grounds = resolve_grounds(self.project, [decision.reference for decision in cited])[0]
        content: dict[str, Any] = {"rests_on": [ground.plain() for ground in grounds], "terms": {}}
        return acts.prepare(self.cast["amoa"], self.cast["pmo"], project=self.project, replaces=replaces, **content)

    def announce(self, **fields: Any) -> CommunicationAction:
        """Plan a message that announces the decision."""
        group = self.project.recipient_groups.earliest("pk")
        about = {"title": "X", "group": group, "due_on": None, "after": self.first.proposal.number}
        return write_communication(actor=self.cast["amoa"], project=self.project, fields=about | fields)

    def replace(self, changes: dict[str, str | None]) -> Decision:
        """Replace the decision past the services; None forgets a row of the map."""
        carried = {key: fate for key, fate in (self.carried | changes).items() if fate is not None}
        about = {"proposal": self.file, "revision": self.file.current, "revision_hash": acts.fingerprint(self.file)}
        return self.world.decide(**about, supersedes=self.first, carried=carried)

    def key(self, name: str) -> str:
        """Return the key of a row that hangs on the decision."""
        return item_key(self.first.conditions.get() if name == "condition" else getattr(self, name))


def _says(name: str, fate: str | None) -> Callable[[Case], Any]:
    """Return an attack that says `fate` of the row, and does nothing more."""

    def attack(case: Case) -> None:
        case.replace({case.key(name): fate})

    return attack


def _changes_a_rival(case: Case) -> None:
    rival = case.prepare(replaces=case.first)
    case.replace({item_key(rival): "changed"})


def _keeps_what_is_with_its_authors(case: Case) -> None:
    acts.decide(case.cast["owner"], case.waiting, Outcome.REWORK)
    case.replace({})


def _forgets_a_decision_through_another(case: Case) -> None:
    acts.decide(case.cast["owner"], case.prepare(case.later))
    case.replace({})


def _drops_without_asking_anybody(case: Case) -> None:
    """Mark the later decision, but ask no role to propose it again."""
    decision = case.replace({item_key(case.later): "dropped"})
    ground = case.later.revision.rests_on[0]
    _mark(case.later, ground, decision)


def _mark(later: Decision, ground: dict[str, str], decision: Decision, **changes: Any) -> None:
    """Mark a later decision past the services; the replacement has no event, so the change names a wrong one."""
    fields = {"decision": later, "item": ground["item"], "before": ground["version"], "after": "0" * 64}
    SealBreak.objects.bulk_create([SealBreak(**fields | {"acted_at": timezone.now()} | changes)])


def _marks_without_replacing(case: Case, **changes: Any) -> None:
    _mark(case.later, case.later.revision.rests_on[0], case.first, **changes)


def _returns_a_proposal_that_is_kept(case: Case) -> None:
    case.replace({})
    Proposal.objects.filter(pk=case.waiting.pk).update(state="returned")


def _rests_on_what_was_replaced(case: Case) -> None:
    grounds = case.waiting.draft.rests_on
    others = {case.key(name): Fate.KEPT for name in ("condition", "later", "waiting", "message", "sent")}
    acts.decide(case.cast["owner"], case.file, fates=others)
    case.world.revise(rests_on=grounds)


MAP, DONE = "decision.says_what_becomes_of_the_rest", "decision.carries_everything_over"
TRIGGERS: list[Declared] = [
    *(
        (MAP, f"forgets a {name}", _says(name, None), FORGOTTEN)
        for name in ("condition", "later", "waiting", "message", "sent")
    ),
    (MAP, "an unknown fate", _says("later", "burnt"), FORGOTTEN),
    (MAP, "takes back what was sent", _says("sent", "dropped"), FORGOTTEN),
    (MAP, "changes a message", _says("message", "changed"), FORGOTTEN),
    (MAP, "changes a rival", _changes_a_rival, FORGOTTEN),
    (MAP, "keeps what is with its authors", _keeps_what_is_with_its_authors, FORGOTTEN),
    (MAP, "forgets a decision through another", _forgets_a_decision_through_another, FORGOTTEN),
    (DONE, "drops a condition that stays open", _says("condition", "dropped"), UNDONE),
    (DONE, "changes a later decision that is not marked", _says("later", "changed"), UNDONE),
    (DONE, "drops a later decision that is not marked", _says("later", "dropped"), UNDONE),
    (DONE, "returns a proposal that stays", _says("waiting", "changed"), UNDONE),
    (DONE, "drops a proposal that stays", _says("waiting", "dropped"), UNDONE),
    (DONE, "drops a message that will be sent", _says("message", "dropped"), UNDONE),
    (DONE, "keeps a message for the old decision", _says("message", "kept"), UNDONE),
    ("sealbreak.follows_from_a_new_version", "a ground that stands", _marks_without_replacing, UNPROVEN),
    (
        "sealbreak.follows_from_a_new_version",
        "a ground it does not name",
        lambda case: _marks_without_replacing(case, item="decision:1"),
        CONCERNS,
    ),
    ("sealbreak.follows_from_a_new_version", "no entry of the ledger", _drops_without_asking_anybody, UNPROVEN),
    ("proposal.follows_the_workflow", "returns what is kept", _returns_a_proposal_that_is_kept, UNDECIDED),
    ("proposalrevision.names_what_it_rests_on", "a decision that was replaced", _rests_on_what_was_replaced, PRESENT),
]
ATTACKS = Attacks(TRIGGERS)


@pytest.fixture(scope="module")
def case(kept_world: World) -> Case:
    """Build the decision and what hangs on it, once for this file."""
    return Case(kept_world)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, db: None, case: Case) -> None:
    ATTACKS.prove(guard, case)
