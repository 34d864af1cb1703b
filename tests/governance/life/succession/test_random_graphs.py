"""Test the undo map on random graphs of decisions against a brute-force search over plain values."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from amoa.models import CommunicationAction
from core.history import bypassing_history
from governance.decide.decisions.dependents import hanging_sql, item_key
from governance.decide.decisions.supersede import list_dependents
from governance.models import Condition, Decision, Effect, Proposal, ProposalRevision
from projects.models import Project
from tests.effort import EFFORT
from tests.projects.ledger.tampering import disable_guards

pytestmark = pytest.mark.django_db

APPROVING = ("approved", "approved_with_conditions")
OPEN = ("submitted", "under_review", "ready_for_decision", "returned", "deferred")
TABLES = (
    "governance_proposal",
    "governance_proposalrevision",
    "governance_decision",
    "governance_condition",
    "governance_effect",
    "amoa_communicationaction",
)


@dataclass
class ACondition:
    state: str
    on_lapse: str
    proved: bool
    late: bool


@dataclass
class ADecision:
    """A decision by its place in the list; `replaces`, `cites` and the keys of `carried` are earlier places."""

    outcome: str
    lapsed: bool
    waits: bool
    replaces: int | None
    cites: list[int]
    conditions: list[ACondition]
    effects: int
    carried: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass
class AProposal:
    state: str
    replaces: int | None
    cites: list[int]


@dataclass
class AMessage:
    after: int
    state: str


@dataclass
class Graph:
    decisions: list[ADecision]
    proposals: list[AProposal]
    messages: list[AMessage]
    target: int


@st.composite
def graphs(draw: Any) -> Graph:
    """Draw decisions that replace and cite earlier ones, proposals and messages about them, and one of them."""
    decisions: list[ADecision] = []
    conditions = st.builds(
        ACondition,
        st.sampled_from(["open", "met", "waived", "lapsed"]),
        st.sampled_from(["stays", "lapses", "undone"]),
        st.booleans(),
        st.booleans(),
    )
    for place in range(draw(st.integers(1, 8))):
        taken = {decision.replaces for decision in decisions}
        free = [n for n, earlier in enumerate(decisions) if n not in taken and earlier.outcome in APPROVING]
        replaces = draw(st.none() | st.sampled_from(free)) if free else None
        earlier = [(n, m) for n in range(place) for m in range(decisions[n].effects)]
        decision = ADecision(
            outcome=draw(st.sampled_from([*APPROVING, *APPROVING, "rejected", "deferred", "rework"])),
            lapsed=draw(st.integers(0, 3)) == 0,
            waits=draw(st.booleans()),
            replaces=replaces,
            cites=draw(st.lists(st.sampled_from(range(place)), max_size=3, unique=True)) if place else [],
            conditions=draw(st.lists(conditions, max_size=2)),
            effects=draw(st.integers(0, 2)),
        )
        if replaces is not None and earlier:
            fates = st.sampled_from(["kept", "changed", "dropped"])
            decision.carried = draw(st.dictionaries(st.sampled_from(earlier), fates, max_size=3))
        decisions.append(decision)
    places = st.sampled_from(range(len(decisions)))
    proposals = st.builds(
        AProposal,
        st.sampled_from([*OPEN, *OPEN, "draft", "withdrawn", "merged"]),
        st.none() | places,
        st.lists(places, max_size=3, unique=True),
    )
    messages = st.builds(AMessage, places, st.sampled_from(["planned", "done", "postponed", "cancelled"]))
    return Graph(decisions, draw(st.lists(proposals, max_size=4)), draw(st.lists(messages, max_size=3)), draw(places))


# — the oracle: it knows the rules, and none of the code —


def search(graph: Graph) -> dict[tuple[str, Any], set[str]]:
    """Return what hangs on the target, with the fates that each row may have, by asking every pair of rows."""
    target = graph.decisions[graph.target]
    every = {"kept", "changed", "dropped"}
    before = {graph.target}
    for _step in graph.decisions:
        before |= {graph.decisions[n].replaces for n in before} - {None}  # type: ignore[arg-type]
    found: dict[tuple[str, Any], set[str]] = {}
    for n in before:
        for m, condition in enumerate(graph.decisions[n].conditions):
            if condition.state == "open":
                found["condition", (n, m)] = every
    idle = target.waits and any(c.state in {"open", "lapsed"} for c in target.conditions)
    for c in target.conditions:
        idle |= c.state == "lapsed" and c.on_lapse == "undone" and not c.proved and c.late
    if not idle:
        found |= {("effect", (graph.target, m)): every for m in range(target.effects)}
    found |= {("effect", key): every for key, fate in target.carried.items() if idle or fate == "kept"}
    replaced = {decision.replaces for decision in graph.decisions}
    reached = set(before)
    while True:
        more = set()
        for n, decision in enumerate(graph.decisions):
            in_force = n not in replaced and not decision.lapsed and decision.outcome in {*APPROVING, "rejected"}
            if in_force and reached & set(decision.cites):
                more.add(n)
                more |= _predecessors(graph, n)
        if more <= reached:
            break
        reached |= more
    for n, decision in enumerate(graph.decisions):
        in_force = n not in replaced and not decision.lapsed and decision.outcome in {*APPROVING, "rejected"}
        if n != graph.target and in_force and reached & set(decision.cites):
            found["decision", n] = {"kept", "changed"} if decision.outcome == "rejected" else every
    for n, proposal in enumerate(graph.proposals):
        if proposal.state not in OPEN:
            continue
        if proposal.replaces == graph.target:
            found["proposal", n] = {"kept", "dropped"}
        elif before & set(proposal.cites):
            with_authors = proposal.state in {"returned", "deferred"}
            found["proposal", n] = {"changed", "dropped"} if with_authors else every
    for n, message in enumerate(graph.messages):
        if message.after in before and message.state != "cancelled":
            found["communicationaction", n] = {"kept"} if message.state == "done" else {"kept", "dropped"}
    return found


def _predecessors(graph: Graph, place: int) -> set[int]:
    found, earlier = set(), graph.decisions[place].replaces
    while earlier is not None:
        found.add(earlier)
        earlier = graph.decisions[earlier].replaces
    return found


# — the same graph as rows —


class Rows:
    """Write a graph past the guards, and know its keys."""

    def __init__(self, project: Project, graph: Graph) -> None:
        self.project, self.graph = project, graph
        self.now = timezone.now()
        self.pattern = ProposalRevision.objects.filter(proposal__project=project).earliest("pk")
        self.number = 5000
        self.decisions: list[Decision] = []
        self.keys: dict[str, tuple[str, Any]] = {}
        for place, decision in enumerate(graph.decisions):
            self.decisions.append(self._decide(place, decision))
        for place, proposal in enumerate(graph.proposals):
            replaces = None if proposal.replaces is None else self.decisions[proposal.replaces]
            self._note("proposal", self._propose(proposal.state, proposal.cites, replaces), place)
        group = project.recipient_groups.earliest("pk")
        for place, message in enumerate(graph.messages):
            row = CommunicationAction(project=project, group=group, title="X", state=message.state, done_on=self.now)
            row.after = self.decisions[message.after].proposal.number
            self._note("communicationaction", self._write(row), place)

    def _note(self, name: str, row: Any, place: Any) -> None:
        self.keys[item_key(row)] = (name, place)

    def _write(self, row: Any) -> Any:
        return type(row)._base_manager.bulk_create([row])[0]

    def _propose(self, state: str, cites: list[int], replaces: Decision | None) -> Proposal:
        self.number += 1
        about = {"number": self.number, "kind": "change", "author_role": "AMOA", "author": self.pattern.submitted_by}
        file = self._write(Proposal(project=self.project, state="draft", state_since=self.now, writers=[1], **about))
        grounds = [{"item": f"decision:{self.decisions[n].pk}", "name": "X", "version": "0" * 64} for n in cites]
        text = {**self.pattern.content(), "rests_on": grounds}
        fields = {"number": 1, "submitted_by": self.pattern.submitted_by, "asked_roles": [], "hash": "0" * 64}
        revision = self._write(ProposalRevision(proposal=file, acted_at=self.now, **fields, **text))
        file.current, file.state, file.replaces = revision, state, replaces
        with bypassing_history():
            Proposal.objects.filter(pk=file.pk).update(current=revision, state=state, replaces=replaces)
        return file

    def _decide(self, place: int, plan: ADecision) -> Decision:
        replaced = None if plan.replaces is None else self.decisions[plan.replaces]
        file = self._propose("lapsed" if plan.lapsed else "decided", plan.cites, replaced)
        pattern = Decision.objects.filter(project=self.project, outcome="approved").earliest("pk")
        decision = Decision(
            project=self.project,
            number=self.number,
            proposal=file,
            revision=file.current,
            revision_hash="0" * 64,
            outcome=plan.outcome,
            reasons="Because.",
            return_on=self.now.date() if plan.outcome == "deferred" else None,
            effective="when_met" if plan.waits and plan.outcome == APPROVING[1] else "at_once",
            decided_by=pattern.decided_by,
            mandate=pattern.mandate,
            signature="X",
            acted_at=self.now,
            supersedes=replaced,
            carried={f"effect-{self._effects[key]}": fate for key, fate in plan.carried.items()},
        )
        plan.waits = decision.effective == "when_met"
        decision = self._write(decision)
        self._note("decision", decision, place)
        for m, condition in enumerate(plan.conditions):
            self._note("condition", self._write(self._condition(decision, m, condition)), (place, m))
        for m in range(plan.effects):
            effect = Effect(decision=decision, subject="projects.project", subject_id=self.project.pk, field="budget")
            effect.after, effect.acted_at = f"{place}.{m}", self.now
            self._note("effect", self._write(effect), (place, m))
        return decision

    @property
    def _effects(self) -> dict[tuple[int, int], int]:
        return {place: int(key.split("-")[1]) for key, (name, place) in self.keys.items() if name == "effect"}

    def _condition(self, decision: Decision, number: int, plan: ACondition) -> Condition:
        day = timezone.localdate() + timedelta(days=-3 if plan.late else 3)
        settled = plan.state != "open"
        return Condition(
            decision=decision,
            number=number + 1,
            text="X",
            role="AMOA",
            due_on=day,
            state=plan.state,
            on_lapse=plan.on_lapse,
            proof="X" if plan.proved else "",
            waived_because="X" if plan.state == "waived" else "",
            lifted_at=self.now if settled else None,
            lifted_by=decision.decided_by if settled and plan.state != "lapsed" else None,
        )


@pytest.fixture
def unguarded() -> Iterator[None]:
    """Write rows that no guard looks at."""
    with disable_guards(*TABLES):
        yield


@settings(
    deadline=None,
    max_examples=25 * EFFORT,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(graph=graphs())
def test_the_map_is_what_a_brute_force_search_finds(graph: Graph, unguarded: None, project_one: Project) -> None:
    with transaction.atomic():
        rows = Rows(project_one, graph)
        target = rows.decisions[graph.target]
        listed = [rows.keys[item_key(item)] for item in list_dependents(target)]
        with connection.cursor() as cursor:
            cursor.execute(hanging_sql(str(target.pk), "0"))
            permitted = {rows.keys[item]: set(fates) for item, fates in cursor.fetchall()}
        transaction.set_rollback(True)
    wanted = search(graph)
    for name, _place in wanted:
        event(name)
    assert permitted == wanted
    assert sorted(map(repr, listed)) == sorted(map(repr, wanted))


def test_the_search_itself_follows_a_chain() -> None:
    plain = {"lapsed": False, "waits": False, "conditions": [], "effects": 0}
    first = ADecision("approved", replaces=None, cites=[], **plain)  # type: ignore[arg-type]
    second = ADecision("approved", replaces=None, cites=[0], **plain)  # type: ignore[arg-type]
    third = ADecision("rejected", replaces=None, cites=[1], **plain)  # type: ignore[arg-type]
    found = search(Graph([first, second, third], [AProposal("submitted", None, [0])], [AMessage(0, "done")], 0))
    assert found == {
        ("decision", 1): {"kept", "changed", "dropped"},
        ("decision", 2): {"kept", "changed"},
        ("proposal", 0): {"kept", "changed", "dropped"},
        ("communicationaction", 0): {"kept"},
    }
