"""Attack the triggers and constraints on waivers, their ends and conformity checks."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from governance.enums import Outcome
from governance.models import Effect, ProposalRevision
from pmo.models import ConformityCheck, Waiver, WaiverEnd
from pmo.standards.waivers.kinds import months_after
from projects.models import Notification, Project
from tests import acts
from tests.attacks import Attacks, Declared, leaves
from tests.database import OWNER, RUNTIME, owning, refusal, run
from tests.days import today
from tests.pmo.standards.conformity.checked_standards import adopted, checkpoint, disable_guards
from tests.pmo.standards.waivers.test_waivers import grant, terms

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class World:
    """Project one with a standard, a waiver in force and a requested one; written past the services."""

    def __init__(self, cast: dict[str, Any], project: Project, other: Project) -> None:
        self.cast, self.project, self.other = cast, project, other
        self.version = adopted(project, "STD-A", "Read", "Heard", "Decided", barred=[3])
        self.theirs = adopted(other, "STD-T")
        self.waiver = grant(project, cast["owner"])
        self.file = acts.submit_to_owner(project, "waiver", terms=terms("STD-A.1#2"))
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("SET CONSTRAINTS ALL DEFERRED")

    def add(self, model: Any, **fields: Any) -> Any:
        """Write a row of project one."""
        return model.objects.bulk_create([model(**{"project": self.project, "acted_at": timezone.now()} | fields)])[0]

    def grant(self, **fields: Any) -> Any:
        """Write a waiver as requested, except for the changes; no decision grants it."""
        given = {
            "number": 99,
            "revision": self.file.current,
            "version": self.version,
            "starts_on": today(),
            "checkpoints": [checkpoint(self.version, 2).pk],
            "ends_on": today() + 60 * DAY,
        }
        return self.add(Waiver, **given | fields)

    def asked(self, **changes: str) -> ProposalRevision:
        """Write the revision of a file with other terms; the guards of its gaps are disabled."""
        with owning():
            run("ALTER TABLE governance_proposalrevision DISABLE TRIGGER USER")
            run(
                "UPDATE governance_proposalrevision SET terms = terms || %s::jsonb WHERE id = %s",
                [json.dumps(changes), self.file.current_id],
            )
            run("SET CONSTRAINTS ALL IMMEDIATE")
            run("ALTER TABLE governance_proposalrevision ENABLE TRIGGER USER")
            run("SET CONSTRAINTS ALL DEFERRED")
        return ProposalRevision.objects.get(pk=self.file.current_id)

    def end(self, **fields: Any) -> Any:
        """End the waiver in force as its owner, except for the changes."""
        given = {
            "waiver": self.waiver,
            "ending": "revoked",
            "because": "Not needed.",
            "ended_by": self.cast["owner"],
            "ended_on": today(),
        }
        return self.add(WaiverEnd, **given | fields)

    def check(self, **fields: Any) -> Any:
        """Write a check of the first checkpoint, except for the changes."""
        given = {
            "checkpoint": checkpoint(self.version),
            "result": "not_conform",
            "finding": "Seen.",
            "checker": self.cast["pmo"],
        }
        return self.add(ConformityCheck, **given | fields)

    def tied(self, member: str) -> Any:
        """Tie this person to a bidder, without a ruling."""
        from projects.seats.interests.services import declare_interest, note_bidder

        note_bidder(actor=self.cast["pmo"], project=self.project, organisation="Quays and Locks Ltd")
        declare_interest(
            actor=self.cast[member], project=self.project, organisation="Quays and Locks Ltd", tie="I worked there."
        )
        return self.cast[member]


Attempt = Callable[[World], Any]
HOLDS = "A waiver is of a standard that holds for its project"
NAMES = "A waiver names checkpoints of its standard, each once"
BARRED = "This checkpoint cannot be waived (R9)"
DECIDED = "A waiver covers what was decided, for the time that was decided (R9)"
LONG = "A waiver lasts 24 months at most (R9)"
GRANTED = "Only a decision of the owner grants a waiver (R9)"
REVOKED = "A waiver is revoked by the owner in office (R1)"
REPLACED = "Only another decision of the owner replaces a waiver (R6)"
ON_THE_DAY = "A waiver ends on the day of the act that ends it"
TOGETHER = "What belongs together is of one project"
CHECKED = "A check is on a checkpoint of a standard that holds for its project"
EVIDENCE = "The evidence of a check is a document of its project"
TIED = "A declared tie with a bidder blocks this role"


def _draft(world: World) -> Any:
    version = adopted(world.project, "STD-D")
    with disable_guards():
        type(version).objects.filter(pk=version.pk).update(state="draft", effective_from=None, hash="")
    return version


def _effect_of_another(world: World) -> None:
    """A decision on something else cannot lend its effect to a waiver."""
    waiver = world.grant()
    decision = acts.decide(world.cast["owner"], acts.submit_to_owner(world.project))
    world_effect = {
        "decision": decision,
        "subject": Waiver._meta.label_lower,
        "subject_id": waiver.pk,
        "field": "waiver",
    }
    Effect.objects.bulk_create([Effect(**world_effect, after="OW-99", acted_at=timezone.now())])


TRIGGERS: list[Declared] = [
    (
        "waiver.covers_what_may_be_waived",
        "of another project's standard",
        lambda w: w.grant(version=w.theirs, checkpoints=[checkpoint(w.theirs).pk]),
        HOLDS,
    ),
    ("waiver.covers_what_may_be_waived", "of a draft", lambda w: w.grant(version=_draft(w)), HOLDS),
    ("waiver.covers_what_may_be_waived", "of nothing", lambda w: w.grant(checkpoints=[]), NAMES),
    (
        "waiver.covers_what_may_be_waived",
        "of another standard's checkpoint",
        lambda w: w.grant(checkpoints=[checkpoint(w.theirs).pk]),
        NAMES,
    ),
    (
        "waiver.covers_what_may_be_waived",
        "twice the same",
        lambda w: w.grant(checkpoints=[checkpoint(w.version, 2).pk] * 2),
        NAMES,
    ),
    (
        "waiver.covers_what_may_be_waived",
        "of what cannot be waived",
        lambda w: w.grant(checkpoints=[checkpoint(w.version, 3).pk]),
        BARRED,
    ),
    (
        "waiver.is_as_it_was_decided",
        "of another checkpoint",
        lambda w: w.grant(checkpoints=[checkpoint(w.version, 1).pk]),
        DECIDED,
    ),
    ("waiver.is_as_it_was_decided", "for longer", lambda w: w.grant(ends_on=today() + 61 * DAY), DECIDED),
    ("waiver.is_as_it_was_decided", "from before", lambda w: w.grant(starts_on=today() - DAY), DECIDED),
    (
        "waiver.is_as_it_was_decided",
        "from a file of another kind",
        lambda w: w.grant(revision=acts.submit_to_owner(w.project).current),
        DECIDED,
    ),
    (
        "waiver.is_as_it_was_decided",
        "too long",
        lambda w: w.grant(
            ends_on=months_after(today(), 24) + DAY, revision=w.asked(ends_on=str(months_after(today(), 24) + DAY))
        ),
        LONG,
    ),
    ("waiver.is_granted_by_the_owner", "without a decision", lambda w: w.grant(), GRANTED),
    ("waiver.is_granted_by_the_owner", "by a decision on something else", _effect_of_another, GRANTED),
    (
        "waiverend.points_within_its_project",
        "of another project",
        lambda w: w.end(project=w.other),
        TOGETHER,
    ),
    ("waiverend.ends_on_the_day_of_the_act", "the day before", lambda w: w.end(ended_on=today() - DAY), ON_THE_DAY),
    ("waiverend.ends_on_the_day_of_the_act", "the day after", lambda w: w.end(ended_on=today() + DAY), ON_THE_DAY),
    ("waiverend.is_ended_by_who_may", "revoked by the office", lambda w: w.end(ended_by=w.cast["pmo"]), REVOKED),
    (
        "waiverend.is_ended_by_who_may",
        "revoked by who was the owner",
        lambda w: w.end(ended_by=w.cast["former_owner"]),
        REVOKED,
    ),
    ("waiverend.is_ended_by_who_may", "replaced by nothing", lambda w: w.end(ending="replaced"), REPLACED),
    (
        "waiverend.is_refused_to_the_tied",
        "closed by who is tied",
        lambda w: w.end(ending="closed", ended_by=w.tied("pmo")),
        TIED,
    ),
    ("waiverend.leaves_an_event", "without an event", lambda w: w.end(), leaves(WaiverEnd)),
    (
        "conformitycheck.checks_what_holds_for_its_project",
        "of another project's standard",
        lambda w: w.check(checkpoint=checkpoint(w.theirs)),
        CHECKED,
    ),
    (
        "conformitycheck.checks_what_holds_for_its_project",
        "of a draft",
        lambda w: w.check(checkpoint=checkpoint(_draft(w))),
        CHECKED,
    ),
    (
        "conformitycheck.checks_what_holds_for_its_project",
        "on the evidence of another project",
        lambda w: w.check(evidence=acts.add_document(w.cast["other_owner"], w.other)),
        EVIDENCE,
    ),
    (
        "conformitycheck.is_refused_to_the_tied",
        "by who is tied",
        lambda w: w.check(checker=w.tied("pmo")),
        TIED,
    ),
    ("conformitycheck.leaves_an_event", "without an event", lambda w: w.check(), leaves(ConformityCheck)),
]


def _told_twice(world: World) -> None:
    told = {"recipient": world.cast["pmo"], "reason": "waiver_ending", "about": "OW-01", "link": "/waivers/1/"}
    Notification.objects.bulk_create([Notification(**told, created_at=timezone.now()) for _n in range(2)])


#: constraint → a row it refuses.
CONSTRAINTS: dict[str, Attempt] = {
    "one_notice_per_person_of_what_time_tells": _told_twice,
    "one_waiver_per_number": lambda w: w.grant(number=w.waiver.number),
    "a_waiver_ends_after_it_starts": lambda w: w.grant(ends_on=today(), revision=w.asked(ends_on=str(today()))),
    "a_waiver_ends_in_a_known_way": lambda w: w.end(ending="lost"),
    "a_revoked_waiver_says_why": lambda w: w.end(because=""),
    "a_check_has_a_known_result": lambda w: w.check(result="waived"),
    "a_check_that_is_not_conform_says_why": lambda w: w.check(finding=""),
    "an_action_has_its_role_and_its_date": lambda w: w.check(action="Fix the map."),
}


@pytest.fixture(scope="module")
def built(kept_cast: dict[str, Any]) -> World:
    """Build the world of these attacks, once for this file."""
    return World(kept_cast, Project.objects.get(code="ONE"), Project.objects.get(code="TWO"))


@pytest.fixture
def world(db: None, built: World) -> World:
    """Return a copy of the world, which a test may change."""
    return deepcopy(built)


ATTACKS = Attacks(TRIGGERS, CONSTRAINTS)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)


def test_a_rejection_never_grants_a_waiver(world: World) -> None:
    def attack() -> None:
        world.grant()
        acts.decide(world.cast["owner"], world.file, Outcome.REJECTED)

    assert GRANTED in refusal(attack)


def test_the_period_of_a_waiver_never_changes(world: World) -> None:
    for role in (RUNTIME, OWNER):
        longer = refusal(
            lambda: Waiver.objects.filter(pk=world.waiver.pk).update(ends_on=today() + 90 * DAY), role=role
        )
        assert longer
