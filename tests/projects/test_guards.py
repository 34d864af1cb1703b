"""What the database refuses on projects, mandates and delegations, whoever asks (R11)."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from governance.enums import Act
from governance.ledger.services import record
from projects.models import Delegation, Document, DocumentVersion, Mandate, Project
from roles.acting import acting_as
from roles.models import RoleTemplate
from tests import acts
from tests.database import OWNER, RUNTIME, constraints, installed, refusal, triggers
from tests.generic_attacks import GENERIC

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class World:
    """The cast's project one, with the raw writing of mandates and delegations."""

    def __init__(self, cast: dict[str, Any], project: Project, other: Project, vacant: Project) -> None:
        self.cast, self.project, self.other, self.vacant = cast, project, other, vacant
        self.now = timezone.now()

    def mandate(self, member: str = "pmo") -> Mandate:
        """The mandate a member of the cast holds, or held."""
        return Mandate.objects.filter(holder=self.cast[member]).earliest("pk")

    def give(self, code: str = "DEST", to: str = "outsider", by: str = "owner", **changes: Any) -> None:
        """Write a mandate past the services."""
        role = RoleTemplate.objects.get(code=code)
        fields = {
            "project": self.project,
            "role": role,
            "authority": role.authority,
            "holder": self.cast[to],
            "period": (self.now, None),
            "appointed_by": self.cast[by],
            "acted_at": timezone.now(),
        }
        if "period" not in changes:
            fields["period"] = (fields["acted_at"], None)
        Mandate.objects.bulk_create([Mandate(**fields | changes)])

    def change(self, member: str = "pmo", **fields: Any) -> None:
        """Change a mandate past the services."""
        assert Mandate.objects.filter(pk=self.mandate(member).pk).update(**fields)

    def vacate(self) -> datetime:
        """End the mandate of the owner at this instant."""
        now = timezone.now()
        self.change("owner", period=(self.mandate("owner").period.lower, now))
        return now

    def delegate(self, to: str = "outsider", **changes: Any) -> None:
        """Write a delegation past the services."""
        now = timezone.now()
        fields = {
            "mandate": self.mandate("owner"),
            "delegate": self.cast[to],
            "kinds": ["minor_change"],
            "cap": Decimal(10),
            "document": "Act 2",
            "period": (now, now + DAY),
            "acted_at": now,
        }
        Delegation.objects.bulk_create([Delegation(**fields | changes)])

    def redelegate(self, **fields: Any) -> None:
        """Change the delegation past the services."""
        assert Delegation.objects.filter(delegate=self.cast["delegate"]).update(**fields)

    @property
    def delegated(self) -> Any:
        """The period of the delegation."""
        return Delegation.objects.get(delegate=self.cast["delegate"]).period

    def move(self, decided: dict[str, str], then: dict[str, Any]) -> None:
        """Change the terms of the project past the services, after a decision that gives them other ones."""
        if decided:
            about = {"kind": "change", "project": self.project, "terms": decided}
            acts.decided(self.cast["owner"], acts.ready(self.cast["amoa"], self.cast["pmo"], **about))
        assert Project.objects.filter(pk=self.project.pk).update(**then)

    def move_other(self) -> None:
        """Give another project the budget that was decided for this one."""
        self.move({"budget": "2.00"}, {"state": "active"})
        assert Project.objects.filter(pk=self.other.pk).update(budget=2)

    def found(self, **changes: Any) -> None:
        """Write a project past the services."""
        fields = {"code": "RAW", "prefix": "R", "starts_on": self.now.date(), "ends_on": self.now.date() + DAY}
        Project.objects.bulk_create([Project(**fields | changes)])

    def version(self, to: str = "Berth plan", by: str = "owner", **changes: Any) -> DocumentVersion:
        """Write the next version of a document past the services."""
        document = Document.objects.get(name=to)
        content = changes.get("content", b"Other bytes.\n")
        fields = {
            "document": document,
            "number": document.versions.latest("number").number + 1,
            "file_name": "x.txt",
            "media_type": "text/plain",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "content": content,
            "why": "Because.",
            "added_by": self.cast[by],
            "acted_at": timezone.now(),
        }
        return DocumentVersion.objects.bulk_create([DocumentVersion(**fields | changes)])[0]

    def document(self, name: str) -> None:
        """Write a document without any bytes past the services."""
        Document.objects.bulk_create([Document(project=self.project, name=name)])


