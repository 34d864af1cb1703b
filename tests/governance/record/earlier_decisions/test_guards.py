"""Attack the triggers and constraints of earlier decisions: the list, its take-over, and what replaces one of them."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from core.acts import acting_as
from governance.models import Decision, Proposal
from governance.record.earlier_decisions import kinds
from governance.record.earlier_decisions.guards import LIST
from governance.record.earlier_decisions.models import EarlierDecision
from governance.record.earlier_decisions.queries import read_list
from projects.models import Project
from tests import acts
from tests.attacks import Attacks
from tests.database import fire_deferred_triggers, refusal, run
from tests.governance.record.earlier_decisions import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_file(kept_cast: dict[str, Any]) -> Any:
    """Bring in a list and put its take-over to the owner, once for the file."""
    project = Project.objects.get(code="ONE")
    factories.bring_in_register(kept_cast["pmo"], project)
    file = factories.propose(project)
    fire_deferred_triggers()
    return file


@pytest.fixture
def world(kept_file: Any, pmo: Any, owner: Any, project_one: Project) -> SimpleNamespace:
    """Return a project with a list, a take-over before its owner, and the people who act."""
    return SimpleNamespace(pmo=pmo, owner=owner, project=project_one, file=deepcopy(kept_file))


def raw(world: Any, **fields: Any) -> EarlierDecision:
    """Write an earlier decision past the service."""
    project = Project.objects.get(pk=world.project.pk)
    with acting_as(world.pmo):
        row = EarlierDecision(project=project, **{**factories.FIELDS, "number": "2023-01", **fields})
        row.save()
        acts.leave_event(project)
    return row


def forged(world: Any) -> None:
    """Change the title and keep the hash."""
    run("UPDATE governance_earlierdecision SET title = 'X' WHERE number = '2021-07'")


def renumbered(world: Any) -> None:
    row = EarlierDecision.objects.get(number="2021-07")
    row.number = "2021-08"
    with acting_as(world.pmo):
        row.save()


def after_the_take_over(change: Callable[[Any], Any]) -> Callable[[Any], None]:
    """Take the list over, then change it."""

    def attempt(world: Any) -> None:
        acts.decide(world.owner, world.file)
        change(world)

    return attempt


def retitled(world: Any) -> None:
    row = EarlierDecision.objects.get(number="2021-07")
    row.title = "Another one"
    with acting_as(world.pmo):
        row.save()
        acts.leave_event(Project.objects.get(pk=world.project.pk))


def decide_raw(world: Any, file: Proposal) -> None:
    """Decide as the owner, while the service believes that nothing is in the way."""
    patch = pytest.MonkeyPatch()
    try:
        terms = file.current.terms if file.current else {}
        patch.setattr(kinds, "read_list", lambda project: terms.get("earlier_decisions"))
        patch.setattr(kinds, "find_take_over", lambda project: None)
        patch.setattr("governance.decide.decisions.services.find_obstacles", lambda revision: [])
        acts.decide(world.owner, file)
        run("SET CONSTRAINTS ALL IMMEDIATE")
    finally:
        patch.undo()


def another_list(world: Any) -> None:
    raw(world)
    decide_raw(world, world.file)


def twice(world: Any) -> None:
    second = factories.propose(Project.objects.get(pk=world.project.pk))
    acts.decide(world.owner, world.file)
    decide_raw(world, second)


def replaced_twice(world: Any) -> None:
    acts.decide(world.owner, world.file)
    row = EarlierDecision.objects.get(number="2021-07")
    project = Project.objects.get(pk=world.project.pk)
    grounds = [{"item": f"replaced:{row.pk}", "name": "replaces 2021-07", "version": row.hash}]
    first, second = (acts.submit_to_owner(project, "change", rests_on=grounds) for _time in range(2))
    acts.decide(world.owner, first)
    decide_raw(world, second)


STAYS = "The earlier decisions that the owner has taken over stay as they are"
ATTACKS = Attacks(
    triggers=[
        ("earlierdecision.carries_its_hash", "another title", forged, "An earlier decision carries the hash"),
        ("earlierdecision.stays_on_its_project", "another number", renumbered, "A row keeps its project"),
        ("earlierdecision.stays_as_taken_over", "one more", after_the_take_over(raw), STAYS),
        ("earlierdecision.stays_as_taken_over", "another title", after_the_take_over(retitled), STAYS),
        (
            "earlierdecision.stays_as_taken_over",
            "a day to come",
            lambda world: raw(world, decided_on=timezone.localdate() + timedelta(days=9)),
            "An earlier decision was taken on a day that has come",
        ),
        ("decision.takes_over_the_list_as_it_is", "another list", another_list, "A take-over is of the list"),
        ("decision.takes_over_the_list_as_it_is", "a second time", twice, "is taken over once"),
        ("decision.replaces_an_earlier_decision_once", "twice", replaced_twice, "An earlier decision is replaced once"),
    ],
    constraints={
        "one_earlier_decision_per_number": lambda world: raw(world, number="2021-07"),
        "an_earlier_decision_has_a_known_outcome": lambda world: raw(world, outcome="perhaps"),
        "an_earlier_decision_has_number_title_and_signatory": lambda world: raw(world, signatory=""),
    },
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: SimpleNamespace) -> None:
    ATTACKS.prove(guard, world)


def test_the_database_reads_the_list_as_the_service_does(world: SimpleNamespace) -> None:
    [[found]] = run(f"SELECT {LIST.format(project=world.project.pk)}")
    assert found == read_list(world.project)


def test_a_delegate_replaces_nothing_past_the_service(world: SimpleNamespace, delegate: Any) -> None:
    """The service asks for the signature of the owner; so does the database."""
    acts.decide(world.owner, world.file)
    row = EarlierDecision.objects.get(number="2021-07")
    grounds = [{"item": f"replaced:{row.pk}", "name": "replaces 2021-07", "version": row.hash}]
    file = acts.submit_to_owner(world.project, "minor_change", rests_on=grounds)

    def attempt() -> None:
        patch = pytest.MonkeyPatch()
        try:
            patch.setattr("governance.decide.proposals.models.is_replaced", lambda ground: False)
            acts.decide(delegate, file)
        finally:
            patch.undo()

    assert "The owner replaces an earlier decision in person" in refusal(attempt)


def test_no_row_of_decision_is_born_from_a_register(world: SimpleNamespace) -> None:
    before = Decision.objects.filter(project=world.project).count()
    acts.decide(world.owner, world.file)
    assert Decision.objects.filter(project=world.project).count() == before + 1
