"""Test that a decision needs review once something it sealed has changed, whatever it is (R6)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from amoa.change_plan import services as change_plan
from amoa.models import ChangePlan, Requirement
from amoa.requirements.services import change_many
from core.acts import acting_as
from core.record.sealing import term_of
from governance.decide.decisions.watches import Watch, register, watch_of, watches
from governance.enums import Act
from governance.models import Decision, SealBreak
from governance.record.verification.verifier import verify
from pmo.models import Milestone, Risk, StandardVersion, SuccessCriteriaSet
from pmo.registers.schedule import services as schedule
from pmo.registers.success_criteria import services as success_criteria
from pmo.standards.standards.effects import term_of as standard_term
from pmo.standards.standards.references import reference_of
from pmo.standards.waivers.services import revoke_waiver
from projects.models import LedgerEvent, Notification, Project
from tests import acts
from tests.amoa.requirements import factories as requirements
from tests.attacks import Attacks, Declared
from tests.database import fire_deferred_triggers
from tests.pmo.registers.risks import factories as risks
from tests.pmo.standards.standards import factories as standards
from tests.pmo.standards.waivers.test_waivers import grant

pytestmark = pytest.mark.django_db
CRITERION = {"text": "The quays are lit.", "measure": "Lamps.", "target": "98", "unit": "%", "due_gate": "G4"}


class World:
    """Project one; each method approves something, or changes it afterwards."""

    def __init__(self, cast: dict[str, Any], project: Project) -> None:
        self.cast, self.project = cast, project

    # — what is approved —

    def approve_baseline(self) -> tuple[Decision, str]:
        requirements.write(self.cast["amoa"], self.project, title="Crews hear the tide", code="ONE-901")
        baseline = requirements.freeze(self.cast["amoa"], self.project)
        return requirements.approve(self.cast["owner"], self.project, baseline), f"baseline:{baseline.pk}"

    def approve_plan(self) -> tuple[Decision, str]:
        self.write_message("Night service")
        plan = change_plan.freeze_plan(actor=self.cast["amoa"], project=self.project)
        terms = {"plan": term_of(plan.number, plan.hash)}
        file = acts.submit_to_owner(self.project, "communication", terms=terms, impact_recipients="All.")
        return acts.decide(self.cast["owner"], file), f"plan:{plan.pk}"

    def approve_criteria(self) -> tuple[Decision, str]:
        self.write_criterion("The quays are lit.")
        frozen = success_criteria.freeze_criteria(actor=self.cast["pmo"], project=self.project)
        terms = {"criteria": term_of(frozen.number, frozen.hash), "scope": "Quays 1 to 3."}
        file = acts.submit_to_owner(self.project, "scope", terms=terms, impact_recipients="All.")
        return acts.decide(self.cast["owner"], file), f"criteria:{frozen.pk}"

    def approve_risk(self) -> tuple[Decision, str]:
        risk = risks.create_unaccepted_risk(self.cast["pmo"], self.project, code="OR-901")
        return risks.accept(self.cast["owner"], risk), f"risk:{risk.pk}"

    def approve_end(self) -> tuple[Decision, str]:
        file = acts.submit_to_owner(
            self.project, "schedule", terms={"ends_on": str(self.end)}, impact_schedule="Three months more."
        )
        decision = acts.decide(self.cast["owner"], file)
        return decision, f"milestone:{self.milestone.pk}"

    def approve_waiver(self) -> tuple[Decision, str]:
        version = standards.adopt(self.cast["owner"], standards.write_draft(self.cast["pmo"], self.project))
        checkpoint = version.checkpoints.get(waivable=True)
        waiver = grant(self.project, self.cast["owner"], reference_of(checkpoint))
        return waiver.decision, f"standard:{version.pk}"

    # — what changes it —

    def write_message(self, title: str) -> None:
        group = self.project.recipient_groups.get(name="harbour users")
        fields = {"group": group, "title": title, "due_on": timezone.localdate()}
        change_plan.write_communication(actor=self.cast["amoa"], project=self.project, fields=fields)

    def write_criterion(self, text: str) -> None:
        fields = CRITERION | {"text": text}
        success_criteria.write_criterion(actor=self.cast["pmo"], project=self.project, fields=fields)

    def rewrite(self, title: str = "Crews hear the fog horn") -> None:
        requirements.edit(self.cast["amoa"], Requirement.objects.get(code="ONE-901"), title=title)

    def freeze_plan(self) -> ChangePlan:
        self.write_message("Day service")
        return change_plan.freeze_plan(actor=self.cast["amoa"], project=self.project)

    def freeze_criteria(self) -> SuccessCriteriaSet:
        self.write_criterion("The cranes are painted.")
        return success_criteria.freeze_criteria(actor=self.cast["pmo"], project=self.project)

    def raise_rating(self, impact: int = 5) -> Risk:
        risk = Risk.objects.get(code="OR-901")
        return risks.assess(self.cast["pmo"], risk, residual_likelihood=4, residual_impact=impact)

    @property
    def end(self) -> date:
        return max(self.project.ends_on, timezone.localdate()) + timedelta(days=90)

    @property
    def milestone(self) -> Milestone:
        return self.project.milestones.filter(actual_on=None).earliest("pk")

    def expect(self, days: int = 1) -> None:
        """Expect the milestone so many days after the decided end."""
        self.project.refresh_from_db()
        on = self.project.ends_on + timedelta(days=days)
        schedule.forecast(actor=self.cast["pmo"], milestone=self.milestone, forecast_on=on, reason="Storms.")

    def retire_standard(self) -> None:
        version = StandardVersion.objects.select_related("standard").get(standard__code="STD-X")
        terms = {"retires": standard_term(standards.reread(version))}
        acts.decide(self.cast["owner"], acts.submit_to_owner(self.project, "standard_adoption", terms=terms))

    # — past the services —

    def note(self, kind: str, **changes: Any) -> None:
        """Change what is approved, then record its change once more past the services."""
        KINDS[kind][1](self)
        noted = SealBreak.objects.latest("pk")
        fields = {name: getattr(noted, name) for name in ("decision_id", "item", "before", "after")}
        with acting_as(self.cast["owner"]):
            SealBreak.objects.bulk_create([SealBreak(**fields | {"acted_at": timezone.now()} | changes)])

    def forget(self, kind: str, mark: str) -> None:
        """Change what is approved with a service that does not mark the decision."""
        with patch(mark):
            KINDS[kind][1](self)


KINDS: dict[str, tuple[Callable[[World], tuple[Decision, str]], Callable[[World], Any]]] = {
    "baseline": (World.approve_baseline, World.rewrite),
    "plan": (World.approve_plan, World.freeze_plan),
    "criteria": (World.approve_criteria, World.freeze_criteria),
    "risk": (World.approve_risk, World.raise_rating),
    "milestone": (World.approve_end, World.expect),
    "standard": (World.approve_waiver, World.retire_standard),
}


@pytest.fixture
def world(cast: Any, project_one: Any) -> World:
    """Return project one with its cast."""
    return World(cast, project_one)


@pytest.mark.parametrize("kind", KINDS)
def test_a_decision_needs_review_once_what_it_sealed_has_changed(kind: str, world: World, client_of: Any) -> None:
    approve, change = KINDS[kind]
    decision, item = approve(world)
    fire_deferred_triggers()
    assert Decision.objects.current().filter(pk=decision.pk).exists()
    change(world)
    fire_deferred_triggers()
    noted = decision.breaks.get()
    assert (noted.item, noted.before != noted.after) == (item, True)
    assert not Decision.objects.current().filter(pk=decision.pk).exists()
    event = LedgerEvent.objects.get(act=Act.BREAK_SEAL, subject_id=noted.pk)
    told = Notification.objects.filter(event=event, recipient=world.cast["owner"]).exists()
    assert told == (event.actor != world.cast["owner"])
    described = noted.changed_item
    assert described is not None
    assert described.parts
    page = client_of(world.cast["owner"]).get(decision.dossier_address, headers={"accept-language": "en"})
    assert f"{decision.reference} needs review" in page.content.decode()
    assert verify(world.project).faults == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_rejected_or_replaced_needs_no_review(kind: str, world: World) -> None:
    approve, change = KINDS[kind]
    decision, _item = approve(world)
    successor = acts.prepare(world.cast["amoa"], world.cast["pmo"], project=world.project, replaces=decision)
    acts.decide(world.cast["owner"], successor)
    change(world)
    fire_deferred_triggers()
    assert not decision.breaks.exists()


def test_every_further_change_is_noted_and_the_same_one_once(world: World) -> None:
    decision, _item = world.approve_baseline()
    world.rewrite()
    row = Requirement.objects.get(code="ONE-901")
    change_many(actor=world.cast["amoa"], project=world.project, numbers=[row.pk], fields={"state": "in_review"})
    assert decision.breaks.count() == 1
    world.rewrite("Crews hear the bell")
    fire_deferred_triggers()
    first, second = decision.breaks.order_by("pk")
    assert (first.before, first.after != second.after) == (second.before, True)


def test_a_risk_below_its_acceptance_needs_no_review(world: World) -> None:
    decision, _item = world.approve_risk()
    risks.assess(world.cast["pmo"], Risk.objects.get(code="OR-901"), residual_likelihood=2, residual_impact=2)
    fire_deferred_triggers()
    assert not decision.breaks.exists()


def test_a_milestone_within_the_decided_end_needs_no_review(world: World) -> None:
    decision, _item = world.approve_end()
    world.expect(0)
    fire_deferred_triggers()
    assert not decision.breaks.exists()
    world.expect(1)
    world.expect(7)
    fire_deferred_triggers()
    assert decision.breaks.count() == 2


def test_a_waiver_that_is_over_needs_no_review_when_its_standard_is_retired(world: World) -> None:
    decision, _item = world.approve_waiver()
    revoked = grant(world.project, world.cast["owner"], "STD-X.1#1")
    revoke_waiver(actor=world.cast["owner"], waiver=revoked, because="The lamps are lit.")
    world.retire_standard()
    fire_deferred_triggers()
    assert (decision.breaks.count(), revoked.decision.breaks.count()) == (1, 0)


def test_a_kind_of_item_is_watched_once() -> None:
    assert [watch.kind for watch in watches()] == sorted([*KINDS, "decision"])
    known = watch_of("risk:1")
    assert isinstance(known, Watch)
    with pytest.raises(ValueError, match="watched twice"):
        register(known)


CONCERNS = "A change after a decision concerns what the decision sealed"
UNPROVEN = "A change after a decision follows from a change of what it sealed"
FORGOTTEN: dict[str, tuple[str, str, str, str]] = {
    "baseline": (
        "requirement",
        "tells_what_approved_it",
        "amoa.requirements.services.mark_rewritten",
        "Rewriting an approved requirement tells the decision that approved it (R6)",
    ),
    "plan": (
        "changeplan",
        "tells_what_approved_it",
        "amoa.change_plan.services.mark_next_version",
        "A new version tells the decision that sealed the one before (R6)",
    ),
    "criteria": (
        "successcriteriaset",
        "tells_what_approved_it",
        "pmo.registers.success_criteria.services.mark_next_version",
        "A new version tells the decision that sealed the one before (R6)",
    ),
    "risk": (
        "risk",
        "tells_what_accepted_it",
        "pmo.registers.risks.announcements.mark_risen",
        "A risk above its acceptance tells the decision that accepted it (R6, R9)",
    ),
    "milestone": (
        "milestoneforecast",
        "tells_what_set_the_end",
        "pmo.registers.schedule.services.mark_expected_after_the_end",
        "A milestone after the decided end tells the decision that set it (R6)",
    ),
    "standard": (
        "standardversion",
        "tells_what_waived_it",
        "pmo.standards.waivers.seals.break_seal",
        "Retiring a version of a standard tells the waivers that name it (R6, R9)",
    ),
}
TRIGGERS: list[Declared] = [
    *(
        (f"{model}.{trigger}", f"{kind}: no mark", lambda w, kind=kind, mark=mark: w.forget(kind, mark), message)
        for kind, (model, trigger, mark, message) in FORGOTTEN.items()
    ),
    *(
        (
            "sealbreak.follows_from_a_new_version",
            f"{kind}: another state",
            lambda w, kind=kind: w.note(kind, after="0" * 64),
            UNPROVEN,
        )
        for kind in KINDS
    ),
    *(
        (
            "sealbreak.follows_from_a_new_version",
            f"{kind}: not sealed",
            lambda w, kind=kind: w.note(kind, before="0" * 64),
            CONCERNS,
        )
        for kind in KINDS
    ),
    *(
        (
            "sealbreak.follows_from_a_new_version",
            f"{kind}: another row",
            lambda w, kind=kind: w.note(kind, item=f"{kind}:999999"),
            UNPROVEN,
        )
        for kind in KINDS
    ),
    (
        "sealbreak.follows_from_a_new_version",
        "a kind that nobody watches",
        lambda w: w.note("plan", item="weather:1"),
        UNPROVEN,
    ),
]
ATTACKS = Attacks(TRIGGERS)


@pytest.fixture(scope="module")
def approved(kept_cast: dict[str, Any]) -> World:
    """Approve one thing of each kind, once for this file."""
    world = World(kept_cast, Project.objects.get(code="ONE"))
    for approve, _change in KINDS.values():
        approve(world)
    return world


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, db: None, approved: World) -> None:
    ATTACKS.prove(guard, approved)
