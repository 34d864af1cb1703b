"""Test the constraints of saved views by attacks."""

from typing import Any

import pytest

from core.pages.lists.models import SavedView
from roles.models import User
from tests.attacks import Attacks

pytestmark = pytest.mark.django_db


class World:
    """A person with a view."""

    def __init__(self, person: User) -> None:
        self.person = person
        self.write()

    def write(self, **fields: Any) -> SavedView:
        """Save a view without its form."""
        kept = {"person": self.person, "path": "/projects/ONE/risks/", "name": "By level", "query": "sort=-residual"}
        return SavedView.objects.create(**kept | fields)


@pytest.fixture
def world(pmo: User) -> World:
    return World(pmo)


ATTACKS = Attacks(
    constraints={
        "one_saved_view_per_name": lambda w: w.write(),
        "a_saved_view_has_a_name_and_a_list": lambda w: w.write(name=""),
    }
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_a_constraint_refuses_the_attack(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