Attack = Callable[[World], Any]
NOT_REWRITTEN = "A mandate is not rewritten: end it and give another"
DELEGATION_NOT_REWRITTEN = "A delegation is not rewritten: end it and give another"
START = "The start of a period never changes"
SHORTER = "A period can only be shortened, and not into the past"
ENDED = "What has ended stays ended"
NOT_BEGUN = "Only what has not begun is taken back, for good"
BY_DECISION = "The scope, the end and the budget of a project change by a decision of its owner (R1)"
ADVISES = "A delegate is neither adviser nor provider of the project"
GIVEN = "A role is given by the owner in office (R1)"
NAMED = "The owner is named by the owner in office, or by an administrator while there is none (R1)"
ACCEPTED_NOW = "A mandate is accepted once, and now"
NOT_ACCEPTED = "What has ended is not accepted any more"
REASON = "The reason of an end is given with the end"


def leaves(label: str) -> str:
    """What the database says of a change without its event."""
    return f"A change of projects.{label} leaves an event in the ledger"


def _taken_back_then_given_again(world: World) -> None:
    start = world.mandate("future_owner").period.lower
    world.change("future_owner", taken_back=True, period=(start, start + timedelta(microseconds=1)))
    world.change("future_owner", taken_back=False)


def _closed(world: World, member: str) -> None:
    with acting_as(world.cast["staff_admin"]):
        world.cast[member].is_active = False
        world.cast[member].save()


def _closed_owner_gives(world: World) -> None:
    _closed(world, "owner")
    world.give()


def _closed_administrator_names(world: World) -> None:
    _closed(world, "staff_admin")
    world.vacate()
    world.give("MOA", by="staff_admin")


def _left_owner_gives(world: World) -> None:
    """Who leaves at this instant names who follows, and gives nothing else."""
    now = world.vacate()
    world.give(acted_at=now, period=(now, None))


def _closed_owner_delegates(world: World) -> None:
    _closed(world, "owner")
    world.delegate()


def _taken_back_then_accepted(world: World) -> None:
    start = world.mandate("future_owner").period.lower
    world.change("future_owner", taken_back=True, period=(start, start + timedelta(microseconds=1)))
    world.change("future_owner", accepted_at=timezone.now())


def _accepted_twice(world: World) -> None:
    world.change("moe", accepted_at=timezone.now())
    world.change("moe", accepted_at=timezone.now())


BYTES = "A version carries the size and the hash of its bytes"
IN_ORDER = "The versions of a document follow each other"
ADDED_BY = "A document is added by the owner or by who may propose, in office (R5)"


def _closed_account_adds(world: World) -> None:
    with acting_as(world.cast["owner"]):
        world.cast["owner"].is_active = False
        world.cast["owner"].save()
    world.version()


def _sealed_and_nobody_told(world: World) -> None:
    version = world.version("Requirements of the harbour office")
    record(act=Act.REPLACE_DOCUMENT, actor=world.cast["owner"], project=world.project, subject=version)


