"""Attack the triggers and constraints on requirements, versions, baselines, questions and estimates."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from amoa.models import (
    BaselineEntry,
    BaselineInForce,
    Deliverable,
    Estimate,
    Question,
    Requirement,
    RequirementBaseline,
    RequirementVersion,
)
from amoa.requirements.models import hash_baseline
from amoa.requirements.services import edit_requirement, freeze_baseline, write_requirement
from core.record.sealing import term_of
from projects.models import Interest, Project, RecipientGroup
from roles.models import Organisation
from tests import acts
from tests.attacks import Attacks, Declared, leaves, switch
from tests.database import owning, refusal, run

pytestmark = pytest.mark.django_db


class World:
    """Project one with the set of the cast, and one requirement of project two; rows are written past the services."""

    def __init__(self, cast: dict[str, Any], project: Project, other: Project) -> None:
        self.cast, self.project, self.other = cast, project, other
        draft = {"kind": "functional", "title": "Tickets are read at the gate"}
        self.stranger = write_requirement(actor=cast["other_amoa"], project=other, fields=draft)
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("SET CONSTRAINTS ALL DEFERRED")

    def one(self, code: str = "ONE-001") -> Requirement:
        """Return a requirement: ONE-001 is approved, ONE-002 ahead of its version in force, ONE-003 a draft."""
        return Requirement.objects.get(project=self.project, code=code)

    def add(self, model: Any, **fields: Any) -> Any:
        """Write a row."""
        return model.objects.bulk_create([model(**fields)])[0]

    def change(self, code: str = "ONE-001", /, **fields: Any) -> None:
        """Change a requirement of project one."""
        assert Requirement.objects.filter(project=self.project, code=code).update(**fields)

    def written(self, **fields: Any) -> Requirement:
        """Write a new draft of project one."""
        given = {
            "project": self.project,
            "code": "ONE-900",
            "kind": "functional",
            "title": "Crews hear the tide",
            "author": self.cast["amoa"],
            "changed_at": timezone.now(),
        }
        row: Requirement = self.add(Requirement, **given | fields)
        return row

    def frozen(self, requirement: Requirement | None = None, **changes: Any) -> RequirementVersion:
        """Freeze the working version of a requirement; by default that of ONE-002, which is not frozen yet."""
        requirement = requirement or self.one("ONE-002")
        said = {**requirement.content(), **changes.pop("content", {})}
        given = {
            "project": requirement.project,
            "requirement": requirement,
            "number": requirement.version,
            "content": said,
        }
        version = RequirementVersion(**given | changes)
        version.hash = changes.get("hash", version.seal())
        return RequirementVersion.objects.bulk_create([version])[0]

    def baseline(self, *versions: RequirementVersion, by: str = "amoa", **changes: Any) -> RequirementBaseline:
        """Write the next baseline with these versions."""
        number = changes.get("number", 2)
        listed = [(version.requirement.code, version.number, version.hash) for version in versions]
        given = {
            "project": self.project,
            "number": number,
            "hash": hash_baseline(number, listed),
            "made_by": self.cast[by],
            "acted_at": timezone.now(),
        }
        row: RequirementBaseline = self.add(RequirementBaseline, **given | changes)
        for version in versions:
            self.add(BaselineEntry, baseline=row, version=version)
        return row

    def refrozen(self) -> RequirementBaseline:
        """Freeze the next baseline through the service."""
        return freeze_baseline(actor=self.cast["amoa"], project=self.project)

    def held(self, **fields: Any) -> None:
        """Change the baseline in force on project one."""
        assert BaselineInForce.objects.filter(project=self.project).update(**fields)

    def asked(self, **fields: Any) -> Question:
        """Write a question about a requirement of project one."""
        given = {
            "project": self.project,
            "requirement": self.one(),
            "number": 90,
            "text": "How far?",
            "asked_role": "AMOA",
            "asked_of": "MOE",
            "asked_by": self.cast["amoa"],
            "asked_at": timezone.now(),
        }
        row: Question = self.add(Question, **given | fields)
        return row

    def asked_then(self, **fields: Any) -> None:
        """Write a question, then change it."""
        assert Question.objects.filter(pk=self.asked().pk).update(**fields)

    def answered_then(self, **fields: Any) -> None:
        """Write an answered question, then change it."""
        answer = {"answer": "Far.", "answered_by": self.cast["moe"], "answered_at": timezone.now()}
        assert Question.objects.filter(pk=self.asked(**answer).pk).update(**fields)

    def estimated(self, by: str = "moe", **fields: Any) -> Estimate:
        """Write an estimate of a requirement of project one."""
        given = {
            "project": self.project,
            "requirement": self.one(),
            "version": 1,
            "days": 3,
            "given_by": self.cast[by],
            "acted_at": timezone.now(),
        }
        row: Estimate = self.add(Estimate, **given | fields)
        return row

    def tie(self, member: str) -> None:
        """Tie a member of the cast to a bidder."""
        bidder = Organisation.objects.get(name="Dragages de la Baie (fictif)")
        self.add(
            Interest,
            project=self.project,
            person=self.cast[member],
            organisation=bidder,
            tie="A cousin.",
            acted_at=timezone.now(),
        )

    def decided(self) -> None:
        """Freeze the current requirements and approve the set as the owner, in this transaction."""
        frozen = freeze_baseline(actor=self.cast["amoa"], project=self.project)
        file = acts.submit_to_owner(
            self.project, "requirement_baseline", terms={"baseline": term_of(frozen.number, frozen.hash)}
        )
        acts.decide(self.cast["owner"], file)

    def edited(self, code: str, **fields: Any) -> None:
        """Change a requirement through the service."""
        one = self.one(code)
        edit_requirement(actor=self.cast["amoa"], requirement=one, seen=one.changed_at.isoformat(), fields=fields)


Attempt = Callable[[World], Any]
KEEPS = "A row keeps its project and what names it"
TOGETHER = "What belongs together is of one project"
UNDECIDED = "Nothing is born decided: a requirement begins with its first version, before the owner (R1)"
NOT_FROM_THERE = "This state of a requirement does not follow from the one before"
FOLLOW = "The versions of a requirement follow each other"
NOT_REWRITTEN = "A version that was frozen is not rewritten: another text is another version"
PROPOSED = "A new version is proposed; the approved one stays in force (R1)"
GROUPS = "A requirement serves groups of its own project"
ANSWERED = "What is answered stays answered: ask again"
PARENT = "A requirement answers a need or refines a requirement of its own project; a need refines a need"
TIED = "A declared tie with a bidder blocks this role until the owner settles it (R8)"
APPROVES = "Only a decision of the owner approves a requirement, or ends an approval (R1)"
IN_BASELINE = "The version in force is the one in the approved baseline"
EXACT = "What is approved is the exact version that was frozen"
ACCEPTS = "Only a decision of the owner accepts what was tested (R1)"
REJECTS = "Only a decision of the owner rejects a requirement (R1)"
HASHED = "A version of a requirement carries the hash of its content"
AS_IT_STANDS = "What is frozen is the working version as it stands"
BASELINES = "The baselines of a project follow each other"
ITS_OWN = "The baseline in force is one of the project's own"
BY_DECISION = "The requirements in force on a project change by a decision of its owner (R1)"
WHOLE = "A baseline is frozen whole: nothing is added afterwards, nothing of another project"
HOLDS = "A baseline carries the hash of the versions it holds"


def _deliverable_of_another(world: World) -> None:
    foreign = world.add(Deliverable, project=world.other, code="L9", name="Validators")
    world.change(deliverable=foreign)


def _in_force_of_another(world: World) -> None:
    world.change(in_force=world.frozen(world.stranger))


def _group_of_another(world: World) -> None:
    foreign = world.add(RecipientGroup, project=world.other, name="Passengers")
    world.change("ONE-003", recipients=[foreign.pk])


def _tied(write: str, member: str) -> Attempt:
    def attack(world: World) -> None:
        world.tie(member)
        getattr(world, write)()

    return attack


def _accepted_by_hand(world: World) -> None:
    world.edited("ONE-003", lot="Lot 9")  # the decision is missing
    for state in ("implemented", "verified", "accepted"):
        world.change(state=state)
    acts.leave_event(world.project)


def _taken_back_by_hand(world: World) -> None:
    """An accepted requirement is verified again without a decision."""
    trigger, table = switch("requirement.is_decided_by_the_owner").split(" ON ")
    [(state,)] = run("SELECT tgenabled FROM pg_trigger WHERE tgname = %s", [trigger])
    [(role,)] = run("SELECT current_user")
    with owning():
        run(f'ALTER TABLE {table} DISABLE TRIGGER "{trigger}"')
        _accepted_by_hand(world)
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("SET CONSTRAINTS ALL DEFERRED")
        if state != "D":
            run(f'ALTER TABLE {table} ENABLE TRIGGER "{trigger}"')
    run(f'SET ROLE "{role}"')
    world.change(state="verified")
    acts.leave_event(world.project)


def _another_version_in_force(world: World) -> None:
    old = world.one("ONE-002").in_force
    world.decided()
    world.change("ONE-002", in_force=old)


def _approved_in_another_version(world: World) -> None:
    world.decided()
    world.edited("ONE-001", title="Crews read the berth number from the breakwater")
    world.change("ONE-001", state="approved")


def _added_afterwards(world: World) -> None:
    world.add(BaselineEntry, baseline=world.project.baselines.get(number=1), version=world.frozen())


def _added_of_another(world: World) -> None:
    world.add(BaselineEntry, baseline=world.baseline(), version=world.frozen(world.stranger))


def _in_force_elsewhere(world: World) -> None:
    world.add(BaselineInForce, project=world.other, baseline=world.project.baselines.get(number=1))


TRIGGERS: list[Declared] = [
    ("requirement.stays_on_its_project", "another project", lambda w: w.change("ONE-003", project=w.other), KEEPS),
    ("requirement.stays_on_its_project", "another code", lambda w: w.change("ONE-003", code="ONE-X"), KEEPS),
    ("requirement.points_within_its_project", "a foreign deliverable", _deliverable_of_another, TOGETHER),
    ("requirement.points_within_its_project", "a foreign version in force", _in_force_of_another, TOGETHER),
    ("requirement.is_born_undecided", "approved", lambda w: w.written(state="approved"), UNDECIDED),
    ("requirement.is_born_undecided", "in review", lambda w: w.written(state="in_review"), UNDECIDED),
    ("requirement.is_born_undecided", "second version", lambda w: w.written(version=2), UNDECIDED),
    ("requirement.is_born_undecided", "in force", lambda w: w.written(in_force=w.one().in_force), UNDECIDED),
    (
        "requirement.follows_its_life",
        "draft to verified",
        lambda w: w.change("ONE-003", state="verified"),
        NOT_FROM_THERE,
    ),
    ("requirement.follows_its_life", "two versions on", lambda w: w.change("ONE-003", version=3), FOLLOW),
    ("requirement.follows_its_life", "a version back", lambda w: w.change("ONE-002", version=1), FOLLOW),
    *(
        (
            "requirement.follows_its_life",
            f"frozen {name} rewritten",
            lambda w, name=name, value=value: w.change("ONE-001", **{name: value}),
            NOT_REWRITTEN,
        )
        for name, value in {
            "title": "X",
            "statement": "X",
            "kind": "constraint",
            "category": "X",
            "priority": "wont",
            "criticality": "low",
            "source": "X",
            "justification": "X",
            "verification": "test",
            "lot": "Lot 9",
            "criteria": [],
            "recipients": [],
        }.items()
    ),
    (
        "requirement.follows_its_life",
        "a new version keeps the approval",
        lambda w: w.change("ONE-001", version=2, title="X"),
        PROPOSED,
    ),
    ("requirement.serves_groups_of_its_project", "a foreign group", _group_of_another, GROUPS),
    (
        "requirement.serves_groups_of_its_project",
        "a group that never was",
        lambda w: w.change("ONE-003", recipients=[999_999]),
        GROUPS,
    ),
    (
        "requirement.serves_groups_of_its_project",
        "refines itself",
        lambda w: w.change("ONE-003", parent=w.one("ONE-003")),
        PARENT,
    ),
    (
        "requirement.serves_groups_of_its_project",
        "refines a foreign one",
        lambda w: w.change("ONE-003", parent=w.stranger),
        PARENT,
    ),
    (
        "requirement.serves_groups_of_its_project",
        "a need below a requirement",
        lambda w: w.written(kind="need", parent=w.one("ONE-001")),
        PARENT,
    ),
    ("requirement.is_refused_to_the_tied", "a tied author", _tied("written", "amoa"), TIED),
    (
        "requirement.is_decided_by_the_owner",
        "approved by hand",
        lambda w: w.change("ONE-003", state="approved"),
        APPROVES,
    ),
    ("requirement.is_decided_by_the_owner", "out of force by hand", lambda w: w.change(in_force=None), APPROVES),
    ("requirement.is_decided_by_the_owner", "in force, but not of the set", _another_version_in_force, IN_BASELINE),
    ("requirement.is_decided_by_the_owner", "approved, but not as frozen", _approved_in_another_version, EXACT),
    ("requirement.is_decided_by_the_owner", "accepted by hand", _accepted_by_hand, ACCEPTS),
    ("requirement.is_decided_by_the_owner", "acceptance taken back", _taken_back_by_hand, ACCEPTS),
    (
        "requirement.is_decided_by_the_owner",
        "rejected by hand",
        lambda w: w.change("ONE-003", state="rejected"),
        REJECTS,
    ),
    ("requirement.leaves_an_event", "written", lambda w: w.written(), leaves(Requirement)),
    ("requirement.leaves_an_event", "changed", lambda w: w.change("ONE-003", title="X"), leaves(Requirement)),
    (
        "requirementversion.points_within_its_project",
        "of a foreign requirement",
        lambda w: w.frozen(w.stranger, project=w.project),
        TOGETHER,
    ),
    ("requirementversion.carries_its_hash", "another hash", lambda w: w.frozen(hash="0" * 64), HASHED),
    ("requirementversion.carries_its_hash", "no salt", lambda w: w.frozen(salt="x"), HASHED),
    ("requirementversion.carries_its_hash", "another number", lambda w: w.frozen(number=7), AS_IT_STANDS),
    *(
        (
            "requirementversion.carries_its_hash",
            f"another {name}",
            lambda w, name=name, value=value: w.frozen(content={name: value}),
            AS_IT_STANDS,
        )
        for name, value in [("code", "X"), ("title", "X"), ("statement", "X"), ("criteria", [{"text": "X"}])]
    ),
    ("requirementversion.leaves_an_event", "frozen", lambda w: w.frozen(), leaves(RequirementVersion)),
    ("requirementbaseline.follows_the_baseline_before", "a number too far", lambda w: w.baseline(number=4), BASELINES),
    (
        "requirementbaseline.carries_the_hash_of_its_versions",
        "another hash",
        lambda w: w.baseline(hash="0" * 64),
        HOLDS,
    ),
    (
        "requirementbaseline.carries_the_hash_of_its_versions",
        "one more version",
        lambda w: w.add(BaselineEntry, baseline=w.baseline(), version=w.frozen()),
        HOLDS,
    ),
    ("requirementbaseline.is_refused_to_the_tied", "frozen by who is tied", _tied("baseline", "amoa"), TIED),
    ("requirementbaseline.leaves_an_event", "frozen", lambda w: w.baseline(), leaves(RequirementBaseline)),
    ("baselineentry.is_added_with_its_baseline", "added afterwards", _added_afterwards, WHOLE),
    ("baselineentry.is_added_with_its_baseline", "of another project", _added_of_another, WHOLE),
    ("baselineinforce.stays_on_its_project", "moved", lambda w: w.held(project=w.other, baseline=None), KEEPS),
    ("baselineinforce.is_of_its_project", "the set of another project", _in_force_elsewhere, ITS_OWN),
    (
        "baselineinforce.changes_by_decision",
        "another set by hand",
        lambda w: w.held(baseline=w.refrozen()),
        BY_DECISION,
    ),
    ("baselineinforce.changes_by_decision", "no set any more", lambda w: w.held(baseline=None), BY_DECISION),
    (
        "baselineinforce.leaves_an_event",
        "without an event",
        lambda w: w.held(baseline=F("baseline")),
        leaves(BaselineInForce),
    ),
    ("question.stays_on_its_project", "another text", lambda w: w.asked_then(text="How near?"), KEEPS),
    ("question.stays_on_its_project", "another role", lambda w: w.asked_then(asked_of="PMO"), KEEPS),
    ("question.is_answered_once", "another answer", lambda w: w.answered_then(answer="Near."), ANSWERED),
    (
        "question.is_answered_once",
        "no answer any more",
        lambda w: w.answered_then(answer="", answered_by=None, answered_at=None),
        ANSWERED,
    ),
    ("question.points_within_its_project", "about a foreign one", lambda w: w.asked(requirement=w.stranger), TOGETHER),
    ("question.leaves_an_event", "asked", lambda w: w.asked(), leaves(Question)),
    ("estimate.points_within_its_project", "of a foreign one", lambda w: w.estimated(requirement=w.stranger), TOGETHER),
    ("estimate.leaves_an_event", "estimated", lambda w: w.estimated(), leaves(Estimate)),
]

#: constraint → a row it refuses.
CONSTRAINTS: dict[str, Attempt] = {
    "one_requirement_per_code_and_project": lambda w: w.written(code="ONE-001"),
    "a_requirement_has_a_code_and_a_title": lambda w: w.written(title=""),
    "kind_and_priority_of_a_requirement_are_known": lambda w: w.written(kind="wish"),
    "a_requirement_has_a_state": lambda w: w.written(state="lost"),
    "one_frozen_version_per_number": lambda w: w.frozen(w.one("ONE-001")),
    "one_baseline_per_number": lambda w: w.baseline(number=1),
    "one_entry_per_baseline_and_version": lambda w: w.baseline(*[w.frozen()] * 2),
    "one_question_per_number": lambda w: [w.asked(), w.asked()],
    "a_question_asks_something": lambda w: w.asked(text=""),
    "an_answer_says_when_and_by_whom": lambda w: w.asked(answer="Far."),
    "an_estimate_says_something": lambda w: w.estimated(days=None),
    "an_estimate_is_not_negative": lambda w: w.estimated(days=-1),
}
#: Constraints behind a trigger that refuses the same row first; it is disabled to reach them.
BEHIND = {
    "a_requirement_has_a_state": "requirement.is_born_undecided",
    "one_baseline_per_number": "requirementbaseline.follows_the_baseline_before",
}


@pytest.fixture
def world(cast: dict[str, Any], project_one: Project, project_two: Project) -> World:
    """Build the world of these attacks."""
    return World(cast, project_one, project_two)


ATTACKS = Attacks(TRIGGERS, CONSTRAINTS, BEHIND)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)


def test_the_honest_rows_pass_but_for_their_event(world: World) -> None:
    honest: dict[Any, Attempt] = {
        Requirement: lambda w: w.written(state="proposed", parent=w.one("ONE-N01"), recipients=w.one().recipients),
        RequirementVersion: lambda w: w.frozen(),
        RequirementBaseline: lambda w: w.baseline(*w.project.baselines.get(number=1).versions.order_by("pk")),
        Question: lambda w: w.asked(),
        Estimate: lambda w: w.estimated(days=None, note="On the pontoon’s own supply."),
    }
    for model, attack in honest.items():
        assert leaves(model) in refusal(lambda attack=attack: attack(world)), model


def test_the_owner_s_decision_is_the_door_that_is_open(world: World) -> None:
    assert refusal(world.decided) == ""
    draft = {"kind": "functional", "title": "Crews hear the tide", "state": "proposed"}
    written = lambda: write_requirement(actor=world.cast["amoa"], project=world.project, fields=draft)  # noqa: E731
    assert refusal(lambda: [written(), world.decided()]) == ""
