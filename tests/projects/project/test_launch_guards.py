"""Attack the guard of the launch, on a project that lacks nothing for it but what the attack takes away."""

from typing import Any

import pytest
from django.utils import timezone

from core.acts import acting_as
from projects.models import Project
from projects.seats.mandates.services import end_mandate, name_owner
from tests.attacks import Attacks
from tests.database import refusal
from tests.projects.project.test_guards import BY_DECISION
from tests.projects.world import DAY, World

pytestmark = pytest.mark.django_db

ROLE_UNDEFINED = "A project does not start while a mandatory role is undefined (R3)"
NOT_ACCEPTED = "A project does not start before a holder of each mandatory role has accepted it (R3)"


@pytest.fixture(scope="module")
def ready(kept_cast: dict[str, Any]) -> World:
    """Complete project two once for the attacks."""
    world = World(kept_cast, *(Project.objects.get(code=code) for code in ("ONE", "TWO", "THREE")))
    world.complete()
    return world


def _with_a_closed_holder(world: World) -> None:
    world.close("other_pmo")
    world.set_other(state="active")


def _with_a_holder_to_come(world: World) -> None:
    world.end("PMO")
    world.appoint("PMO", "outsider", starts_at=timezone.now() + DAY)
    world.set_other(state="active")


def _with_a_holder_who_has_not_accepted(world: World, code: str) -> None:
    world.end(code)
    holder = "former_owner" if code == "MOE" else "outsider"  # the outsider is of the owner's organisation
    world.appoint(code, holder, group="Crews" if code == "DEST" else "")
    world.set_other(state="active")


def _with_an_owner_who_has_not_accepted(world: World) -> None:
    name_owner(actor=world.cast["other_owner"], project=world.other, holder=world.cast["outsider"])
    world.set_other(state="active")


def _with_other_responsibilities_than_accepted(world: World) -> None:
    world.set_other(state="active", matrix=world.version_of_roles(without="PMO-13"))


def _with_a_holder_taken_back(world: World) -> None:
    world.end("PMO")
    given = world.appoint("PMO", "outsider", starts_at=timezone.now() + DAY)
    end_mandate(actor=world.cast["other_owner"], mandate=given)
    world.set_other(state="active")


def _with_recipients_of_no_group(world: World) -> None:
    world.end("DEST")
    world.appoint("DEST", "outsider")
    world.set_other(state="active")


def _without_the_employer(world: World, member: str) -> None:
    with acting_as(world.cast["staff_admin"]):
        world.cast[member].organisation = None
        world.cast[member].save()
    world.set_other(state="active")


def _with_incomplete_roles(world: World) -> None:
    world.set_other(state="active", matrix=world.version_of_roles(complete=False))


ATTACKS = Attacks(
    [
        (
            "project.changes_its_terms_by_decision",
            "other roles without a decision",
            lambda w: w.set_other(matrix=w.version_of_roles()),
            BY_DECISION,
        ),
        ("project.changes_its_terms_by_decision", "launched without a decision", lambda w: w.start(), BY_DECISION),
        *(
            (
                "project.starts_with_every_role",
                f"launched without {code}",
                lambda w, code=code: w.start(code),
                ROLE_UNDEFINED,
            )
            for code in ("MOA", "PMO", "AMOA", "MOE", "DEST")
        ),
        ("project.starts_with_every_role", "launched with a closed account", _with_a_closed_holder, ROLE_UNDEFINED),
        ("project.starts_with_every_role", "launched before a mandate begins", _with_a_holder_to_come, ROLE_UNDEFINED),
        (
            "project.starts_with_every_role",
            "launched with a mandate taken back",
            _with_a_holder_taken_back,
            ROLE_UNDEFINED,
        ),
        (
            "project.starts_with_every_role",
            "launched with recipients of no group",
            _with_recipients_of_no_group,
            ROLE_UNDEFINED,
        ),
        *(
            (
                "project.starts_with_every_role",
                f"launched before {code} is accepted",
                lambda w, code=code: _with_a_holder_who_has_not_accepted(w, code),
                NOT_ACCEPTED,
            )
            for code in ("PMO", "AMOA", "MOE", "DEST")
        ),
        (
            "project.starts_with_every_role",
            "launched before its owner has accepted",
            _with_an_owner_who_has_not_accepted,
            NOT_ACCEPTED,
        ),
        (
            "project.starts_with_every_role",
            "launched with other responsibilities than accepted",
            _with_other_responsibilities_than_accepted,
            NOT_ACCEPTED,
        ),
        *(
            (
                "project.starts_with_every_role",
                f"launched with {member} of an unknown organisation",
                lambda w, member=member: _without_the_employer(w, member),
                "A project does not start while the organisation of who advises or delivers is unknown (R8)",
            )
            for member in ("other_pmo", "other_amoa", "moe")
        ),
        (
            "project.starts_with_every_role",
            "launched with an activity nobody answers for",
            _with_incomplete_roles,
            "A project starts once each activity has its accountable role and somebody who carries it (R4)",
        ),
        (
            "project.starts_with_every_role",
            "launched with one advice only",
            lambda w: w.set_other(state="active", matrix=w.version_of_roles(advised=False)),
            "A project starts once two advising roles are heard at each kind of decision (R2)",
        ),
    ]
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, ready: World) -> None:
    ATTACKS.prove(guard, ready)


def test_the_honest_launch_passes_but_for_its_decision(ready: World) -> None:
    assert BY_DECISION in refusal(lambda: ready.start())

    def by_the_gate_of_the_provider() -> None:
        ready.end("MOE")
        ready.set_other(state="active", provider_gate="G2")

    assert BY_DECISION in refusal(by_the_gate_of_the_provider)
    assert refusal(lambda: ready.version_of_roles()) == ""
