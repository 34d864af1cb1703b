"""Attack the decisions of an owner who has not accepted, and of one to whom the former owner objects."""

from typing import Any

import pytest

from projects.models import Mandate, Project
from projects.people.replacements.services import object_to_replacement, propose_owner, second, take_seat
from projects.seats.mandates.services import name_owner
from roles.models import User
from tests.attacks import Attack
from tests.database import run
from tests.governance.world import World
from tests.projects.people.replacements.factories import SECONDED, WHY, closing, pass_time, unguarded

pytestmark = pytest.mark.django_db


def attack(what: str, attempt: Any, message: str) -> Attack:
    """Build an attack on the trigger of decisions."""
    hand = "decision.is_by_a_proven_hand"  # refuses first, but not of a delegate
    return Attack("decision.only_the_owner_decides", what, attempt, message, behind=(hand,))


def test_an_owner_who_has_not_accepted_decides_nothing(
    cast: dict[str, Any], project_one: Project, proposal: Any
) -> None:
    mandate = name_owner(actor=cast["owner"], project=project_one, holder=cast["outsider"])
    with unguarded("projects_mandate"):
        run("UPDATE projects_mandate SET acted_at = acted_at - interval '1 hour' WHERE id = %s", [mandate.pk])
    attack(
        "not accepted",
        lambda world: world.decide(by="outsider", mandate=Mandate.objects.get(pk=mandate.pk)),
        "A new owner decides once they have accepted (R1)",
    ).prove(World(cast, proposal))


def test_nobody_decides_for_an_owner_to_whom_the_former_one_objects(
    cast: dict[str, Any], project_one: Project, proposal: Any, pmo: User, outsider: User, owner: User
) -> None:
    world = World(cast, proposal)
    pass_time(second(actor=pmo, replacement=closing(owner, cast["staff_admin"]), because=SECONDED))
    row = pass_time(propose_owner(actor=cast["staff_admin"], project=project_one, successor=outsider, because=WHY))
    row = pass_time(second(actor=pmo, replacement=row, because=SECONDED))
    mandate = take_seat(actor=outsider, replacement=row)
    object_to_replacement(actor=owner, replacement=pass_time(row))
    attack(
        "against an objection",
        lambda world: world.decide(by="outsider", mandate=Mandate.objects.get(pk=mandate.pk)),
        "Nobody decides for an owner to whom the former one objects, until it is confirmed anew (R1)",
    ).prove(world)