ATTACKS: list[tuple[str, str, Attack, str]] = [
    *(
        ("project.changes_its_terms_by_decision", f"another {name} without a decision", lambda w, then={name: value}:
            w.move({}, then), BY_DECISION)
        for name, value in {"scope": "X", "ends_on": date(2040, 1, 1), "budget": 1}.items()
    ),
    ("project.changes_its_terms_by_decision", "no budget at all", lambda w: w.move({}, {"budget": None}), BY_DECISION),
    ("project.changes_its_terms_by_decision", "another amount than decided", lambda w: w.move(
        {"budget": "2.00"}, {"budget": 3}), BY_DECISION),
    ("project.changes_its_terms_by_decision", "another term than decided", lambda w: w.move(
        {"budget": "2.00"}, {"scope": "X"}), BY_DECISION),
    ("project.changes_its_terms_by_decision", "one term decided, two changed", lambda w: w.move(
        {"budget": "2.00"}, {"budget": 2, "scope": "X"}), BY_DECISION),
    ("project.changes_its_terms_by_decision", "of another project", lambda w: w.move_other(), BY_DECISION),
    ("mandate.is_given_within_its_role", "more authority than the role", lambda w: w.give(authority="decides"),
        "A mandate has the authority of its role"),
    ("mandate.is_given_within_its_role", "from yesterday", lambda w: w.give(period=(w.now - DAY, None)),
        "A mandate does not begin before it is given"),
    ("mandate.is_given_within_its_role", "to oneself", lambda w: w.give(by="outsider"), "Nobody appoints themselves"),
    *(
        ("mandate.only_ever_ends", f"another {name}", lambda w, name=name, value=value: w.change(**{name: value(w)}),
         NOT_REWRITTEN)
        for name, value in {
            "project": lambda w: w.other,
            "role": lambda w: RoleTemplate.objects.get(code="MOA"),
            "authority": lambda w: "decides",
            "holder": lambda w: w.cast["outsider"],
            "appointed_by": lambda w: w.cast["outsider"],
            "group": lambda w: "nobody",
            "acted_at": lambda w: w.now,
            "recorded_at": lambda w: w.now,
            "entered_afterwards": lambda w: False,
        }.items()
    ),
    ("mandate.is_given_within_its_role", "taken back already", lambda w: w.give(taken_back=True),
        "A mandate is given before it is taken back"),
    ("mandate.is_given_within_its_role", "accepted already", lambda w: w.give(accepted_at=timezone.now()),
        "A mandate is given before it is accepted"),
    *(
        ("mandate.needs_an_owner_to_give_it", f"a role by the {member}", lambda w, member=member: w.give(by=member),
         GIVEN)
        for member in (
            "former_owner", "future_owner", "delegate", "pmo", "amoa", "moe", "other_owner", "staff_admin", "superuser",
        )
    ),
    ("mandate.needs_an_owner_to_give_it", "a role by a closed owner", _closed_owner_gives, GIVEN),
    ("mandate.needs_an_owner_to_give_it", "a role by an owner who has just left", _left_owner_gives, GIVEN),
    *(
        ("mandate.needs_an_owner_to_give_it", f"an owner by the {member}", lambda w, member=member: w.give(
            "MOA", by=member, period=(w.now + 900 * DAY, None)), NAMED)
        for member in ("former_owner", "future_owner", "delegate", "pmo", "other_owner", "staff_admin", "superuser")
    ),
    *(
        ("mandate.needs_an_owner_to_give_it", f"an owner by the {member} where none is in office",
         lambda w, member=member: w.give("MOA", by=member, project=w.vacant), NAMED)
        for member in ("pmo", "other_owner", "inactive_owner")
    ),
    ("mandate.needs_an_owner_to_give_it", "an owner by a closed administrator", _closed_administrator_names, NAMED),
    *(
        ("mandate.only_ever_ends", f"accepted {days} days from now", lambda w, days=days: w.change(
            "moe", accepted_at=timezone.now() + timedelta(days)), ACCEPTED_NOW)
        for days in (-1, 1)
    ),
    ("mandate.only_ever_ends", "accepted twice", _accepted_twice, ACCEPTED_NOW),
    ("mandate.only_ever_ends", "not accepted after all", lambda w: w.change(accepted_at=None), ACCEPTED_NOW),
    ("mandate.only_ever_ends", "accepted after its end", lambda w: w.change(
        "former_owner", accepted_at=timezone.now()), NOT_ACCEPTED),
    ("mandate.only_ever_ends", "accepted though taken back", _taken_back_then_accepted, NOT_ACCEPTED),
    ("mandate.only_ever_ends", "another reason", lambda w: w.change("former_owner", ended_because="Never mind."),
        REASON),
    ("mandate.only_ever_ends", "taken back in office", lambda w: w.change(taken_back=True), NOT_BEGUN),
    ("mandate.only_ever_ends", "taken back, but kept", lambda w: w.change("future_owner", taken_back=True), NOT_BEGUN),
    ("mandate.only_ever_ends", "taken back, then given again", _taken_back_then_given_again, NOT_BEGUN),
    ("mandate.only_ever_ends", "begun earlier", lambda w: w.change(
        period=(w.mandate().period.lower - DAY, None)), START),
    ("mandate.only_ever_ends", "ended yesterday", lambda w: w.change(
        period=(w.mandate().period.lower, w.now - DAY)), SHORTER),
    ("mandate.only_ever_ends", "prolonged", lambda w: w.change(
        "owner", period=(w.mandate("owner").period.lower, w.now + 900 * DAY)), SHORTER),
    ("mandate.only_ever_ends", "without end again", lambda w: w.change(
        "owner", period=(w.mandate("owner").period.lower, None)), SHORTER),
    ("mandate.only_ever_ends", "revived", lambda w: w.change(
        "former_owner", period=(w.mandate("former_owner").period.lower, None)), ENDED),
    *(
        ("delegation.comes_from_the_owner", f"from the {member}", lambda w, member=member: w.delegate(
            mandate=w.mandate(member)), "Only the owner in office delegates a signature")
        for member in ("pmo", "former_owner", "future_owner")
    ),
    ("delegation.comes_from_the_owner", "from a closed owner", _closed_owner_delegates,
        "Only the owner in office delegates a signature"),
    ("delegation.comes_from_the_owner", "to oneself", lambda w: w.delegate("owner"), "Nobody delegates to themselves"),
    ("delegation.comes_from_the_owner", "from yesterday", lambda w: w.delegate(period=(w.now - DAY, w.now + DAY)),
        "A delegation does not begin before it is given"),
    *(
        ("delegation.comes_from_the_owner", f"to the {member}", lambda w, member=member: w.delegate(member), ADVISES)
        for member in ("pmo", "amoa", "moe")
    ),
    *(
        ("delegation.only_ever_ends", f"another {name}", lambda w, name=name, value=value: w.redelegate(
            **{name: value(w)}), DELEGATION_NOT_REWRITTEN)
        for name, value in {
            "mandate": lambda w: w.mandate("pmo"),
            "delegate": lambda w: w.cast["outsider"],
            "kinds": lambda w: ["communication"],
            "cap": lambda w: Decimal(900000),
            "document": lambda w: "Act 9",
            "acted_at": lambda w: w.now,
            "recorded_at": lambda w: w.now,
            "entered_afterwards": lambda w: False,
        }.items()
    ),
    ("delegation.only_ever_ends", "begun earlier", lambda w: w.redelegate(
        period=(w.delegated.lower - DAY, w.delegated.upper)), START),
    ("delegation.only_ever_ends", "prolonged", lambda w: w.redelegate(
        period=(w.delegated.lower, w.delegated.upper + DAY)), SHORTER),
    ("delegation.only_ever_ends", "ended yesterday", lambda w: w.redelegate(
        period=(w.delegated.lower, w.now - DAY)), SHORTER),
    # — documents —
    ("document.has_a_first_version", "a document without bytes", lambda w: w.document("Empty"),
        "A document is added with its bytes"),
    ("documentversion.carries_its_bytes", "another hash", lambda w: w.version(sha256="0" * 64), BYTES),
    ("documentversion.carries_its_bytes", "another size", lambda w: w.version(size=5), BYTES),
    ("documentversion.follows_the_version_before", "a number left out", lambda w: w.version(number=9), IN_ORDER),
    ("documentversion.follows_the_version_before", "a number taken", lambda w: w.version(number=1, why=""), IN_ORDER),
    ("documentversion.follows_the_version_before", "the same bytes", lambda w: [
        w.version(), w.version()], "Another version has other bytes"),
    *(
        ("documentversion.is_added_by_who_proposes_or_decides", f"by the {member}",
         lambda w, member=member: w.version(by=member), ADDED_BY)
        for member in ("recipient", "former_owner", "future_owner", "delegate", "other_owner", "outsider", "superuser")
    ),
    ("documentversion.is_added_by_who_proposes_or_decides", "by a closed account", _closed_account_adds, ADDED_BY),
    ("project.leaves_an_event", "a project without its event", lambda w: w.found(), leaves("project")),
    ("mandate.leaves_an_event", "a role given without its event", lambda w: w.give(), leaves("mandate")),
    ("mandate.leaves_an_event", "a role ended without its event", lambda w: w.vacate(), leaves("mandate")),
    ("delegation.leaves_an_event", "a signature lent without its event", lambda w: w.delegate(), leaves("delegation")),
    ("delegation.leaves_an_event", "a delegation ended without its event", lambda w: w.redelegate(
        period=(w.delegated.lower, timezone.now() + DAY)), leaves("delegation")),
    ("documentversion.leaves_an_event", "a version without its event", lambda w: w.version(),
        "A change of projects.documentversion leaves an event in the ledger"),
    ("documentversion.tells_whose_seal_it_breaks", "a sealed document, and no decision told", _sealed_and_nobody_told,
        "A new version of a document tells each decision that sealed another one (R6)"),
]  # fmt: skip

