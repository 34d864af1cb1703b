"""Test that gates are passed in order, and that a skipped one has its reason: service, page and database."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.translation import override

from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.proposals.services import Incomplete
from governance.models import Effect
from projects.models import Project
from tests import acts
from tests.attacks import Attacks

pytestmark = pytest.mark.django_db
REASON = "The design is that of lot 1."


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


def test_the_next_gate_needs_no_reason(owner: Any, project_one: Project) -> None:
    acts.pass_gates(owner, project_one, "G3", "G4")
    assert acts.fresh(project_one).gate == "G4"


@pytest.mark.parametrize("gate", ["G4", "G5"])
@pytest.mark.parametrize("reason", [{}, {"skips": "."}, {"skips": "- -"}])
def test_a_gate_is_not_skipped_without_a_reason(gate: str, reason: dict[str, str], project_one: Project) -> None:
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(project_one, "gate", terms={"gate": gate} | reason)
    assert error.value.gaps == {"terms-skips": "Gate G3 comes first. Enter the reason for skipping it."}


def test_a_skipped_gate_has_its_reason_in_the_record(
    english: Callable[[Any], Any], owner: Any, project_one: Project
) -> None:
    file = acts.submit_to_owner(project_one, "gate", terms={"gate": "G4", "skips": REASON})
    decision = acts.decide(owner, file)
    connection.check_constraints()
    assert acts.fresh(project_one).gate == "G4"
    for address in (file.get_absolute_url(), decision.get_absolute_url()):
        page = english(owner).get(address)
        assert "Why gates are skipped" in page.text
        assert REASON in page.text


def test_a_gate_that_became_a_leap_meanwhile_is_not_passed(owner: Any, project_one: Project) -> None:
    passed = acts.pass_gates(owner, project_one, "G3")[0]
    waiting = acts.submit_to_owner(acts.fresh(project_one), "gate", terms={"gate": "G4"})
    back = acts.submit_to_owner(acts.fresh(project_one), "change", passed)
    acts.decide(owner, back)
    assert acts.fresh(project_one).gate == "G2"
    with pytest.raises(CannotTakeEffect) as error:
        acts.decide(owner, waiting)
    assert error.value.messages == ["Gate G3 comes first. Enter the reason for skipping it."]


def test_a_leap_that_was_undone_is_restored(owner: Any, project_one: Project) -> None:
    leap = acts.decide(owner, acts.submit_to_owner(project_one, "gate", terms={"gate": "G4", "skips": REASON}))
    undoing = acts.decide(owner, acts.submit_to_owner(acts.fresh(project_one), "change", leap))
    acts.decide(owner, acts.submit_to_owner(acts.fresh(project_one), "change", undoing))
    connection.check_constraints()
    assert acts.fresh(project_one).gate == "G4"


def _leap(project: Project, gate: str = "G4") -> None:
    """Pass a gate past the services, with the effect of a decision that says nothing of it."""
    owner = project.mandates.active().deciding().get().holder
    decision = acts.decide(owner, acts.submit_to_owner(project, "change"))
    Project.objects.filter(pk=project.pk).update(gate=gate)
    fields = {"subject": "projects.project", "subject_id": project.pk, "field": "gate"}
    acted = {"before": "G2", "after": gate, "acted_at": timezone.now()}
    Effect.objects.bulk_create([Effect(decision=decision, **fields, **acted)])


ATTACKS = Attacks(
    triggers=[
        (
            "project.advances_gate_by_gate",
            "two gates further",
            _leap,
            "A project passes its gates in order, or says why it skips one",
        )
    ]
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, project_one: Project) -> None:
    ATTACKS.prove(guard, project_one)
