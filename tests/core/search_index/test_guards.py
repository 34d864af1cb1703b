"""Test the constraint of the search index by an attack."""

from typing import Any

import pytest

from core.models import SearchText
from tests.attacks import Attacks

pytestmark = pytest.mark.django_db


def write() -> SearchText:
    """Index a row without its trigger."""
    return SearchText.objects.create(source="lesson", row=-1, page=-1, title="Of no row")


@pytest.fixture
def world() -> Any:
    return write()


ATTACKS = Attacks(constraints={"one_searchable_text_per_row": lambda _w: write()})


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_a_constraint_refuses_the_attack(guard: str, world: Any) -> None:
    ATTACKS.prove(guard, world)