#: constraint → attack; run as both roles.
BROKEN: dict[str, Attack] = {
    "a_project_ends_after_it_starts": lambda w: w.found(ends_on=w.now.date() - DAY),
    "a_project_has_a_known_level": lambda w: w.found(level="galaxy"),
    "a_project_has_a_known_state": lambda w: w.found(state="lost"),
    "one_owner_per_project_at_any_instant": lambda w: w.give("MOA"),
    "one_role_per_person_and_project_at_any_instant": lambda w: w.give("DEST", "pmo"),
    "a_mandate_has_a_start_and_some_length": lambda w: w.give(period=(None, None)),
    "a_mandate_has_a_known_authority": lambda w: w.give(authority="reigns"),
    "a_delegation_has_a_start_and_an_end": lambda w: w.delegate(period=(timezone.now(), None)),
    "a_delegation_covers_only_delegable_kinds": lambda w: w.delegate(kinds=["minor_change", "budget"]),
    "a_cap_is_not_negative": lambda w: w.delegate(cap=Decimal(-1)),
    "one_document_per_name_and_project": lambda w: w.document("Berth plan"),
    "one_version_per_number": lambda w: w.version(number=1, why=""),
    "a_version_is_not_empty": lambda w: w.version(content=b""),
    "a_replacement_says_why": lambda w: w.version(why=""),
}
#: Constraints behind a trigger that refuses the same row first: the trigger is switched off to reach them.
BEHIND = {
    "a_mandate_has_a_known_authority": "mandate.is_given_within_its_role",
    "a_delegation_has_a_start_and_an_end": "delegation.comes_from_the_owner",
    "one_version_per_number": "documentversion.follows_the_version_before",
}


@pytest.fixture
def world(cast: dict[str, Any], project_one: Project, project_two: Project, project_three: Project) -> World:
    """What the attacks above work on."""
    return World(cast, project_one, project_two, project_three)


def _without(trigger: str) -> str:
    return installed(*triggers()[f"projects.{trigger}"])


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
    ours = {name for name in triggers() if name.startswith("projects.") and name.rpartition(".")[2] not in GENERIC}
    assert ours == {f"projects.{trigger}" for trigger, *_rest in ATTACKS}
    assert constraints("projects") == set(BROKEN)


def test_the_honest_rows_pass(world: World) -> None:
    """The raw rows of these attacks are right but for what each attack changes, and for their event."""
    assert leaves("mandate") in refusal(lambda: world.give())
    assert leaves("mandate") in refusal(lambda: world.change("moe", accepted_at=timezone.now()))
    assert leaves("delegation") in refusal(lambda: world.delegate())
    assert leaves("project") in refusal(lambda: world.found())
    assert leaves("documentversion") in refusal(lambda: world.version())
    assert refusal(lambda: world.move({"budget": "2.00"}, {"state": "active"})) == ""


def test_the_owner_may_be_named_by_who_leaves_or_by_an_administrator_where_there_is_none(world: World) -> None:
    def by_who_leaves() -> None:
        now = world.vacate()
        world.give("MOA", acted_at=now, period=(now, now + DAY))

    def by_an_administrator() -> None:
        world.vacate()
        now = timezone.now()
        world.give("MOA", by="staff_admin", acted_at=now, period=(now, now + DAY))

    assert leaves("mandate") in refusal(by_who_leaves)
    assert leaves("mandate") in refusal(by_an_administrator)


def test_a_period_is_neither_empty_nor_without_start(world: World) -> None:
    now = timezone.now()
    for period in [(now + DAY, now + DAY), (None, now + DAY)]:
        assert "a_mandate_has_a_start_and_some_length" in refusal(lambda p=period: world.give(period=p))
        assert "a_delegation_has_a_start_and_an_end" in refusal(lambda p=period: world.delegate(period=p))
    assert "a_delegation_covers_only_delegable_kinds" in refusal(lambda: world.delegate(kinds=[]))
